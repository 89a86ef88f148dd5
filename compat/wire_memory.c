// SPDX-License-Identifier: Apache-2.0
/* wire_memory.c - the most recent payload of all connections, in bounds */
#include "compat/wire_memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/wire.h"

/*
 * struct record - Head of a record in the ring; its captured bytes follow
 * @previous:	Place of the same stream's record before it, 0: none
 * @top:	Highest position of the stream then: no older record has later bytes
 * The others as of struct wire_stretch
 */
struct record {
	uint64_t previous;
	uint64_t from;
	uint64_t top;
	uint64_t at_ns;
	uint32_t len;
	uint32_t captured;
};

/* A place is never 0, which means none. */
#define FIRST_PLACE 8
#define SIZE_MIN ((size_t)1 << 12)

void wire_memory_init(struct wire_memory *memory, size_t max)
{
	*memory = (struct wire_memory){ .max = max, .head = FIRST_PLACE };
}

void wire_memory_release(struct wire_memory *memory)
{
	free(memory->ring);
	wire_memory_init(memory, memory->max);
}

/* Bytes of the ring that a record takes; heads stay aligned. */
static size_t room(size_t len)
{
	return (sizeof(struct record) + len + 7) & ~(size_t)7;
}

static uint8_t *at(const struct wire_memory *memory, uint64_t place)
{
	return memory->ring + place % memory->size;
}

/* Whether what was written at @place is still there. */
static bool is_there(const struct wire_memory *memory, uint64_t place)
{
	return place != 0 && memory->head - place <= memory->size;
}

/* Make the ring larger while it has not gone round: places stay as they are. */
static void grow(struct wire_memory *memory, size_t need)
{
	size_t size = memory->size ? memory->size : SIZE_MIN;

	if (memory->head > memory->size && memory->size > 0)
		return;
	while (size < memory->max && size - memory->head < need)
		size = size * 2;
	if (size > memory->max)
		size = memory->max;
	if (size == memory->size)
		return;
	memory->ring = xreallocarray(memory->ring, size, 1);
	memory->size = size;
}

/* Where a record of this size goes: in one piece. */
static uint64_t find_place(struct wire_memory *memory, size_t need)
{
	size_t left;

	grow(memory, need);
	left = memory->size - memory->head % memory->size;
	if (need > left)
		memory->head += left;
	return memory->head;
}

uint64_t wire_memory_keep(struct wire_memory *memory, uint64_t previous,
			  const struct wire_stretch *stretch)
{
	struct record record = { previous,     stretch->from,
				 stretch->top, stretch->at_ns,
				 stretch->len, stretch->captured };
	uint64_t place;

	if (stretch->len == 0 || room(stretch->captured) > memory->max)
		return previous;
	place = find_place(memory, room(stretch->captured));
	memory->head = place + room(stretch->captured);
	memcpy(at(memory, place), &record, sizeof(record));
	if (stretch->captured > 0)
		memcpy(at(memory, place) + sizeof(record), stretch->bytes,
		       stretch->captured);
	return place;
}

static uint32_t count_differing(const uint8_t *a, const uint8_t *b, size_t n)
{
	uint32_t count = 0;

	if (memcmp(a, b, n) == 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		count += a[i] != b[i];
	return count;
}

/* Compare the part of [@from, @from + @len) that @record holds. */
static void compare_record(const struct record *record, const uint8_t *kept,
			   uint64_t from, const uint8_t *bytes, uint32_t len,
			   struct wire_compared *sum)
{
	uint64_t low = record->from > from ? record->from : from;
	uint64_t record_end = record->from + record->captured;
	uint64_t high = record_end < from + len ? record_end : from + len;

	if (low >= high)
		return;
	sum->found += (uint32_t)(high - low);
	sum->differing += count_differing(kept + (low - record->from),
					  bytes + (low - from), high - low);
}

struct wire_compared wire_memory_compare(const struct wire_memory *memory,
					 uint64_t newest, uint64_t from,
					 const uint8_t *bytes, uint32_t len)
{
	struct wire_compared sum = { 0, 0 };
	uint64_t place = newest;

	for (int i = 0; i < WIRE_MEMORY_STEPS && sum.found < len; i++) {
		struct record record;

		if (!is_there(memory, place))
			break;
		memcpy(&record, at(memory, place), sizeof(record));
		if (record.top <= from)
			break;
		compare_record(&record, at(memory, place) + sizeof(record),
			       from, bytes, len, &sum);
		place = record.previous;
	}
	return sum;
}

uint64_t wire_memory_seen_ns(const struct wire_memory *memory, uint64_t newest,
			     uint64_t position)
{
	uint64_t place = newest;

	for (int i = 0; i < WIRE_MEMORY_STEPS; i++) {
		struct record record;

		if (!is_there(memory, place))
			break;
		memcpy(&record, at(memory, place), sizeof(record));
		if (record.top <= position)
			break;
		if (record.from <= position &&
		    position < record.from + record.len)
			return record.at_ns;
		place = record.previous;
	}
	return WIRE_UNKNOWN;
}

struct wire_flowed wire_memory_flowed(const struct wire_memory *memory,
				      uint64_t newest, uint64_t from_ns,
				      uint64_t to_ns)
{
	struct wire_flowed sum = { .from_ns = from_ns };
	uint64_t place = newest, oldest_ns = to_ns;

	for (int i = 0; place != 0; i++) {
		struct record record;

		if (!is_there(memory, place) || i == WIRE_MEMORY_STEPS) {
			sum.from_ns = oldest_ns;
			break;
		}
		memcpy(&record, at(memory, place), sizeof(record));
		if (record.at_ns < from_ns)
			break;
		if (record.at_ns <= to_ns) {
			sum.bytes += record.len;
			sum.segments++;
			oldest_ns = record.at_ns;
		}
		place = record.previous;
	}
	return sum;
}
