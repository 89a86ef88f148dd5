// SPDX-License-Identifier: Apache-2.0
/* peer_redis.c - a client of redis that remembers what was acknowledged */

/*
 * DOC: Theory of operation
 * One connection, no other. Every interval a value that redis cannot guess is
 * appended to a list, a count is increased and the value read back. What was
 * acknowledged must be in the list at the end: all of it, once, in order; over
 * the same connection (CLIENT ID), from the same process (run_id).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"
#include "base/str.h"
#include "runner/peer_client.h"
#include "runner/redis_conn.h"
#include "scenarios/workloads/mix.h"

#define LIST "crmatrix:writes"
#define COUNT "crmatrix:count"

/* Elements of the list that are read back at once. */
#define PIECE 512

/**
 * struct client - What was promised over the connection
 * @seed:	Of the values, so that they are nobody else's
 * @acked:	Writes 1..acked were acknowledged
 * @id:		CLIENT ID at the beginning
 * @run_id:	Of the server at the beginning, owned
 */
struct client {
	struct redis_conn conn;
	struct transcript *log;
	uint64_t seed, acked;
	long long id;
	char *run_id;
};

/* "NUMBER.16 hexadecimal digits" */
struct value {
	char text[40];
};

static void client_release(struct client *c)
{
	redis_conn_release(&c->conn);
	free(c->run_id);
}

static struct value value_of(const struct client *c, uint64_t n)
{
	struct value v;

	(void)snprintf(v.text, sizeof(v.text), "%" PRIu64 ".%016" PRIx64, n,
		       mix64(c->seed + n));
	return v;
}

static const char *reply_text(const redisReply *reply)
{
	switch (reply->type) {
	case REDIS_REPLY_STRING:
	case REDIS_REPLY_STATUS:
	case REDIS_REPLY_ERROR:
		return reply->str;
	default:
		return "a reply of another type";
	}
}

static bool is_number(const struct client *c, const redisReply *reply,
		      const char *what, uint64_t want)
{
	if (reply->type == REDIS_REPLY_INTEGER &&
	    reply->integer == (long long)want)
		return true;
	if (reply->type == REDIS_REPLY_INTEGER)
		transcript_error(c->log, c->conn.number,
				 "%s: %lld, not %" PRIu64, what, reply->integer,
				 want);
	else
		transcript_error(c->log, c->conn.number, "%s: %s, not %" PRIu64,
				 what, reply_text(reply), want);
	return false;
}

static bool is_text(const struct client *c, const redisReply *reply,
		    const char *what, const char *want)
{
	if (reply->type == REDIS_REPLY_STRING && str_eq(reply->str, want))
		return true;
	transcript_error(c->log, c->conn.number, "%s: '%s', not '%s'", what,
			 reply_text(reply), want);
	return false;
}

/* Write, count, read back: one round. -1: there is nobody to go on with. */
static int write_one(struct client *c)
{
	struct value v = value_of(c, ++c->conn.number);
	redisReply *replies[3] = { NULL };
	bool right = true;
	int status;
	size_t i;

	transcript_number(c->log, "send", c->conn.number);
	(void)redisAppendCommand(c->conn.redis, "RPUSH " LIST " %s", v.text);
	(void)redisAppendCommand(c->conn.redis, "INCR " COUNT);
	(void)redisAppendCommand(c->conn.redis, "LINDEX " LIST " -1");
	status = redis_conn_flush(&c->conn);
	for (i = 0; i < ARRAY_SIZE(replies) && status == 0; i++)
		status = redis_conn_reply(&c->conn, &replies[i]);
	if (status == 0) {
		c->acked = c->conn.number;
		right &= is_number(c, replies[0], "length of the list",
				   c->acked);
		right &= is_number(c, replies[1], "count", c->acked);
		right &= is_text(c, replies[2], "last value", v.text);
		if (right)
			transcript_number(c->log, "answer", c->acked);
	}
	for (i = 0; i < ARRAY_SIZE(replies); i++)
		redis_reply_freep(&replies[i]);
	return c->log->errors < PEER_ERRORS_MAX ? status : -1;
}

/* The value of "run_id:VALUE\r\n" in INFO's text, owned; NULL: not there */
static char *run_id_of(const redisReply *reply)
{
	static const char key[] = "run_id:";
	const char *at = NULL;

	if (reply->type == REDIS_REPLY_STRING)
		at = strstr(reply->str, key);
	if (!at)
		return NULL;
	at += strlen(key);
	return xstrndup(at, strcspn(at, "\r\n"));
}

static int identify(struct client *c, long long *ret_id, char **ret_run_id)
{
	CLEANUP(redis_reply_freep) redisReply *id = NULL;
	CLEANUP(redis_reply_freep) redisReply *info = NULL;
	CLEANUP_FREE char *run_id = NULL;

	if (redis_conn_command(&c->conn, &id, "CLIENT ID") < 0 ||
	    redis_conn_command(&c->conn, &info, "INFO server") < 0)
		return -1;
	run_id = run_id_of(info);
	if (id->type != REDIS_REPLY_INTEGER || !run_id) {
		transcript_error(c->log, c->conn.number, "no redis: %s",
				 reply_text(run_id ? id : info));
		return -1;
	}
	*ret_id = id->integer;
	*ret_run_id = TAKE(run_id);
	return 0;
}

/* Whoever wrote there before us would be mistaken for a fault. */
static int must_be_new(struct client *c)
{
	CLEANUP(redis_reply_freep) redisReply *reply = NULL;

	if (redis_conn_command(&c->conn, &reply, "EXISTS " LIST " " COUNT) < 0)
		return -1;
	return is_number(c, reply, "keys " LIST " and " COUNT " of old", 0) ?
		       0 :
		       -1;
}

static int check_identity(struct client *c)
{
	CLEANUP_FREE char *run_id = NULL;
	long long id;

	if (identify(c, &id, &run_id) < 0)
		return -1;
	if (id != c->id)
		transcript_error(c->log, c->acked,
				 "another connection: client %lld, before %lld",
				 id, c->id);
	if (!str_eq(run_id, c->run_id))
		transcript_error(c->log, c->acked,
				 "another redis: run_id %s, before %s", run_id,
				 c->run_id);
	return 0;
}

static int check_counts(struct client *c)
{
	CLEANUP(redis_reply_freep) redisReply *count = NULL;
	CLEANUP(redis_reply_freep) redisReply *length = NULL;
	char want[24];

	/* Never counted: then there is no such key. */
	if (c->acked == 0)
		return 0;
	if (redis_conn_command(&c->conn, &count, "GET " COUNT) < 0 ||
	    redis_conn_command(&c->conn, &length, "LLEN " LIST) < 0)
		return -1;
	(void)snprintf(want, sizeof(want), "%" PRIu64, c->acked);
	(void)is_text(c, count, "count at the end", want);
	(void)is_number(c, length, "length of the list at the end", c->acked);
	return 0;
}

/* Writes @first + 1 .. @last in the list, one reply. */
static int check_piece(struct client *c, uint64_t first, uint64_t last)
{
	CLEANUP(redis_reply_freep) redisReply *reply = NULL;
	uint64_t n;

	if (redis_conn_command(&c->conn, &reply,
			       "LRANGE " LIST " %" PRIu64 " %" PRIu64, first,
			       last - 1) < 0)
		return -1;
	for (n = first; n < last; n++) {
		struct value v = value_of(c, n + 1);

		c->conn.number = n + 1;
		if (reply->type != REDIS_REPLY_ARRAY ||
		    n - first >= reply->elements) {
			transcript_error(c->log, n + 1,
					 "acknowledged, but not in the list");
			return -1;
		}
		if (!is_text(c, reply->element[n - first],
			     "acknowledged, but in its place is", v.text))
			return -1;
	}
	return 0;
}

static void check_all(struct client *c)
{
	uint64_t first, last;

	if (check_identity(c) < 0 || check_counts(c) < 0)
		return;
	for (first = 0; first < c->acked; first = last) {
		last = first + PIECE < c->acked ? first + PIECE : c->acked;
		if (check_piece(c, first, last) < 0)
			return;
	}
}

static void feed(struct client *c)
{
	uint64_t next_ns;

	while (!c->conn.stopping) {
		next_ns = clock_now_ns() + c->conn.opts->interval_ns;
		if (write_one(c) < 0)
			return;
		redis_conn_pause(&c->conn, next_ns);
	}
	check_all(c);
}

int peer_redis(const struct peer_opts *opts, struct transcript *log)
{
	CLEANUP(client_release) struct client c = { .log = log };
	struct err err = ERR_INIT;

	if (getrandom(&c.seed, sizeof(c.seed), 0) != sizeof(c.seed)) {
		(void)err_errno(&err, "getrandom");
		return peer_not_started(log, &err);
	}
	if (redis_conn_open(opts, log, &c.conn, &err) < 0)
		return peer_not_started(log, &err);
	if (identify(&c, &c.id, &c.run_id) < 0 || must_be_new(&c) < 0)
		return PEER_EXIT_NOT_STARTED;
	feed(&c);
	return peer_end(log);
}
