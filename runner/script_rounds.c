// SPDX-License-Identifier: Apache-2.0
/* script_rounds.c - criu pre-dump and what carries its images, for guests' shells */
#include "base/mem.h"
#include "base/str.h"
#include "runner/script_internal.h"

#define ROUND_PORT 9001

void script_put_track(FILE *f, size_t rounds)
{
	if (rounds)
		(void)fprintf(f, " --track-mem --prev-images-dir rounds/%zu",
			      rounds);
}

/* Its log is the dump's until there is a further one: read when it failed. */
char *script_pre_dump(const struct scenario *s, size_t round)
{
	struct strbuf buf;

	strbuf_open(&buf);
	(void)fprintf(buf.f, "mkdir -p " SCRIPT_ROUNDS "/%zu || exit 1\n",
		      round);
	script_put_alive(buf.f);
	script_put_criu(buf.f, s);
	(void)fprintf(buf.f,
		      " pre-dump -t $WORKLOAD_PID -D " SCRIPT_ROUNDS "/%zu -v4 "
		      "-o ../../dump.log --track-mem",
		      round);
	if (round > 1)
		(void)fprintf(buf.f, " --prev-images-dir ../%zu", round - 1);
	script_put_dump_options(buf.f, s);
	(void)fprintf(buf.f,
		      " >&2\n"
		      "code=$?\n"
		      "[ $code != 0 ] || cat " SCRIPT_ROUNDS
		      "/%zu/stats-dump >&4\n",
		      round);
	script_put_exit(buf.f);
	return strbuf_take(&buf);
}

char *script_receive_round(void)
{
	struct strbuf buf;

	strbuf_open(&buf);
	script_put_receive(buf.f, ROUND_PORT);
	return strbuf_take(&buf);
}

char *script_send_round(size_t round)
{
	CLEANUP_FREE char *path = xasprintf(SCRIPT_ROUNDS "/%zu", round);
	struct strbuf buf;

	strbuf_open(&buf);
	script_put_send(buf.f, ROUND_PORT);
	script_put_tool_word(buf.f, path);
	script_put_tool_end(buf.f);
	return strbuf_take(&buf);
}

char *script_page_server(const struct scenario *s, size_t round, size_t rounds)
{
	CLEANUP_FREE char *dir =
		round ? xasprintf(SCRIPT_ROUNDS "/%zu", round) :
			xstrdup("$IMAGES");
	struct strbuf buf;

	strbuf_open(&buf);
	(void)fprintf(buf.f,
		      "mkdir -p %s || exit 1\n"
		      "criu page-server -d -D %s -v4 -o page-server.log "
		      "--address %s --port %d",
		      dir, dir, domain_roles[ROLE_TARGET].ip[1],
		      SCRIPT_PAGES_PORT);
	if (round > 1)
		(void)fprintf(buf.f, " --prev-images-dir ../%zu", round - 1);
	else if (!round && rounds)
		(void)fprintf(buf.f, " --prev-images-dir rounds/%zu", rounds);
	script_put_tls(buf.f, s);
	(void)fprintf(buf.f,
		      " </dev/null >/dev/null 2>&1 3>&- 4>&- && exit\n"
		      "grep Error %s/page-server.log >&2\n"
		      "exit 1\n",
		      dir);
	return strbuf_take(&buf);
}
