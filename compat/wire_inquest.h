// SPDX-License-Identifier: Apache-2.0
/* wire_inquest.h - what the rules of the wire's witness share */
#ifndef COMPAT_WIRE_INQUEST_H
#define COMPAT_WIRE_INQUEST_H

#include <stdbool.h>

#include "compat/analysis.h"
#include "compat/wire.h"

/**
 * struct inquest - What the rules look at; all borrowed
 * @conn:	The connection that had to survive, NULL when none was made
 * @next:	The connection after it, NULL when there is none
 * @restored_ns: When the target's sockets were there; WIRE_UNKNOWN: not known
 */
struct inquest {
	const struct wire_report *report;
	const struct wire_conn *conn;
	const struct wire_conn *next;
	const struct wire_mac *source;
	const struct wire_mac *target;
	uint64_t restored_ns;
};

bool wire_mac_equal(const struct wire_mac *a, const struct wire_mac *b);

/** wire_host_name() - "the target's host (52:54:...)", owned by the caller */
char *wire_host_name(const struct inquest *q, const struct wire_mac *mac);

/** wire_sender_name() - Of a frame, the client included; owned by the caller */
char *wire_sender_name(const struct inquest *q, const struct wire_event *event);

/** wire_says_ended() - How the connection ended before the client closed it:
 * one sentence, owned by the caller, NULL when it did not */
char *wire_says_ended(const struct inquest *q);

/**
 * wire_damage() - What analyze says of the connection that had to survive, when
 * it says that it was kept but damaged
 *
 * Return: false: it does not, and @ret_finding is as it was
 */
bool wire_damage(const struct wire_report *report,
		 const struct wire_mac *source, const struct wire_mac *target,
		 struct finding *ret_finding);

#endif
