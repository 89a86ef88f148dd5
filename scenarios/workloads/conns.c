// SPDX-License-Identifier: Apache-2.0
/* conns.c - many connections at once, each in a state of its own */

/*
 * DOC: Theory of operation
 * --serve listens on TCP port PORT and does with each connection what its HELLO
 * asks for (conns.h): so the client brings every connection into the state in
 * which it is to be frozen. It answers "PROBE" on UDP port PORT of the loopback
 * address with counts of connections, of their states and of what is queued, as
 * the kernel tells them.
 *
 * Connections are not accepted before the first one's HELLO says how many: the
 * others stay in the listening socket's queue.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "scenarios/workloads/conns_server.h"

/* Each tick so many connections, in turn, get so many cells. */
#define TICK_CONNS 16
#define TICK_CELLS 16
/* Events handled before the next look. */
#define EVENTS 64
/* Descriptors that are no connections. */
#define FILES_MORE 16

/* A connection that nobody reads or writes can only have been reset. */
static void on_conn(struct conns_server *s, struct conn *c, uint32_t events)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (!conn_is_open(c))
		return;
	if ((events & EPOLLERR) &&
	    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && error)
		conn_lose(s, c, error);
	else
		conn_serve(s, c);
}

static void take_connection(struct conns_server *s)
{
	int fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct conn *c = &s->conns[s->n];

	if (fd < 0)
		return;
	c->fd = fd;
	c->events = EPOLLIN;
	c->out.at = CONNS_CELL;
	conns_watch(s, EPOLL_CTL_ADD, fd, EPOLLIN, s->n++);
	if (s->n == s->accept)
		conns_watch_listener(s);
}

/* So much at a time, and to so many, that others are served too. */
static void on_timer(struct conns_server *s)
{
	uint64_t i, found = 0;

	if (!guest_tick(s->timer, s->interval_ns))
		return;
	for (i = 0; i < s->n && found < TICK_CONNS && !s->going; i++) {
		struct conn *c = &s->conns[s->turn++ % s->n];

		if (c->state != CONN_OPEN || !(c->will & CONNS_WILL_TICK))
			continue;
		conn_tick(s, c, TICK_CELLS);
		found++;
	}
}

static void serve_probe(struct conns_server *s)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	struct text t;
	char question[16];
	ssize_t n;

	n = recvfrom(s->prober, question, sizeof(question), 0,
		     (struct sockaddr *)&from, &len);
	if (n < 0 || !guest_starts(question, (size_t)n, "PROBE"))
		return;
	t.n = 0;
	conns_answer(s, &t);
	sendto(s->prober, t.s, t.n, MSG_DONTWAIT, (struct sockaddr *)&from,
	       len);
}

static void on_event(struct conns_server *s, const struct epoll_event *event)
{
	if (event->data.u64 == CONNS_ON_LISTENER)
		take_connection(s);
	else if (event->data.u64 == CONNS_ON_PROBER)
		serve_probe(s);
	else if (event->data.u64 == CONNS_ON_TIMER)
		on_timer(s);
	else
		on_conn(s, &s->conns[event->data.u64], event->events);
}

static void set_up(struct conns_server *s, const union guest_addr *addr)
{
	union guest_addr loopback;
	struct rlimit files = { CONNS_MAX + FILES_MORE,
				CONNS_MAX + FILES_MORE };

	s->timer = -1;
	s->accept = 1;
	s->nonce = guest_nonce();
	s->started = guest_started();
	if (setrlimit(RLIMIT_NOFILE, &files) < 0)
		guest_die("open files");
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll < 0)
		guest_die("epoll");
	s->listener = guest_bind(SOCK_STREAM, addr);
	if (listen(s->listener, CONNS_MAX) < 0)
		guest_die("listen");
	loopback = guest_addr_v4(INADDR_LOOPBACK, guest_port(s->listener));
	s->prober = guest_bind(SOCK_DGRAM, &loopback);
	conns_watch(s, EPOLL_CTL_ADD, s->listener, EPOLLIN, CONNS_ON_LISTENER);
	conns_watch(s, EPOLL_CTL_ADD, s->prober, EPOLLIN, CONNS_ON_PROBER);
}

static _Noreturn void serve(const union guest_addr *addr)
{
	static struct conns_server s;
	struct epoll_event events[EVENTS];
	int i, n;

	set_up(&s, addr);
	guest_say_ready(guest_port(s.listener));
	for (;;) {
		n = epoll_wait(s.epoll, events, EVENTS, -1);
		for (i = 0; i < n; i++)
			on_event(&s, &events[i]);
	}
}

static uint64_t said(const char *answer, const char *key)
{
	uint64_t value = UINT64_MAX;

	(void)guest_field_u64(answer, key, 10, &value);
	return value;
}

static int verify(const char *answer)
{
	uint64_t total = said(answer, "total");
	bool ok = true;

	ok &= guest_check(said(answer, "errors") == 0, "every byte was right",
			  "bytes were lost, repeated or changed");
	ok &= guest_check(said(answer, "lost") == 0, "no connection was lost",
			  "connections were lost");
	ok &= guest_check(said(answer, "reopened") == 0,
			  "what was closed stayed closed",
			  "a direction that was closed is open again");
	ok &= guest_check(total && said(answer, "connections") == total,
			  "as many connections as there were to be",
			  "not as many connections as there were to be");
	ok &= guest_check(said(answer, "ended") == total,
			  "every connection ended well, its half-close once",
			  "not every connection ended well");
	ok &= guest_check(said(answer, "answers") > 0, "questions came",
			  "no question came");
	if (!ok)
		(void)fputs(answer, stdout);
	return ok ? GUEST_OK : GUEST_WRONG;
}

int main(int argc, char **argv)
{
	static const struct guest_program program = {
		.name = "conns",
		.serve = serve,
		.verify = verify,
	};

	return guest_main(&program, argc, argv);
}
