// SPDX-License-Identifier: Apache-2.0
/* redis_conn.c - a connection to redis whose waiting can be ended */
#include "runner/redis_conn.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>

#include "base/clock.h"
#include "base/mem.h"
#include "runner/peer_client.h"

/* A migration may well last; TCP itself gives up only after minutes. */
#define ANSWER_NS (60 * NS_PER_S)

int redis_conn_open(const struct peer_opts *opts, struct transcript *log,
		    struct redis_conn *ret_conn, struct err *err)
{
	CLEANUP_FD int fd = -1;
	redisContext *redis;

	if (peer_connect(opts, &fd, err) < 0)
		return -1;
	redis = redisConnectFd(fd);
	if (!redis)
		return err_set(err, ERR_SYS, ENOMEM, "hiredis: out of memory");
	redis->flags &= ~REDIS_BLOCK;
	(void)TAKE_FD(fd);
	transcript_event(log, "connect");
	*ret_conn =
		(struct redis_conn){ .opts = opts, .log = log, .redis = redis };
	return 0;
}

void redis_conn_release(struct redis_conn *conn)
{
	if (conn->redis)
		redisFree(conn->redis);
	conn->redis = NULL;
}

void redis_reply_freep(redisReply **reply)
{
	if (*reply)
		freeReplyObject(*reply);
	*reply = NULL;
}

/* The connection is no more; hiredis knows why. */
static int broken(const struct redis_conn *conn)
{
	if (conn->redis->err == REDIS_ERR_EOF)
		transcript_close(conn->log, "end of file");
	else
		transcript_close(conn->log, "%s", conn->redis->errstr);
	return -1;
}

static int overdue(const struct redis_conn *conn)
{
	uint64_t limit_ms = conn->stopping ? peer_patience_ms(conn->opts) :
					     ANSWER_NS / NS_PER_MS;

	transcript_error(conn->log, conn->number,
			 "not answered within %" PRIu64 " ms%s", limit_ms,
			 conn->stopping ? " after the stop" : "");
	return -1;
}

static void stop(struct redis_conn *conn)
{
	conn->stopping = true;
	conn->deadline_ns = peer_deadline_ns(conn->opts);
}

/* Wait for the socket; the stop only shortens the patience. */
static int wait_for(struct redis_conn *conn, short events)
{
	unsigned int event;

	do {
		event = peer_wait(conn->redis->fd, events,
				  conn->stopping ? -1 : conn->opts->stop_fd,
				  conn->deadline_ns);
		if (event & PEER_EVENT_STOP)
			stop(conn);
	} while (event && !(event & PEER_EVENT_IO));
	return event ? 0 : overdue(conn);
}

int redis_conn_flush(struct redis_conn *conn)
{
	int done = 0;

	if (!conn->stopping)
		conn->deadline_ns = clock_now_ns() + ANSWER_NS;
	while (redisBufferWrite(conn->redis, &done) == REDIS_OK) {
		if (done)
			return 0;
		if (wait_for(conn, POLLOUT) < 0)
			return -1;
	}
	return broken(conn);
}

int redis_conn_reply(struct redis_conn *conn, redisReply **ret_reply)
{
	void *reply = NULL;

	while (redisGetReplyFromReader(conn->redis, &reply) == REDIS_OK) {
		if (reply) {
			*ret_reply = reply;
			return 0;
		}
		if (wait_for(conn, POLLIN) < 0)
			return -1;
		if (redisBufferRead(conn->redis) != REDIS_OK)
			return broken(conn);
	}
	return broken(conn);
}

int redis_conn_command(struct redis_conn *conn, redisReply **ret_reply,
		       const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)redisvAppendCommand(conn->redis, fmt, ap);
	va_end(ap);
	if (redis_conn_flush(conn) < 0)
		return -1;
	return redis_conn_reply(conn, ret_reply);
}

void redis_conn_pause(struct redis_conn *conn, uint64_t until_ns)
{
	if (conn->stopping)
		return;
	if (peer_wait(conn->redis->fd, POLLIN, conn->opts->stop_fd, until_ns) &
	    PEER_EVENT_STOP)
		stop(conn);
}
