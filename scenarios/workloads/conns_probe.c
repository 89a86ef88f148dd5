// SPDX-License-Identifier: Apache-2.0
/* conns_probe.c - what conns and the kernel say of its connections */
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "scenarios/workloads/conns_server.h"

/**
 * struct counts - Sums over connections; all but the first over open ones
 * @received, @sent: Bytes of whole cells
 * @queue_in, @queue_out: Bytes in the kernel's queues
 * @held_in, @held_out: Those of them that wait for GO
 */
struct counts {
	uint64_t received, sent;
	uint64_t established, fin_wait1, fin_wait2, close_wait, other;
	uint64_t queue_in, queue_out, held_in, held_out;
};

static uint64_t queued(const struct conn *c, unsigned long which)
{
	int bytes = 0;

	return ioctl(c->fd, which, &bytes) < 0 ? 0 : (uint64_t)bytes;
}

/* As TCP_ESTABLISHED and so on; 0: not known. */
static int state_of(const struct conn *c)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	if (getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
		return 0;
	return info.tcpi_state;
}

bool conn_is_closed_in(const struct conn *c)
{
	char byte;

	return state_of(c) == TCP_CLOSE_WAIT &&
	       recv(c->fd, &byte, sizeof(byte), MSG_DONTWAIT) == 0;
}

static void count_state(const struct conn *c, struct counts *counts)
{
	switch (state_of(c)) {
	case TCP_ESTABLISHED:
		counts->established++;
		break;
	case TCP_FIN_WAIT1:
		counts->fin_wait1++;
		break;
	case TCP_FIN_WAIT2:
		counts->fin_wait2++;
		break;
	case TCP_CLOSE_WAIT:
		counts->close_wait++;
		break;
	default:
		counts->other++;
	}
}

static void count_conn(const struct conns_server *s, const struct conn *c,
		       struct counts *counts)
{
	uint64_t in = queued(c, SIOCINQ), out = queued(c, SIOCOUTQ);

	count_state(c, counts);
	counts->queue_in += in;
	counts->queue_out += out;
	if (conn_is_deaf(s, c))
		counts->held_in += in;
	if ((c->will & CONNS_WILL_FILL) && !s->going)
		counts->held_out += out;
}

/* Of a listening socket this is the length of its queue. */
static uint64_t not_accepted(const struct conns_server *s)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	if (getsockopt(s->listener, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
		return 0;
	return info.tcpi_unacked;
}

static void answer_counts(const struct conns_server *s, struct text *t)
{
	struct counts counts = { 0 };
	uint64_t i;

	for (i = 0; i < s->n; i++) {
		const struct conn *c = &s->conns[i];

		counts.received += c->in.cells * CONNS_CELL;
		counts.sent += c->out.cells * CONNS_CELL;
		if (conn_is_open(c))
			count_conn(s, c, &counts);
	}
	text_key_u64(t, "received", counts.received);
	text_key_u64(t, "sent", counts.sent);
	text_key_u64(t, "not_accepted", not_accepted(s));
	text_key_u64(t, "established", counts.established);
	text_key_u64(t, "fin_wait1", counts.fin_wait1);
	text_key_u64(t, "fin_wait2", counts.fin_wait2);
	text_key_u64(t, "close_wait", counts.close_wait);
	text_key_u64(t, "other_states", counts.other);
	text_key_u64(t, "queue_in", counts.queue_in);
	text_key_u64(t, "queue_out", counts.queue_out);
	text_key_u64(t, "held_in", counts.held_in);
	text_key_u64(t, "held_out", counts.held_out);
}

void conns_answer(const struct conns_server *s, struct text *t)
{
	text_key_u64(t, "pid", (uint64_t)getpid());
	text_key_u64(t, "sid", (uint64_t)getsid(0));
	text_key_hex(t, "nonce", s->nonce);
	text_key_u64(t, "started", s->started);
	text_key_u64(t, "connections", s->n);
	text_key_u64(t, "total", s->total);
	text_key_u64(t, "ended", s->ended);
	text_key_u64(t, "lost", s->lost);
	text_key_u64(t, "lost_errno", s->lost_errno);
	text_key_u64(t, "errors", s->wrong);
	text_key_u64(t, "wrong_connection", s->wrong_conn);
	text_key_u64(t, "wrong_at", s->wrong_at);
	text_key_u64(t, "reopened", s->reopened);
	text_key_u64(t, "answers", s->answers);
	answer_counts(s, t);
}
