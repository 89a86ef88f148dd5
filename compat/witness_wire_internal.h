// SPDX-License-Identifier: Apache-2.0
/* witness_wire_internal.h - the wire's witness of one connection, and of many */
#ifndef COMPAT_WITNESS_WIRE_INTERNAL_H
#define COMPAT_WITNESS_WIRE_INTERNAL_H

#include "compat/witness.h"

/**
 * struct ends - The two hosts that serve, by their addresses on the wire
 * @dump_ns, @arrived_ns, @restored_ns: When the dump began, when the images were on
 *		the target, and its sockets there, on the capture's clock;
 *		WIRE_UNKNOWN: not known, or the clocks cannot be compared
 */
struct ends {
	struct wire_mac source;
	struct wire_mac target;
	uint64_t dump_ns;
	uint64_t arrived_ns;
	uint64_t restored_ns;
};

/** struct whose - What is judged, and as what */
struct whose {
	const struct cell *cell;
	const struct observation *obs;
	const struct ends *ends;
};

/**
 * witness_wire_report() - Judge the one connection that was to live on
 * @name:	Which it is, for the sentence; "" of the only one
 */
void witness_wire_report(const struct whose *w, const struct wire_report *wire,
			 const char *name, struct testimony *t);

/** witness_wire_roles() - Judge those of "tcp-connections", each by its role */
void witness_wire_roles(const struct whose *w, const struct wire_report *wire,
			struct testimony *t);

/**
 * witness_wire_through() - Judge all that were there from before the dump until
 * after the restore, of a client that is to have so many at least
 *
 * Those that it closed before or in between, or made since, are its own affair: but
 * they do not count.
 */
void witness_wire_through(const struct whose *w, const struct wire_report *wire,
			  struct testimony *t);

#endif
