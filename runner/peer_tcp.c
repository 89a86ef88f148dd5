// SPDX-License-Identifier: Apache-2.0
/* peer_tcp.c - the client of tcpstream: one connection, known bytes both ways */

/*
 * DOC: Theory of operation
 * The protocol is scenarios/workloads/stream.h: a block goes out every interval
 * and the workload's blocks come in, each byte of which is known beforehand.
 * While the connection stands still, what is due waits: then the socket's own
 * buffers are full, and data is in flight in both directions.
 *
 * A quiet client makes no blocks but the first and the last. One with a heartbeat
 * gives up when it hears nothing for so long.
 *
 * "send N" is our Nth block of data, "answer N" the Nth right one of theirs.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/mem.h"
#include "runner/peer_client.h"
#include "scenarios/workloads/stream.h"

/**
 * enum state - How far the connection is
 * @GREETED:	Our HELLO is on its way, WELCOME is awaited
 * @FLOWING:	Blocks go both ways
 * @STOPPING:	Told to stop; END goes out after the present block
 * @ENDING:	END is on its way, theirs is awaited
 * @ENDED:	Theirs came
 * @LOST:	The connection broke, or nothing can be made of what comes
 */
enum state { GREETED, FLOWING, STOPPING, ENDING, ENDED, LOST };

/**
 * struct client - One side of the stream
 * @nonce:	The workload's, from its WELCOME
 * @sent, @good, @wrong: Blocks of data
 * @next_ns:	When the next block is due
 * @heard_ns:	When something came last
 * @deadline_ns: When the WELCOME or, after the stop, the end must have come
 */
struct client {
	const struct peer_opts *opts;
	struct transcript *log;
	enum state state;
	struct stream stream;
	uint64_t nonce, sent, good, wrong;
	uint64_t next_ns, heard_ns, deadline_ns;
};

static void client_release(struct client *c)
{
	if (c->stream.fd >= 0)
		close(c->stream.fd);
}

static void broken(struct client *c, int error)
{
	transcript_close(c->log, "%s", error ? strerror(error) : "end of file");
	c->state = LOST;
}

static void wrong(struct client *c, uint64_t at)
{
	c->wrong++;
	transcript_error(c->log, c->good + c->wrong,
			 "byte %" PRIu64 " of the stream is wrong", at);
	if (c->log->errors >= PEER_ERRORS_MAX)
		c->state = LOST;
}

static void take_welcome(struct client *c)
{
	uint64_t at = 0;

	if (stream_kind(&c->stream) != STREAM_WELCOME ||
	    stream_wrong(&c->stream, STREAM_NONCE + 1, &at)) {
		transcript_error(c->log, 0,
				 "this is no tcpstream: byte %" PRIu64
				 " is wrong",
				 at);
		c->state = LOST;
		return;
	}
	c->nonce = stream_named(&c->stream, STREAM_NONCE);
	c->next_ns = clock_now_ns();
	if (c->state != GREETED)
		return;
	c->state = FLOWING;
	c->deadline_ns = UINT64_MAX;
}

static void take_data(struct client *c)
{
	uint64_t at = (c->stream.in_blocks - 1) * STREAM_BLOCK;

	if (stream_kind(&c->stream) != STREAM_DATA ||
	    stream_wrong(&c->stream, 0, &at)) {
		wrong(c, at);
		return;
	}
	c->good++;
	transcript_number(c->log, "answer", c->good);
}

static void expect(struct client *c, uint64_t got, uint64_t want,
		   const char *what)
{
	if (got != want)
		transcript_error(c->log, c->sent,
				 "%s at the end: %" PRIu64 ", not %" PRIu64,
				 what, got, want);
}

/* Their END: does the other side agree on what went over the wire? */
static void take_end(struct client *c)
{
	uint64_t at;

	if (stream_wrong(&c->stream, STREAM_NAMED, &at))
		wrong(c, at);
	expect(c, stream_named(&c->stream, STREAM_NONCE), c->nonce,
	       "nonce of the workload");
	expect(c, stream_named(&c->stream, STREAM_GOT), c->sent,
	       "blocks that the workload got");
	expect(c, stream_named(&c->stream, STREAM_WRONG), 0,
	       "blocks that were wrong there");
	if (c->state != ENDING)
		transcript_close(c->log, "the workload ended by itself");
	c->state = ENDED;
}

static void take_block(struct client *c)
{
	if (c->stream.in_blocks == 1)
		take_welcome(c);
	else if (stream_kind(&c->stream) == STREAM_END)
		take_end(c);
	else
		take_data(c);
}

static void receive(struct client *c)
{
	uint64_t before = stream_bytes_in(&c->stream);
	int got = 0;

	while (c->state < ENDED && (got = stream_pull(&c->stream)) > 0)
		take_block(c);
	if (stream_bytes_in(&c->stream) != before)
		c->heard_ns = clock_now_ns();
	if (c->state < ENDED && got < 0)
		broken(c, errno);
}

/* Its own patience, whatever the kernel's may be. */
static uint64_t heartbeat_ns(const struct client *c)
{
	return c->opts->heartbeat_ns ? c->heard_ns + c->opts->heartbeat_ns :
				       UINT64_MAX;
}

static void listen_for_heartbeat(struct client *c)
{
	if (c->state >= ENDED || clock_now_ns() < heartbeat_ns(c))
		return;
	transcript_close(c->log, "nothing was heard for %" PRIu64 " ms",
			 c->opts->heartbeat_ns / NS_PER_MS);
	c->state = LOST;
}

/* Make the next block if one is due and the one before has gone. */
static void refill(struct client *c, uint64_t now_ns)
{
	uint64_t named[STREAM_NAMED] = {
		[STREAM_GOT] = c->good,
		[STREAM_WRONG] = c->wrong,
	};

	if (!stream_idle(&c->stream))
		return;
	if (c->state == STOPPING && c->stream.in_blocks > 0) {
		stream_put(&c->stream, STREAM_END, named, STREAM_NAMED);
		c->state = ENDING;
	}
	if (c->state != FLOWING || c->opts->quiet || now_ns < c->next_ns)
		return;
	transcript_number(c->log, "send", ++c->sent);
	stream_put(&c->stream, STREAM_DATA, NULL, 0);
	/* What was missed while the socket was full is not made up for. */
	c->next_ns += c->opts->interval_ns;
	if (c->next_ns < now_ns)
		c->next_ns = now_ns + c->opts->interval_ns;
}

static void transmit(struct client *c)
{
	refill(c, clock_now_ns());
	if (c->state < ENDED && stream_flush(&c->stream) < 0)
		broken(c, errno);
}

static void stop(struct client *c)
{
	c->state = STOPPING;
	c->deadline_ns = peer_deadline_ns(c->opts);
}

static void overdue(struct client *c)
{
	transcript_error(c->log, c->sent,
			 "%s within %" PRIu64 " ms, %" PRIu64 " blocks came",
			 c->state == GREETED ? "no welcome" : "no end",
			 peer_patience_ms(c->opts), c->good);
	c->state = LOST;
}

/* Until something can be done; which is then found out by doing it. */
static void pause_client(struct client *c)
{
	bool idle = stream_idle(&c->stream);
	short events = (short)(idle ? POLLIN : POLLIN | POLLOUT);
	uint64_t until_ns = c->deadline_ns;
	unsigned int event;

	if (c->state == FLOWING && idle && !c->opts->quiet)
		until_ns = c->next_ns;
	if (heartbeat_ns(c) < until_ns)
		until_ns = heartbeat_ns(c);
	event = peer_wait(c->stream.fd, events,
			  c->state < STOPPING ? c->opts->stop_fd : -1,
			  until_ns);
	if (event & PEER_EVENT_STOP)
		stop(c);
	else if (event == 0 && clock_now_ns() >= c->deadline_ns)
		overdue(c);
}

static int begin(struct client *c, struct err *err)
{
	uint64_t named[] = {
		[STREAM_SEED] = 0, [STREAM_INTERVAL] = c->opts->interval_ns
	};

	if (getrandom(&named[STREAM_SEED], sizeof(named[0]), 0) !=
	    sizeof(named[0]))
		return err_errno(err, "getrandom");
	if (peer_connect(c->opts, &c->stream.fd, err) < 0)
		return -1;
	transcript_event(c->log, "connect");
	c->heard_ns = clock_now_ns();
	c->deadline_ns = peer_deadline_ns(c->opts);
	c->stream.in_seed = named[STREAM_SEED] ^ STREAM_TO_CLIENT;
	c->stream.out_seed = named[STREAM_SEED] ^ STREAM_TO_SERVER;
	stream_put(&c->stream, STREAM_HELLO, named, ARRAY_SIZE(named));
	return 0;
}

int peer_tcp(const struct peer_opts *opts, struct transcript *log)
{
	CLEANUP(client_release)
	struct client c = {
		.opts = opts,
		.log = log,
		.state = GREETED,
		.stream.fd = -1,
	};
	struct err err = ERR_INIT;

	if (begin(&c, &err) < 0)
		return peer_not_started(log, &err);
	while (c.state < ENDED) {
		transmit(&c);
		if (c.state < ENDED)
			pause_client(&c);
		receive(&c);
		listen_for_heartbeat(&c);
	}
	if (c.stream.in_blocks == 0)
		return PEER_EXIT_NOT_STARTED;
	return peer_end(log);
}
