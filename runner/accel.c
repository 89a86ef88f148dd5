// SPDX-License-Identifier: Apache-2.0
/* accel.c - whether hardware acceleration boots anything here */
#include "runner/accel.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/child.h"
#include "runner/digest.h"

#define DEVICE "/dev/kvm"
#define BOOT_WITHIN_NS (10 * NS_PER_S)
#define TICK_MS 20
#define SIGN "crmatrix-init: " /* our init's first words on the console */
#define CONSOLE_MAX (4UL << 20)

const char *const accel_names[ACCEL_COUNT + 1] = { "auto", "kvm", "tcg", NULL };

static bool came_up(const char *console)
{
	CLEANUP_FREE char *text = NULL;
	struct err err;
	size_t len;

	if (file_read(console, CONSOLE_MAX, &text, &len, &err))
		return false;
	return memmem(text, len, SIGN, strlen(SIGN)) != NULL;
}

/* Watch the console until our init speaks, QEMU ends, or time is up. */
static bool watch(struct child *qemu, const char *console)
{
	uint64_t deadline_ns = clock_now_ns() + BOOT_WITHIN_NS;

	while (clock_now_ns() < deadline_ns) {
		struct pollfd fd = { .fd = child_pidfd(qemu),
				     .events = POLLIN };

		if (poll(&fd, 1, TICK_MS) > 0 || came_up(console))
			break;
	}
	return came_up(console);
}

static int boot(const char *kernel, const char *initramfs, const char *console,
		bool *ret_works, struct err *err)
{
	CLEANUP_FREE char *serial = xasprintf("file:%s", console);
	const char *argv[] = { "qemu-system-x86_64",
			       "-nodefaults",
			       "-no-user-config",
			       "-no-reboot",
			       "-display",
			       "none",
			       "-machine",
			       "pc,accel=kvm",
			       "-cpu",
			       "host",
			       "-m",
			       "256",
			       "-kernel",
			       kernel,
			       "-initrd",
			       initramfs,
			       "-append",
			       "console=ttyS0 panic=-1 quiet",
			       "-serial",
			       serial,
			       NULL };
	struct child_opts opts = { .argv = argv,
				   .out_path = "/dev/null",
				   .err_path = "/dev/null" };
	CLEANUP(child_freep) struct child *qemu = NULL;

	if (child_start(&opts, &qemu, err))
		return -1;
	*ret_works = watch(qemu, console);
	return 0;
}

/* The answer holds for this boot of the host and this QEMU binary. */
static int answer_path(const char *cache, char **ret_path, struct err *err)
{
	CLEANUP_FREE char *boot_id = NULL;

	if (file_read("/proc/sys/kernel/random/boot_id", 256, &boot_id, NULL,
		      err) ||
	    file_mkdirs(cache, err))
		return -1;
	*ret_path =
		xasprintf("%s/kvm-%s-%u", cache, str_trim(boot_id), geteuid());
	return 0;
}

static int probe_by_boot(const char *kernel, const char *initramfs,
			 const char *cache, bool *ret_works, struct err *err)
{
	CLEANUP_FREE char *path = NULL;
	CLEANUP_FREE char *known = NULL;
	CLEANUP_FREE char *console = NULL;
	struct err ignored;

	if (answer_path(cache, &path, err))
		return -1;
	if (!file_read(path, 16, &known, NULL, &ignored)) {
		*ret_works = str_starts(known, "yes");
		return 0;
	}
	console = xasprintf("%s.console-%d", path, getpid());
	if (boot(kernel, initramfs, console, ret_works, err))
		return -1;
	(void)unlink(console);
	return file_write(path, *ret_works ? "yes\n" : "no\n",
			  *ret_works ? 4 : 3, err);
}

int accel_probe_kvm(const char *kernel, const char *initramfs,
		    const char *cache, bool *ret_works, char **ret_why,
		    struct err *err)
{
	*ret_why = NULL;
	*ret_works = false;
	if (access(DEVICE, R_OK | W_OK)) {
		*ret_why = errno == ENOENT ?
				   xstrdup("there is no " DEVICE
					   " (no virtualisation in the CPU, "
					   "its firmware, or this VM's host)") :
				   xasprintf("%s cannot be opened (%s); being "
					     "in group kvm often helps",
					     DEVICE, strerrordesc_np(errno));
		return 0;
	}
	if (probe_by_boot(kernel, initramfs, cache, ret_works, err))
		return err_wrap(err, "probe KVM");
	if (!*ret_works)
		*ret_why = xasprintf(
			DEVICE " opens, but a kernel started with KVM did not "
			       "reach its first process within %d s",
			(int)(BOOT_WITHIN_NS / NS_PER_S));
	return 0;
}

int accel_decide(enum accel asked, const char *kernel, const char *initramfs,
		 const char *cache, bool *ret_kvm, char **ret_note,
		 struct err *err)
{
	CLEANUP_FREE char *why = NULL;

	*ret_note = NULL;
	*ret_kvm = false;
	if (asked == ACCEL_TCG)
		return 0;
	if (accel_probe_kvm(kernel, initramfs, cache, ret_kvm, &why, err))
		return -1;
	if (asked == ACCEL_KVM && !*ret_kvm)
		return err_set(err, ERR_MISSING, 0,
			       "KVM does not work here: %s; --accel tcg (or "
			       "auto) emulates the CPU instead, several times "
			       "slower",
			       why);
	if (!*ret_kvm)
		*ret_note = xasprintf("no KVM: %s; the CPUs are emulated "
				      "(TCG)",
				      why);
	return 0;
}
