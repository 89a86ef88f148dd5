// SPDX-License-Identifier: Apache-2.0
/* profile_tools.c - programs that a migration will want */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "vm-images/guest/profile_tree.h"

#define KEYS_MAX ((size_t)1 << 20)

/* owned, NULL: nowhere */
static char *find_tool(const char *name)
{
	static const char *const folders[] = {
		"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
		"/usr/bin",	   "/sbin",	     "/bin"
	};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		CLEANUP_FREE char *path = xasprintf("%s/%s", folders[i], name);

		if (file_exists(path))
			return TAKE(path);
	}
	return NULL;
}

void profile_say_lock_tools(void)
{
	static const char *const tools[] = { "iptables", "nft" };
	CLEANUP(str_list_release) struct str_list found = { 0 };
	CLEANUP_FREE char *all = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(tools); i++) {
		CLEANUP_FREE char *path = find_tool(tools[i]);

		if (path)
			str_list_add(&found, tools[i]);
	}
	all = str_list_join(&found, " ");
	profile_say("lock_tools", "%s", all);
}

/* "ID flags usage timeout perm uid gid type description: entries", and of the users'
 * own keyrings only those that a session was given hold what a restore forgets. */
static bool has_session_keys(const char *line, const char *uid)
{
	CLEANUP(str_list_release) struct str_list words = { 0 };

	str_list_split(&words, line, " ");
	return words.n >= 10 && str_eq(words.v[5], uid) &&
	       str_eq(words.v[7], "keyring") && words.v[8][0] != '.' &&
	       !str_starts(words.v[8], "_uid") &&
	       !str_starts(words.v[8], "_persistent") &&
	       !str_eq(words.v[9], "empty");
}

void profile_say_keyrings(uint64_t uid)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE char *word = xasprintf("%llu", (unsigned long long)uid);
	CLEANUP(str_list_release) struct str_list lines = { 0 };
	struct err ignored;
	size_t n = 0;

	if (file_read("/proc/keys", KEYS_MAX, &text, NULL, &ignored))
		return;
	str_list_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.n; i++)
		n += has_session_keys(lines.v[i], word);
	profile_say("session_keyrings", "%zu", n);
}

void profile_say_criu(const char *key)
{
	CLEANUP_FREE char *path = find_tool("criu");
	CLEANUP_FD int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	char begin[2];

	if (fd >= 0 && read(fd, begin, sizeof(begin)) == sizeof(begin))
		profile_say(key, memcmp(begin, "#!", 2) == 0 ? "yes" : "no");
}
