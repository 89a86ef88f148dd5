// SPDX-License-Identifier: Apache-2.0
/* script_transfer.c - images and state on their way, for the shells of both guests */
#include "base/mem.h"
#include "base/str.h"
#include "runner/script_internal.h"

static bool is_shared(const struct scenario *s)
{
	return s->migration.transport == TRANSPORT_SHARED;
}

void script_put_arrival(FILE *f, const struct scenario *s)
{
	(void)fputs("echo transfer-end >&3\n"
		    "echo takeover-begin >&3\n",
		    f);
	if (!script_is_taken(s))
		return;
	script_put_take_address(f);
	(void)fputs("echo address-moved >&3\n", f);
}

static void put_make_ready(FILE *f, const struct scenario *s)
{
	if (script_is_external(s))
		script_put_own_network(f, ROLE_TARGET);
	script_put_guard(f, s);
	if (!is_shared(s))
		(void)fputs("set -- $STATE/*\n"
			    "[ ! -e \"$1\" ] || rm -rf \"$@\"\n",
			    f);
}

char *script_receive(const struct scenario *s)
{
	struct strbuf buf;

	strbuf_open(&buf);
	put_make_ready(buf.f, s);
	(void)fprintf(buf.f, AGENT " --receive %s %d | tar -xpPf - || exit 1\n",
		      domain_roles[ROLE_TARGET].ip[1], SCRIPT_TRANSFER_PORT);
	script_put_arrival(buf.f, s);
	return strbuf_take(&buf);
}

char *script_unpack_images(const struct scenario *s)
{
	struct strbuf buf;

	strbuf_open(&buf);
	put_make_ready(buf.f, s);
	(void)fputs("echo transfer-begin >&3\ntar -xpPf - || exit 1\n", buf.f);
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

char *script_send(const struct scenario *s)
{
	struct strbuf buf;

	strbuf_open(&buf);
	(void)fputs("echo transfer-begin >&3\n", buf.f);
	if (script_moves_address(s))
		(void)fputs("$IN_NET " AGENT
			    " --give $DEV $SERVICE || exit 1\n",
			    buf.f);
	/* Rounds of pre-dump are there already, and what is shared must be. */
	(void)fputs(is_shared(s) ?
			    "sync -f $STATE || exit 1\n"
			    "tar -P -cf - -T /dev/null" :
			    "tar -P -cf - --exclude=$IMAGES/rounds $IMAGES "
			    "$STATE",
		    buf.f);
	script_put_state(buf.f, s);
	(void)fprintf(buf.f, " | " AGENT " --send %s %d\n",
		      domain_roles[ROLE_TARGET].ip[1], SCRIPT_TRANSFER_PORT);
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
