// SPDX-License-Identifier: Apache-2.0
/* selfprobe_process.c - attributes, limits and signal state of a process */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "scenarios/workloads/selfprobe.h"

#define IOPRIO_PROCESS 1
#define IOPRIO_BEST_EFFORT_7 ((2 << 13) | 7)

/* As much of a small file as fits; the file's end is a zero. */
static void read_small(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, buf, size - 1);

	buf[n < 0 ? 0 : n] = '\0';
	if (fd >= 0)
		close(fd);
}

void selfprobe_status(struct text *t, const char *name)
{
	static char status[4096];
	const char *value;
	char word[64] = "0";
	size_t i = 0;

	read_small("/proc/self/status", status, sizeof(status));
	value = strstr(status, name);
	value = value ? value + strlen(name) : "";
	value += strspn(value, ":\t ");
	while (i + 1 < sizeof(word) && value[i] && !strchr("\n\t ", value[i])) {
		word[i] = value[i];
		word[++i] = '\0';
	}
	text_str(t, word);
}

static void write_small(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		guest_die(path);
	close(fd);
}

static void tell_small(struct text *t, const char *path)
{
	char buf[64];

	read_small(path, buf, sizeof(buf));
	buf[strcspn(buf, "\n ")] = '\0';
	text_str(t, buf);
}

static void must(long value, const char *what)
{
	if (value < 0)
		guest_die(what);
}

static void set_nice(void)
{
	must(setpriority(PRIO_PROCESS, 0, 5), "nice");
}

static void tell_nice(struct text *t)
{
	text_u64(t, 20 + (uint64_t)getpriority(PRIO_PROCESS, 0));
}

static void set_policy(void)
{
	struct sched_param param = { .sched_priority = 0 };

	must(sched_setscheduler(0, SCHED_BATCH, &param), "SCHED_BATCH");
}

static void tell_policy(struct text *t)
{
	text_u64(t, (uint64_t)sched_getscheduler(0));
}

static void set_affinity(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	must(sched_setaffinity(0, sizeof(set), &set), "affinity");
}

static void tell_affinity(struct text *t)
{
	selfprobe_status(t, "\nCpus_allowed_list");
}

static void set_ioprio(void)
{
	must(syscall(SYS_ioprio_set, IOPRIO_PROCESS, 0, IOPRIO_BEST_EFFORT_7),
	     "ioprio");
}

static void tell_ioprio(struct text *t)
{
	text_u64(t, (uint64_t)syscall(SYS_ioprio_get, IOPRIO_PROCESS, 0));
}

static void set_slack(void)
{
	must(prctl(PR_SET_TIMERSLACK, 123456UL), "timer slack");
}

static void tell_slack(struct text *t)
{
	text_u64(t, (uint64_t)prctl(PR_GET_TIMERSLACK));
}

static void set_oom(void)
{
	write_small("/proc/self/oom_score_adj", "321");
}

static void tell_oom(struct text *t)
{
	tell_small(t, "/proc/self/oom_score_adj");
}

static void set_umask(void)
{
	(void)umask(037);
}

static void tell_umask(struct text *t)
{
	selfprobe_status(t, "\nUmask");
}

static void set_dumpable(void)
{
	must(prctl(PR_SET_DUMPABLE, 0UL), "dumpable");
}

static void tell_dumpable(struct text *t)
{
	text_u64(t, (uint64_t)prctl(PR_GET_DUMPABLE));
}

static void set_thp(void)
{
	must(prctl(PR_SET_THP_DISABLE, 1UL, 0, 0, 0), "THP");
}

static void tell_thp(struct text *t)
{
	text_u64(t, (uint64_t)prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
}

static void set_subreaper(void)
{
	must(prctl(PR_SET_CHILD_SUBREAPER, 1UL), "subreaper");
}

static void tell_subreaper(struct text *t)
{
	int value = 0;

	(void)prctl(PR_GET_CHILD_SUBREAPER, &value);
	text_u64(t, (uint64_t)value);
}

/* Its parent may be gone by then. */
static void set_death_signal(void)
{
	(void)signal(SIGUSR2, SIG_IGN);
	must(prctl(PR_SET_PDEATHSIG, (unsigned long)SIGUSR2), "death signal");
}

static void tell_death_signal(struct text *t)
{
	int value = 0;

	(void)prctl(PR_GET_PDEATHSIG, &value);
	text_u64(t, (uint64_t)value);
}

static void set_personality(void)
{
	must(personality(ADDR_NO_RANDOMIZE), "personality");
}

static void tell_personality(struct text *t)
{
	text_u64(t, (uint64_t)personality(0xffffffff));
}

static void set_coredump(void)
{
	write_small("/proc/self/coredump_filter", "0x11");
}

static void tell_coredump(struct text *t)
{
	tell_small(t, "/proc/self/coredump_filter");
}

static void set_locked(void)
{
	void *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || mlock(p, 8192) < 0)
		guest_die("mlock");
}

static void tell_locked(struct text *t)
{
	selfprobe_status(t, "\nVmLck");
}

static void set_name(void)
{
	must(prctl(PR_SET_NAME, "probe-of-itself"), "name");
}

static void tell_name(struct text *t)
{
	char name[16] = "";

	(void)prctl(PR_GET_NAME, name);
	text_str(t, name);
}

static void set_files_limit(void)
{
	struct rlimit limit = { 234, 345 };

	must(setrlimit(RLIMIT_NOFILE, &limit), "RLIMIT_NOFILE");
}

static void tell_files_limit(struct text *t)
{
	struct rlimit limit = { 0, 0 };

	(void)getrlimit(RLIMIT_NOFILE, &limit);
	text_u64(t, limit.rlim_cur);
	text_str(t, "/");
	text_u64(t, limit.rlim_max);
}

static void set_core_limit(void)
{
	struct rlimit limit = { 4096, 8192 };

	must(setrlimit(RLIMIT_CORE, &limit), "RLIMIT_CORE");
}

static void tell_core_limit(struct text *t)
{
	struct rlimit limit = { 0, 0 };

	(void)getrlimit(RLIMIT_CORE, &limit);
	text_u64(t, limit.rlim_cur);
}

static void set_signals(void)
{
	static char stack[1 << 16];
	stack_t alt = { .ss_sp = stack, .ss_size = sizeof(stack) };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	must(sigprocmask(SIG_BLOCK, &set, NULL), "sigprocmask");
	(void)signal(SIGWINCH, SIG_IGN);
	must(raise(SIGUSR1), "raise");
	must(sigaltstack(&alt, NULL), "sigaltstack");
}

static void tell_blocked(struct text *t)
{
	selfprobe_status(t, "\nSigBlk");
}

static void tell_ignored(struct text *t)
{
	selfprobe_status(t, "\nSigIgn");
}

static void tell_pending(struct text *t)
{
	selfprobe_status(t, "\nSigPnd");
}

static void tell_stack(struct text *t)
{
	stack_t alt = { .ss_size = 0 };

	(void)sigaltstack(NULL, &alt);
	text_u64(t, alt.ss_size);
}

static const struct selfprobe table[] = {
	{ "attr_nice", set_nice, tell_nice },
	{ "attr_policy", set_policy, tell_policy },
	{ "attr_affinity", set_affinity, tell_affinity },
	{ "attr_ioprio", set_ioprio, tell_ioprio },
	{ "attr_timerslack", set_slack, tell_slack },
	{ "attr_oom", set_oom, tell_oom },
	{ "attr_umask", set_umask, tell_umask },
	{ "attr_thp", set_thp, tell_thp },
	{ "attr_subreaper", set_subreaper, tell_subreaper },
	{ "attr_deathsignal", set_death_signal, tell_death_signal },
	{ "attr_personality", set_personality, tell_personality },
	{ "attr_coredump", set_coredump, tell_coredump },
	{ "attr_locked", set_locked, tell_locked },
	{ "attr_name", set_name, tell_name },
	{ "attr_dumpable", set_dumpable, tell_dumpable },
	{ "limit_files", set_files_limit, tell_files_limit },
	{ "limit_core", set_core_limit, tell_core_limit },
	{ "signal_blocked", set_signals, tell_blocked },
	{ "signal_ignored", NULL, tell_ignored },
	{ "signal_pending", NULL, tell_pending },
	{ "signal_stack", NULL, tell_stack },
};

const struct selfprobes selfprobes_process = {
	"process", table, sizeof(table) / sizeof(table[0])
};
