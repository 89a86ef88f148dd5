// SPDX-License-Identifier: Apache-2.0
/* peer_client.h - the built-in clients, and what they have in common */
#ifndef RUNNER_PEER_CLIENT_H
#define RUNNER_PEER_CLIENT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/err.h"
#include "runner/peer.h"
#include "runner/transcript_writer.h"

/* More say nothing new: then the client ends. */
#define PEER_ERRORS_MAX 20

/** enum peer_exit - Exit status of a client; fixed by peer.h */
enum peer_exit { PEER_EXIT_RIGHT, PEER_EXIT_WRONG, PEER_EXIT_NOT_STARTED };

/*
 * The clients. Each is run with SIGPIPE ignored, writes what happens to @log
 * ("done" included) and returns an enum peer_exit.
 */
int peer_udp(const struct peer_opts *opts, struct transcript *log);
int peer_tcp(const struct peer_opts *opts, struct transcript *log);
int peer_redis(const struct peer_opts *opts, struct transcript *log);
int peer_http(const struct peer_opts *opts, struct transcript *log);
int peer_mpegts(const struct peer_opts *opts, struct transcript *log);
int peer_conns(const struct peer_opts *opts, struct transcript *log);

/** peer_deadline_ns() - End of the patience that begins now */
uint64_t peer_deadline_ns(const struct peer_opts *opts);

/** peer_patience_ms() - The same as a length, for messages */
uint64_t peer_patience_ms(const struct peer_opts *opts);

/** struct peer_addr - Of IPv4 or IPv6 */
struct peer_addr {
	struct sockaddr_storage any;
	socklen_t len;
};

/** peer_addr_of() - The service as an address; ERR_INPUT when it is none */
WARN_UNUSED
int peer_addr_of(const struct peer_opts *opts, struct peer_addr *ret_addr,
		 struct err *err);

/**
 * peer_connect() - The one TCP connection of a client
 * @opts:	Refusals are retried as long as its patience lasts; a stop ends
 *		the attempts
 * @ret_fd:	Non-blocking, TCP_NODELAY, keepalive and user timeout as @opts
 *		say; owned by the caller
 *
 * Return: 0, or -1 with @err ERR_SYS or ERR_TIMEOUT
 */
WARN_UNUSED
int peer_connect(const struct peer_opts *opts, int *ret_fd, struct err *err);

/** enum peer_event - What ended a peer_wait(); 0: the time is up */
enum peer_event { PEER_EVENT_IO = 1 << 0, PEER_EVENT_STOP = 1 << 1 };

/**
 * peer_wait() - Wait for the socket, the stop or an instant
 * @fd, @events:	Socket and poll(2) events; -1: none
 * @stop_fd:		-1: not looked at, for those who know already
 * @until_ns:		CLOCK_MONOTONIC; a past one makes this a mere look
 *
 * Return: bits of enum peer_event
 */
unsigned int peer_wait(int fd, short events, int stop_fd, uint64_t until_ns);

/** peer_end() - Write "done" when all was right; the exit status that fits */
int peer_end(struct transcript *log);

/** peer_not_started() - Write why; the exit status that fits */
int peer_not_started(struct transcript *log, const struct err *err);

#endif
