// SPDX-License-Identifier: Apache-2.0
/* child.c - the one place that forks: starts programs and functions */
#include "runner/child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/child_internal.h"

#define OUTPUT_MAX_DEFAULT ((size_t)1024 * 1024)
#define ERR_TAIL_MAX ((size_t)64 * 1024)
#define NAME_MAX_BYTES 120

/* What the child needs between fork and exec, made before the fork: nothing in
 * between may allocate or lock. */
struct launch {
	const struct child_opts *opts;
	int fds[3]; /* to become stdin, stdout, stderr; -1: keep ours */
	int parent; /* pidfd of ourselves */
	int report; /* errno goes here when exec fails; -1: no exec */
	char **env;
};

static void launch_close(struct launch *launch)
{
	for (int i = 0; i < 3; i++)
		fd_closep(&launch->fds[i]);
	fd_closep(&launch->parent);
	fd_closep(&launch->report);
	free(launch->env);
}

/* The environment with @add in it. Strings are borrowed, the array is owned. */
static char **env_with(const char *const *add)
{
	char **env = NULL;
	size_t n = 0;

	for (char **e = environ; e && *e; e++) {
		size_t name_len = strcspn(*e, "=") + 1;
		bool replaced = false;

		for (const char *const *a = add; a && *a; a++)
			replaced |= strncmp(*a, *e, name_len) == 0;
		if (!replaced)
			*VEC_PUSH(env, n) = *e;
	}
	for (const char *const *a = add; a && *a; a++)
		memcpy(VEC_PUSH(env, n), a, sizeof(*a));
	(void)VEC_PUSH(env, n); /* the NULL that ends it */
	return env;
}

static int dup_cloexec(int fd, struct err *err)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	return copy < 0 ? err_errno(err, "duplicate descriptor %d", fd) : copy;
}

static int open_stdin(const struct child_opts *opts, struct err *err)
{
	int fd;

	if (opts->stdin_fd > 0)
		return dup_cloexec(opts->stdin_fd, err);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return fd < 0 ? err_errno(err, "open '/dev/null'") : fd;
}

static int open_pipe(struct child_stream *stream, struct err *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_errno(err, "pipe");
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	stream->fd = ends[0];
	stream->text = xcalloc(1, 1);
	return ends[1];
}

static int open_output(const char *path, int fd, struct child_stream *stream,
		       struct err *err)
{
	int made;

	if (fd > 0)
		return dup_cloexec(fd, err);
	if (!path)
		return open_pipe(stream, err);
	made = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC,
		    0666);
	return made < 0 ? err_errno(err, "open '%s'", path) : made;
}

static int open_streams(struct launch *launch, struct child *child,
			bool collect, struct err *err)
{
	const struct child_opts *opts = launch->opts;

	if (opts->terminal)
		return 0;
	launch->fds[0] = open_stdin(opts, err);
	if (launch->fds[0] < 0)
		return -1;
	if (collect || opts->out_path || opts->out_fd > 0) {
		launch->fds[1] = open_output(opts->out_path, opts->out_fd,
					     &child->out, err);
		if (launch->fds[1] < 0)
			return -1;
	}
	if (opts->err_path && str_eq(opts->err_path, opts->out_path)) {
		launch->fds[2] = dup_cloexec(launch->fds[1], err);
		return launch->fds[2] < 0 ? -1 : 0;
	}
	if (collect || opts->err_path || opts->err_fd > 0) {
		launch->fds[2] = open_output(opts->err_path, opts->err_fd,
					     &child->err, err);
		if (launch->fds[2] < 0)
			return -1;
	}
	return 0;
}

static void reset_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig <= SIGRTMAX; sig++)
		(void)signal(sig, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Die with the parent, and at once if it is dead already. Its pidfd tells, for
 * getppid() is 0 in a PID namespace of our own. */
static int follow_parent(int parent, int death_signal)
{
	struct pollfd poll_parent = { .fd = parent, .events = POLLIN };

	if (prctl(PR_SET_PDEATHSIG, death_signal ? death_signal : SIGKILL) < 0)
		return -1;
	if (poll(&poll_parent, 1, 0) > 0)
		_exit(128 + SIGKILL);
	return 0;
}

static int keep_descriptors(const struct child_opts *opts)
{
	(void)close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	for (size_t i = 0; i < opts->n_pass_fds; i++)
		if (fcntl(opts->pass_fds[i], F_SETFD, 0) < 0)
			return -1;
	return 0;
}

/* In the child: only what is safe between fork and exec. */
static int become_child(const struct launch *launch)
{
	const struct child_opts *opts = launch->opts;

	reset_signals();
	if (!opts->terminal && setpgid(0, 0) < 0)
		return -1;
	if (follow_parent(launch->parent, opts->death_signal) < 0)
		return -1;
	for (int i = 0; i < 3; i++)
		if (launch->fds[i] >= 0 && dup2(launch->fds[i], i) < 0)
			return -1;
	if (opts->cwd && chdir(opts->cwd) < 0)
		return -1;
	if (opts->netns_fd > 0 && setns(opts->netns_fd, CLONE_NEWNET) < 0)
		return -1;
	return 0;
}

static _Noreturn void exec_program(const struct launch *launch)
{
	char *const *argv;
	int failed;

	if (become_child(launch) == 0 && keep_descriptors(launch->opts) == 0) {
		/* execvpe() does not write to the strings. */
		memcpy(&argv, &launch->opts->argv, sizeof(argv));
		execvpe(argv[0], argv, launch->env);
	}
	failed = errno;
	if (write(launch->report, &failed, sizeof(failed)) < 0)
		_exit(126);
	_exit(127);
}

static char *name_of(const char *const *argv)
{
	struct str_list words = { 0 };
	char *name;

	for (; *argv; argv++)
		str_list_take(&words, str_shell_quote(*argv));
	name = str_list_join(&words, " ");
	str_list_release(&words);
	if (strlen(name) > NAME_MAX_BYTES)
		memcpy(name + NAME_MAX_BYTES - 3, "...", 4);
	return name;
}

static struct child *child_new(const struct child_opts *opts, char *name)
{
	struct child *child = xnew(struct child);

	*child = (struct child){
		.pidfd = -1,
		.reaped = true,
		.group = !opts->terminal,
		.any_status = opts->any_status,
		.cancel_fd = opts->cancel_fd > 0 ? opts->cancel_fd : -1,
		.err_path = opts->err_path ? xstrdup(opts->err_path) : NULL,
		.started_ns = clock_now_ns(),
		.out = { .fd = -1,
			 .max = opts->max_output ? opts->max_output :
						   OUTPUT_MAX_DEFAULT },
		.err = { .fd = -1,
			 .max = ERR_TAIL_MAX,
			 .tail = true,
			 .on_line = opts->on_err_line,
			 .arg = opts->arg },
	};
	child->name = name;
	return child;
}

/* After the fork, in the parent. */
static int adopt(struct child *child, pid_t pid, struct err *err)
{
	child->pid = pid;
	child->reaped = false;
	/* The child does this too: whoever is first, both can rely on it. */
	if (child->group)
		(void)setpgid(pid, pid);
	child->pidfd = pidfd_open(pid, 0);
	if (child->pidfd < 0)
		return err_errno(err, "pidfd of '%s'", child->name);
	return 0;
}

static int prepare(struct launch *launch, struct child *child, bool collect,
		   struct err *err)
{
	launch->parent = pidfd_open(getpid(), 0);
	if (launch->parent < 0)
		return err_errno(err, "pidfd of this process");
	launch->env = env_with(launch->opts->env);
	return open_streams(launch, child, collect, err);
}

/* Errno of a failed exec; 0 when the pipe closed without one: it runs. */
static int exec_outcome(int report)
{
	int failed = 0;
	ssize_t n;

	do
		n = read(report, &failed, sizeof(failed));
	while (n < 0 && errno == EINTR);
	return n == sizeof(failed) ? failed : 0;
}

static int start_program(struct launch *launch, struct child *child,
			 struct err *err)
{
	int report[2];
	int failed;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC) < 0)
		return err_errno(err, "pipe");
	launch->report = report[1];
	pid = fork();
	if (pid == 0)
		exec_program(launch);
	fd_closep(&launch->report);
	launch->report = -1;
	failed = pid < 0 ? errno : exec_outcome(report[0]);
	fd_closep(&report[0]);
	if (pid > 0 && adopt(child, pid, err) < 0)
		return -1;
	errno = failed;
	if (failed == ENOENT && !launch->opts->cwd)
		return err_set(err, ERR_MISSING, 0, "no program '%s'",
			       launch->opts->argv[0]);
	return failed ? err_errno(err, "start '%s'", child->name) : 0;
}

int child_start(const struct child_opts *opts, struct child **ret_child,
		struct err *err)
{
	CLEANUP(launch_close)
	struct launch launch = {
		.opts = opts,
		.fds = { -1, -1, -1 },
		.parent = -1,
		.report = -1,
	};
	CLEANUP(child_freep)
	struct child *child = child_new(opts, name_of(opts->argv));

	if (prepare(&launch, child, true, err) < 0)
		return err_wrap(err, "start '%s'", child->name);
	if (start_program(&launch, child, err) < 0)
		return -1;
	*ret_child = TAKE(child);
	return 0;
}

static _Noreturn void run_function(const struct launch *launch,
				   int (*fn)(void *arg), void *arg)
{
	int status;

	if (become_child(launch) < 0)
		_exit(126);
	environ = launch->env;
	status = fn(arg);
	(void)fflush(NULL);
	_exit(status);
}

int child_fork(const char *name, const struct child_opts *opts,
	       int (*fn)(void *arg), void *arg, struct child **ret_child,
	       struct err *err)
{
	static const struct child_opts defaults;
	CLEANUP(launch_close)
	struct launch launch = {
		.opts = opts ? opts : &defaults,
		.fds = { -1, -1, -1 },
		.parent = -1,
		.report = -1,
	};
	CLEANUP(child_freep)
	struct child *child = child_new(launch.opts, xstrdup(name));
	pid_t pid;

	if (prepare(&launch, child, false, err) < 0)
		return err_wrap(err, "start '%s'", name);
	/* What is buffered must not be written twice. */
	(void)fflush(stdout);
	(void)fflush(stderr);
	pid = fork();
	if (pid == 0)
		run_function(&launch, fn, arg);
	if (pid < 0)
		return err_errno(err, "fork '%s'", name);
	if (adopt(child, pid, err) < 0)
		return -1;
	*ret_child = TAKE(child);
	return 0;
}
