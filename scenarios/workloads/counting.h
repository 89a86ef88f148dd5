// SPDX-License-Identifier: Apache-2.0
/* counting.h - a count, a nonce and a chain, and how they are asked for by UDP */
#ifndef WORKLOADS_COUNTING_H
#define WORKLOADS_COUNTING_H

#include <stdbool.h>
#include <stdint.h>

#include "scenarios/workloads/guest.h"

#define COUNTING_TICK_NS 10000000
#define COUNTING_PAGE 4096UL

/**
 * struct counting - What a program does beside counting
 * @begin:	Once, before it is ready
 * @tick:	After each count; may be NULL
 * @probe:	Adds lines to what a "PROBE" is answered
 */
struct counting {
	void (*begin)(uint64_t nonce);
	void (*tick)(void);
	void (*probe)(struct text *t);
};

/**
 * counting_serve() - Draw a nonce, count every COUNTING_TICK_NS, and answer
 *
 * Answers datagrams:
 *
 *	"REQ N"	-> "ANS N nonce=HEX count=N chain=HEX pid=N"
 *	"PROBE"	-> lines of key=value
 *
 * Nonce, count and chain stand on pages of their own: one that comes back empty,
 * old or from elsewhere no longer fits the others.
 */
_Noreturn void counting_serve(const union guest_addr *addr,
			      const struct counting *counting);

/** counting_fits() - Whether the chain in an answer has every tick once; prints a
 * line about it */
bool counting_fits(const char *answer, uint64_t of_nonce);

#endif
