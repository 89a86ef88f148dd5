// SPDX-License-Identifier: Apache-2.0
/* tools.c - what the agent's program does besides serving the host */
#include "tools.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "address.h"
#include "collect.h"
#include "cpu.h"
#include "guard.h"
#include "images.h"
#include "original.h"
#include "pages.h"
#include "profile.h"
#include "stream.h"

#define USAGE 2

/* Begin a session, and be the shell that runs @command in it. */
static int session(const char *command)
{
	(void)setsid();
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	perror("agent: /bin/sh");
	return 127;
}

/** struct tool - By its option; one of the functions, by how many arguments it
 * has */
static const struct tool {
	const char *option;
	int (*none)(void);
	int (*one)(const char *a);
	int (*two)(const char *a, const char *b);
	int (*any)(int argc, char *const *argv);
} tools[] = {
	{ "--cpu", .none = cpu_print },
	{ "--age", .one = images_age },
	{ "--lift", .one = guard_lift },
	{ "--session", .one = session },
	{ "--profile", .one = profile_workload },
	{ "--counterpart", .one = profile_counterpart },
	{ "--take", .two = address_take },
	{ "--give", .two = address_give },
	{ "--collect", .two = collect },
	{ "--send", .two = stream_send },
	{ "--receive", .two = stream_receive },
	{ "--original", .two = original_do },
	{ "--pages", .any = pages_run },
};

int tool_run(int argc, char *const *argv)
{
	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
		const struct tool *tool = &tools[i];

		if (argc < 1 || strcmp(argv[0], tool->option) != 0)
			continue;
		if (tool->none && argc == 1)
			return tool->none();
		if (tool->one && argc == 2)
			return tool->one(argv[1]);
		if (tool->two && argc == 3)
			return tool->two(argv[1], argv[2]);
		if (tool->any)
			return tool->any(argc - 1, argv + 1);
	}
	return USAGE;
}

int tool_call(char *text)
{
	char *argv[TOOL_WORDS_MAX];
	int argc = 0, status;

	for (char *word; argc < TOOL_WORDS_MAX && (word = strsep(&text, "\n"));)
		argv[argc++] = word;
	status = tool_run(argc, argv);
	return fflush(stdout) ? 1 : status;
}
