// SPDX-License-Identifier: Apache-2.0
/*
 * init.c - first process of a guest: from the initramfs to the agent
 *
 * Everything it needs lies in the initramfs: /modules.list names kernel modules
 * in loading order, /guest holds what the guest finds in /usr/lib/crmatrix, the
 * agent (that becomes PID 1) among it. The root file system is a squashfs on
 * the first virtio disk, the module tree of this very kernel a squashfs on the
 * second; a tmpfs above the root takes all writing.
 *
 * It talks to the serial console alone. A line that begins with
 * "crmatrix-init: fatal:" is the last one of a guest that could not start.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <net/if.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define AGENT_PORT "crmatrix.agent"
#define GUEST_DIR "/usr/lib/crmatrix"
#define AGENT_PATH GUEST_DIR "/agent"
#define ROOT_DISK "/dev/vda"
#define MODULE_DISK "/dev/vdb"

/* Patience with devices; under emulation on a busy host seconds are usual. */
#define DISK_WAIT_MS 20000
#define PORT_WAIT_MS 5000

static int uevents = -1;

static void say(const char *level, const char *fmt, va_list ap)
{
	char text[400], line[448];
	int n;

	(void)vsnprintf(text, sizeof(text), fmt, ap);
	n = snprintf(line, sizeof(line), "crmatrix-init: %s: %s\n", level,
		     text);
	if (write(STDERR_FILENO, line, (size_t)n) < 0)
		return;
}

__attribute__((format(printf, 1, 2))) static void warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("warning", fmt, ap);
	va_end(ap);
}

/* Nobody can help a guest without its disks: say why and leave. */
__attribute__((format(printf, 1, 2), noreturn)) static void
fatal(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("fatal", fmt, ap);
	va_end(ap);
	sync();
	reboot(RB_POWER_OFF);
	_exit(1);
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* How far it came and when, for those who shorten the boot. */
static void stage(const char *name)
{
	struct timespec ts;
	char line[96];
	int n;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	n = snprintf(line, sizeof(line), "crmatrix-init: %ld.%03ld %s\n",
		     (long)ts.tv_sec, ts.tv_nsec / 1000000, name);
	if (write(STDERR_FILENO, line, (size_t)n) < 0)
		return;
}

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = write(fd, text, strlen(text));
	close(fd);
	return n == (ssize_t)strlen(text);
}

/* First line of a file without its newline; false if there is none. */
static bool read_line(const char *path, char *line, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, line, size - 1);
	close(fd);
	if (n <= 0)
		return false;
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return true;
}

static void make_dirs(const char *path)
{
	char part[256];
	char *slash;

	(void)snprintf(part, sizeof(part), "%s", path);
	for (slash = strchr(part + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(part, 0755);
		*slash = '/';
	}
	mkdir(part, 0755);
}

struct mount_row {
	const char *type;
	const char *target;
	unsigned long flags;
	const char *options;
	bool optional; /* not every kernel has it */
};

static void mount_all(const struct mount_row *rows, size_t count)
{
	const struct mount_row *m;

	for (m = rows; m < rows + count; m++) {
		make_dirs(m->target);
		if (mount(m->type, m->target, m->type, m->flags, m->options) ==
		    0)
			continue;
		if (!m->optional)
			fatal("mount %s on '%s': %s", m->type, m->target,
			      strerror(errno));
	}
}

static void mount_early(void)
{
	static const struct mount_row rows[] = {
		{ "proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL,
		  false },
		{ "sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL,
		  false },
		{ "devtmpfs", "/dev", MS_NOSUID, "mode=0755", false },
	};

	mount_all(rows, ARRAY_SIZE(rows));
}

static void mount_late(void)
{
	static const struct mount_row rows[] = {
		{ "devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC,
		  "gid=5,mode=0620,ptmxmode=0666", false },
		{ "tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777",
		  false },
		{ "tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=0755,size=80%",
		  false },
		{ "tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=1777,size=80%",
		  false },
		{ "mqueue", "/dev/mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		  NULL, true },
		{ "cgroup2", "/sys/fs/cgroup", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		  "nsdelegate", true },
		{ "securityfs", "/sys/kernel/security",
		  MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, true },
	};

	mount_all(rows, ARRAY_SIZE(rows));
}

static void open_console(void)
{
	int fd = open("/dev/console", O_RDWR | O_NOCTTY);

	if (fd < 0)
		return;
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* Kernel events tell when a device appeared; without them we only look. */
static void open_uevents(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int size = 1 << 20;

	uevents = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			 NETLINK_KOBJECT_UEVENT);
	if (uevents < 0)
		return;
	setsockopt(uevents, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(uevents, (struct sockaddr *)&addr, sizeof(addr)) == 0)
		return;
	close(uevents);
	uevents = -1;
}

/* Wait until @there holds, woken by kernel events. */
static bool wait_for(bool (*there)(const void *), const void *what,
		     unsigned int timeout_ms)
{
	uint64_t deadline_ms = now_ms() + timeout_ms;
	struct pollfd pfd = { .fd = uevents, .events = POLLIN };
	char event[4096];
	uint64_t now;

	while (!there(what)) {
		now = now_ms();
		if (now >= deadline_ms)
			return false;
		poll(&pfd, uevents < 0 ? 0 : 1,
		     uevents < 0 ? 20 : (int)(deadline_ms - now));
		while (uevents >= 0 &&
		       recv(uevents, event, sizeof(event), 0) > 0)
			;
	}
	return true;
}

static bool file_exists(const void *path)
{
	return access(path, F_OK) == 0;
}

static void load_module(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		warn("module '%s': %s", path, strerror(errno));
		return;
	}
	/* ENODEV: the machine lacks that device, which is its good right. */
	if (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST &&
	    errno != ENODEV)
		warn("module '%s': %s", path, strerror(errno));
	close(fd);
}

static void load_modules(void)
{
	FILE *list = fopen("/modules.list", "re");
	char path[256];

	if (!list)
		return;
	while (fgets(path, sizeof(path), list)) {
		path[strcspn(path, "\n")] = '\0';
		load_module(path);
		unlink(path);
	}
	(void)fclose(list);
}

/*
 * A guest without a hardware generator may block its first getrandom() for
 * long. Secrecy is not asked of a test machine, progress is; the runner
 * reseeds after each restore anyway.
 */
static void seed_random(void)
{
	struct {
		struct rand_pool_info head;
		uint32_t words[16];
	} pool = { .head = { .entropy_count = 512, .buf_size = 64 } };
	struct timespec ts;
	int fd = open("/dev/urandom", O_RDWR | O_CLOEXEC);
	size_t i;

	if (fd < 0)
		return;
	for (i = 0; i < ARRAY_SIZE(pool.words); i++) {
		clock_gettime(CLOCK_MONOTONIC, &ts);
		pool.words[i] = (uint32_t)ts.tv_nsec * 2654435761U ^
				(uint32_t)ts.tv_sec ^
				(uint32_t)__builtin_ia32_rdtsc();
	}
	ioctl(fd, RNDADDENTROPY, &pool);
	close(fd);
}

static void mount_root(void)
{
	if (!wait_for(file_exists, ROOT_DISK, DISK_WAIT_MS))
		fatal("no disk '%s' after %d s: is virtio-blk there, and the root disk first?",
		      ROOT_DISK, DISK_WAIT_MS / 1000);
	make_dirs("/lower");
	make_dirs("/upper");
	make_dirs("/root");
	if (mount(ROOT_DISK, "/lower", "squashfs", MS_RDONLY, NULL) < 0)
		fatal("mount '%s' as squashfs: %s", ROOT_DISK, strerror(errno));
	if (mount("tmpfs", "/upper", "tmpfs", 0, "mode=0755,size=80%") < 0)
		fatal("mount tmpfs: %s", strerror(errno));
	make_dirs("/upper/data");
	make_dirs("/upper/work");
	if (mount("overlay", "/root", "overlay", 0,
		  "lowerdir=/lower,upperdir=/upper/data,workdir=/upper/work") <
	    0)
		fatal("mount overlay: %s", strerror(errno));
}

/* A kernel without modules may come without that disk. */
static void mount_modules(void)
{
	if (!file_exists(MODULE_DISK) && !file_exists("/modules.list"))
		return;
	if (!wait_for(file_exists, MODULE_DISK, DISK_WAIT_MS)) {
		warn("no disk '%s': kernel modules can't be loaded",
		     MODULE_DISK);
		return;
	}
	make_dirs("/root/usr/lib/modules");
	if (mount(MODULE_DISK, "/root/usr/lib/modules", "squashfs", MS_RDONLY,
		  NULL) < 0)
		warn("mount '%s' as squashfs: %s", MODULE_DISK,
		     strerror(errno));
}

static void copy_file(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	char block[65536];
	ssize_t n;

	if (in < 0 || out < 0)
		fatal("copy '%s': %s", from, strerror(errno));
	while ((n = read(in, block, sizeof(block))) > 0) {
		if (write(out, block, (size_t)n) != n)
			fatal("write '%s': %s", to, strerror(errno));
	}
	if (n < 0)
		fatal("read '%s': %s", from, strerror(errno));
	close(in);
	close(out);
	unlink(from);
}

static void copy_guest_files(void)
{
	DIR *dir = opendir("/guest");
	char from[300], to[320];
	const struct dirent *e;

	make_dirs("/root" GUEST_DIR);
	while (dir && (e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(from, sizeof(from), "/guest/%s", e->d_name);
		(void)snprintf(to, sizeof(to), "/root" GUEST_DIR "/%s",
			       e->d_name);
		copy_file(from, to);
	}
	if (dir)
		closedir(dir);
}

/* Give the initramfs' memory back, then make the overlay the root. */
static void switch_root(void)
{
	static const char *const moved[] = { "/proc", "/sys", "/dev" };
	char target[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(moved); i++) {
		(void)snprintf(target, sizeof(target), "/root%s", moved[i]);
		make_dirs(target);
		if (mount(moved[i], target, NULL, MS_MOVE, NULL) < 0)
			fatal("move '%s': %s", moved[i], strerror(errno));
	}
	unlink("/init");
	if (chdir("/root") < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 ||
	    chroot(".") < 0 || chdir("/") < 0)
		fatal("switch to the root file system: %s", strerror(errno));
}

static void link_devices(void)
{
	static const char *const links[][2] = {
		{ "/proc/self/fd", "/dev/fd" },
		{ "/proc/self/fd/0", "/dev/stdin" },
		{ "/proc/self/fd/1", "/dev/stdout" },
		{ "/proc/self/fd/2", "/dev/stderr" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(links); i++) {
		if (symlink(links[i][0], links[i][1]) < 0 && errno != EEXIST)
			warn("link '%s': %s", links[i][1], strerror(errno));
	}
}

/* One line of modules.devname: "tun net/tun c10:200". */
static void make_static_node(char *line)
{
	char full[160], *rest, *colon;
	const char *module = strtok_r(line, " \n", &rest);
	const char *name = strtok_r(NULL, " \n", &rest);
	const char *device = strtok_r(NULL, " \n", &rest);
	unsigned long major, minor;

	if (!device || *module == '#')
		return;
	major = strtoul(device + 1, &colon, 10);
	if (*colon != ':')
		return;
	minor = strtoul(colon + 1, NULL, 10);
	(void)snprintf(full, sizeof(full), "/dev/%s", name);
	*strrchr(full, '/') = '\0';
	make_dirs(full);
	(void)snprintf(full, sizeof(full), "/dev/%s", name);
	if (mknod(full, (*device == 'b' ? S_IFBLK : S_IFCHR) | 0600,
		  makedev((unsigned)major, (unsigned)minor)) < 0 &&
	    errno != EEXIST)
		warn("node '%s': %s", full, strerror(errno));
}

/*
 * Device nodes whose opening loads their module, as the module tree lists
 * them. criu looks for /dev/net/tun.
 */
static void make_static_nodes(void)
{
	char path[256], line[256];
	struct utsname uts;
	FILE *list;

	if (uname(&uts) < 0)
		return;
	(void)snprintf(path, sizeof(path),
		       "/usr/lib/modules/%s/modules.devname", uts.release);
	list = fopen(path, "re");
	if (!list)
		return;
	while (fgets(line, sizeof(line), list))
		make_static_node(line);
	(void)fclose(list);
}

/*
 * What udev would do: /dev/virtio-ports/NAME -> ../vportNpM. The host tells a
 * port's name only after the port appeared, hence the waiting.
 *
 * Return: true once the agent's port is there and no port lacks its name.
 */
static bool link_ports(const void *unused)
{
	DIR *dir = opendir("/sys/class/virtio-ports");
	char path[320], link[320], name[128];
	bool all = true, agent = false;
	const struct dirent *e;

	(void)unused;
	while (dir && (e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path),
			       "/sys/class/virtio-ports/%s/name", e->d_name);
		if (!read_line(path, name, sizeof(name))) {
			all = false;
			continue;
		}
		(void)snprintf(path, sizeof(path), "../%s", e->d_name);
		(void)snprintf(link, sizeof(link), "/dev/virtio-ports/%s",
			       name);
		if (symlink(path, link) < 0 && errno != EEXIST)
			warn("link '%s': %s", link, strerror(errno));
		if (strcmp(name, AGENT_PORT) == 0)
			agent = true;
	}
	if (dir)
		closedir(dir);
	return all && agent;
}

static void link_all_ports(void)
{
	make_dirs("/dev/virtio-ports");
	if (!wait_for(link_ports, NULL, PORT_WAIT_MS))
		warn("no virtio port '%s' after %d s", AGENT_PORT,
		     PORT_WAIT_MS / 1000);
}

/* Value of crmatrix.@key= on the kernel's command line. */
static bool option(const char *key, char *value, size_t size)
{
	char line[4096], want[64];
	char *word, *rest;
	bool found = false;

	if (!read_line("/proc/cmdline", line, sizeof(line)))
		return false;
	(void)snprintf(want, sizeof(want), "crmatrix.%s=", key);
	for (word = strtok_r(line, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest)) {
		if (strncmp(word, want, strlen(want)) != 0)
			continue;
		(void)snprintf(value, size, "%s", word + strlen(want));
		found = true;
	}
	return found;
}

static void set_hostname(void)
{
	char name[65] = "guest";

	option("hostname", name, sizeof(name));
	if (sethostname(name, strlen(name)) < 0)
		warn("host name '%s': %s", name, strerror(errno));
}

static void loopback_up(void)
{
	struct ifreq req = { .ifr_name = "lo",
			     .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &req) < 0)
		warn("loopback up: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
}

/* Missing ones belong to what this kernel was built without. */
static void set_sysctls(void)
{
	static const char *const rows[][2] = {
		/* criu asks for modules by netlink family; init has no udev */
		{ "/proc/sys/kernel/modprobe", "/usr/sbin/modprobe" },
		/* a crash leaves a core where the runner looks */
		{ "/proc/sys/kernel/core_pattern", "/tmp/core.%e.%p" },
		/* an oops must end the guest, not linger in it */
		{ "/proc/sys/kernel/panic_on_oops", "1" },
		/* criu and workloads of the same user trace each other */
		{ "/proc/sys/kernel/yama/ptrace_scope", "0" },
		/* a restore maps what was mapped, whatever the guest's memory */
		{ "/proc/sys/vm/overcommit_memory", "1" },
		/* addresses are usable at once, routes are ours alone */
		{ "/proc/sys/net/ipv6/conf/default/accept_dad", "0" },
		{ "/proc/sys/net/ipv6/conf/all/accept_dad", "0" },
		{ "/proc/sys/net/ipv6/conf/default/accept_ra", "0" },
		{ "/proc/sys/net/ipv6/conf/all/accept_ra", "0" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		write_file(rows[i][0], rows[i][1]);
}

int main(void)
{
	char *const argv[] = { (char[]){ AGENT_PATH }, NULL };
	char *const env[] = {
		(char[]){
			"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
		(char[]){ "HOME=/root" },
		(char[]){ "TERM=dumb" },
		NULL,
	};

	umask(022);
	mount_early();
	open_console();
	stage("init");
	open_uevents();
	load_modules();
	stage("modules loaded");
	seed_random();
	mount_root();
	mount_modules();
	copy_guest_files();
	switch_root();
	stage("root mounted");
	mount_late();
	link_devices();
	make_static_nodes();
	set_hostname();
	loopback_up();
	set_sysctls();
	link_all_ports();
	if (uevents >= 0)
		close(uevents);
	stage("agent");
	execve(AGENT_PATH, argv, env);
	fatal("start '%s': %s", AGENT_PATH, strerror(errno));
}
