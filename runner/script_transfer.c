// SPDX-License-Identifier: Apache-2.0
/* script_transfer.c - images and state on their way, for the shells of both guests */
#include "base/mem.h"
#include "base/str.h"
#include "runner/script_internal.h"

static bool is_shared(const struct scenario *s)
{
	return s->migration.transport == TRANSPORT_SHARED;
}

static void put_arrival_tools(FILE *f, const struct scenario *s)
{
	script_put_tool(f, "--mark", "transfer-end");
	script_put_tool(f, "--mark", "takeover-begin");
	if (!script_is_taken(s))
		return;
	script_put_address_tool(f, s, "--take");
	script_put_tool(f, "--mark", "address-moved");
}

void script_put_arrival(FILE *f, const struct scenario *s)
{
	struct strbuf buf;
	CLEANUP_FREE char *tools = NULL;
	CLEANUP_FREE char *word = NULL;

	strbuf_open(&buf);
	put_arrival_tools(buf.f, s);
	tools = strbuf_take(&buf);
	word = str_shell_quote(tools);
	(void)fprintf(f, AGENT " --sequence %s || exit 1\n", word);
}

static void put_network(FILE *f, const struct scenario *s)
{
	if (script_is_external(s))
		script_put_own_network(f, ROLE_TARGET);
	script_put_guard(f, s);
}

/* Where nothing is to be done the shell still starts: the restore's, for which a peer
 * waits, finds it in memory and translated then. */
static void put_network_tools(FILE *f, const struct scenario *s)
{
	CLEANUP_FREE char *env = script_env(s, 0);
	CLEANUP_FREE char *place = script_place(s);
	CLEANUP_FREE char *body = NULL;
	CLEANUP_FREE char *text = NULL;
	struct strbuf buf;

	strbuf_open(&buf);
	put_network(buf.f, s);
	body = strbuf_take(&buf);
	text = xasprintf("%s%s%s", env, place, body);
	script_put_tool(f, "--shell", text);
}

char *script_receive(const struct scenario *s)
{
	struct strbuf buf;

	strbuf_open(&buf);
	put_network_tools(buf.f, s);
	if (!is_shared(s))
		script_put_tool(buf.f, "--empty", SCRIPT_STATE);
	script_put_receive(buf.f, SCRIPT_TRANSFER_PORT);
	put_arrival_tools(buf.f, s);
	return strbuf_take(&buf);
}

char *script_unpack_images(const struct scenario *s)
{
	struct strbuf buf;

	strbuf_open(&buf);
	put_network(buf.f, s);
	(void)fputs(AGENT " --empty $STATE || exit 1\n"
			  "echo transfer-begin >&3\ntar -xpPf - || exit 1\n",
		    buf.f);
	script_put_arrival(buf.f, s);
	return strbuf_take(&buf);
}

void script_put_state(FILE *f, const struct scenario *s)
{
	for (size_t i = 0; i < s->workload.state.n; i++) {
		CLEANUP_FREE char *word =
			str_shell_quote(s->workload.state.v[i]);

		(void)fprintf(f, " %s", word);
	}
}

char *script_state_path(const struct scenario *s, size_t i)
{
	const char *path = s->workload.state.v[i];

	return xasprintf("%s%s", *path == '/' ? "" : SCRIPT_FOLDER "/", path);
}

/* Rounds of pre-dump are there already, and what is shared must be. */
static void put_paths(FILE *f, const struct scenario *s)
{
	if (!is_shared(s)) {
		script_put_tool_word(f, SCRIPT_IMAGES);
		script_put_tool_word(f, SCRIPT_STATE);
	}
	for (size_t i = 0; i < s->workload.state.n; i++) {
		CLEANUP_FREE char *path = script_state_path(s, i);

		script_put_tool_word(f, path);
	}
	script_put_tool_end(f);
}

char *script_send(const struct scenario *s)
{
	struct strbuf buf;

	strbuf_open(&buf);
	script_put_tool(buf.f, "--mark", "transfer-begin");
	if (script_moves_address(s))
		script_put_address_tool(buf.f, s, "--give");
	if (is_shared(s))
		script_put_tool(buf.f, "--sync", SCRIPT_STATE);
	script_put_send(buf.f, SCRIPT_TRANSFER_PORT);
	put_paths(buf.f, s);
	return strbuf_take(&buf);
}

char *script_pack(const struct scenario *s)
{
	struct strbuf buf;

	strbuf_open(&buf);
	(void)fputs("tar -P -cf - $IMAGES $STATE", buf.f);
	script_put_state(buf.f, s);
	(void)fputs(" >&4\n", buf.f);
	return strbuf_take(&buf);
}
