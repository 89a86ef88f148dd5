// SPDX-License-Identifier: Apache-2.0
/* profile_watches.c - files that are watched, found as criu finds them */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/mem.h"
#include "vm-images/guest/profile_mounts.h"
#include "vm-images/guest/profile_tree.h"

#define HANDLE_MAX 128

/* fdinfo has the kernel's own form of a device: minor in the low 20 bits. */
static bool find_mount(struct tree *tree, uint64_t sdev,
		       struct mount *ret_mount)
{
	CLEANUP(str_list_release) struct str_list lines = { 0 };
	CLEANUP_FREE char *device = xasprintf(" %u:%u ", (unsigned)(sdev >> 20),
					      (unsigned)(sdev & 0xfffff));

	const char *mounts = tree_mounts(tree);

	if (!mounts)
		return false;
	str_list_split(&lines, mounts, "\n");
	for (size_t i = 0; i < lines.n; i++)
		if (strstr(lines.v[i], device) &&
		    mount_cut(lines.v[i], ret_mount))
			return true;
	return false;
}

/* "fhandle-bytes:8 fhandle-type:1 f_handle:...", all hexadecimal. */
static struct file_handle *read_handle(const char *line)
{
	const char *hex = strstr(line, "f_handle:");
	uint64_t bytes = tree_number(line, "fhandle-bytes:", 16);
	struct file_handle *handle;

	if (!hex || !bytes || bytes > HANDLE_MAX)
		return NULL;
	handle = xcalloc(1, sizeof(*handle) + HANDLE_MAX);
	handle->handle_bytes = (unsigned)bytes;
	handle->handle_type = (int)tree_number(line, "fhandle-type:", 16);
	hex += strlen("f_handle:");
	for (uint64_t i = 0; i < bytes && hex[0] && hex[1]; i++, hex += 2) {
		char pair[] = { hex[0], hex[1], '\0' };

		handle->f_handle[i] = (unsigned char)strtoul(pair, NULL, 16);
	}
	return handle;
}

static void see_path(struct tree *tree, const char *mount_point,
		     struct file_handle *handle)
{
	CLEANUP_FD int mount = open(mount_point, O_RDONLY | O_CLOEXEC);
	CLEANUP_FD int fd = mount < 0 ? -1 :
					open_by_handle_at(mount, handle,
							  O_PATH | O_CLOEXEC);
	CLEANUP_FREE char *name = xasprintf("fd/%d", fd);
	CLEANUP_FREE char *path = fd < 0 ? NULL : tree_link(getpid(), name);
	CLEANUP_FREE char *word = path ? profile_escape(path) : NULL;

	if (word && !str_list_has(&tree->watched, word))
		str_list_add(&tree->watched, word);
}

static void see_watch(struct tree *tree, const char *line)
{
	CLEANUP_FREE struct file_handle *handle = read_handle(line);
	struct mount mount = { 0 };

	if (!find_mount(tree, tree_number(line, " sdev:", 16), &mount))
		return;
	if (str_eq(mount.type, "overlay"))
		tree->overlay_watches++;
	else if (handle && !tree->own_mounts)
		see_path(tree, mount.point, handle);
	mount_release(&mount);
}

void tree_see_watches(struct tree *tree, const char *fdinfo)
{
	CLEANUP(str_list_release) struct str_list lines = { 0 };

	if (!fdinfo)
		return;
	str_list_split(&lines, fdinfo, "\n");
	for (size_t i = 0; i < lines.n; i++)
		if (str_starts(lines.v[i], "inotify wd:") ||
		    str_starts(lines.v[i], "fanotify ino:"))
			see_watch(tree, lines.v[i]);
}
