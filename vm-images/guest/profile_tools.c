// SPDX-License-Identifier: Apache-2.0
/* profile_tools.c - programs that a migration will want */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "vm-images/guest/profile_tree.h"

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

void profile_say_criu(const char *key)
{
	CLEANUP_FREE char *path = find_tool("criu");
	CLEANUP_FD int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	char begin[2];

	if (fd >= 0 && read(fd, begin, sizeof(begin)) == sizeof(begin))
		profile_say(key, memcmp(begin, "#!", 2) == 0 ? "yes" : "no");
}
