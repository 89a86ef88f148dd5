// SPDX-License-Identifier: Apache-2.0
/* tcpstream.c - one connection, both directions full of known bytes */

/*
 * DOC: Theory of operation
 * --serve listens on TCP port PORT for the one connection of stream.h and keeps
 * both directions busy: a block every interval, every byte of the other side
 * checked. It answers "PROBE" on UDP port PORT of the loopback address.
 *
 * Further connections are closed at once but counted, so that one who lost his
 * and came again is noticed.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/stream.h"

#define INTERVAL_MIN_NS 1000000

/**
 * enum state - How far the one connection is
 * @WAITING:	Nobody connected yet
 * @GREETED:	Connected, its HELLO is awaited
 * @FLOWING:	Blocks go both ways
 * @ENDING:	The client's END came, ours goes out
 * @ENDED:	All was said; the client closes
 * @LOST:	It broke before its end
 */
enum state { WAITING, GREETED, FLOWING, ENDING, ENDED, LOST, STATE_COUNT };
static const char *const state_names[STATE_COUNT] = {
	[WAITING] = "waiting", [GREETED] = "greeted", [FLOWING] = "flowing",
	[ENDING] = "ending",   [ENDED] = "ended",     [LOST] = "lost",
};

/**
 * struct server - All there is
 * @fd:		Of the connection as accepted, kept for the probe
 * @open:	@fd is still open
 * @good:	Blocks of data that were right
 * @errors:	Blocks that were not
 * @wrong_at:	Place of the first wrong word in the stream
 * @lost_errno:	Why it is LOST, 0: end of file
 */
struct server {
	int listener, prober, timer;
	uint64_t interval_ns;
	enum state state;
	int fd;
	bool open;
	struct stream stream;
	union guest_addr local, remote;
	uint64_t nonce, started, connections, good, errors, wrong_at;
	int lost_errno;
};

static void hang_up(struct server *s, enum state state, int why)
{
	s->state = state;
	s->lost_errno = why;
	s->open = false;
	close(s->fd);
}

static void take_connection(struct server *s)
{
	socklen_t len[] = { sizeof(s->remote), sizeof(s->local) };
	int on = 1;
	int fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return;
	s->connections++;
	if (s->state != WAITING) {
		close(fd);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (getpeername(fd, &s->remote.any, &len[0]) < 0 ||
	    getsockname(fd, &s->local.any, &len[1]) < 0)
		guest_die("name of the connection");
	s->state = GREETED;
	s->fd = fd;
	s->open = true;
	s->stream.fd = fd;
	s->stream.out_at = STREAM_BLOCK;
}

static void take_hello(struct server *s)
{
	uint64_t seed = stream_named(&s->stream, STREAM_SEED);
	uint64_t interval_ns = stream_named(&s->stream, STREAM_INTERVAL);

	s->stream.in_seed = seed ^ STREAM_TO_SERVER;
	s->stream.out_seed = seed ^ STREAM_TO_CLIENT;
	if (interval_ns < INTERVAL_MIN_NS)
		interval_ns = INTERVAL_MIN_NS;
	if (stream_wrong(&s->stream, STREAM_INTERVAL + 1, &s->wrong_at))
		s->errors++;
	s->interval_ns = interval_ns;
	s->timer = guest_ticker(interval_ns);
	s->state = FLOWING;
	stream_put(&s->stream, STREAM_WELCOME, &s->nonce, 1);
}

static void take_data(struct server *s)
{
	uint64_t at;

	if (stream_kind(&s->stream) == STREAM_DATA &&
	    !stream_wrong(&s->stream, 0, &at)) {
		s->good++;
		return;
	}
	if (stream_kind(&s->stream) != STREAM_DATA)
		at = (s->stream.in_blocks - 1) * STREAM_BLOCK;
	if (s->errors++ == 0)
		s->wrong_at = at;
}

static void take_block(struct server *s)
{
	uint64_t kind = stream_kind(&s->stream);

	if (s->state == GREETED && kind == STREAM_HELLO)
		take_hello(s);
	else if (s->state == GREETED)
		hang_up(s, LOST, EPROTO);
	else if (s->state == FLOWING && kind == STREAM_END)
		s->state = ENDING;
	else
		take_data(s);
}

static void receive(struct server *s)
{
	int got = 0;

	while (s->open && (got = stream_pull(&s->stream)) > 0)
		take_block(s);
	if (s->open && got < 0)
		hang_up(s, s->state == ENDED ? ENDED : LOST, errno);
}

/* The next block, when the one before has gone. */
static void refill(struct server *s)
{
	uint64_t named[STREAM_NAMED] = {
		[STREAM_NONCE] = s->nonce,
		[STREAM_GOT] = s->good,
		[STREAM_WRONG] = s->errors,
	};

	if (!stream_idle(&s->stream))
		return;
	if (s->state == FLOWING)
		stream_put(&s->stream, STREAM_DATA, NULL, 0);
	if (s->state != ENDING)
		return;
	stream_put(&s->stream, STREAM_END, named, STREAM_NAMED);
	s->state = ENDED;
}

/* Once an interval: what the socket does not take now waits for the next. */
static void on_timer(struct server *s)
{
	if (s->timer < 0 || !guest_tick(s->timer, s->interval_ns))
		return;
	if (!s->open)
		return;
	refill(s);
	if (stream_flush(&s->stream) < 0)
		hang_up(s, LOST, errno);
}

static void answer_socket(const struct server *s, struct text *t)
{
	text_key_u64(t, "fd", (uint64_t)s->fd);
	text_key_addr(t, "local", &s->local);
	text_key_addr(t, "remote", &s->remote);
	text_key_u64(t, "lost_errno", (uint64_t)s->lost_errno);
}

static void answer_probe(const struct server *s, struct text *t)
{
	text_key_u64(t, "pid", (uint64_t)getpid());
	text_key_u64(t, "sid", (uint64_t)getsid(0));
	text_key_hex(t, "nonce", s->nonce);
	text_key_u64(t, "started", s->started);
	text_key_u64(t, "connections", s->connections);
	text_str(t, "state=");
	text_str(t, state_names[s->state]);
	text_str(t, "\n");
	if (s->state != WAITING)
		answer_socket(s, t);
	text_key_u64(t, "received", stream_bytes_in(&s->stream));
	text_key_u64(t, "sent", stream_bytes_out(&s->stream));
	text_key_u64(t, "errors", s->errors);
	text_key_u64(t, "wrong_at", s->wrong_at);
}

static void serve_probe(const struct server *s)
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
	answer_probe(s, &t);
	sendto(s->prober, t.s, t.n, MSG_DONTWAIT, (struct sockaddr *)&from,
	       len);
}

static _Noreturn void serve(const union guest_addr *addr)
{
	static struct server s = { .fd = -1, .timer = -1 };
	union guest_addr loopback;
	uint16_t port;

	s.nonce = guest_nonce();
	s.started = guest_started();
	s.listener = guest_bind(SOCK_STREAM, addr);
	if (listen(s.listener, 4) < 0)
		guest_die("listen");
	port = guest_port(s.listener);
	loopback = guest_addr_v4(INADDR_LOOPBACK, port);
	s.prober = guest_bind(SOCK_DGRAM, &loopback);
	guest_say_ready(port);
	for (;;) {
		/* poll(2) passes over negative descriptors */
		struct pollfd fds[] = {
			{ .fd = s.listener, .events = POLLIN },
			{ .fd = s.prober, .events = POLLIN },
			{ .fd = s.open ? s.fd : -1, .events = POLLIN },
			{ .fd = s.timer, .events = POLLIN },
		};

		if (poll(fds, sizeof(fds) / sizeof(fds[0]), -1) < 0)
			continue;
		take_connection(&s);
		receive(&s);
		on_timer(&s);
		serve_probe(&s);
	}
}

static bool is(const char *answer, const char *key, uint64_t want)
{
	uint64_t got;

	return guest_field_u64(answer, key, 10, &got) && got == want;
}

static bool moved(const char *answer, const char *key)
{
	uint64_t got;

	return guest_field_u64(answer, key, 10, &got) && got > 2 * STREAM_BLOCK;
}

static int verify(const char *answer)
{
	const char *state = guest_field(answer, "state");
	bool ok = true;

	ok &= guest_check(is(answer, "errors", 0), "every byte was right",
			  "bytes were lost, repeated or changed");
	ok &= guest_check(is(answer, "connections", 1), "one connection in all",
			  "not exactly one connection in all");
	ok &= guest_check(state && (strncmp(state, "flowing\n", 8) == 0 ||
				    strncmp(state, "ended\n", 6) == 0),
			  "the connection lived", "the connection was lost");
	ok &= guest_check(moved(answer, "received"), "data came in",
			  "no data came in");
	ok &= guest_check(moved(answer, "sent"), "data went out",
			  "no data went out");
	if (!ok)
		(void)fputs(answer, stdout);
	return ok ? GUEST_OK : GUEST_WRONG;
}

int main(int argc, char **argv)
{
	static const struct guest_program program = {
		.name = "tcpstream",
		.serve = serve,
		.verify = verify,
	};

	return guest_main(&program, argc, argv);
}
