// SPDX-License-Identifier: Apache-2.0
/* reap.h - a process ended so that another's event loop does not notice yet */
#ifndef RUNNER_REAP_H
#define RUNNER_REAP_H

#include <stdint.h>
#include <sys/types.h>

struct reap;

/**
 * reap_kill() - SIGKILL a process and wait until it has been reaped
 * @pid:	Who; another process reaps it
 * @within_ns:	How long to wait for that, ns
 *
 * Copies of its sockets are held, so that who talks with it over one of them
 * learns of the end only by reap_done().
 *
 * Return: For reap_done(), NULL when there is no such process
 */
struct reap *reap_kill(pid_t pid, uint64_t within_ns);

/** reap_done() - Let go of the sockets; NULL is fine */
void reap_done(struct reap *reap);

#endif
