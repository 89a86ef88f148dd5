// SPDX-License-Identifier: Apache-2.0
/* sandbox.c - a process in namespaces of its own, which die with it */
#include "runner/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "runner/idmap.h"

#define EXIT_SETUP 120 /* the namespaces could not be furnished */

/* fork(2) into new namespaces; the caller has one thread only. */
static pid_t clone_into(unsigned long flags)
{
	return (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, 0);
}

static int mount_all(bool private_run, struct err *err)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return err_errno(err, "make mounts private");
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		  NULL))
		return err_errno(err, "mount /proc");
	/* libvirt looks devices up in /sys; with the old one it sees others. */
	if (mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		  NULL) &&
	    errno != EPERM && errno != EBUSY)
		return err_errno(err, "mount /sys");
	if (private_run &&
	    mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755"))
		return err_errno(err, "mount a tmpfs on /run");
	return 0;
}

static void close_range_of(int first, int last)
{
	if (first <= last)
		(void)close_range((unsigned int)first, (unsigned int)last, 0);
}

static void close_others(const struct sandbox_opts *opts)
{
	int first = STDERR_FILENO + 1;

	for (size_t i = 0; i < opts->n_keep; i++) {
		close_range_of(first, opts->keep[i] - 1);
		first = opts->keep[i] + 1;
	}
	closefrom(first);
}

static int become_root(struct err *err)
{
	if (setgroups(0, NULL) || setresgid(0, 0, 0) || setresuid(0, 0, 0))
		return err_errno(err, "become root of the user namespace");
	return 0;
}

/* PID 1: wait for the worker, reap whoever else ends, end with the worker. */
static int reap_until(pid_t worker)
{
	int status;
	pid_t pid;

	for (;;) {
		pid = waitpid(-1, &status, 0);
		if (pid < 0 && errno != EINTR)
			return EXIT_SETUP;
		if (pid == worker)
			return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
						     WEXITSTATUS(status);
	}
}

static int run_worker(const struct sandbox_opts *opts)
{
	pid_t worker = fork();

	if (worker < 0)
		return EXIT_SETUP;
	if (worker == 0)
		_exit(opts->body(opts->arg));
	closefrom(STDERR_FILENO + 1); /* so that the worker's end is noticed */
	return reap_until(worker);
}

static _Noreturn void be_init(const struct sandbox_opts *opts, int ready_fd,
			      bool user_ns)
{
	struct err err = ERR_INIT;
	sigset_t none;
	char go;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Also tells that the parent lives: it writes after the signal is set */
	if (read(ready_fd, &go, 1) != 1)
		_exit(EXIT_SETUP);
	close_others(opts);
	(void)setsid();
	sigemptyset(&none); /* the tool blocks what it handles itself */
	sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	if ((user_ns && become_root(&err)) ||
	    mount_all(opts->private_run, &err)) {
		(void)fprintf(stderr, "crmatrix: sandbox: %s\n", err.msg);
		_exit(EXIT_SETUP);
	}
	/* Becoming root has cleared it. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	_exit(run_worker(opts));
}

static int refused(bool user_ns, struct err *err)
{
	if (errno == EPERM || errno == ENOSPC)
		return err_set(err, ERR_MISSING, errno,
			       "the kernel does not allow %s namespaces here "
			       "(%s): run as root, or see `crmatrix doctor`",
			       user_ns ? "user" : "PID, mount and network",
			       strerrordesc_np(errno));
	return err_errno(err, "make namespaces");
}

int sandbox_start(const struct sandbox_opts *opts, pid_t *ret_pid,
		  struct err *err)
{
	unsigned long flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET;
	bool user_ns = geteuid() != 0;
	int ready[2];
	pid_t pid;
	int rc = 0;

	if (user_ns)
		flags |= CLONE_NEWUSER;
	if (pipe2(ready, O_CLOEXEC))
		return err_errno(err, "pipe");
	(void)fflush(NULL);
	pid = clone_into(flags);
	if (pid == 0) {
		close(ready[1]);
		be_init(opts, ready[0], user_ns);
	}
	close(ready[0]);
	if (pid < 0)
		rc = refused(user_ns, err);
	else if (user_ns && idmap_write(pid, err))
		rc = -1;
	else if (write(ready[1], "", 1) != 1)
		rc = err_errno(err, "start the sandbox");
	close(ready[1]);
	if (rc && pid > 0) {
		kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
	}
	if (!rc)
		*ret_pid = pid;
	return rc;
}
