// SPDX-License-Identifier: Apache-2.0
/* peer.c - which client is which, and what surrounds each */
#include "runner/peer.h"

#include <assert.h>
#include <signal.h>
#include <string.h>

#include "base/mem.h"
#include "runner/peer_client.h"

typedef int peer_body(const struct peer_opts *opts, struct transcript *log);

/* NULL: not built in; "none" has no client and "command" is the user's. */
static peer_body *const bodies[] = {
	[PEER_NONE] = NULL,	     [PEER_COMMAND] = NULL,
	[PEER_UDP_ECHO] = peer_udp,  [PEER_TCP_STREAM] = peer_tcp,
	[PEER_REDIS] = peer_redis,   [PEER_HTTP] = peer_http,
	[PEER_MPEGTS] = peer_mpegts, [PEER_TCP_CONNECTIONS] = peer_conns,
};
static_assert(ARRAY_SIZE(bodies) == PEER_COUNT,
	      "bodies[] doesn't match enum peer_kind");

int peer_main(const struct peer_opts *opts)
{
	CLEANUP(transcript_release) struct transcript log = { .fd = -1 };
	struct err err = ERR_INIT;

	assert(opts->kind < PEER_COUNT && bodies[opts->kind]);
	/* A connection that broke is a finding, not an end. */
	(void)signal(SIGPIPE, SIG_IGN);
	if (transcript_open(opts->transcript, &log, &err) < 0)
		return PEER_EXIT_NOT_STARTED;
	/* A transcript with holes proves nothing: nobody waits for more. */
	log.end_status = PEER_EXIT_NOT_STARTED;
	return bodies[opts->kind](opts, &log);
}
