// SPDX-License-Identifier: Apache-2.0
/* mix.h - the one hash of the workloads and of the peers that check them */
#ifndef WORKLOADS_MIX_H
#define WORKLOADS_MIX_H

#include <stdint.h>

/** mix64() - Scatter @x over 64 bits, reversibly (the end of splitmix64) */
static inline uint64_t mix64(uint64_t x)
{
	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/**
 * chain_next() - The counter's hash chain, one tick further
 * @chain:	Its value after tick @tick - 1; after tick 0 it is the nonce
 * @nonce:	Of the counter
 * @tick:	1-based
 *
 * Whoever knows the nonce can follow the chain; no tick can be left out or done
 * twice without it coming out otherwise.
 */
static inline uint64_t chain_next(uint64_t chain, uint64_t nonce, uint64_t tick)
{
	return mix64(chain ^ mix64(nonce + tick));
}

#endif
