// SPDX-License-Identifier: Apache-2.0
/* tools.c - what the agent's program does besides serving the host */
#include "tools.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "address.h"
#include "base/mem.h"
#include "carry.h"
#include "collect.h"
#include "cpu.h"
#include "guard.h"
#include "images.h"
#include "original.h"
#include "pages.h"
#include "profile.h"
#include "sequence.h"

#define USAGE 2

/* Begin a session, and be the shell that runs @command in it. */
static int session(const char *command)
{
	(void)setsid();
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	perror("agent: /bin/sh");
	return 127;
}

/* Several, as the host would send them. */
static int sequence(const char *text)
{
	CLEANUP_FREE char *copy = xstrdup(text);

	return tool_call(copy);
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
	{ "--receive", .two = carry_receive },
	{ "--original", .two = original_do },
	{ "--pages", .any = pages_run },
	{ "--send", .any = carry_send },
	{ "--mark", .one = sequence_mark },
	{ "--shell", .one = sequence_shell },
	{ "--empty", .one = sequence_empty },
	{ "--sync", .one = sequence_sync },
	{ "--in-net", .any = sequence_in_net },
	{ "--sequence", .one = sequence },
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

/* In place, see base/agent.h. */
static char *unescape(char *word)
{
	char *to = word;

	for (const char *from = word; *from; from++) {
		bool escaped = *from == '\\' && from[1];

		if (escaped)
			from++;
		*to++ = (char)(escaped && *from == 'n' ? '\n' : *from);
	}
	*to = '\0';
	return word;
}

/* The words up to an empty line or the end; @text is behind them then. */
static int call_next(char **text)
{
	CLEANUP_FREE char **words = NULL;
	size_t n = 0;

	for (char *word; (word = strsep(text, "\n")) && *word;)
		*VEC_PUSH(words, n) = unescape(word);
	*VEC_PUSH(words, n) = NULL;
	return n > 1 ? tool_run((int)n - 1, words) : 0;
}

int tool_call(char *text)
{
	int status = 0;

	while (text && !status)
		status = call_next(&text);
	return fflush(stdout) ? 1 : status;
}
