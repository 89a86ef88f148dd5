// SPDX-License-Identifier: Apache-2.0
/* wire_memory.h - the most recent payload of all connections, in bounds */
#ifndef COMPAT_WIRE_MEMORY_H
#define COMPAT_WIRE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/**
 * DOC: Theory of operation
 *
 * Payload that is seen for the first time is kept in one ring for all
 * connections, oldest out first, so that the bound is one of the program and
 * not of the number of connections. Each record leads to the record before it
 * of the same stream; a stream holds only the place of its newest one. Places
 * count all bytes ever written, so that a place is known to be overwritten by
 * arithmetic alone.
 */

/** Payload remembered in all, and records looked at for one segment: beyond
 * these, repeated bytes are not compared (and counted as unchecked). */
#define WIRE_MEMORY_BYTES ((size_t)16 << 20)
#define WIRE_MEMORY_STEPS 8192

/**
 * struct wire_memory - The ring
 * @ring:	Owned; NULL until the first record
 * @size:	Of the ring, bytes; it grows as long as it has not gone round
 * @max:	Largest size
 * @head:	Place of the next record; 0 is none's
 */
struct wire_memory {
	uint8_t *ring;
	size_t size;
	size_t max;
	uint64_t head;
};

/** wire_memory_init() - An empty memory of at most @max bytes, a multiple of 8 */
void wire_memory_init(struct wire_memory *memory, size_t max);

/**
 * struct wire_stretch - Payload as it is kept
 * @from:	Position of the first byte in the stream
 * @top:	One past the highest position of the stream seen so far
 * @at_ns:	When it was seen
 * @len:	Bytes of it, of which
 * @captured:	the first were captured, at
 * @bytes:
 */
struct wire_stretch {
	uint64_t from;
	uint64_t top;
	uint64_t at_ns;
	uint32_t len;
	uint32_t captured;
	const uint8_t *bytes;
};

/**
 * wire_memory_keep() - Remember payload of a stream
 * @previous:	Place of its newest record, 0: none
 *
 * Return: place of the new record, @previous when it cannot be kept
 */
uint64_t wire_memory_keep(struct wire_memory *memory, uint64_t previous,
			  const struct wire_stretch *stretch);

/**
 * struct wire_compared - Outcome of a comparison, in bytes
 * @found:	Compared
 * @differing:	Of these, differ
 */
struct wire_compared {
	uint32_t found;
	uint32_t differing;
};

/**
 * wire_memory_compare() - Compare payload with what was remembered of it
 * @newest:	Place of the stream's newest record, 0: none
 * @from:	Position of the first byte
 */
struct wire_compared wire_memory_compare(const struct wire_memory *memory,
					 uint64_t newest, uint64_t from,
					 const uint8_t *bytes, uint32_t len);

/** wire_memory_seen_ns() - When the byte at @position was seen; WIRE_UNKNOWN
 * when that is no longer known */
uint64_t wire_memory_seen_ns(const struct wire_memory *memory, uint64_t newest,
			     uint64_t position);

/**
 * struct wire_flowed - What a stream carried in a time
 * @bytes, @segments: Seen the first time
 * @from_ns:	The time it is of begins here: later than asked when what was
 *		before is no longer known
 */
struct wire_flowed {
	uint64_t bytes;
	uint64_t segments;
	uint64_t from_ns;
};

/** wire_memory_flowed() - From @from_ns up to @to_ns, both included */
struct wire_flowed wire_memory_flowed(const struct wire_memory *memory,
				      uint64_t newest, uint64_t from_ns,
				      uint64_t to_ns);

void wire_memory_release(struct wire_memory *memory);

#endif
