// SPDX-License-Identifier: Apache-2.0
/* datadir.c - where the recipes, scenarios and guest programs are */
#include "runner/datadir.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

/* How far above the program the source tree may begin: build/asan-gcc/. */
#define BUILD_DEPTH 3

/* Cut the last part off; false when there is none. */
static bool to_parent(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return false;
	*slash = '\0';
	return true;
}

/*
 * Folder of the running program, also when another has been put in its place since:
 * that is how a build or an upgrade ends, and a run may take hours. The kernel
 * then adds a word to the link.
 */
static char *program_dir(void)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *dir;

	path[len > 0 ? len : 0] = '\0';
	dir = xstrdup(path);
	if (to_parent(dir))
		return dir;
	free(dir);
	return xstrdup(".");
}

static bool holds(const char *dir, const char *name)
{
	CLEANUP_FREE char *path = xasprintf("%s/%s", dir, name);

	return file_exists(path);
}

/* The source tree that the program was built in, or NULL. */
static char *source_tree(void)
{
	char *dir = program_dir();

	for (int depth = 0; depth < BUILD_DEPTH && to_parent(dir); depth++)
		if (holds(dir, "Makefile") && holds(dir, "vm-images") &&
		    holds(dir, "scenarios"))
			return dir;
	free(dir);
	return NULL;
}

static const char *from_env(void)
{
	const char *dir = getenv("CRMATRIX_DATA");

	return dir && *dir ? dir : NULL;
}

static char *installed(void)
{
	CLEANUP_FREE char *dir = program_dir();
	CLEANUP_FREE char *share = NULL;

	if (to_parent(dir)) {
		share = xasprintf("%s/share/crmatrix", dir);
		if (file_exists(share))
			return TAKE(share);
	}
	return xstrdup(CRMATRIX_DATADIR);
}

static char *data_dir(void)
{
	char *dir;

	if (from_env())
		return xstrdup(from_env());
	dir = source_tree();
	return dir ? dir : installed();
}

char *datadir_path(const char *relative)
{
	CLEANUP_FREE char *dir = data_dir();

	return xasprintf("%s/%s", dir, relative);
}

char *datadir_guest(const char *name)
{
	CLEANUP_FREE char *program = program_dir();
	CLEANUP_FREE char *tree = from_env() ? NULL : source_tree();
	CLEANUP_FREE char *dir = NULL;

	/* In a source tree they lie beside the program. */
	if (tree)
		return xasprintf("%s/guest/%s", program, name);
	dir = data_dir();
	return xasprintf("%s/guest/%s", dir, name);
}
