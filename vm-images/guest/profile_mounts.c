// SPDX-License-Identifier: Apache-2.0
/* profile_mounts.c - what of the machine's files is mounted into a container */
#include "profile_mounts.h"

#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "vm-images/guest/profile_tree.h"

/* "ID PARENT DEVICE ROOT POINT OPTIONS... - TYPE ...", proc(5). */
bool mount_cut(const char *line, struct mount *ret_mount)
{
	struct mount mount = { 0 };

	str_list_split(&mount.words, line, " ");
	for (size_t i = 0; i + 1 < mount.words.n; i++)
		if (str_eq(mount.words.v[i], "-"))
			mount.type = mount.words.v[i + 1];
	if (mount.words.n < 5 || !mount.type) {
		mount_release(&mount);
		return false;
	}
	mount.device = mount.words.v[2];
	mount.root = profile_unescape(mount.words.v[3]);
	mount.point = profile_unescape(mount.words.v[4]);
	*ret_mount = mount;
	return true;
}

void mount_release(struct mount *mount)
{
	str_list_release(&mount->words);
}

/* What engines keep they make anew; and a cgroup is of one machine alone. */
static bool is_made_anew(const char *path, const char *type)
{
	static const char *const kept[] = { "/containers/storage/",
					    "/lib/docker/" };

	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		if (strstr(path, kept[i]))
			return true;
	return str_starts(type, "cgroup") || str_ends(path, "//deleted");
}

/* Where @of, as it is mounted elsewhere, is found by way of @mount; owned, NULL:
 * not by this one. */
static char *found_by(const struct mount *mount, const struct mount *of)
{
	size_t len = strlen(mount->root);
	const char *rest = of->root + len;
	const char *point = str_eq(mount->point, "/") ? "" : mount->point;

	if (!str_eq(mount->device, of->device) ||
	    !str_starts(of->root, mount->root))
		return NULL;
	if (str_eq(mount->root, "/"))
		rest--;
	else if (*rest && *rest != '/')
		return NULL;
	if (str_eq(rest, "/"))
		rest = "";
	return *point || *rest ? xasprintf("%s%s", point, rest) : NULL;
}

static char *source_of(const struct str_list *ours, const struct mount *of)
{
	char *path = NULL;

	for (size_t i = 0; i < ours->n && !path; i++) {
		CLEANUP(mount_release) struct mount mount = { 0 };

		if (mount_cut(ours->v[i], &mount))
			path = found_by(&mount, of);
	}
	return path;
}

static void add_source(const struct str_list *ours, const char *line,
		       struct str_list *sources)
{
	CLEANUP(mount_release) struct mount mount = { 0 };
	CLEANUP_FREE char *path = NULL;
	CLEANUP_FREE char *word = NULL;

	if (!mount_cut(line, &mount))
		return;
	path = source_of(ours, &mount);
	if (!path || is_made_anew(path, mount.type))
		return;
	word = profile_escape(path);
	if (!str_list_has(sources, word))
		str_list_add(sources, word);
}

void tree_say_mounts(struct tree *tree)
{
	CLEANUP(str_list_release) struct str_list its = { 0 };
	CLEANUP(str_list_release) struct str_list ours = { 0 };
	CLEANUP(str_list_release) struct str_list sources = { 0 };
	CLEANUP_FREE char *text = tree_text(getpid(), "mountinfo");

	if (!tree->own_mounts || tree->host_root || !text || !tree_mounts(tree))
		return;
	str_list_split(&its, tree_mounts(tree), "\n");
	str_list_split(&ours, text, "\n");
	for (size_t i = 0; i < its.n; i++)
		add_source(&ours, its.v[i], &sources);
	profile_say_list("mount_sources", &sources);
}
