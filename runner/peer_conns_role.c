// SPDX-License-Identifier: Apache-2.0
/* peer_conns_role.c - what the roles of many connections mean */
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>

#include "base/mem.h"
#include "runner/peer_conns.h"

/* What waits unread: less than any receive buffer takes at once. */
#define UNREAD_CELLS 512
#define QUEUED_CELLS 16
#define BURST_CELLS 64
#define PAUSING_CELLS 256
/* Longer than a move takes. */
#define PAUSE_NS (3 * NS_PER_S)

const struct conn_role conn_roles[] = {
	[PEER_ROLE_TALK] = { .asks = true },
	[PEER_ROLE_IDLE] = { .asks = true },
	[PEER_ROLE_SENDING] = { .burst = BURST_CELLS },
	[PEER_ROLE_RECEIVING] = { .will = CONNS_WILL_TICK },
	[PEER_ROLE_BULK] = { .will = CONNS_WILL_FLOOD, .floods = true },
	[PEER_ROLE_PAUSING] = { .first = PAUSING_CELLS,
				.burst = PAUSING_CELLS,
				.pause_ns = PAUSE_NS },
	[PEER_ROLE_HALF_CLOSED_PEER] = { .will = CONNS_WILL_TICK,
					 .first = BURST_CELLS,
					 .shuts = true },
	[PEER_ROLE_HALF_CLOSED_SERVER] = { .will = CONNS_WILL_SHUT,
					   .burst = BURST_CELLS },
	[PEER_ROLE_UNREAD] = { .will = CONNS_WILL_WAIT, .first = UNREAD_CELLS },
	[PEER_ROLE_UNSENT] = { .will = CONNS_WILL_FILL, .deaf = true },
	[PEER_ROLE_QUEUED] = { .asks = true, .silent = true, .queued = true },
	[PEER_ROLE_QUEUED_DATA] = { .asks = true,
				    .first = QUEUED_CELLS,
				    .queued = true },
};
static_assert(ARRAY_SIZE(conn_roles) == PEER_ROLE_COUNT,
	      "conn_roles[] doesn't match enum peer_role");

size_t conn_count_accepted(const struct peer_opts *opts)
{
	size_t i, accepted = 0;

	for (i = 0; i < opts->connections; i++)
		accepted += !conn_roles[opts->roles[i]].queued;
	return accepted;
}

static bool all_arrived(const struct conn *c)
{
	int bytes = 0;

	return conns_idle(&c->out) && c->first == 0 &&
	       ioctl(c->fd, SIOCOUTQ, &bytes) == 0 && bytes == 0;
}

static bool is_shut(const struct conn *c)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	return getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
	       info.tcpi_state == TCP_FIN_WAIT2;
}

bool conn_is_settled(const struct conn *c)
{
	uint64_t streams = CONNS_WILL_TICK | CONNS_WILL_FLOOD;

	if (conn_is_over(c))
		return true;
	if (c->role->queued)
		return c->role->silent || all_arrived(c);
	if (c->state != CONN_OPEN || (c->role->first && !all_arrived(c)))
		return false;
	if (c->role->asks)
		return c->answers > 0;
	if (c->role->shuts)
		return is_shut(c) && c->in.cells > 1;
	if (c->role->will & CONNS_WILL_SHUT)
		return c->eof;
	return !(c->role->will & streams) || c->in.cells > 1;
}
