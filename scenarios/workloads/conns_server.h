// SPDX-License-Identifier: Apache-2.0
/* conns_server.h - what the parts of conns share */
#ifndef WORKLOADS_CONNS_SERVER_H
#define WORKLOADS_CONNS_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "scenarios/workloads/conns.h"
#include "scenarios/workloads/guest.h"

/**
 * enum conn_state - How far a connection is
 * @CONN_GREETED:	Accepted, its HELLO is awaited
 * @CONN_OPEN:	Cells go both ways
 * @CONN_ENDED:	Both sides said END and closed
 * @CONN_LOST:	It broke before
 */
enum conn_state { CONN_GREETED, CONN_OPEN, CONN_ENDED, CONN_LOST };

/**
 * struct conn - One connection
 * @will:	Bits of enum conns_will
 * @asked:	Index of an ASK to be answered, plus one; 0: none
 * @ended_in, @eof: The client's END came, and then its FIN
 * @ended_out:	Our END was made
 * @shut:	Our direction is closed, by CONNS_WILL_SHUT
 * @full:	CONNS_WILL_FILL: nothing is under way and more waits
 * @events:	What epoll(7) watches
 */
struct conn {
	int fd;
	enum conn_state state;
	uint64_t will, asked;
	bool ended_in, eof, ended_out, shut, full;
	uint32_t events;
	struct conns_flow in, out;
};

/**
 * struct conns_server - All there is
 * @accept:	Connections to accept for now
 * @total:	Connections that the client will make
 * @going:	GO came
 * @turn:	Whose DATA is due first at the next tick
 * @wrong:	Cells that were wrong; @wrong_conn and @wrong_at tell the first
 * @reopened:	Directions that the client had closed and that were open at GO
 * @lost_errno:	Why the first connection was lost, 0: end of file
 */
struct conns_server {
	int epoll, listener, prober, timer;
	bool going;
	struct conn conns[CONNS_MAX];
	uint64_t n, accept, total, turn;
	uint64_t interval_ns, nonce, started;
	uint64_t ended, lost, wrong, wrong_conn, wrong_at, lost_errno;
	uint64_t answers, reopened;
};

/* What epoll(7) tells of: a connection by its index, or one of these. */
enum conns_event {
	CONNS_ON_LISTENER = CONNS_MAX,
	CONNS_ON_PROBER,
	CONNS_ON_TIMER
};

/** conns_watch() - epoll_ctl(2) for what is told as @what */
void conns_watch(const struct conns_server *s, int op, int fd, uint32_t events,
		 uint64_t what);

/** conns_watch_listener() - Accept, as long as there are some to be accepted */
void conns_watch_listener(const struct conns_server *s);

/** conn_is_open() - Whether its descriptor is */
bool conn_is_open(const struct conn *c);

/** conn_is_deaf() - Whether what came waits in the kernel */
bool conn_is_deaf(const struct conns_server *s, const struct conn *c);

/** conn_serve() - Receive and send what can be now */
void conn_serve(struct conns_server *s, struct conn *c);

/** conn_tick() - Send @cells of DATA, when those before have gone */
void conn_tick(struct conns_server *s, struct conn *c, size_t cells);

/** conn_lose() - It broke */
void conn_lose(struct conns_server *s, struct conn *c, int why);

/** conns_count_full() - Connections that cannot take a byte more */
uint64_t conns_count_full(struct conns_server *s);

/** conn_is_closed_in() - Whether the kernel too knows that the client will send
 * no more, and says so whenever it is asked */
bool conn_is_closed_in(const struct conn *c);

/** conns_answer() - All that is known of it, in lines of key=value */
void conns_answer(const struct conns_server *s, struct text *t);

#endif
