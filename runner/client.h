// SPDX-License-Identifier: Apache-2.0
/* client.h - the peer's process: begun before the move, ended after it */
#ifndef RUNNER_CLIENT_H
#define RUNNER_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "compat/observation.h"
#include "compat/scenario.h"

/** struct client - A running peer; opaque */
struct client;

/**
 * client_start() - Start a scenario's peer
 * @dir:	Folder for transcript and log
 * @netns_fd:	The network that it is in
 */
WARN_UNUSED
int client_start(const struct scenario *scenario, const char *dir, int netns_fd,
		 struct client **ret_client, struct err *err);

/** client_pidfd() - Readable when it has ended; borrowed */
int client_pidfd(const struct client *client);

/** client_answers_since() - Whether it had a right answer at or after @ns */
bool client_answered_since(struct client *client, uint64_t ns);

/**
 * client_stop() - Ask it to finish, wait, sum its transcript up, free
 * @within_ns:	How long it may take; 0: end it at once, without its last check
 * @err:	ERR_CHILD too when somebody else killed it, which says nothing of the
 *		cell; a client of ours dies of no other signal either
 * @dump_ns, @restored_ns: As for transcript_sum()
 */
WARN_UNUSED
int client_stop(struct client *client, uint64_t within_ns, uint64_t dump_ns,
		uint64_t restored_ns, struct obs_peer *ret_peer,
		struct err *err);

/** client_free() - End it at once; NULL is fine */
void client_free(struct client *client);

/** client_main() - The built-in peer's process: arguments KIND SERVICE PORT
 * INTERVAL_NS QUIET KEEPALIVE_NS USER_TIMEOUT_NS HEARTBEAT_NS TRANSCRIPT
 * CONNECTIONS ROLE,...; stdin ends: finish. Return: exit status */
int client_main(int argc, char **argv);

#endif
