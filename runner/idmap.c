// SPDX-License-Identifier: Apache-2.0
/* idmap.c - the ids of a user namespace, through newuidmap(1) */
#include "runner/idmap.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/child.h"

/* First range of @user (by name or number) in /etc/subuid or /etc/subgid. */
static int find_range(const char *path, const char *user, unsigned id,
		      unsigned long *ret_first, unsigned long *ret_count,
		      struct err *err)
{
	CLEANUP_FILE FILE *f = fopen(path, "re");
	CLEANUP_FREE char *number = xasprintf("%u", id);
	char name[256];
	unsigned long first, count;

	while (f && fscanf(f, " %255[^:]:%lu:%lu", name, &first, &count) == 3)
		if (count > 0 && (str_eq(name, user) || str_eq(name, number))) {
			*ret_first = first;
			*ret_count = count;
			return 0;
		}
	return err_set(err, ERR_MISSING, 0,
		       "user '%s' has no subordinate ids in %s: as root, run "
		       "usermod --add-subuids 100000-165535 "
		       "--add-subgids 100000-165535 %s",
		       user, path, user);
}

static int write_map(const char *program, const char *path, pid_t pid,
		     const char *user, unsigned id, struct err *err)
{
	unsigned long first = 0, count = 0;
	char pid_text[16], id_text[16], first_text[24], count_text[24];
	const char *argv[] = { program, pid_text,   "0",	id_text, "1",
			       "1",	first_text, count_text, NULL };
	struct child_opts opts = {
		.argv = argv, .deadline_ns = clock_now_ns() + 10 * NS_PER_S
	};

	if (find_range(path, user, id, &first, &count, err))
		return -1;
	(void)snprintf(pid_text, sizeof(pid_text), "%d", pid);
	(void)snprintf(id_text, sizeof(id_text), "%u", id);
	(void)snprintf(first_text, sizeof(first_text), "%lu", first);
	(void)snprintf(count_text, sizeof(count_text), "%lu", count);
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
