// SPDX-License-Identifier: Apache-2.0
/* doctor_checks.c - the table of what a host should have, and how to look */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <pwd.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/cache.h"
#include "runner/child.h"
#include "runner/doctor.h"
#include "runner/ram.h"

#define QEMU "qemu-system-x86_64"
#define QEMU_LEAST "8.0" /* older ones crash guests of 6.12 without KVM */
#define SUBIDS_LEAST 65536
#define DISK_LEAST_BYTES (UINT64_C(4) << 30)
#define PAIR_BYTES (UINT64_C(2) * (512 + 128) << 20) /* two usual machines */
#define PROGRAM_NS (10 * NS_PER_S)
#define MIB (UINT64_C(1) << 20)

static bool in_path(const char *program)
{
	const char *path = getenv("PATH");
	struct str_list dirs = { 0 };
	bool found = false;

	/* Where Debian's unprivileged users do not look. */
	str_list_split(&dirs, path ? path : "", ":");
	str_list_add(&dirs, "/usr/sbin");
	str_list_add(&dirs, "/sbin");
	for (size_t i = 0; i < dirs.n && !found; i++) {
		CLEANUP_FREE char *file =
			xasprintf("%s/%s", dirs.v[i], program);

		found = access(file, X_OK) == 0;
	}
	str_list_release(&dirs);
	return found;
}

static enum doctor_status need_programs(const char *names, char **ret_found)
{
	struct str_list wanted = { 0 };
	struct str_list missing = { 0 };
	enum doctor_status status = DOCTOR_OK;

	str_list_split(&wanted, names, " ");
	for (size_t i = 0; i < wanted.n; i++)
		if (!in_path(wanted.v[i]))
			str_list_add(&missing, wanted.v[i]);
	if (missing.n) {
		CLEANUP_FREE char *list = str_list_join(&missing, ", ");

		*ret_found = xasprintf("not installed: %s", list);
		status = DOCTOR_MISSING;
	} else {
		*ret_found = str_list_join(&wanted, ", ");
	}
	str_list_release(&wanted);
	str_list_release(&missing);
	return status;
}

/* --- Rights ------------------------------------------------------------- */

/*
 * Runs @body in a process of its own; its result is an errno, or 0.
 * @ret_found: set where not even that could be run, and -1 is returned.
 */
static int try_aside(const char *what, int (*body)(void *arg), char **ret_found)
{
	static const struct child_opts opts = { .any_status = true };
	CLEANUP(child_freep) struct child *child = NULL;
	CLEANUP(child_result_release) struct child_result result = { 0 };
	struct err err = ERR_INIT;

	if (child_fork(what, &opts, body, NULL, &child, &err) < 0 ||
	    child_wait(child, 0, &result, &err) < 0) {
		*ret_found = xstrdup(err.msg);
		return -1;
	}
	if (WIFSIGNALED(result.status)) { /* a seccomp filter, say */
		*ret_found = xasprintf("killed by SIG%s when it was tried",
				       sigabbrev_np(WTERMSIG(result.status)));
		return -1;
	}
	return WEXITSTATUS(result.status);
}

static int enter_namespaces(void *arg)
{
	int flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET;

	(void)arg;
	if (geteuid() != 0)
		flags |= CLONE_NEWUSER;
	return unshare(flags) == 0 ? 0 : errno;
}

static enum doctor_status probe_namespaces(char **ret_found)
{
	const char *user = geteuid() == 0 ? "root" : "an ordinary user";
	int failed = try_aside("namespaces", enter_namespaces, ret_found);

	if (failed < 0)
		return DOCTOR_MISSING;
	if (failed)
		*ret_found =
			xasprintf("refused to %s: %s", user, strerror(failed));
	else
		*ret_found = xasprintf("allowed to %s", user);
	return failed ? DOCTOR_MISSING : DOCTOR_OK;
}

/* How many subordinate ids @path gives to the user, by name or number. */
static uint64_t subids_in(const char *path, const char *user)
{
	CLEANUP_FILE FILE *f = fopen(path, "re");
	CLEANUP_FREE char *number = xasprintf("%u", geteuid());
	CLEANUP_FREE char *line = NULL;
	uint64_t most = 0;
	size_t size = 0;

	while (f && getline(&line, &size, f) > 0) {
		struct str_list parts = { 0 };

		str_list_split(&parts, str_trim(line), ":");
		if (parts.n == 3 &&
		    (str_eq(parts.v[0], user) || str_eq(parts.v[0], number))) {
			uint64_t count = strtoumax(parts.v[2], NULL, 10);

			most = count > most ? count : most;
		}
		str_list_release(&parts);
	}
	return most;
}

static enum doctor_status probe_subids(char **ret_found)
{
	const struct passwd *pw = getpwuid(geteuid());
	const char *user = pw ? pw->pw_name : "";
	uint64_t uids = subids_in("/etc/subuid", user);
	uint64_t gids = subids_in("/etc/subgid", user);

	if (geteuid() == 0)
		return DOCTOR_UNASKED;
	*ret_found = xasprintf("%" PRIu64 " in /etc/subuid, %" PRIu64
			       " in /etc/subgid",
			       uids, gids);
	return uids >= SUBIDS_LEAST && gids >= SUBIDS_LEAST ? DOCTOR_OK :
							      DOCTOR_MISSING;
}

static enum doctor_status probe_uidmap(char **ret_found)
{
	if (geteuid() == 0)
		return DOCTOR_UNASKED;
	return need_programs("newuidmap newgidmap", ret_found);
}

static enum doctor_status probe_tun(char **ret_found)
{
	CLEANUP_FD int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	*ret_found = fd >= 0 ? xstrdup("/dev/net/tun opens") :
			       xasprintf("/dev/net/tun: %s", strerror(errno));
	return fd >= 0 ? DOCTOR_OK : DOCTOR_MISSING;
}

/* --- Programs ----------------------------------------------------------- */

static enum doctor_status probe_libvirt_user(char **ret_found)
{
	bool there = getpwnam("libvirt-qemu") != NULL;

	*ret_found = xasprintf("user libvirt-qemu %s",
			       there ? "exists" : "does not exist");
	return there ? DOCTOR_OK : DOCTOR_MISSING;
}

/* The path of the library @name, at the usual places; owned, NULL for none. */
static char *library_path(const char *name)
{
	static const char *const dirs[] = { "/usr/lib/*", "/usr/lib*",
					    "/usr/local/lib*" };
	char *path = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(dirs) && !path; i++) {
		CLEANUP_FREE char *pattern = xasprintf("%s/%s", dirs[i], name);
		glob_t found;

		if (glob(pattern, 0, NULL, &found) == 0)
			path = xstrdup(found.gl_pathv[0]);
		globfree(&found);
	}
	return path;
}

static enum doctor_status probe_libvirt_driver(char **ret_found)
{
	*ret_found = library_path(
		"libvirt/connection-driver/libvirt_driver_qemu.so");
	if (*ret_found)
		return DOCTOR_OK;
	*ret_found = xstrdup("libvirt_driver_qemu.so is not there");
	return DOCTOR_MISSING;
}

/* libvirt has its path built in: /usr/lib on Debian, /usr/libexec elsewhere. */
static enum doctor_status probe_iohelper(char **ret_found)
{
	static const char *const paths[] = {
		"/usr/lib/libvirt/libvirt_iohelper",
		"/usr/libexec/libvirt_iohelper",
	};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (access(paths[i], X_OK) == 0) {
			*ret_found = xstrdup(paths[i]);
			return DOCTOR_OK;
		}
	}
	*ret_found = xstrdup("libvirt_iohelper is not there");
	return DOCTOR_MISSING;
}

static enum doctor_status probe_qemu(char **ret_found)
{
	struct child_opts opts = {
		.argv = (const char *const[]){ QEMU, "--version", NULL },
		.deadline_ns = clock_now_ns() + PROGRAM_NS,
	};
	CLEANUP(child_result_release) struct child_result result = { 0 };
	struct err err = ERR_INIT;
	char *version;

	if (child_run(&opts, &result, &err) < 0) {
		*ret_found = xstrdup(err.msg);
		return DOCTOR_MISSING;
	}
	version = strstr(result.out, "version ");
	if (!version) {
		*ret_found = xstrdup(QEMU " does not say its version");
		return DOCTOR_MISSING;
	}
	version += strlen("version ");
	version[strcspn(version, " \n")] = '\0';
	*ret_found = xasprintf("QEMU %s", version);
	return str_version_cmp(version, QEMU_LEAST) >= 0 ? DOCTOR_OK :
							   DOCTOR_MISSING;
}

static enum doctor_status probe_image_tools(char **ret_found)
{
	return need_programs("mmdebstrap mksquashfs depmod cpio apt-get "
			     "dpkg-deb xz zstd lz4",
			     ret_found);
}

/* --- What the host can bear --------------------------------------------- */

static enum doctor_status probe_kvm(char **ret_found)
{
	CLEANUP_FD int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		*ret_found = xstrdup("/dev/kvm opens; whether it boots a guest "
				     "is found out by booting one");
	else
		*ret_found = xasprintf("/dev/kvm: %s; guests are emulated",
				       strerror(errno));
	return DOCTOR_NOTE;
}

static enum doctor_status probe_jemalloc(char **ret_found)
{
	*ret_found = library_path("libjemalloc.so.2");
	if (!*ret_found)
		*ret_found =
			xstrdup("libjemalloc.so.2 is not there; QEMU takes "
				"its libc's malloc, which is slower");
	return DOCTOR_NOTE;
}

static int mount_ram(void *arg)
{
	struct err err = ERR_INIT;
	int failed = enter_namespaces(arg);

	if (failed)
		return failed;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return errno;
	return ram_mount("/tmp", &err) ? err.code : 0;
}

static enum doctor_status probe_ram(char **ret_found)
{
	int failed = try_aside("guest memory", mount_ram, ret_found);

	if (failed > 0)
		*ret_found = xasprintf("no tmpfs with huge pages (%s); guests' "
				       "memory is cleared for each cell",
				       strerror(failed));
	else if (!failed)
		*ret_found = xstrdup("a tmpfs with huge pages, kept from cell "
				     "to cell");
	return DOCTOR_NOTE;
}

/* A number of kB in /proc/meminfo, as bytes; 0 when it is not there. */
static uint64_t meminfo_bytes(const char *key)
{
	CLEANUP_FREE char *text = NULL;
	struct err ignored;
	const char *line;

	if (file_read("/proc/meminfo", MIB, &text, NULL, &ignored) < 0)
		return 0;
	line = strstr(text, key);
	return line ? strtoumax(line + strlen(key), NULL, 10) * 1024 : 0;
}

static enum doctor_status probe_memory(char **ret_found)
{
	uint64_t available = meminfo_bytes("MemAvailable:");
	uint64_t pairs = available / PAIR_BYTES;

	*ret_found = xasprintf("%" PRIu64 " MiB available: %" PRIu64
			       " pair%s of 512 MiB machines at a time",
			       available / MIB, pairs, pairs == 1 ? "" : "s");
	return pairs >= 1 ? DOCTOR_OK : DOCTOR_MISSING;
}

static enum doctor_status probe_disk(char **ret_found)
{
	CLEANUP_FREE char *cache = cache_usual_dir();
	CLEANUP_FREE char *dir = xstrdup(cache);
	struct statvfs fs;
	uint64_t free_bytes;

	/* It may not have been made yet: its nearest parent then. */
	while (statvfs(dir, &fs) < 0) {
		char *slash = strrchr(dir, '/');

		if (errno != ENOENT || !slash || slash == dir) {
			*ret_found =
				xasprintf("'%s': %s", cache, strerror(errno));
			return DOCTOR_MISSING;
		}
		*slash = '\0';
	}
	free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	*ret_found = xasprintf("%" PRIu64 " MiB free for '%s'",
			       free_bytes / MIB, cache);
	return free_bytes >= DISK_LEAST_BYTES ? DOCTOR_OK : DOCTOR_MISSING;
}

/* ------------------------------------------------------------------------ */

#define MEND_SETUP "vm-images/setup.sh"

static const struct doctor_check checks[] = {
	{ "namespaces", probe_namespaces,
	  "each lab is shut into namespaces that the kernel tears down",
	  "sudo sysctl -w kernel.unprivileged_userns_clone=1 "
	  "user.max_user_namespaces=15000 (or run as root)" },
	{ "subordinate ids", probe_subids,
	  "root of a lab is you, and its other users need ids",
	  "sudo usermod --add-subuids 100000-165535 "
	  "--add-subgids 100000-165535 \"$USER\"" },
	{ "uidmap", probe_uidmap, "handing subordinate ids to a lab",
	  "sudo apt-get install uidmap" },
	{ "tun", probe_tun, "the network cards of the guests",
	  "sudo modprobe tun && sudo chmod 666 /dev/net/tun" },
	{ "libvirt user", probe_libvirt_user,
	  "libvirt's QEMU driver opens only when that user exists",
	  MEND_SETUP },
	{ "libvirt driver", probe_libvirt_driver, "driving QEMU", MEND_SETUP },
	{ "libvirt helper", probe_iohelper,
	  "libvirt writes saved machines through it", MEND_SETUP },
	{ "qemu", probe_qemu,
	  "running guests; " QEMU_LEAST
	  " or newer, older ones crash guests of 6.12",
	  MEND_SETUP },
	{ "image tools", probe_image_tools, "building root file systems",
	  MEND_SETUP },
	{ "kvm", probe_kvm, "speed", NULL },
	{ "jemalloc", probe_jemalloc, "speed", NULL },
	{ "guest memory", probe_ram, "speed", NULL },
	{ "memory", probe_memory, "two guests at a time", NULL },
	{ "disk", probe_disk, "images and saved machines; 4096 MiB",
	  "crmatrix images prune" },
};

const struct doctor_check *doctor_checks(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(checks);
	return checks;
}
