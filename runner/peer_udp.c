// SPDX-License-Identifier: Apache-2.0
/* peer_udp.c - the client of the counter: one datagram, one answer */

/*
 * DOC: Theory of operation
 * A numbered request every interval. One that is not answered by then is
 * superseded by the next: datagrams may be lost, above all during a migration.
 * What does come back must be the answer to a request, once, from the service's
 * own address, by the same process with the same nonce, with a count that only
 * grows and a hash chain that fits every tick from the first on.
 */
#include <inttypes.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "runner/peer_client.h"
#include "scenarios/workloads/mix.h"

/* More ticks than this between two answers are no count but a bad answer. */
#define TICKS_MAX 10000000
/* Between requests while waiting for the first or the final answer. */
#define AGAIN_NS (100 * NS_PER_MS)

/** struct answer - "ANS number nonce= count= chain= pid=" */
struct answer {
	uint64_t number, nonce, count, chain, pid;
};

/**
 * struct client - What was asked and what is known
 * @asked:	Number of the latest request
 * @answered:	By number - 1: whether a right answer came; @asked of them
 * @last:	Right answer with the highest number; .number 0: none yet
 */
struct client {
	const struct peer_opts *opts;
	struct transcript *log;
	int fd;
	struct peer_addr service;
	uint64_t asked;
	bool *answered;
	size_t n_answered;
	struct answer last;
};

static void client_release(struct client *c)
{
	free(c->answered);
	if (c->fd >= 0)
		close(c->fd);
}

static void ask(struct client *c)
{
	char request[32];
	int len;

	c->asked++;
	*VEC_PUSH(c->answered, c->n_answered) = false;
	transcript_number(c->log, "send", c->asked);
	len = snprintf(request, sizeof(request), "REQ %" PRIu64 "\n", c->asked);
	/* One that cannot be sent is lost like one that got lost. */
	(void)sendto(c->fd, request, (size_t)len, MSG_DONTWAIT,
		     (const struct sockaddr *)&c->service.any, c->service.len);
}

/* Read "LABEL<number>" and go on behind it. */
static bool field(const char **text, const char *label, unsigned base,
		  uint64_t *ret_value)
{
	if (!str_starts(*text, label))
		return false;
	*text += strlen(label);
	return str_take_u64(text, base, ret_value);
}

static bool parse(const char *text, struct answer *ret)
{
	return field(&text, "ANS ", 10, &ret->number) &&
	       field(&text, " nonce=", 16, &ret->nonce) &&
	       field(&text, " count=", 10, &ret->count) &&
	       field(&text, " chain=", 16, &ret->chain) &&
	       field(&text, " pid=", 10, &ret->pid) && strcmp(text, "\n") == 0;
}

/* Follow the chain from the last answer, or from the nonce, to this one. */
static bool chain_fits(const struct client *c, const struct answer *a)
{
	uint64_t tick = c->last.number ? c->last.count : 0;
	uint64_t chain = c->last.number ? c->last.chain : a->nonce;

	while (tick < a->count)
		chain = chain_next(chain, a->nonce, ++tick);
	return chain == a->chain;
}

/* Whether the answer is by the process that gave all others. */
static bool same_process(const struct client *c, const struct answer *a)
{
	if (c->last.number == 0)
		return true;
	if (a->nonce != c->last.nonce) {
		transcript_error(c->log, a->number,
				 "another process answers: nonce %016" PRIx64
				 ", before %016" PRIx64,
				 a->nonce, c->last.nonce);
		return false;
	}
	if (a->pid != c->last.pid) {
		transcript_error(c->log, a->number,
				 "pid %" PRIu64 ", before %" PRIu64, a->pid,
				 c->last.pid);
		return false;
	}
	return true;
}

static bool count_right(const struct client *c, const struct answer *a)
{
	uint64_t before = c->last.number ? c->last.count : 0;

	/* An overtaken one cannot be followed; it must be the older. */
	if (a->number < c->last.number && a->count <= before)
		return true;
	if (a->number >= c->last.number && a->count < before) {
		transcript_error(c->log, a->number,
				 "count went back from %" PRIu64 " to %" PRIu64,
				 before, a->count);
		return false;
	}
	if (a->number < c->last.number) {
		transcript_error(c->log, a->number,
				 "count %" PRIu64 " of request %" PRIu64
				 " after count %" PRIu64 " of request %" PRIu64,
				 a->count, a->number, before, c->last.number);
		return false;
	}
	if (a->count - before > TICKS_MAX || !chain_fits(c, a)) {
		transcript_error(c->log, a->number,
				 "the chain does not fit %" PRIu64
				 " ticks: one was skipped or repeated",
				 a->count);
		return false;
	}
	return true;
}

static bool expected(const struct client *c, const struct answer *a)
{
	if (a->number == 0 || a->number > c->asked) {
		transcript_error(c->log, a->number, "was never asked");
		return false;
	}
	if (c->answered[a->number - 1]) {
		transcript_error(c->log, a->number,
				 "answer %" PRIu64 " came twice", a->number);
		return false;
	}
	return same_process(c, a) && count_right(c, a);
}

static void judge_answer(struct client *c, const struct peer_addr *from,
			 const char *text)
{
	char ip[INET6_ADDRSTRLEN] = "", port[8] = "";
	struct answer a;

	if (from->len != c->service.len ||
	    memcmp(&from->any, &c->service.any, from->len) != 0) {
		(void)getnameinfo((const struct sockaddr *)&from->any,
				  from->len, ip, sizeof(ip), port, sizeof(port),
				  NI_NUMERICHOST | NI_NUMERICSERV);
		transcript_error(c->log, c->asked,
				 "answer from %s:%s, asked was %s:%u", ip, port,
				 c->opts->service, (unsigned int)c->opts->port);
		return;
	}
	if (!parse(text, &a)) {
		transcript_error(c->log, c->asked, "no answer but '%s'", text);
		return;
	}
	if (!expected(c, &a))
		return;
	c->answered[a.number - 1] = true;
	if (c->last.number == 0)
		transcript_event(c->log, "connect");
	if (a.number > c->last.number)
		c->last = a;
	transcript_number(c->log, "answer", a.number);
}

static bool enough(const struct client *c)
{
	return c->log->errors >= PEER_ERRORS_MAX;
}

static void take_answers(struct client *c)
{
	char text[160];
	ssize_t n;

	while (!enough(c)) {
		struct peer_addr from = { .len = sizeof(from.any) };

		n = recvfrom(c->fd, text, sizeof(text) - 1, MSG_DONTWAIT,
			     (struct sockaddr *)&from.any, &from.len);
		if (n < 0)
			return;
		text[n] = '\0';
		judge_answer(c, &from, text);
	}
}

/*
 * Take what comes until @until_ns, or until a request after number @after is
 * answered; false when it is time to end.
 */
static bool listen_until(struct client *c, int stop_fd, uint64_t after,
			 uint64_t until_ns)
{
	unsigned int event;

	do {
		event = peer_wait(c->fd, POLLIN, stop_fd, until_ns);
		if (event & PEER_EVENT_IO)
			take_answers(c);
	} while (event == PEER_EVENT_IO && !enough(c) &&
		 c->last.number <= after && clock_now_ns() < until_ns);
	return !(event & PEER_EVENT_STOP) && !enough(c);
}

/* Ask, again and again, until one of these requests is answered. */
static bool ask_patiently(struct client *c, int stop_fd)
{
	uint64_t deadline_ns = peer_deadline_ns(c->opts);
	uint64_t before = c->asked;
	bool going_on = true;

	while (going_on && c->last.number <= before &&
	       clock_now_ns() < deadline_ns) {
		ask(c);
		going_on = listen_until(c, stop_fd, before,
					clock_now_ns() + AGAIN_NS);
	}
	return c->last.number > before;
}

static void feed(struct client *c)
{
	do
		ask(c);
	while (listen_until(c, c->opts->stop_fd, UINT64_MAX,
			    clock_now_ns() + c->opts->interval_ns));
}

int peer_udp(const struct peer_opts *opts, struct transcript *log)
{
	CLEANUP(client_release)
	struct client c = {
		.opts = opts,
		.log = log,
		.fd = -1,
	};
	struct err err = ERR_INIT;

	if (peer_addr_of(opts, &c.service, &err) < 0)
		return peer_not_started(log, &err);
	c.fd = socket(c.service.any.ss_family,
		      SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c.fd < 0) {
		(void)err_errno(&err, "socket");
		return peer_not_started(log, &err);
	}
	if (!ask_patiently(&c, opts->stop_fd)) {
		transcript_error(log, c.asked, "no right answer from %s:%u",
				 opts->service, (unsigned int)opts->port);
		return PEER_EXIT_NOT_STARTED;
	}
	feed(&c);
	/* The service must still be there. */
	if (!enough(&c) && !ask_patiently(&c, -1) && !enough(&c))
		transcript_error(log, c.asked,
				 "no answer within %" PRIu64 " ms at the end",
				 peer_patience_ms(opts));
	return peer_end(log);
}
