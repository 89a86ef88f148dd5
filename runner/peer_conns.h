// SPDX-License-Identifier: Apache-2.0
/* peer_conns.h - what the parts of the client of many connections share */
#ifndef RUNNER_PEER_CONNS_H
#define RUNNER_PEER_CONNS_H

#include "runner/peer_client.h"
#include "scenarios/workloads/conns.h"

/**
 * struct conn_role - What a role means for the client
 * @will:	What the workload is asked to do, bits of enum conns_will
 * @first:	Cells that are sent at once
 * @burst:	Cells that are sent at a tick
 * @pause_ns:	Between two bursts; 0: at every tick
 * @asks:	A question must have been answered before the migration, and one
 *		after it
 * @floods:	Sends as fast as it goes
 * @deaf:	Reads no more from the WELCOME to the stop
 * @shuts:	Says END and closes its direction before the migration
 * @silent:	Says nothing at all until the stop
 * @queued:	Is not accepted until then
 */
struct conn_role {
	uint64_t will;
	uint64_t first, burst;
	uint64_t pause_ns;
	bool asks, floods, deaf, shuts, silent, queued;
};

/** conn_roles - By enum peer_role */
extern const struct conn_role conn_roles[];

/** conn_count_accepted() - Connections that are accepted before the migration */
size_t conn_count_accepted(const struct peer_opts *opts);

/**
 * enum conn_state - How far a connection is
 * @CONN_GREETED:	Connected, the WELCOME is awaited
 * @CONN_OPEN:		Cells go both ways
 * @CONN_ENDED:		Both sides said END and agree
 * @CONN_LOST:		It broke, or nothing can be made of what comes
 */
enum conn_state { CONN_GREETED, CONN_OPEN, CONN_ENDED, CONN_LOST };

/**
 * struct conn - One connection
 * @number:	Its place in the order of connecting, from 0
 * @first:	Cells of role->first not yet made
 * @ask_due, @go_due, @end_due: What is to be said next
 * @asking, @asked: An answer is awaited, to the cell of that index
 * @told:	That answer is one for the transcript
 * @answers:	Right ones
 * @greeted_out, @ended_out: Our HELLO, our END was made
 * @shut:	Our direction is closed
 * @ended_in, @eof: Their END came, and then their FIN
 * @next_ns:	When its next burst is due
 * @events:	What epoll(7) watches
 */
struct conn {
	size_t number;
	enum peer_role kind;
	const struct conn_role *role;
	int fd;
	enum conn_state state;
	struct conns_flow in, out;
	uint64_t first;
	bool ask_due, go_due, end_due;
	bool asking, told;
	uint64_t asked, answers;
	bool greeted_out, ended_out, shut, ended_in, eof;
	uint64_t next_ns;
	uint32_t events;
};

/**
 * struct conns_client - All of them
 * @stopping:	Told to stop: nothing is held back any more
 * @nonce:	The workload's, from the first WELCOME
 * @sent, @answered: Questions and right answers in the transcript
 * @full, @ended, @wrong: From the last answer over the first connection
 * @progress_ns: When something came last
 */
struct conns_client {
	const struct peer_opts *opts;
	struct transcript *log;
	int epoll;
	struct conn *conns;
	size_t n;
	bool stopping;
	uint64_t nonce, sent, answered;
	uint64_t full, ended, wrong;
	uint64_t progress_ns;
};

/** conn_open() - Connect one more */
WARN_UNUSED
int conn_open(struct conns_client *client, struct err *err);

/** conn_is_over() - Whether it needs nothing more */
bool conn_is_over(const struct conn *c);

/** conn_is_settled() - Whether it is in the state that its role is for, as far
 * as this side can see */
bool conn_is_settled(const struct conn *c);

/** conn_ask() - Ask a question, when none is open; @told: for the transcript */
void conn_ask(struct conns_client *client, struct conn *c, bool told);

/** conn_burst() - Send what its role sends at a tick, if it is due */
void conn_burst(struct conns_client *client, struct conn *c, uint64_t now_ns);

/** conn_finish() - Say what was held back, then END */
void conn_finish(struct conns_client *client, struct conn *c);

/** conn_serve() - Receive and send what can be now; @events are epoll's */
void conn_serve(struct conns_client *client, struct conn *c, uint32_t events);

#endif
