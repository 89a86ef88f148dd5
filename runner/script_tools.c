// SPDX-License-Identifier: Apache-2.0
/* script_tools.c - what the agent does by itself, without a shell: words for its tools */
#include "runner/addresses.h"
#include "runner/script_internal.h"

void script_put_tool_word(FILE *f, const char *word)
{
	for (; *word; word++)
		if (*word == '\n')
			(void)fputs("\\n", f);
		else if (*word == '\\')
			(void)fputs("\\\\", f);
		else
			(void)fputc(*word, f);
	(void)fputc('\n', f);
}

void script_put_tool_end(FILE *f)
{
	(void)fputc('\n', f);
}

void script_put_tool(FILE *f, const char *option, const char *word)
{
	script_put_tool_word(f, option);
	script_put_tool_word(f, word);
	script_put_tool_end(f);
}

void script_put_address_tool(FILE *f, const struct scenario *s,
			     const char *option)
{
	if (script_has_namespace(s)) {
		script_put_tool_word(f, "--in-net");
		script_put_tool_word(f, NETNS_PATH);
	}
	script_put_tool_word(f, option);
	script_put_tool_word(f, script_device(s));
	script_put_tool_word(f, addresses_of(s)->service);
	script_put_tool_end(f);
}

static void put_stream(FILE *f, const char *option, int port)
{
	(void)fprintf(f, "%s\n%s\n%d\n", option,
		      domain_roles[ROLE_TARGET].ip[1], port);
}

void script_put_send(FILE *f, int port)
{
	put_stream(f, "--send", port);
	script_put_tool_word(f, SCRIPT_ROUNDS);
}

void script_put_receive(FILE *f, int port)
{
	put_stream(f, "--receive", port);
	script_put_tool_end(f);
}
