// SPDX-License-Identifier: Apache-2.0
/* peer_conns_conn.c - one of many connections, by its role */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/mem.h"
#include "runner/peer_conns.h"

/* --- How it ends ------------------------------------------------------------ */

bool conn_is_over(const struct conn *c)
{
	return c->state == CONN_ENDED || c->state == CONN_LOST;
}

static void hang_up(struct conn *c, enum conn_state state)
{
	c->state = state;
	close(TAKE_FD(c->fd));
}

static void broken(struct conns_client *client, struct conn *c, int error)
{
	transcript_close(client->log, "connection %zu (%s): %s", c->number,
			 peer_role_names[c->kind],
			 error ? strerror(error) : "end of file");
	hang_up(c, CONN_LOST);
}

/* One wrong cell makes all wrong that follow. */
static void wrong(struct conns_client *client, struct conn *c, const char *what,
		  uint64_t got, uint64_t want)
{
	transcript_error(client->log, c->number,
			 "connection %zu (%s): %s is %" PRIu64 ", not %" PRIu64,
			 c->number, peer_role_names[c->kind], what, got, want);
	hang_up(c, CONN_LOST);
}

static bool expect(struct conns_client *client, struct conn *c,
		   const char *what, uint64_t got, uint64_t want)
{
	if (got != want)
		wrong(client, c, what, got, want);
	return got == want;
}

/* --- What comes ------------------------------------------------------------- */

static void take_welcome(struct conns_client *client, struct conn *c,
			 const struct conns_cell *cell)
{
	uint64_t nonce = conns_named(cell, CONNS_NONCE);

	/* Whichever comes first: the kernel tells of many in no order. */
	if (client->nonce == 0)
		client->nonce = nonce;
	if (expect(client, c, "nonce of the workload", nonce, client->nonce))
		c->state = CONN_OPEN;
}

static void take_answer(struct conns_client *client, struct conn *c,
			const struct conns_cell *cell)
{
	if (!expect(client, c, "nonce of the workload",
		    conns_named(cell, CONNS_NONCE), client->nonce) ||
	    !expect(client, c, "the question that was answered",
		    c->asking ? conns_named(cell, CONNS_ASKED) : UINT64_MAX,
		    c->asked))
		return;
	c->asking = false;
	c->answers++;
	if (c->told)
		transcript_number(client->log, "answer", ++client->answered);
	if (c->number > 0)
		return;
	client->full = conns_named(cell, CONNS_READY);
	client->ended = conns_named(cell, CONNS_ENDED);
	client->wrong = conns_named(cell, CONNS_WRONG);
}

/* Do both sides agree on what went over? Who ended first cannot know. */
static void take_end(struct conns_client *client, struct conn *c,
		     const struct conns_cell *cell, uint64_t hash)
{
	if (!expect(client, c, "nonce of the workload",
		    conns_named(cell, CONNS_NONCE), client->nonce) ||
	    !expect(client, c, "the hash of what the workload sent",
		    conns_named(cell, CONNS_SENT_HASH), hash))
		return;
	c->ended_in = true;
	if (c->role->will & CONNS_WILL_SHUT)
		return;
	if (!c->ended_out)
		broken(client, c, 0);
	else if (expect(client, c, "the count of cells that the workload got",
			conns_named(cell, CONNS_GOT), c->out.cells))
		(void)expect(client, c, "the hash of what the workload got",
			     conns_named(cell, CONNS_GOT_HASH), c->out.hash);
}

static void take_cell(struct conns_client *client, struct conn *c,
		      const struct conns_cell *cell)
{
	uint64_t hash = c->in.hash, kind = conns_kind(cell), at;
	bool first = c->state == CONN_GREETED;

	if (!conns_take(&c->in, cell, &at) || c->ended_in ||
	    first != (kind == CONNS_WELCOME)) {
		transcript_error(client->log, c->number,
				 "connection %zu (%s): byte %" PRIu64
				 " of the stream is wrong",
				 c->number, peer_role_names[c->kind], at);
		hang_up(c, CONN_LOST);
	} else if (first) {
		take_welcome(client, c, cell);
	} else if (kind == CONNS_ANSWER) {
		take_answer(client, c, cell);
	} else if (kind == CONNS_END) {
		take_end(client, c, cell, hash);
	}
}

static bool reads(const struct conns_client *client, const struct conn *c)
{
	return !c->eof &&
	       (c->state == CONN_GREETED || client->stopping || !c->role->deaf);
}

static void receive(struct conns_client *client, struct conn *c)
{
	struct conns_cell cells[CONNS_BATCH];
	ssize_t i, n;

	n = conns_pull(c->fd, &c->in, cells, CONNS_BATCH);
	if (n < 0 && errno == EAGAIN)
		return;
	client->progress_ns = clock_now_ns();
	if (n < 0 && (errno || !c->ended_in || c->in.at)) {
		broken(client, c, errno);
		return;
	}
	c->eof = n < 0;
	for (i = 0; i < n && !conn_is_over(c); i++)
		take_cell(client, c, &cells[i]);
}

/* --- What goes -------------------------------------------------------------- */

static void put_hello(const struct conns_client *client, struct conn *c)
{
	uint64_t seed = c->in.seed ^ CONNS_TO_CLIENT;
	uint64_t named[] = {
		[CONNS_SEED - CONNS_NAMED] = seed,
		[CONNS_NUMBER - CONNS_NAMED] = c->number,
		[CONNS_WILL - CONNS_NAMED] = c->role->will,
		[CONNS_ACCEPT - CONNS_NAMED] =
			conn_count_accepted(client->opts),
		[CONNS_TOTAL - CONNS_NAMED] = client->opts->connections,
		[CONNS_INTERVAL - CONNS_NAMED] = client->opts->interval_ns,
	};

	conns_put(&c->out, CONNS_HELLO, named, ARRAY_SIZE(named));
	c->greeted_out = true;
}

static void put_question(struct conn *c)
{
	c->asked = c->out.cells;
	c->asking = true;
	if (c->go_due) {
		c->go_due = false;
		conns_put(&c->out, CONNS_GO, NULL, 0);
	} else {
		c->ask_due = false;
		conns_put(&c->out, CONNS_ASK, NULL, 0);
	}
}

static void put_end(struct conn *c)
{
	uint64_t named[] = { [CONNS_SENT_HASH - CONNS_NAMED] = c->out.hash,
			     [CONNS_GOT - CONNS_NAMED] = c->in.cells,
			     [CONNS_GOT_HASH - CONNS_NAMED] = c->in.hash };

	conns_put(&c->out, CONNS_END, named, ARRAY_SIZE(named));
	c->ended_out = true;
}

static int pour(struct conn *c, uint64_t max, uint64_t *left)
{
	ssize_t made = conns_pour(c->fd, &c->out, max);

	if (made > 0 && left)
		*left -= (uint64_t)made;
	return made < 0 ? -1 : conns_idle(&c->out);
}

/* What is to be said next, when all before has gone. Return: 1 there may be
 * more, 0 not now, -1 with errno */
static int transmit_next(const struct conns_client *client, struct conn *c)
{
	if (c->ended_out || (c->role->silent && !client->stopping))
		return 0;
	if (!c->greeted_out)
		put_hello(client, c);
	else if (c->first > 0)
		return pour(c, c->first, &c->first);
	else if ((c->go_due || c->ask_due) && !c->asking)
		put_question(c);
	else if (c->end_due && !c->asking)
		put_end(c);
	else if (c->role->floods && c->state == CONN_OPEN && !client->stopping)
		/* Once around: others want to be served too. */
		return pour(c, CONNS_BATCH, NULL) < 0 ? -1 : 0;
	else
		return 0;
	return 1;
}

static int transmit(const struct conns_client *client, struct conn *c)
{
	int status;

	do {
		status = conns_flush(c->fd, &c->out);
		if (status > 0)
			status = transmit_next(client, c);
	} while (status > 0);
	return status;
}

/* The workload closes after us, but where we were the first to end. */
static void close_direction(struct conn *c)
{
	if (!c->ended_out || !conns_idle(&c->out))
		return;
	if (c->role->shuts && !c->shut) {
		c->shut = true;
		(void)shutdown(c->fd, SHUT_WR);
	}
	if (c->ended_in && (c->eof || !c->role->shuts))
		hang_up(c, CONN_ENDED);
}

static int watch(const struct conns_client *client, struct conn *c)
{
	bool floods = c->role->floods && c->state == CONN_OPEN &&
		      !client->stopping;
	struct epoll_event event = { .data.u64 = c->number };

	if (reads(client, c))
		event.events |= EPOLLIN;
	if (!conns_idle(&c->out) || floods)
		event.events |= EPOLLOUT;
	if (event.events == c->events)
		return 0;
	c->events = event.events;
	return epoll_ctl(client->epoll, EPOLL_CTL_MOD, c->fd, &event);
}

/* A reset is told also to who does not read. */
static int pending_error(const struct conn *c)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		return errno;
	return error;
}

void conn_serve(struct conns_client *client, struct conn *c, uint32_t events)
{
	int error = 0;

	if (!conn_is_over(c) && (events & EPOLLERR))
		error = pending_error(c);
	if (error)
		broken(client, c, error);
	if (!conn_is_over(c) && reads(client, c))
		receive(client, c);
	if (!conn_is_over(c) && transmit(client, c) < 0)
		broken(client, c, errno);
	if (!conn_is_over(c))
		close_direction(c);
	if (!conn_is_over(c) && watch(client, c) < 0)
		broken(client, c, errno);
}

void conn_ask(struct conns_client *client, struct conn *c, bool told)
{
	c->told = told;
	c->ask_due = true;
	if (told)
		transcript_number(client->log, "send", ++client->sent);
	conn_serve(client, c, 0);
}

void conn_burst(struct conns_client *client, struct conn *c, uint64_t now_ns)
{
	if (c->state != CONN_OPEN || !conns_idle(&c->out) ||
	    now_ns < c->next_ns)
		return;
	c->next_ns = now_ns + c->role->pause_ns;
	if (conns_pour(c->fd, &c->out, c->role->burst) < 0 ||
	    watch(client, c) < 0)
		broken(client, c, errno);
}

void conn_finish(struct conns_client *client, struct conn *c)
{
	c->told = false;
	c->ask_due = c->role->asks;
	c->end_due = true;
	conn_serve(client, c, 0);
}

/* --- How it begins ---------------------------------------------------------- */

int conn_open(struct conns_client *client, struct err *err)
{
	struct conn *c = &client->conns[client->n];
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT,
				     .data.u64 = client->n };
	uint64_t seed;

	*c = (struct conn){ .number = client->n, .fd = -1 };
	c->kind = client->opts->roles[client->n];
	c->role = &conn_roles[c->kind];
	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		return err_errno(err, "getrandom");
	if (peer_connect(client->opts, &c->fd, err) < 0)
		return err_wrap(err, "connection %zu", c->number);
	client->n++;
	c->in.seed = seed ^ CONNS_TO_CLIENT;
	c->out.seed = seed ^ CONNS_TO_SERVER;
	c->out.at = CONNS_CELL;
	c->first = c->role->first;
	c->next_ns = clock_now_ns() + c->role->pause_ns;
	c->ask_due = c->role->asks && !c->role->queued;
	c->end_due = c->role->shuts;
	c->events = event.events;
	if (epoll_ctl(client->epoll, EPOLL_CTL_ADD, c->fd, &event) < 0)
		return err_errno(err, "epoll_ctl");
	return 0;
}
