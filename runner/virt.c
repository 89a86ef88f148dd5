// SPDX-License-Identifier: Apache-2.0
/* virt.c - VMs through libvirt; the only door to it */
#include "runner/virt.h"

#include <limits.h>
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/reap.h"
#include "runner/virt_api.h"

#define REAPED_WITHIN_NS NS_PER_S

/*
 * @autodestroy: The driver ends domains with the connection
 * @pids:	 Folder of the driver's NAME.pid files, NULL: out of our reach
 */
struct virt {
	virConnectPtr conn;
	bool autodestroy;
	char *pids;
};

/* Set when the first connection is opened. */
static const struct virt_api *lib;

struct vm {
	virDomainPtr dom;
	const struct virt *virt;
};

/* libvirt prints errors by itself otherwise; each of ours is told once. */
static void be_silent(void *arg, virErrorPtr error)
{
	(void)arg;
	(void)error;
}

static int fill(struct err *err, const char *what)
{
	const virError *last = lib->virGetLastError();

	return err_set(err, ERR_VIRT, last ? last->code : 0, "%s: %s", what,
		       last && last->message ? last->message :
					       "libvirt gave no reason");
}

static _Noreturn void *run_events(void *arg)
{
	(void)arg;
	for (;;)
		(void)lib->virEventRunDefaultImpl();
}

static void wake_up(int timer, void *arg)
{
	(void)timer;
	(void)arg;
}

static int start_events(struct err *err)
{
	static bool started;
	pthread_t thread;

	if (started)
		return 0;
	if (virt_api_load(&lib, err))
		return -1;
	/* Its log would mix with our progress; errors come as errors. */
	(void)setenv("LIBVIRT_LOG_OUTPUTS", "3:file:/dev/null", 0);
	lib->virSetErrorFunc(NULL, be_silent);
	if (lib->virInitialize() < 0 || lib->virEventRegisterDefaultImpl() < 0)
		return fill(err, "start libvirt's event loop");
	/* A timer keeps the loop from waiting for ever on an empty set. */
	if (lib->virEventAddTimeout(1000, wake_up, NULL, NULL) < 0)
		return fill(err, "start libvirt's event loop");
	if (pthread_create(&thread, NULL, run_events, NULL))
		return err_errno(err, "start libvirt's event thread");
	pthread_detach(thread);
	started = true;
	return 0;
}

int virt_open(const char *uri, const char *pids, struct virt **ret_virt,
	      struct err *err)
{
	struct virt *virt;
	virConnectPtr conn;

	if (start_events(err))
		return -1;
	conn = lib->virConnectOpen(uri);
	if (!conn) {
		(void)fill(err, "connect to libvirt");
		return err_wrap(err, "'%s'", uri);
	}
	virt = xnew(struct virt);
	virt->conn = conn;
	virt->autodestroy = !strstr(uri, "/embed");
	virt->pids = pids ? xstrdup(pids) : NULL;
	*ret_virt = virt;
	return 0;
}

void virt_close(struct virt *virt)
{
	if (!virt)
		return;
	(void)lib->virConnectClose(virt->conn);
	free(virt->pids);
	free(virt);
}

static char *dotted(unsigned long version)
{
	return xasprintf("%lu.%lu.%lu", version / 1000000,
			 version / 1000 % 1000, version % 1000);
}

int virt_versions(struct virt *virt, char **ret_qemu, char **ret_libvirt,
		  struct err *err)
{
	unsigned long qemu, libvirt;

	if (lib->virConnectGetVersion(virt->conn, &qemu) < 0 ||
	    lib->virConnectGetLibVersion(virt->conn, &libvirt) < 0)
		return fill(err, "ask libvirt for versions");
	*ret_qemu = dotted(qemu);
	*ret_libvirt = dotted(libvirt);
	return 0;
}

int virt_cpu_models(struct virt *virt, char ***ret_names, struct err *err)
{
	if (lib->virConnectGetCPUModelNames(virt->conn, "x86_64", ret_names,
					    0) < 0)
		return fill(err, "ask libvirt for CPU models");
	return 0;
}

bool virt_cpu_known(struct virt *virt, const char *xml)
{
	return lib->virConnectCompareCPU(virt->conn, xml, 0) !=
	       VIR_CPU_COMPARE_ERROR;
}

static struct vm *vm_new(const struct virt *virt, virDomainPtr dom)
{
	struct vm *vm = xnew(struct vm);

	vm->dom = dom;
	vm->virt = virt;
	return vm;
}

int vm_start(struct virt *virt, const char *xml, struct vm **ret_vm,
	     struct err *err)
{
	unsigned int flags = VIR_DOMAIN_START_VALIDATE;
	virDomainPtr dom;

	if (virt->autodestroy)
		flags |= VIR_DOMAIN_START_AUTODESTROY;
	dom = lib->virDomainCreateXML(virt->conn, xml, flags);
	if (!dom)
		return fill(err, "start the domain");
	*ret_vm = vm_new(virt, dom);
	return 0;
}

int vm_restore(struct virt *virt, const char *path, const char *name,
	       struct vm **ret_vm, struct err *err)
{
	virDomainPtr dom;

	if (lib->virDomainRestoreFlags(virt->conn, path, NULL,
				       VIR_DOMAIN_SAVE_RUNNING) < 0)
		return fill(err, "restore the domain");
	dom = lib->virDomainLookupByName(virt->conn, name);
	if (!dom)
		return fill(err, "find the restored domain");
	*ret_vm = vm_new(virt, dom);
	return 0;
}

int vm_save(struct vm *vm, const char *path, struct err *err)
{
	if (lib->virDomainSaveFlags(vm->dom, path, NULL,
				    VIR_DOMAIN_SAVE_RUNNING) < 0)
		return fill(err, "save the domain");
	return 0;
}

int vm_live_xml(struct vm *vm, char **ret_xml, struct err *err)
{
	char *xml = lib->virDomainGetXMLDesc(vm->dom, 0);

	if (!xml)
		return fill(err, "read the domain's XML");
	*ret_xml = xml;
	return 0;
}

bool vm_alive(struct vm *vm)
{
	return lib->virDomainIsActive(vm->dom) == 1;
}

static bool read_pid(const struct vm *vm, pid_t *ret_pid)
{
	CLEANUP_FREE char *path = NULL;
	CLEANUP_FREE char *text = NULL;
	struct err ignored;
	uint64_t pid;

	if (!vm->virt->pids)
		return false;
	path = xasprintf("%s/%s.pid", vm->virt->pids,
			 lib->virDomainGetName(vm->dom));
	if (file_read(path, 32, &text, NULL, &ignored) ||
	    !str_u64(str_trim(text), &pid) || pid <= 1 || pid > INT_MAX)
		return false;
	*ret_pid = (pid_t)pid;
	return true;
}

/*
 * libvirt sends SIGTERM and looks again after 200 ms, but returns at once when
 * there is no process any more. QEMU must be gone before libvirt sees its monitor
 * closed, for then another of its threads begins to end the domain, likewise.
 */
void vm_destroy(struct vm *vm)
{
	struct reap *reap = NULL;
	pid_t pid;

	if (!vm)
		return;
	if (read_pid(vm, &pid))
		reap = reap_kill(pid, REAPED_WITHIN_NS);
	(void)lib->virDomainDestroy(vm->dom);
	reap_done(reap);
	(void)lib->virDomainFree(vm->dom);
	free(vm);
}
