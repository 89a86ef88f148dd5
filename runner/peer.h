// SPDX-License-Identifier: Apache-2.0
/* peer.h - the clients outside the VMs */
#ifndef RUNNER_PEER_H
#define RUNNER_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "compat/scenario.h"

/**
 * struct peer_opts - How a built-in client runs
 * @kind:	Which one, a built-in (not PEER_NONE, not PEER_COMMAND)
 * @service:	IPv4 or IPv6 address of the workload
 * @port:	Its port
 * @interval_ns: Pause between requests
 * @roles, @connections: For PEER_TCP_CONNECTIONS: of each, see peer_deal()
 * @quiet, @keepalive_ns, @user_timeout_ns, @heartbeat_ns: As struct peer has
 *		them; for the TCP stream
 * @transcript:	Path of the transcript to append to
 * @patience_ns: How long refusals are retried at the start, and answers waited
 *		for after the stop; 0: 5 s
 * @stop_fd:	Becomes readable when the peer shall finish: it then asks no
 *		more, takes the outstanding answers, makes its final
 *		check over the same connection, writes "done" and ends
 */
struct peer_opts {
	enum peer_kind kind;
	const char *service;
	uint16_t port;
	uint64_t interval_ns;
	const enum peer_role *roles;
	size_t connections;
	uint64_t patience_ns;
	bool quiet;
	uint64_t keepalive_ns, user_timeout_ns, heartbeat_ns;
	const char *transcript;
	int stop_fd;
};

/**
 * peer_main() - Be the client: body of a child process in the lab's network
 *
 * Connects (retrying refusals), asks until told to stop, never makes a
 * connection a second time.
 *
 * Return: exit status: 0 all answers right; 1 something was wrong, said in the
 * transcript; 2 it could not start
 */
int peer_main(const struct peer_opts *opts);

#endif
