// SPDX-License-Identifier: Apache-2.0
/* idmap.c - the ids of a user namespace, through newuidmap(1) */
#include "runner/idmap.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/child.h"

#define SUBIDS_MAX (1UL << 20)

struct range {
	uint64_t first, count;
};

/* "NAME:FIRST:COUNT", NAME being @user or @number. */
static bool read_range(const char *line, const char *user, const char *number,
		       struct range *ret_range)
{
	CLEANUP(str_list_release) struct str_list parts = { 0 };

	str_list_split(&parts, line, ":");
	return parts.n == 3 &&
	       (str_eq(parts.v[0], user) || str_eq(parts.v[0], number)) &&
	       str_u64(parts.v[1], &ret_range->first) &&
	       str_u64(parts.v[2], &ret_range->count) && ret_range->count > 0;
}

/* First range of @user (by name or number) in /etc/subuid or /etc/subgid. */
static int find_range(const char *path, const char *user, unsigned id,
		      struct range *ret_range, struct err *err)
{
	CLEANUP(str_list_release) struct str_list lines = { 0 };
	CLEANUP_FREE char *number = xasprintf("%u", id);
	CLEANUP_FREE char *text = NULL;

	/* A file that is absent or cannot be read grants nothing. */
	if (!file_read(path, SUBIDS_MAX, &text, NULL, err))
		str_list_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.n; i++)
		if (read_range(lines.v[i], user, number, ret_range))
			return 0;
	return err_set(err, ERR_MISSING, 0,
		       "user '%s' has no subordinate ids in %s: as root, run "
		       "usermod --add-subuids 100000-165535 "
		       "--add-subgids 100000-165535 %s",
		       user, path, user);
}

static int write_map(const char *program, const char *path, pid_t pid,
		     const char *user, unsigned id, struct err *err)
{
	struct range range;
	char pid_text[16], id_text[16], first_text[24], count_text[24];
	const char *argv[] = { program, pid_text,   "0",	id_text, "1",
			       "1",	first_text, count_text, NULL };
	struct child_opts opts = {
		.argv = argv, .deadline_ns = clock_now_ns() + 10 * NS_PER_S
	};

	if (find_range(path, user, id, &range, err))
		return -1;
	(void)snprintf(pid_text, sizeof(pid_text), "%d", pid);
	(void)snprintf(id_text, sizeof(id_text), "%u", id);
	(void)snprintf(first_text, sizeof(first_text), "%" PRIu64, range.first);
	(void)snprintf(count_text, sizeof(count_text), "%" PRIu64, range.count);
	if (child_run(&opts, NULL, err))
		return err_wrap(err, "map ids (package uidmap)");
	return 0;
}

int idmap_write(pid_t pid, struct err *err)
{
	const struct passwd *pw = getpwuid(geteuid());
	CLEANUP_FREE char *user = NULL;

	if (!pw)
		return err_set(err, ERR_MISSING, 0,
			       "user %u has no entry in /etc/passwd",
			       geteuid());
	user = xstrdup(pw->pw_name);
	if (write_map("newuidmap", "/etc/subuid", pid, user, geteuid(), err))
		return -1;
	return write_map("newgidmap", "/etc/subgid", pid, user, getegid(), err);
}
