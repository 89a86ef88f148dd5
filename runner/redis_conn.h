// SPDX-License-Identifier: Apache-2.0
/* redis_conn.h - a connection to redis whose waiting can be ended */
#ifndef RUNNER_REDIS_CONN_H
#define RUNNER_REDIS_CONN_H

#include <hiredis/hiredis.h>

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "runner/peer.h"
#include "runner/transcript_writer.h"

/**
 * struct redis_conn - One connection; there is never a second
 * @opts, @log:	Borrowed
 * @redis:	hiredis makes and reads the protocol; it owns the socket
 * @number:	Of the request that is under way, for what is written of it
 * @stopping:	The stop was seen; what is not answered soon then never is
 * @deadline_ns: End of the present patience
 */
struct redis_conn {
	const struct peer_opts *opts;
	struct transcript *log;
	redisContext *redis;
	uint64_t number;
	bool stopping;
	uint64_t deadline_ns;
};

/** redis_conn_open() - Connect; "connect" is written then */
WARN_UNUSED
int redis_conn_open(const struct peer_opts *opts, struct transcript *log,
		    struct redis_conn *ret_conn, struct err *err);
void redis_conn_release(struct redis_conn *conn);

/*
 * The functions below return 0, or -1 after having written to the transcript
 * why there is nothing to go on with: "close" when the connection broke,
 * "error" when no answer came in time.
 */

/** redis_conn_flush() - Send what was given to redisAppendCommand() */
WARN_UNUSED
int redis_conn_flush(struct redis_conn *conn);

/** redis_conn_reply() - The next reply, owned by the caller */
WARN_UNUSED
int redis_conn_reply(struct redis_conn *conn, redisReply **ret_reply);

/** redis_conn_command() - One command, by hiredis' format, and its reply */
WARN_UNUSED
int redis_conn_command(struct redis_conn *conn, redisReply **ret_reply,
		       const char *fmt, ...) PRINTF(3, 4);

/** redis_conn_pause() - Until @until_ns, the stop, or the connection's end */
void redis_conn_pause(struct redis_conn *conn, uint64_t until_ns);

/** redis_reply_freep() - For CLEANUP() */
void redis_reply_freep(redisReply **reply);

#endif
