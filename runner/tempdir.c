// SPDX-License-Identifier: Apache-2.0
/* tempdir.c - a folder that outlives nobody */
#include "runner/tempdir.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/child.h"
#include "runner/log.h"

struct tempdir {
	char *path;
	struct child *keeper;
	int ready[2];
};

/*
 * The keeper: SIGTERM comes from tempdir_free(), or from the kernel at our end. It
 * keeps nothing of ours open: others wait for the end of our sockets and locks.
 */
static int keep(void *arg)
{
	struct tempdir *dir = arg;
	struct err err;
	sigset_t end;
	int sig;

	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	sigprocmask(SIG_BLOCK, &end, NULL);
	closefrom(STDERR_FILENO + 1); /* .ready[1] too: that says it is */
	(void)sigwait(&end, &sig);
	if (!file_rmtree(dir->path, &err))
		return 0;
	log_warn(NULL, "'%s' is left: %s", dir->path, err.msg);
	return 1;
}

/* Sooner, its SIGTERM would end it. */
static int start_keeper(struct tempdir *dir, struct err *err)
{
	struct child_opts opts = { .death_signal = SIGTERM };
	char none;
	int rc;

	if (pipe2(dir->ready, O_CLOEXEC) < 0)
		return err_errno(err, "make a pipe");
	rc = child_fork("keeper of a folder", &opts, keep, dir, &dir->keeper,
			err);
	fd_closep(&dir->ready[1]);
	if (!rc)
		(void)read(dir->ready[0], &none, 1);
	fd_closep(&dir->ready[0]);
	return rc;
}

static char *above(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? xstrndup(path, (size_t)(slash - path)) : NULL;
}

int tempdir_make(const char *prefix, struct tempdir **ret_dir, struct err *err)
{
	CLEANUP_FREE char *folder = above(prefix);
	struct tempdir *dir;
	struct err why;

	if (folder && *folder && file_mkdirs(folder, err))
		return -1;
	dir = xnew(struct tempdir);
	dir->path = xasprintf("%sXXXXXX", prefix);
	if (mkdtemp(dir->path) && !start_keeper(dir, err)) {
		*ret_dir = dir;
		return 0;
	}
	if (!file_exists(dir->path))
		(void)err_errno(err, "create '%s'", dir->path);
	else if (file_rmtree(dir->path, &why))
		log_warn(NULL, "'%s' is left: %s", dir->path, why.msg);
	free(dir->path);
	free(dir);
	return -1;
}

const char *tempdir_path(const struct tempdir *dir)
{
	return dir->path;
}

void tempdir_free(struct tempdir *dir)
{
	struct err err;

	if (!dir)
		return;
	child_kill(dir->keeper, SIGTERM);
	if (child_wait(dir->keeper, 0, NULL, &err))
		log_warn(NULL, "'%s' may be left: %s", dir->path, err.msg);
	child_free(dir->keeper);
	free(dir->path);
	free(dir);
}

void tempdir_freep(struct tempdir **dir)
{
	tempdir_free(*dir);
}
