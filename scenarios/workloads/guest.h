// SPDX-License-Identifier: Apache-2.0
/* guest.h - what the guest programs have in common */
#ifndef WORKLOADS_GUEST_H
#define WORKLOADS_GUEST_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/** union guest_addr - An IPv4 or IPv6 address and port; .any.sa_family says */
union guest_addr {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/** enum guest_exit - Exit statuses of all guest programs */
enum guest_exit { GUEST_OK, GUEST_WRONG, GUEST_USAGE, GUEST_TROUBLE };

/**
 * struct guest_program - One of them; all have the same three ways to be called
 * @name:	As in its usage
 * @serve:	NAME --serve [ADDRESS] PORT: set up there (all of IPv4 and any
 *		free port unless told), say ready, work; answers "PROBE" by UDP
 *		with lines of key=value
 * @verify:	NAME --verify ADDRESS PORT: check the answer to a "PROBE", one
 *		line per check, and return an enum guest_exit
 *
 * NAME --probe ADDRESS PORT prints that answer.
 */
struct guest_program {
	const char *name;
	void (*serve)(const union guest_addr *addr); /* never returns */
	int (*verify)(const char *answer);
};

/** guest_main() - Be @program, by its arguments */
int guest_main(const struct guest_program *program, int argc, char **argv);

/*
 * DOC: Plain code
 * What runs after a restore makes its answers with the functions of struct text
 * and not with printf(3): libc's string functions are chosen at the start for
 * the CPU then found (ifunc), and would make every program depend on the CPU of
 * the machine it started on. That is a failure worth testing, by a workload of
 * its own and not by all of them.
 */

/** struct text - An answer under construction; what doesn't fit is cut */
struct text {
	size_t n;
	char s[768];
};

void text_str(struct text *t, const char *s);
void text_u64(struct text *t, uint64_t value);
void text_hex(struct text *t, uint64_t value); /* always 16 digits */
void text_key_u64(struct text *t, const char *key, uint64_t value);
void text_key_hex(struct text *t, const char *key, uint64_t value);
/** text_key_addr() - "KEY=ADDRESS:PORT", IPv6 in brackets and at length */
void text_key_addr(struct text *t, const char *key,
		   const union guest_addr *addr);

/** guest_starts() - Whether @bytes begin with @word */
bool guest_starts(const char *bytes, size_t len, const char *word);

/** guest_die() - Set-up failed: say so on stderr and end */
_Noreturn void guest_die(const char *what);

/** guest_nonce() - A number that exists nowhere but in this memory */
uint64_t guest_nonce(void);

/** guest_started() - Wall clock now, ns; to be kept, never renewed */
uint64_t guest_started(void);

/**
 * guest_ticker() - A timerfd that fires in @interval_ns, once
 *
 * Not a periodic one: criu saves what the kernel shows of a timer, and that is
 * (0, 0) while an expiry waits to be read, as it does in a frozen process. A
 * periodic timer is disarmed by that for ever, one that is set anew after each
 * expiry goes on (seen with CRIU 3.17.1 on Linux 6.1).
 */
int guest_ticker(uint64_t interval_ns);

/** guest_tick() - Whether it has fired; then it is set anew */
int guest_tick(int ticker, uint64_t interval_ns);

/** guest_addr_v4() - @ip (host order):@port */
union guest_addr guest_addr_v4(uint32_t ip, uint16_t port);

/** guest_addr_len() - Bytes of an address of its family */
socklen_t guest_addr_len(const union guest_addr *addr);

/** guest_bind() - A non-blocking socket of @type at @addr; of IPv6, that alone */
int guest_bind(int type, const union guest_addr *addr);

/** guest_port() - The port that a socket is bound to */
uint16_t guest_port(int fd);

/** guest_say_ready() - Tell whoever waits; the last use of stdio */
void guest_say_ready(uint16_t port);

/** guest_field() - The text after "KEY=" at the beginning of a line, or NULL */
const char *guest_field(const char *answer, const char *key);

/** guest_field_u64() - A field as a number of @base; false when it is none */
bool guest_field_u64(const char *answer, const char *key, int base,
		     uint64_t *ret_value);

/** guest_check() - Print one line per check: @good or @bad; returns @ok */
bool guest_check(bool ok, const char *good, const char *bad);

#endif
