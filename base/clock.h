// SPDX-License-Identifier: Apache-2.0
/* clock.h - the one clock of instants: CLOCK_MONOTONIC in nanoseconds */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)

/** clock_now_ns() - CLOCK_MONOTONIC now */
uint64_t clock_now_ns(void);
/** clock_real_ns() - CLOCK_REALTIME now, since the epoch */
uint64_t clock_real_ns(void);
/** clock_ms_left() - Until @deadline_ns, for poll(2): 0 when past, rounded up */
int clock_ms_left(uint64_t deadline_ns);
/** clock_iso8601() - "2026-11-20T17:42:00Z" of an instant since the epoch */
void clock_iso8601(uint64_t real_ns, char out[21]);

#endif
