// SPDX-License-Identifier: Apache-2.0
/* profile_maps.c - what a process has mapped */
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "base/mem.h"
#include "vm-images/guest/profile_tree.h"

#define GUARD_PAGES_SINCE "6.13"

static bool is_of_system(const char *path)
{
	static const char *const roots[] = { "/usr/", "/lib", "/bin/",
					     "/sbin/" };

	for (size_t i = 0; i < ARRAY_SIZE(roots); i++)
		if (str_starts(path, roots[i]) &&
		    !str_starts(path, "/usr/local/"))
			return true;
	return false;
}

static bool add_once(struct str_list *list, const char *path)
{
	CLEANUP_FREE char *word = profile_escape(path);

	if (str_list_has(list, word))
		return false;
	str_list_add(list, word);
	return true;
}

static void see_file(struct tree *tree, const char *path)
{
	struct stat st;

	/* A library has five mappings: one look at its file is enough. */
	if (!add_once(&tree->mapped, path))
		return;
	tree->system_files |= is_of_system(path);
	if (str_ends(path, " (deleted)"))
		return;
	if (!stat(path, &st) && S_ISCHR(st.st_mode) &&
	    !str_eq(path, "/dev/zero"))
		(void)add_once(&tree->device_maps, path);
	tree_want(tree, path, NULL);
}

/** struct kind - Mappings that are told by the beginning of their names */
static const struct kind {
	const char *prefix;
	size_t count, flag; /* offsets in struct tree, 0: none */
} kinds[] = {
	{ "/SYSV", 0, offsetof(struct tree, sysv_shm) },
	{ "/memfd:", offsetof(struct tree, memfds), 0 },
	{ "/anon_hugepage", offsetof(struct tree, hugepages), 0 },
	{ "/[aio]", offsetof(struct tree, aio_rings), 0 },
	{ "[uprobes]", 0, offsetof(struct tree, uprobes) },
	{ "[vdso]", 0, offsetof(struct tree, vdso) },
};

static void see_mapping(struct tree *tree, const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!str_starts(path, kinds[i].prefix))
			continue;
		if (kinds[i].count)
			++*(size_t *)((char *)tree + kinds[i].count);
		else
			*(bool *)((char *)tree + kinds[i].flag) = true;
		return;
	}
	if (*path == '/')
		see_file(tree, path);
}

/* The flag "gu" of a mapping. Older kernels have no such pages, and on them so
 * much is not to be read for nothing. */
static void see_guard_pages(struct tree *tree, pid_t pid)
{
	CLEANUP_FREE char *smaps = NULL;
	struct utsname name;

	if (uname(&name) ||
	    str_version_cmp(name.release, GUARD_PAGES_SINCE) < 0)
		return;
	smaps = tree_text(pid, "smaps");
	for (char *at = smaps; at && (at = strstr(at, "\nVmFlags:"));) {
		at++;
		tree->guard_pages |= memmem(at, strcspn(at, "\n"), " gu", 3) !=
				     NULL;
	}
}

void tree_see_mappings(struct tree *tree, pid_t pid)
{
	CLEANUP_FREE char *maps = tree_text(pid, "maps");
	CLEANUP(str_list_release) struct str_list lines = { 0 };

	if (!maps)
		return;
	str_list_split(&lines, maps, "\n");
	for (size_t i = 0; i < lines.n; i++) {
		const char *path = strpbrk(lines.v[i], "/[");

		if (path)
			see_mapping(tree, path);
	}
	see_guard_pages(tree, pid);
}
