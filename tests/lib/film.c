// SPDX-License-Identifier: Apache-2.0
/* film.c - the film of the guest program 'video', spoilt in one way */
#include "tests/lib/film.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "runner/child.h"
#include "scenarios/workloads/ts.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

#define VIDEO_PID 0x101
#define FILM_LEN_MAX (64UL << 20)

void film_release(struct film *film)
{
	free(film->bytes);
	*film = (struct film){ 0 };
}

static unsigned int pid_of(const uint8_t *packet)
{
	return (packet[1] & 0x1fU) << 8 | packet[2];
}

static bool begins_picture(const uint8_t *packet)
{
	return pid_of(packet) == VIDEO_PID && packet[1] & TS_STARTS;
}

/* Where picture @n begins. */
static size_t place_of(const struct film *film, unsigned int n)
{
	for (size_t at = 0; at < film->len; at += TS_PACKET)
		if (begins_picture(film->bytes + at) && n-- == 0)
			return at;
	ck_abort_msg("the film is too short");
	return 0;
}

static void cut(struct film *film, size_t from, size_t to)
{
	memmove(film->bytes + from, film->bytes + to, film->len - to);
	film->len -= to - from;
}

static void repeat(struct film *film, size_t from, size_t to)
{
	uint8_t *more = xcalloc(film->len + to - from, 1);

	memcpy(more, film->bytes, to);
	memcpy(more + to, film->bytes + from, film->len - from);
	free(film->bytes);
	film->bytes = more;
	film->len += to - from;
}

/* As a server does that makes the stream anew from what it has. */
static void count_anew(struct film *film)
{
	uint8_t counter = 0;

	for (size_t at = 0; at < film->len; at += TS_PACKET) {
		uint8_t *packet = film->bytes + at;

		if (pid_of(packet) == VIDEO_PID)
			packet[3] = (uint8_t)((packet[3] & 0xf0) |
					      (counter++ & 15));
	}
}

static void spoil(struct film *film, enum film_fault fault)
{
	size_t at = place_of(film, FILM_SPOILT);
	size_t next = place_of(film, FILM_SPOILT + 1);
	uint8_t *mark;

	switch (fault) {
	case FILM_WHOLE:
	case FILM_FAULTS:
		return;
	case FILM_BIT:
		film->bytes[next - 20] ^= 1;
		return;
	case FILM_LEFT_OUT:
		cut(film, at, next);
		count_anew(film);
		return;
	case FILM_TWICE:
		repeat(film, at, next);
		count_anew(film);
		return;
	case FILM_PACKET:
		cut(film, at + TS_PACKET, at + 2UL * TS_PACKET);
		return;
	case FILM_SYNC:
		film->bytes[at] = 0;
		return;
	case FILM_STRANGER:
		mark = memmem(film->bytes + at, next - at, "crmatrix", 8);
		ck_assert_ptr_nonnull(mark);
		*mark = 'C';
		return;
	}
}

void film_make(struct film *film, const char *seconds, enum film_fault fault)
{
	CLEANUP_FREE char *path = rig_program_path("video");
	const char *argv[] = { path, seconds, NULL };
	struct child_opts opts = { .argv = argv, .max_output = FILM_LEN_MAX };
	struct child_result result CLEANUP(child_result_release) = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(child_run(&opts, &result, &err), &err);
	film->len = result.out_len;
	film->bytes = (uint8_t *)TAKE(result.out);
	spoil(film, fault);
}
