// SPDX-License-Identifier: Apache-2.0
/* peer_conns.c - the client of conns: many connections, each in its role */

/*
 * DOC: Theory of operation
 * The protocol is scenarios/workloads/conns.h. All connections are made one
 * after the other and brought into the state that their role is for. When the
 * last has settled, those that talk begin to: a question every interval, in
 * turn, over another connection each time, so that the transcript does not grow
 * with their number. "send N" and "answer N" are these questions and the right
 * answers.
 *
 * Told to stop, which is after the move, it says so to the workload over the
 * first connection, asks once more where it was silent, reads what was left
 * unread, and ends every connection, comparing what both sides know of each. The
 * first one, which steers, ends last.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"
#include "runner/peer_conns.h"

/* Without anything coming; what was sent last comes again after as long as the
 * workload was away, at most. */
#define PATIENCE_NS (60 * NS_PER_S)
/* Each tick so many connections, in turn, get their burst. */
#define TICK_CONNS 16
#define EVENTS 64
#define FILES_MORE 64

/**
 * enum talk_phase - What all wait for
 * @SETTLING:	Every connection to be in its state
 * @TALKING:	The stop
 * @ENDING:	The end of all connections but the first
 * @ASKING:	The workload to have seen it too
 * @LEAVING:	The end of the first
 * @OVER:	Nothing
 */
enum talk_phase { SETTLING, TALKING, ENDING, ASKING, LEAVING, OVER };

/**
 * struct talk - The client at work
 * @next_ns:	When the next tick is due
 * @turn_ask, @turn_burst: Whose turn it is
 */
struct talk {
	struct conns_client client;
	enum talk_phase phase;
	uint64_t next_ns;
	size_t turn_ask, turn_burst;
};

static void talk_release(struct talk *t)
{
	struct conns_client *client = &t->client;
	size_t i;

	for (i = 0; i < client->n; i++)
		if (client->conns[i].fd >= 0)
			close(client->conns[i].fd);
	free(client->conns);
	if (client->epoll >= 0)
		close(client->epoll);
}

static uint64_t patience_ns(const struct talk *t)
{
	uint64_t given_ns = t->client.opts->patience_ns;

	return given_ns ? given_ns : PATIENCE_NS;
}

/* --- Phases ----------------------------------------------------------------- */

static bool has_settled(const struct conns_client *client)
{
	size_t i, to_fill = 0;

	for (i = 0; i < client->n; i++) {
		const struct conn *c = &client->conns[i];

		if (!conn_is_settled(c))
			return false;
		to_fill += !conn_is_over(c) &&
			   (c->role->will & CONNS_WILL_FILL);
	}
	return client->full >= to_fill;
}

static size_t count(const struct conns_client *client, enum conn_state state)
{
	size_t i, n = 0;

	for (i = 1; i < client->n; i++)
		n += client->conns[i].state == state;
	return n;
}

static bool all_over(const struct conns_client *client)
{
	return count(client, CONN_ENDED) + count(client, CONN_LOST) + 1 ==
	       client->n;
}

static void begin_ending(struct talk *t)
{
	struct conns_client *client = &t->client;
	size_t i;

	client->stopping = true;
	t->phase = ENDING;
	client->progress_ns = clock_now_ns();
	client->conns[0].told = false;
	client->conns[0].go_due = true;
	conn_serve(client, &client->conns[0], 0);
	for (i = 1; i < client->n; i++)
		if (!conn_is_over(&client->conns[i]))
			conn_finish(client, &client->conns[i]);
}

static void begin_leaving(struct talk *t)
{
	struct conns_client *client = &t->client;

	if (client->wrong)
		transcript_error(client->log, client->answered,
				 "the workload counts %" PRIu64
				 " wrong cells and broken connections",
				 client->wrong);
	t->phase = LEAVING;
	client->conns[0].end_due = true;
	conn_serve(client, &client->conns[0], 0);
}

/* As far as it goes without waiting. */
static void advance(struct talk *t)
{
	struct conns_client *client = &t->client;

	if (t->phase == SETTLING && has_settled(client))
		t->phase = TALKING;
	if (t->phase == ENDING && all_over(client))
		t->phase = ASKING;
	if (t->phase == ASKING && client->ended >= count(client, CONN_ENDED) &&
	    !client->conns[0].asking)
		begin_leaving(t);
	if (conn_is_over(&client->conns[0]) ||
	    client->log->errors >= PEER_ERRORS_MAX)
		t->phase = OVER;
}

/* --- Ticks ------------------------------------------------------------------ */

/* The next that talks and whose last question was answered. */
static void ask_next(struct talk *t)
{
	struct conns_client *client = &t->client;
	size_t i;

	for (i = 0; i < client->n; i++) {
		struct conn *c = &client->conns[t->turn_ask++ % client->n];

		if (c->kind != PEER_ROLE_TALK || c->state != CONN_OPEN ||
		    c->asking || c->ask_due)
			continue;
		conn_ask(client, c, true);
		return;
	}
}

/* What the workload knows, over the first connection. */
static void ask_first(struct talk *t)
{
	struct conn *c = &t->client.conns[0];

	if (c->state == CONN_OPEN && !c->asking && !c->ask_due)
		conn_ask(&t->client, c, false);
}

static void burst_next(struct talk *t, uint64_t now_ns)
{
	struct conns_client *client = &t->client;
	size_t i, found = 0;

	for (i = 0; i < client->n && found < TICK_CONNS; i++) {
		struct conn *c = &client->conns[t->turn_burst++ % client->n];

		if (!c->role->burst || conn_is_over(c) || c->end_due)
			continue;
		conn_burst(client, c, now_ns);
		found++;
	}
}

static void tick(struct talk *t)
{
	uint64_t now_ns = clock_now_ns();

	if (now_ns < t->next_ns)
		return;
	/* What was missed is not made up for. */
	t->next_ns = now_ns + t->client.opts->interval_ns;
	if (t->phase == SETTLING || t->phase == ASKING)
		ask_first(t);
	if (t->phase == TALKING)
		ask_next(t);
	if (!t->client.stopping)
		burst_next(t, now_ns);
}

/* --- The loop --------------------------------------------------------------- */

static void overdue(struct talk *t)
{
	struct conns_client *client = &t->client;
	size_t i = 0;

	while (i + 1 < client->n &&
	       (t->phase == SETTLING ? conn_is_settled(&client->conns[i]) :
				       conn_is_over(&client->conns[i])))
		i++;
	transcript_error(client->log, i,
			 "connection %zu (%s): not %s, and nothing came for "
			 "%" PRIu64 " ms",
			 i, peer_role_names[client->conns[i].kind],
			 t->phase == SETTLING ? "settled" : "over",
			 patience_ns(t) / NS_PER_MS);
	t->phase = OVER;
}

static void take_events(struct talk *t)
{
	struct conns_client *client = &t->client;
	struct epoll_event events[EVENTS];
	int i, n = epoll_wait(client->epoll, events, EVENTS, 0);

	for (i = 0; i < n; i++)
		conn_serve(client, &client->conns[events[i].data.u64],
			   events[i].events);
}

static void wait_once(struct talk *t)
{
	const struct conns_client *client = &t->client;
	int stop_fd = client->stopping ? -1 : client->opts->stop_fd;
	uint64_t deadline_ns = client->progress_ns + patience_ns(t);
	unsigned int event =
		peer_wait(client->epoll, POLLIN, stop_fd,
			  t->next_ns < deadline_ns ? t->next_ns : deadline_ns);

	if (event & PEER_EVENT_IO)
		take_events(t);
	if (event & PEER_EVENT_STOP)
		begin_ending(t);
	/* While it talks, the workload may be away for any time. */
	if (t->phase != TALKING && clock_now_ns() >= deadline_ns)
		overdue(t);
}

/* As many files as connections, and some more. */
static int allow_files(size_t n, struct err *err)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return err_errno(err, "limit of open files");
	if (files.rlim_cur >= n + FILES_MORE)
		return 0;
	files.rlim_cur = n + FILES_MORE;
	if (files.rlim_max < files.rlim_cur)
		files.rlim_max = files.rlim_cur;
	if (setrlimit(RLIMIT_NOFILE, &files) < 0)
		return err_errno(err, "limit of open files for %zu connections",
				 n);
	return 0;
}

static int begin(struct talk *t, struct err *err)
{
	struct conns_client *client = &t->client;
	size_t n = client->opts->connections;

	if (allow_files(n, err))
		return -1;
	client->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (client->epoll < 0)
		return err_errno(err, "epoll");
	client->conns = xcalloc(n, sizeof(*client->conns));
	while (client->n < n) {
		if (conn_open(client, err) < 0)
			return -1;
		transcript_event(client->log, "connect");
	}
	client->progress_ns = clock_now_ns();
	return 0;
}

int peer_conns(const struct peer_opts *opts, struct transcript *log)
{
	CLEANUP(talk_release)
	struct talk t = { .client = { .opts = opts, .log = log, .epoll = -1 } };
	struct err err = ERR_INIT;

	if (begin(&t, &err) < 0)
		return peer_not_started(log, &err);
	while (t.phase < OVER) {
		tick(&t);
		wait_once(&t);
		advance(&t);
	}
	if (t.client.nonce == 0)
		return PEER_EXIT_NOT_STARTED;
	return peer_end(log);
}
