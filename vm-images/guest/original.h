// SPDX-License-Identifier: Apache-2.0
/* original.h - what criu dump --leave-stopped left: it goes on, or ends */
#ifndef GUEST_ORIGINAL_H
#define GUEST_ORIGINAL_H

/**
 * original_do() - Let a stopped tree of processes go on, or end it
 * @what:	"continue" or "kill"
 * @pid:	Its root
 *
 * criu leaves the TCP sockets of what it dumped in repair mode: they neither send
 * nor receive. Before the processes go on it is turned off, as criu does itself
 * with --leave-running (criu/sk-tcp.c, tcp_unlock_one()). Its lock is the
 * caller's, to be lifted before.
 *
 * Return: exit status; 1 when there is no such process
 */
int original_do(const char *what, const char *pid);

#endif
