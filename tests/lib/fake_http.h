// SPDX-License-Identifier: Apache-2.0
/* fake_http.h - a web server with the pages of the HTTP client, wrong in one way */
#ifndef TESTS_LIB_FAKE_HTTP_H
#define TESTS_LIB_FAKE_HTTP_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/** The request at which faults begin; the first one is the client's greeting */
#define FAKE_HTTP_WRONG_AT 4

enum http_fault {
	HTTP_NONE,
	HTTP_WRONG_BYTE, /* one byte of a page is another */
	HTTP_SHORT,	 /* a page ends early, its length says so */
	HTTP_LONG,	 /* a page has more than belongs to it */
	HTTP_CUT,	 /* the connection ends in the middle of a page */
	HTTP_MISSING,	 /* a page is not there */
	HTTP_CLOSES,	 /* the connection ends properly after an answer */
	HTTP_RST,	 /* it is reset instead of an answer */
	HTTP_MUTE,	 /* a request is never answered */
	HTTP_OTHER,	 /* it has other pages from the beginning */
	HTTP_COUNT
};

/**
 * struct fake_http - In a thread, for one connection after another
 * @requests:	So far
 */
struct fake_http {
	int listener;
	uint16_t port;
	enum http_fault fault;
	uint64_t requests;
	pthread_t thread;
};

void fake_http_start(struct fake_http *fake, enum http_fault fault);
/** fake_http_stop() - The client must have ended */
void fake_http_stop(struct fake_http *fake);

#endif
