// SPDX-License-Identifier: Apache-2.0
/* fake_redis.h - as much of redis as its client needs, wrong in one way */
#ifndef TESTS_LIB_FAKE_REDIS_H
#define TESTS_LIB_FAKE_REDIS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/** The write at which faults that need one begin */
#define FAKE_WRONG_AT 3

enum fake_fault {
	FAKE_NONE,
	FAKE_LOST,    /* a write is acknowledged, and forgotten at the end */
	FAKE_SWAPPED, /* two writes change places at the end */
	FAKE_TWICE,   /* a write is done twice */
	FAKE_OTHER_VALUE,  /* the value read back is another one */
	FAKE_OTHER_COUNT,  /* the count is not increased */
	FAKE_REFUSED,	   /* a write is refused */
	FAKE_OTHER_CLIENT, /* the connection's id is another at the end */
	FAKE_OTHER_RUN,	   /* the server is another at the end */
	FAKE_OLD_KEYS,	   /* the list was there before */
	FAKE_NO_AUTH,	   /* a password is asked for */
	FAKE_GARBAGE,	   /* what comes is not redis' protocol */
	FAKE_RST,
	FAKE_EOF,
	FAKE_MUTE, /* a write is never answered */
	FAKE_COUNT
};

/**
 * struct fake_redis - In a thread, for one connection
 * @ids, @infos:	CLIENT ID and INFO so far; the second one is at the end
 */
struct fake_redis {
	int listener, fd;
	uint16_t port;
	enum fake_fault fault;
	struct str_list list;
	uint64_t count, writes, ids, infos;
	bool ended;
	pthread_t thread;
};

void fake_redis_start(struct fake_redis *fake, enum fake_fault fault);
/** fake_redis_stop() - The client must have ended */
void fake_redis_stop(struct fake_redis *fake);

#endif
