// SPDX-License-Identifier: Apache-2.0
/* conns.h - the cells that conns and its peer send each other */
#ifndef WORKLOADS_CONNS_H
#define WORKLOADS_CONNS_H

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "scenarios/workloads/mix.h"

/*
 * DOC: Protocol
 * Each side of each connection sends cells of CONNS_CELL bytes, numbered from 0,
 * words little-endian. The client's HELLO says what the server is to do with the
 * connection (enum conns_will), the server answers with its WELCOME; then both
 * send DATA as that says. An ASK is answered by an ANSWER.
 *
 * The client's first connection steers: its HELLO tells how many connections to
 * accept for now, and its GO, which is answered as an ASK is, that the move is
 * over: then the server accepts the others, reads what it left unread and sends
 * no more DATA. It says END on a connection when the client has and GO has come
 * (CONNS_WILL_SHUT: at once), and closes after the client has.
 *
 * All words of a cell that are not named here are a function of the seed, the
 * direction and their place, so that the receiver knows every byte beforehand;
 * both sides also keep a hash of all bytes in each direction, and compare.
 */
#define CONNS_WORDS 8
#define CONNS_CELL (CONNS_WORDS * sizeof(uint64_t))
/* Cells moved by one system call, at most. */
#define CONNS_BATCH 256
/* Connections of one server, at most. */
#define CONNS_MAX 4096

enum conns_kind {
	CONNS_HELLO = 0x736e6e6f,
	CONNS_WELCOME,
	CONNS_DATA,
	CONNS_ASK,
	CONNS_ANSWER,
	CONNS_GO,
	CONNS_END
};

/* Words with a meaning; the first two are of every cell. */
enum conns_word {
	CONNS_KIND = 0,
	CONNS_INDEX = 1,
	CONNS_NAMED = 2,

	CONNS_SEED = 2,	    /* HELLO */
	CONNS_NUMBER = 3,   /* HELLO: of the connection, from 0 */
	CONNS_WILL = 4,	    /* HELLO: bits of enum conns_will */
	CONNS_ACCEPT = 5,   /* HELLO of the first: how many before GO */
	CONNS_TOTAL = 6,    /* HELLO of the first: how many in all */
	CONNS_INTERVAL = 7, /* HELLO of the first: between DATA, ns */

	CONNS_NONCE = 2, /* WELCOME, ANSWER and END of the server */

	CONNS_ASKED = 3, /* ANSWER: index of the ASK or GO */
	CONNS_READY = 4, /* ANSWER: connections filled to the brim */
	CONNS_ENDED = 5, /* ANSWER: connections that ended well */
	CONNS_WRONG =
		6, /* ANSWER: wrong cells and broken connections, in all */

	CONNS_SENT_HASH = 3, /* END: of all cells before this one */
	CONNS_GOT = 4,	     /* END: cells */
	CONNS_GOT_HASH = 5   /* END: of those */
};

/**
 * enum conns_will - What the server does with a connection
 * @CONNS_WILL_TICK:  Send some DATA every interval, until GO
 * @CONNS_WILL_FLOOD: Send DATA as fast as it goes, until GO
 * @CONNS_WILL_FILL:  The same to a client that does not read
 * @CONNS_WILL_WAIT:  Read nothing behind the HELLO, until GO
 * @CONNS_WILL_SHUT:  END, and close this direction, at once
 */
enum conns_will {
	CONNS_WILL_TICK = 1 << 0,
	CONNS_WILL_FLOOD = 1 << 1,
	CONNS_WILL_FILL = 1 << 2,
	CONNS_WILL_WAIT = 1 << 3,
	CONNS_WILL_SHUT = 1 << 4
};

/* Salt of the seed per direction, so that an echo is no right answer. */
#define CONNS_TO_SERVER UINT64_C(0x746f2d7365727665)
#define CONNS_TO_CLIENT UINT64_C(0x746f2d636c69656e)

/* Words as they are on the wire, little-endian. */
struct conns_cell {
	uint64_t words[CONNS_WORDS];
};

/**
 * struct conns_flow - One direction of a connection, as one side sees it
 * @seed:	Salted
 * @cells:	Whole ones that came, or that were made to be sent
 * @hash:	Of all their words
 * @at:		Bytes of @cell that came or went; a sender with nothing to send
 *		has CONNS_CELL
 */
struct conns_flow {
	uint64_t seed, cells, hash;
	size_t at;
	struct conns_cell cell;
};

static inline uint64_t conns_word(const struct conns_flow *flow, size_t word)
{
	return mix64(flow->seed + flow->cells * CONNS_WORDS + word + 1);
}

/* The cell is the flow's next: all of it goes into the hash. */
static inline void conns_count(struct conns_flow *flow,
			       const struct conns_cell *cell)
{
	size_t i;

	for (i = 0; i < CONNS_WORDS; i++)
		flow->hash = mix64(flow->hash ^ le64toh(cell->words[i]));
	flow->cells++;
}

static inline bool conns_idle(const struct conns_flow *out)
{
	return out->at == CONNS_CELL;
}

/**
 * conns_put() - Make the next cell to send; the flow must be idle
 * @named:	Words with a meaning, from CONNS_NAMED on
 */
static inline void conns_put(struct conns_flow *out, enum conns_kind kind,
			     const uint64_t *named, size_t n)
{
	size_t i;

	out->cell.words[CONNS_KIND] = htole64(kind);
	out->cell.words[CONNS_INDEX] = htole64(out->cells);
	for (i = 0; i < CONNS_WORDS - CONNS_NAMED; i++)
		out->cell.words[CONNS_NAMED + i] = htole64(
			i < n ? named[i] : conns_word(out, CONNS_NAMED + i));
	out->at = 0;
	conns_count(out, &out->cell);
}

static inline ssize_t conns_send(int fd, const void *bytes, size_t n)
{
	ssize_t sent;

	do
		sent = send(fd, bytes, n, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (sent < 0 && errno == EINTR);
	if (sent < 0 && errno == EAGAIN)
		return 0;
	return sent;
}

/**
 * conns_flush() - Send what the socket takes of the present cell
 *
 * Return: 1 all of it went, 0 not yet, -1 with errno
 */
static inline int conns_flush(int fd, struct conns_flow *out)
{
	const char *bytes = (const char *)&out->cell;
	ssize_t sent;

	if (conns_idle(out))
		return 1;
	sent = conns_send(fd, bytes + out->at, CONNS_CELL - out->at);
	if (sent < 0)
		return -1;
	out->at += (size_t)sent;
	return conns_idle(out);
}

/**
 * conns_pour() - Send up to @max cells of DATA at once; the flow must be idle
 * @max:	At least one
 *
 * Return: cells made, the last of which may have gone in part; fewer than @max
 * when the socket is full; -1 with errno
 */
static inline ssize_t conns_pour(int fd, struct conns_flow *out, size_t max)
{
	struct conns_cell cells[CONNS_BATCH];
	struct conns_flow start = *out;
	size_t i = 0, made, n = max < CONNS_BATCH ? max : CONNS_BATCH;
	ssize_t sent;

	do {
		conns_put(out, CONNS_DATA, NULL, 0);
		cells[i] = out->cell;
	} while (++i < n);
	sent = conns_send(fd, cells, n * CONNS_CELL);
	out->at = CONNS_CELL;
	if (sent == (ssize_t)(n * CONNS_CELL))
		return (ssize_t)n;
	/* What the socket did not take was not made. */
	*out = start;
	if (sent < 0)
		return -1;
	made = ((size_t)sent + CONNS_CELL - 1) / CONNS_CELL;
	for (i = 0; i < made; i++)
		conns_put(out, CONNS_DATA, NULL, 0);
	out->at = CONNS_CELL - (made * CONNS_CELL - (size_t)sent);
	return (ssize_t)made;
}

/* Not memcpy(3), nor what a compiler makes one of: see guest.h, Plain code. */
static inline void conns_copy(char *to, const char *from, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		to[i] = from[i];
		__asm__ volatile("" ::: "memory");
	}
}

/**
 * conns_pull() - Receive up to @max cells
 * @ret_cells:	Room for @max, at most CONNS_BATCH
 *
 * Return: how many are whole now; -1 with errno, which is EAGAIN when there is
 * no more for now and 0 at the end of file
 */
static inline ssize_t conns_pull(int fd, struct conns_flow *in,
				 struct conns_cell *ret_cells, size_t max)
{
	char *bytes = (char *)ret_cells;
	char *rest = (char *)&in->cell;
	size_t have, whole;
	ssize_t n;

	conns_copy(bytes, rest, in->at);
	do
		n = recv(fd, bytes + in->at, max * CONNS_CELL - in->at,
			 MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n == 0)
		errno = 0;
	if (n <= 0)
		return -1;
	have = in->at + (size_t)n;
	whole = have / CONNS_CELL;
	in->at = have % CONNS_CELL;
	conns_copy(rest, bytes + whole * CONNS_CELL, in->at);
	return (ssize_t)whole;
}

static inline uint64_t conns_kind(const struct conns_cell *cell)
{
	return le64toh(cell->words[CONNS_KIND]);
}

static inline uint64_t conns_named(const struct conns_cell *cell,
				   enum conns_word word)
{
	return le64toh(cell->words[word]);
}

/** conns_names() - How many words of a cell of that kind have a meaning */
static inline size_t conns_names(uint64_t kind)
{
	switch (kind) {
	case CONNS_HELLO:
		return 6;
	case CONNS_WELCOME:
		return 1;
	case CONNS_ANSWER:
		return 5;
	case CONNS_END:
		return 4;
	default:
		return 0;
	}
}

/**
 * conns_take() - Count a cell that came, and see whether it is the one due
 * @ret_offset:	Place in the whole flow of the first wrong word, in bytes
 *
 * Return: whether all was right that is known beforehand
 */
static inline bool conns_take(struct conns_flow *in,
			      const struct conns_cell *cell,
			      uint64_t *ret_offset)
{
	uint64_t start = in->cells * CONNS_CELL, kind = conns_kind(cell);
	size_t i = CONNS_NAMED + conns_names(kind), wrong = CONNS_WORDS;

	for (; i < CONNS_WORDS && wrong == CONNS_WORDS; i++)
		if (le64toh(cell->words[i]) != conns_word(in, i))
			wrong = i;
	if (le64toh(cell->words[CONNS_INDEX]) != in->cells)
		wrong = CONNS_INDEX;
	if (kind < CONNS_HELLO || kind > CONNS_END)
		wrong = CONNS_KIND;
	conns_count(in, cell);
	*ret_offset = start + wrong * sizeof(uint64_t);
	return wrong == CONNS_WORDS;
}

#endif
