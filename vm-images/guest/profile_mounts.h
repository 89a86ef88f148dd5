// SPDX-License-Identifier: Apache-2.0
/* profile_mounts.h - lines of /proc/PID/mountinfo */
#ifndef GUEST_PROFILE_MOUNTS_H
#define GUEST_PROFILE_MOUNTS_H

#include <stdbool.h>

#include "base/str.h"

/**
 * struct mount - One line, cut into words
 * @device:	"major:minor" of its file system
 * @root:	What of that is mounted
 * @point:	Where
 * @type:	Of the file system
 *
 * Paths are unescaped. All but @words are borrowed of it.
 */
struct mount {
	struct str_list words;
	const char *device, *root, *point, *type;
};

/** mount_cut() - false: @line is no such line, and there is nothing to release */
bool mount_cut(const char *line, struct mount *ret_mount);
void mount_release(struct mount *mount);

#endif
