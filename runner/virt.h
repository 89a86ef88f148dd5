// SPDX-License-Identifier: Apache-2.0
/* virt.h - VMs through libvirt; the only door to it */
#ifndef RUNNER_VIRT_H
#define RUNNER_VIRT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/** struct virt - A libvirt connection with its event loop; opaque */
struct virt;
/** struct vm - One domain; opaque */
struct vm;

/**
 * virt_open() - Connect
 * @uri:	libvirt URI
 * @pids:	Folder of this driver's NAME.pid files if they are of our PID
 *		namespace, else NULL
 *
 * Starts the thread that runs libvirt's event loop, once a process.
 */
WARN_UNUSED
int virt_open(const char *uri, const char *pids, struct virt **ret_virt,
	      struct err *err);
void virt_close(struct virt *virt);

/** virt_versions() - "10.0.2" of QEMU and "9.0.0" of libvirt; owned texts */
WARN_UNUSED
int virt_versions(struct virt *virt, char **ret_qemu, char **ret_libvirt,
		  struct err *err);

/**
 * virt_cpu_models() - Names of the CPU models that libvirt knows
 * @ret_names:	NULL-terminated, owned: free each and the array
 */
WARN_UNUSED
int virt_cpu_models(struct virt *virt, char ***ret_names, struct err *err);

/** virt_cpu_known() - Whether libvirt understands a <cpu> with match='exact' */
bool virt_cpu_known(struct virt *virt, const char *xml);

/** vm_start() - Start a transient domain from its XML; it ends with the
 * connection where the driver can do that */
WARN_UNUSED
int vm_start(struct virt *virt, const char *xml, struct vm **ret_vm,
	     struct err *err);

/** vm_restore() - Start a domain from a file made by vm_save(); the file stays
 * @name:	The domain's name in the file */
WARN_UNUSED
int vm_restore(struct virt *virt, const char *path, const char *name,
	       struct vm **ret_vm, struct err *err);

/** vm_save() - Save a running domain to a file; it is gone then */
WARN_UNUSED
int vm_save(struct vm *vm, const char *path, struct err *err);

/** vm_live_xml() - The domain's XML as it is now; owned */
WARN_UNUSED
int vm_live_xml(struct vm *vm, char **ret_xml, struct err *err);

/** vm_alive() - Whether its QEMU is still running */
bool vm_alive(struct vm *vm);

/** vm_destroy() - Stop it at once, and free; NULL is fine */
void vm_destroy(struct vm *vm);

#endif
