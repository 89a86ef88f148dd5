// SPDX-License-Identifier: Apache-2.0
/* peer_rig.h - a built-in client under test, and what it talks to */
#ifndef TESTS_LIB_PEER_RIG_H
#define TESTS_LIB_PEER_RIG_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "runner/peer.h"

/** No event of a test takes longer, also under emulation and sanitizers. */
#define RIG_PATIENCE_MS 20000
/** Of a client at its start and end: long enough for all that works */
#define RIG_CLIENT_PATIENCE_MS 5000
/** The same, for tests in which it runs out, and for silences that outlast it */
#define RIG_SHORT_PATIENCE_MS 300
#define RIG_SILENCE_MS (RIG_SHORT_PATIENCE_MS + 100)

/**
 * struct peer_rig - A client that runs in a thread of the test
 * @fifo:	Its transcript, read as it is written
 * @text:	All of it so far, owned
 * @exit:	Its status, once it has ended
 * @roles:	Of its connections, owned; NULL but for many
 */
struct peer_rig {
	struct peer_opts opts;
	char *fifo;
	int fifo_fd;
	int stop_fd;
	pthread_t thread;
	char *text;
	size_t len;
	int exit;
	enum peer_role *roles;
};

/** rig_start() - Start a client against 127.0.0.1:@port; needs tmpdir_setup */
void rig_start(struct peer_rig *rig, enum peer_kind kind, uint16_t port,
	       uint64_t interval_ms);

/** rig_prepare(), rig_go() - rig_start() in two halves; .opts may be changed in
 * between */
void rig_prepare(struct peer_rig *rig, enum peer_kind kind, uint16_t port,
		 uint64_t interval_ms);
void rig_go(struct peer_rig *rig);

/** rig_start_at() - The same against another address than 127.0.0.1; borrowed */
void rig_start_at(struct peer_rig *rig, enum peer_kind kind,
		  const char *service, uint16_t port, uint64_t interval_ms);

/** rig_start_short() - The same with RIG_SHORT_PATIENCE_MS */
void rig_start_short(struct peer_rig *rig, enum peer_kind kind, uint16_t port,
		     uint64_t interval_ms);

/** rig_start_roles() - The client of @n connections, with roles "talk,idle" */
void rig_start_roles(struct peer_rig *rig, uint16_t port, const char *roles,
		     size_t n, uint64_t patience_ms);

/** rig_await() - Read the transcript until a line holds @part; fails the test
 * when none does in time */
void rig_await(struct peer_rig *rig, const char *part);

/** rig_tail() - The last lines of the transcript, for messages; borrowed */
const char *rig_tail(const struct peer_rig *rig);

/** rig_stop() - Tell the client to finish */
void rig_stop(struct peer_rig *rig);

/** rig_join() - Wait for its end; the whole transcript is in .text then */
void rig_join(struct peer_rig *rig);

void rig_release(struct peer_rig *rig);

/** rig_count() - Lines of the transcript with @event as their second word */
size_t rig_count(const struct peer_rig *rig, const char *event);

/**
 * struct rig_program - A workload, started as a process of its own
 * @port:	From the line in which it says that it is ready
 */
struct rig_program {
	pid_t pid;
	int out_fd;
	uint16_t port;
};

/** rig_program_start() - Start a guest program to serve @port, 0: any */
void rig_program_start(struct rig_program *program, const char *name,
		       uint16_t port);
/** rig_program_start_at() - The same at one address of this host */
void rig_program_start_at(struct rig_program *program, const char *name,
			  const char *address, uint16_t port);
void rig_program_signal(const struct rig_program *program, int signal);
/** rig_program_stop() - Kill it, and wait for it */
void rig_program_stop(struct rig_program *program);

/** rig_program_path() - Of a guest program; owned; fails the test without it */
char *rig_program_path(const char *name);

/** rig_spawn() - Start a program, its standard output to be read at @ret_out_fd;
 * -1 when there is none of that name */
pid_t rig_spawn(const char *const *argv, int *ret_out_fd);

/**
 * rig_run() - Run a program to its end
 * @argv:	First the program's path; NULL at the end
 * @ret_output:	What it wrote to its standard output; owned
 *
 * Return: its exit status
 */
int rig_run(const char *const *argv, char **ret_output);

/** rig_listen() - A socket of @type at 127.0.0.1 and any port */
int rig_listen(int type, uint16_t *ret_port);

/** rig_has_ipv6() - Whether this host has ::1; says so when not */
bool rig_has_ipv6(void);

/** rig_pause() - Let time pass, for tests of silence */
void rig_pause(unsigned int ms);

#endif
