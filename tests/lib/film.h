// SPDX-License-Identifier: Apache-2.0
/* film.h - the film of the guest program 'video', spoilt in one way */
#ifndef TESTS_LIB_FILM_H
#define TESTS_LIB_FILM_H

#include <stddef.h>
#include <stdint.h>

/** enum film_fault - What is wrong with picture FILM_SPOILT, or from it on */
enum film_fault {
	FILM_WHOLE,
	FILM_BIT,      /* one bit is another */
	FILM_LEFT_OUT, /* it is not there, and nobody counts it */
	FILM_TWICE,    /* likewise */
	FILM_PACKET,   /* its second packet is lost, which the counter tells */
	FILM_SYNC,     /* a packet begins with another byte */
	FILM_STRANGER, /* it has no number */
	FILM_FAULTS
};

#define FILM_SPOILT 30

/** struct film - A film in memory; owned */
struct film {
	uint8_t *bytes;
	size_t len;
};

/** film_make() - Of @seconds; fails the test without the program */
void film_make(struct film *film, const char *seconds, enum film_fault fault);
void film_release(struct film *film);

#endif
