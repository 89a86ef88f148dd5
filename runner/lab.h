// SPDX-License-Identifier: Apache-2.0
/* lab.h - a live pair: two VMs and their networks, inside a worker */
#ifndef RUNNER_LAB_H
#define RUNNER_LAB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "compat/machine.h"
#include "runner/domain.h"
#include "runner/guest.h"

#define LAB_SERVICE_BRIDGE "svc0"
#define LAB_TRANSFER_BRIDGE "xfer0"
#define LAB_PEER_MAC "52:54:00:77:00:03"
#define LAB_PEER_PORT "peer-svc"

/**
 * struct boot_files - What a machine boots from; paths as the worker sees them
 * @key:	Digest over all of their contents
 */
struct boot_files {
	char *kernel, *initramfs, *root, *modules;
	char *key;
};
void boot_files_release(struct boot_files *files);

/**
 * struct lab_opts - For a worker's life; all borrowed
 * @uri:	libvirt URI, NULL: the embedded driver
 * @kvm:	Hardware acceleration
 * @cache:	Folder of the cache
 * @relay:	With @uri: how its QEMUs reach the lab's networks
 * @folder:	With @uri: an empty one, on the host's file system, that is the lab's
 *		while it is open, and its QEMUs may write to
 */
struct lab_opts {
	const char *uri;
	bool kvm;
	const char *cache;
	const struct relay *relay;
	const char *folder;
};

struct lab;

/**
 * struct lab_node - One of the two VMs while it runs; borrowed from the lab
 * @as:		Whose addresses and UUID it has; another's than its own role's after
 *		lab_reboot()
 * @keeps:	It has the disk that outlives a reboot
 */
struct lab_node {
	enum role as;
	bool keeps;
	const struct machine *machine;
	const struct boot_files *files;
	struct vm *vm;
	struct guest *guest;
	char *console; /* its log, on a tmpfs of the worker */
	char *agent;   /* its agent's socket */
	char *name;    /* its domain's */
	char *uuid;    /* likewise; NULL: the role's */
};

/** lab_open() - Make the networks of this worker and reach libvirt */
WARN_UNUSED
int lab_open(const struct lab_opts *opts, struct lab **ret_lab,
	     struct err *err);
void lab_close(struct lab *lab);

/** lab_versions() - Of QEMU and libvirt; owned texts */
WARN_UNUSED
int lab_versions(struct lab *lab, char **ret_qemu, char **ret_libvirt,
		 struct err *err);

/** lab_check_cpu() - Whether libvirt knows a machine's CPU model and features;
 * ERR_INPUT, for a model with the nearest one, when it does not */
WARN_UNUSED
int lab_check_cpu(struct lab *lab, const struct machine *machine,
		  struct err *err);

/** lab_snapshot() - Path of a machine's save for a role, and whether it is
 * there; @ret_dir is owned */
WARN_UNUSED
int lab_snapshot(struct lab *lab, enum role role, const struct machine *machine,
		 const struct boot_files *files, char **ret_dir,
		 bool *ret_there, struct err *err);

/**
 * lab_boot() - Boot a machine in a role up to its agent, set it up
 *
 * Its addresses, name, and limits are set, its tools are warm, its facts read.
 */
WARN_UNUSED
int lab_boot(struct lab *lab, enum role role, const struct machine *machine,
	     const struct boot_files *files, uint64_t deadline_ns,
	     struct facts *ret_facts, struct err *err);

/** lab_saves() - Whether machines can be saved and restored here: a daemon would
 * not end a restored domain when we die, so there each cell boots its own */
bool lab_saves(const struct lab *lab);

/** lab_boot_pair() - lab_boot() of both roles, side by side; without a machine (NULL)
 * a role stays down */
WARN_UNUSED
int lab_boot_pair(struct lab *lab, const struct machine *const machines[2],
		  const struct boot_files *const files[2], uint64_t deadline_ns,
		  struct facts ret_facts[2], struct err *err);

/** lab_save() - Save a booted node into the cache; it is gone then */
WARN_UNUSED
int lab_save(struct lab *lab, enum role role, const struct facts *facts,
	     struct err *err);

/** lab_known_facts() - Of a machine that was saved; without a save, as they were
 */
WARN_UNUSED
int lab_known_facts(struct lab *lab, enum role role,
		    const struct machine *machine,
		    const struct boot_files *files, struct facts *ret_facts,
		    struct err *err);

/** lab_restore() - Bring both machines back from their saves, side by side; likewise
 */
WARN_UNUSED
int lab_restore(struct lab *lab, const struct machine *const machines[2],
		const struct boot_files *const files[2], uint64_t deadline_ns,
		struct facts ret_facts[2], struct err *err);

/**
 * lab_boot_kept() - Boot the source, alone, with an empty disk that outlives it
 *
 * It has an ext4 file system without a journal, and is the third of the virtio
 * disks.
 */
WARN_UNUSED
int lab_boot_kept(struct lab *lab, const struct machine *machine,
		  const struct boot_files *files, uint64_t deadline_ns,
		  struct facts *ret_facts, struct err *err);

/**
 * lab_reboot() - Boot the source's VM again, as another machine
 * @machine:	What it is now: its kernel, userland, CPU
 *
 * The source ends at once: what is to be kept has been written and unmounted by
 * then. Its disk, UUID, MACs and own addresses come back in the target's role, and
 * so without the service's address, and guarded against it.
 */
WARN_UNUSED
int lab_reboot(struct lab *lab, const struct machine *machine,
	       const struct boot_files *files, uint64_t deadline_ns,
	       struct facts *ret_facts, struct err *err);

/** lab_has_file() - Whether every machine has this file in the workload's folder
 * from its boot on */
bool lab_has_file(const struct lab *lab, const char *path);

struct lab_node *lab_node(struct lab *lab, enum role role);

/** lab_drop() - Destroy both VMs, side by side; none running is fine */
void lab_drop(struct lab *lab);

#endif
