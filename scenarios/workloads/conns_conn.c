// SPDX-License-Identifier: Apache-2.0
/* conns_conn.c - one connection of conns: what comes, what goes, when it ends */
#include <errno.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* <netinet/tcp.h> has no tcpi_notsent_bytes. */
#include <linux/tcp.h>

#include "scenarios/workloads/conns_server.h"

#define INTERVAL_MIN_NS 1000000

void conns_watch(const struct conns_server *s, int op, int fd, uint32_t events,
		 uint64_t what)
{
	struct epoll_event event = { .events = events, .data.u64 = what };

	if (epoll_ctl(s->epoll, op, fd, &event) < 0)
		guest_die("epoll_ctl");
}

void conns_watch_listener(const struct conns_server *s)
{
	conns_watch(s, EPOLL_CTL_MOD, s->listener,
		    s->n < s->accept ? EPOLLIN : 0, CONNS_ON_LISTENER);
}

static void hang_up(struct conns_server *s, struct conn *c,
		    enum conn_state state, int why)
{
	c->state = state;
	close(c->fd);
	if (state == CONN_ENDED)
		s->ended++;
	else if (s->lost++ == 0)
		s->lost_errno = (uint64_t)why;
}

void conn_lose(struct conns_server *s, struct conn *c, int why)
{
	hang_up(s, c, CONN_LOST, why);
}

static void note_wrong(struct conns_server *s, const struct conn *c,
		       uint64_t at)
{
	if (s->wrong++ > 0)
		return;
	s->wrong_conn = (uint64_t)(c - s->conns);
	s->wrong_at = at;
}

bool conn_is_deaf(const struct conns_server *s, const struct conn *c)
{
	return c->state == CONN_OPEN && (c->will & CONNS_WILL_WAIT) &&
	       !s->going;
}

static bool is_flooding(const struct conns_server *s, const struct conn *c)
{
	return c->state == CONN_OPEN && !s->going && !c->ended_out &&
	       !c->full && (c->will & (CONNS_WILL_FLOOD | CONNS_WILL_FILL));
}

/* --- What comes ------------------------------------------------------------- */

static void take_hello(struct conns_server *s, struct conn *c,
		       const struct conns_cell *cell)
{
	uint64_t seed = conns_named(cell, CONNS_SEED);

	c->state = CONN_OPEN;
	c->in.seed = seed ^ CONNS_TO_SERVER;
	c->out.seed = seed ^ CONNS_TO_CLIENT;
	c->will = conns_named(cell, CONNS_WILL);
	conns_put(&c->out, CONNS_WELCOME, &s->nonce, 1);
	if (c != s->conns)
		return;
	s->accept = conns_named(cell, CONNS_ACCEPT);
	s->total = conns_named(cell, CONNS_TOTAL);
	s->interval_ns = conns_named(cell, CONNS_INTERVAL);
	if (s->interval_ns < INTERVAL_MIN_NS)
		s->interval_ns = INTERVAL_MIN_NS;
	s->timer = guest_ticker(s->interval_ns);
	conns_watch(s, EPOLL_CTL_ADD, s->timer, EPOLLIN, CONNS_ON_TIMER);
	conns_watch_listener(s);
}

/* The move is over: whatever was held back goes on. */
static void go(struct conns_server *s)
{
	uint64_t i;

	s->going = true;
	s->accept = CONNS_MAX;
	conns_watch_listener(s);
	/* The first is being served, and will be seen to. */
	for (i = 1; i < s->n; i++) {
		struct conn *c = &s->conns[i];

		s->reopened += conn_is_open(c) && c->eof &&
			       !conn_is_closed_in(c);
		conn_serve(s, c);
	}
}

static void take_cell(struct conns_server *s, struct conn *c,
		      const struct conns_cell *cell)
{
	uint64_t hash = c->in.hash, at, kind = conns_kind(cell);
	bool first = c->state == CONN_GREETED;

	if (!conns_take(&c->in, cell, &at) || first != (kind == CONNS_HELLO) ||
	    c->ended_in) {
		note_wrong(s, c, at);
		return;
	}
	if (kind == CONNS_HELLO)
		take_hello(s, c, cell);
	if (kind == CONNS_ASK || kind == CONNS_GO)
		c->asked = c->in.cells;
	if (kind == CONNS_GO && c == s->conns && !s->going)
		go(s);
	if (kind != CONNS_END)
		return;
	c->ended_in = true;
	if (conns_named(cell, CONNS_SENT_HASH) != hash)
		note_wrong(s, c, at);
}

static void receive(struct conns_server *s, struct conn *c)
{
	struct conns_cell cells[CONNS_BATCH];
	ssize_t i, n;

	/* What comes behind a HELLO may have to wait in the kernel. */
	n = conns_pull(c->fd, &c->in, cells,
		       c->state == CONN_GREETED ? 1 : CONNS_BATCH);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n < 0 && (errno || !c->ended_in || c->in.at)) {
		hang_up(s, c, CONN_LOST, errno);
		return;
	}
	c->eof = n < 0;
	for (i = 0; i < n; i++)
		take_cell(s, c, &cells[i]);
	if (c->state == CONN_GREETED && n > 0)
		hang_up(s, c, CONN_LOST, EPROTO);
}

/* --- What goes -------------------------------------------------------------- */

/* The kernel acknowledges what the peer has no room for only when it has. */
static bool is_full(const struct conn *c)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	return getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
	       info.tcpi_unacked == 0 && info.tcpi_notsent_bytes > 0;
}

uint64_t conns_count_full(struct conns_server *s)
{
	uint64_t i, full = 0;

	for (i = 0; i < s->n; i++) {
		struct conn *c = &s->conns[i];

		if (c->state != CONN_OPEN || !(c->will & CONNS_WILL_FILL))
			continue;
		c->full = c->full || is_full(c);
		full += c->full;
	}
	return full;
}

static void put_answer(struct conns_server *s, struct conn *c)
{
	uint64_t named[] = {
		[CONNS_NONCE - CONNS_NAMED] = s->nonce,
		[CONNS_ASKED - CONNS_NAMED] = c->asked - 1,
		[CONNS_READY - CONNS_NAMED] =
			c == s->conns ? conns_count_full(s) : 0,
		[CONNS_ENDED - CONNS_NAMED] = s->ended,
		[CONNS_WRONG - CONNS_NAMED] = s->wrong + s->lost,
	};

	conns_put(&c->out, CONNS_ANSWER, named,
		  sizeof(named) / sizeof(named[0]));
	c->asked = 0;
	s->answers++;
}

static void put_end(struct conns_server *s, struct conn *c)
{
	uint64_t named[] = {
		[CONNS_NONCE - CONNS_NAMED] = s->nonce,
		[CONNS_SENT_HASH - CONNS_NAMED] = c->out.hash,
		[CONNS_GOT - CONNS_NAMED] = c->in.cells,
		[CONNS_GOT_HASH - CONNS_NAMED] = c->in.hash,
	};

	conns_put(&c->out, CONNS_END, named, sizeof(named) / sizeof(named[0]));
	c->ended_out = true;
}

static bool must_end(const struct conns_server *s, const struct conn *c)
{
	return (c->will & CONNS_WILL_SHUT) || (s->going && c->ended_in);
}

/* The next cell or cells, when those before have gone. Return: 1 there may be
 * more to do, 0 not now, -1 with errno */
static int transmit_next(struct conns_server *s, struct conn *c)
{
	if (c->state != CONN_OPEN || c->ended_out)
		return 0;
	if (c->asked) {
		put_answer(s, c);
		return 1;
	}
	if (must_end(s, c)) {
		put_end(s, c);
		return 1;
	}
	if (!is_flooding(s, c))
		return 0;
	/* Once around: others want to be served too. */
	return conns_pour(c->fd, &c->out, CONNS_BATCH) < 0 ? -1 : 0;
}

static int transmit(struct conns_server *s, struct conn *c)
{
	int more = 1;

	while (more > 0) {
		int status = conns_flush(c->fd, &c->out);

		if (status <= 0)
			return status;
		more = transmit_next(s, c);
	}
	return more;
}

static void close_direction(struct conns_server *s, struct conn *c)
{
	if (!conns_idle(&c->out) || !c->ended_out)
		return;
	if (c->eof) {
		hang_up(s, c, CONN_ENDED, 0);
	} else if ((c->will & CONNS_WILL_SHUT) && !c->shut) {
		c->shut = true;
		(void)shutdown(c->fd, SHUT_WR);
	}
}

static void watch_conn(const struct conns_server *s, struct conn *c)
{
	uint32_t events = 0;

	if (!c->eof && !conn_is_deaf(s, c))
		events |= EPOLLIN;
	if (!conns_idle(&c->out) || is_flooding(s, c))
		events |= EPOLLOUT;
	if (events == c->events)
		return;
	c->events = events;
	conns_watch(s, EPOLL_CTL_MOD, c->fd, events, (uint64_t)(c - s->conns));
}

bool conn_is_open(const struct conn *c)
{
	return c->state == CONN_GREETED || c->state == CONN_OPEN;
}

void conn_serve(struct conns_server *s, struct conn *c)
{
	if (conn_is_open(c) && !c->eof && !conn_is_deaf(s, c))
		receive(s, c);
	if (conn_is_open(c) && transmit(s, c) < 0)
		hang_up(s, c, CONN_LOST, errno);
	if (conn_is_open(c))
		close_direction(s, c);
	if (conn_is_open(c))
		watch_conn(s, c);
}

void conn_tick(struct conns_server *s, struct conn *c, size_t cells)
{
	if (!conns_idle(&c->out))
		return;
	if (conns_pour(c->fd, &c->out, cells) < 0)
		conn_lose(s, c, errno);
	else
		watch_conn(s, c);
}
