// SPDX-License-Identifier: Apache-2.0
/* rundir_place.c - whether a folder is fit for a new run */
#include "runner/rundir_place.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/rundir.h"

char *rundir_usual(const char *kind)
{
	char time[21];
	char *path;

	clock_iso8601(clock_real_ns(), time);
	path = xasprintf("results/%s-%s", kind, time);
	for (char *c = path; *c; c++)
		if (*c == ':')
			*c = '-';
	return path;
}

int rundir_in_use(const char *path, struct err *err)
{
	return err_set(err, ERR_INPUT, 0,
		       "another process runs in '%s'; give another folder "
		       "with --out",
		       path);
}

int rundir_must_be_new(const char *path, struct err *err)
{
	struct str_list names = { 0 };
	bool fit = true, is_run;

	if (file_list(path, &names, err))
		return -1;
	for (size_t i = 0; i < names.n; i++)
		fit &= str_eq(names.v[i], "lock");
	is_run = str_list_has(&names, "plan.json");
	str_list_release(&names);
	if (fit)
		return 0;
	if (is_run)
		return err_set(err, ERR_INPUT, 0,
			       "'%s' holds a run already: `%s resume %s` goes "
			       "on with it; give another folder with --out for "
			       "a new one",
			       path, program_invocation_name, path);
	return err_set(err, ERR_INPUT, 0,
		       "'%s' is not empty and holds no run; give another "
		       "folder with --out",
		       path);
}

/* Where a folder is to be made, someone must be able to. */
static int check_place(const char *path, struct err *err)
{
	/* A folder above all others, for a relative path. */
	CLEANUP_FREE char *whole =
		xasprintf("%s%s", *path == '/' ? "" : "./", path);
	const char *place = whole;
	struct stat st;
	char *slash;

	while (stat(place, &st) < 0 && errno == ENOENT &&
	       (slash = strrchr(whole, '/'))) {
		*slash = '\0';
		place = *whole ? whole : "/";
	}
	if (stat(place, &st) < 0)
		return err_set(err, ERR_INPUT, errno,
			       "no folder '%s' can be made: %s", path,
			       strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return err_set(err, ERR_INPUT, ENOTDIR,
			       "no folder '%s' can be made: '%s' is a file",
			       path, place);
	if (access(place, W_OK | X_OK) < 0)
		return err_set(err, ERR_INPUT, errno,
			       "no folder '%s' can be made in '%s': %s", path,
			       place, strerror(errno));
	return 0;
}

/* Whether another process has it; no lock file is made here. */
int rundir_is_idle(const char *dir, struct err *err)
{
	CLEANUP_FREE char *path = xasprintf("%s/lock", dir);
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		return rundir_in_use(dir, err);
	return 0;
}

int rundir_check(const char *path, struct err *err)
{
	if (path && !*path)
		return err_set(err, ERR_INPUT, 0, "--out names no folder");
	if (check_place(path ? path : "results", err))
		return -1;
	if (!path || !file_exists(path))
		return 0;
	return rundir_is_idle(path, err) || rundir_must_be_new(path, err) ? -1 :
									    0;
}
