// SPDX-License-Identifier: Apache-2.0
/* stream.h - the blocks that tcpstream and its peer send each other */
#ifndef WORKLOADS_STREAM_H
#define WORKLOADS_STREAM_H

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "scenarios/workloads/mix.h"

/*
 * DOC: Protocol
 * Each side sends blocks of STREAM_BLOCK bytes, numbered from 0, all integers
 * little-endian:
 *
 *	client: HELLO (seed, interval in ns)  DATA DATA ... END
 *	server: WELCOME (nonce)               DATA DATA ... END
 *
 * All words of a block that are not named here are a function of the seed, the
 * direction and their place in the stream, so that the receiver knows every
 * byte beforehand and notices one that is missing, came twice or differs. The
 * client sends END when it wants to stop, the server answers with its own;
 * both say in it how many blocks of data they got and how many were wrong.
 */
#define STREAM_BLOCK 4096UL
#define STREAM_WORDS (STREAM_BLOCK / sizeof(uint64_t) - 2)

enum stream_kind {
	STREAM_HELLO = 0x48637263,
	STREAM_WELCOME,
	STREAM_DATA,
	STREAM_END
};

/* Words with a meaning, at the beginning of a block's. */
enum stream_word {
	STREAM_SEED = 0,     /* HELLO */
	STREAM_INTERVAL = 1, /* HELLO */
	STREAM_NONCE = 0,    /* WELCOME and END of the server */
	STREAM_GOT = 1,	     /* END */
	STREAM_WRONG = 2,    /* END */
	STREAM_NAMED = 3     /* from here on always filled by the seed */
};

/* Salt of the seed per direction, so that an echo is no right answer. */
#define STREAM_TO_SERVER UINT64_C(0x746f2d7365727665)
#define STREAM_TO_CLIENT UINT64_C(0x746f2d636c69656e)

struct stream_block {
	uint64_t kind;
	uint64_t index;
	uint64_t words[STREAM_WORDS];
};

/**
 * struct stream - One side's view of a connection
 * @fd:		Non-blocking socket, borrowed
 * @in_seed, @out_seed: Salted seeds
 * @in_blocks, @out_blocks: Whole blocks so far
 * @in_at, @out_at: Bytes of the present block that came and went; @out_at is
 *		STREAM_BLOCK when there is nothing to send
 */
struct stream {
	int fd;
	uint64_t in_seed, out_seed;
	uint64_t in_blocks, out_blocks;
	size_t in_at, out_at;
	struct stream_block in, out;
};

static inline uint64_t stream_word(uint64_t seed, uint64_t index, size_t word)
{
	return mix64(seed + index * STREAM_WORDS + word + 1);
}

static inline bool stream_idle(const struct stream *s)
{
	return s->out_at == STREAM_BLOCK;
}

/** stream_put() - Make the next block to send; the stream must be idle */
static inline void stream_put(struct stream *s, enum stream_kind kind,
			      const uint64_t *named, size_t n)
{
	size_t i;

	s->out.kind = htole64(kind);
	s->out.index = htole64(s->out_blocks);
	for (i = 0; i < STREAM_WORDS; i++)
		s->out.words[i] = htole64(
			i < n ? named[i] :
				stream_word(s->out_seed, s->out_blocks, i));
	s->out_at = 0;
}

/**
 * stream_flush() - Send what the socket takes of the present block
 *
 * Return: 1 all of it went, 0 not yet, -1 with errno
 */
static inline int stream_flush(struct stream *s)
{
	const char *bytes = (const char *)&s->out;
	ssize_t n;

	while (s->out_at < STREAM_BLOCK) {
		n = send(s->fd, bytes + s->out_at, STREAM_BLOCK - s->out_at,
			 MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -1;
		s->out_at += (size_t)n;
		if (stream_idle(s))
			s->out_blocks++;
	}
	return 1;
}

/**
 * stream_pull() - Receive the rest of the present block
 *
 * Return: 1 @s->in is whole, to be taken before the next call; 0 not yet; -1
 * with errno, which is 0 at the end of file
 */
static inline int stream_pull(struct stream *s)
{
	char *bytes = (char *)&s->in;
	ssize_t n;

	while (s->in_at < STREAM_BLOCK) {
		n = recv(s->fd, bytes + s->in_at, STREAM_BLOCK - s->in_at,
			 MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -1;
		if (n == 0) {
			errno = 0;
			return -1;
		}
		s->in_at += (size_t)n;
	}
	s->in_at = 0;
	s->in_blocks++;
	return 1;
}

/** stream_kind() - Of the block that stream_pull() made whole */
static inline uint64_t stream_kind(const struct stream *s)
{
	return le64toh(s->in.kind);
}

/** stream_named() - Word @word of the block that stream_pull() made whole */
static inline uint64_t stream_named(const struct stream *s, size_t word)
{
	return le64toh(s->in.words[word]);
}

/**
 * stream_wrong() - Whether a whole block is not the one that had to come
 * @named:	Words with a meaning, which are not looked at
 * @ret_offset:	Place in the whole stream of the first wrong word, in bytes
 */
static inline bool stream_wrong(const struct stream *s, size_t named,
				uint64_t *ret_offset)
{
	uint64_t index = s->in_blocks - 1;
	uint64_t start = index * STREAM_BLOCK;
	size_t i;

	if (le64toh(s->in.index) != index) {
		*ret_offset = start + offsetof(struct stream_block, index);
		return true;
	}
	for (i = named; i < STREAM_WORDS; i++) {
		if (le64toh(s->in.words[i]) ==
		    stream_word(s->in_seed, index, i))
			continue;
		*ret_offset = start + offsetof(struct stream_block, words) +
			      i * sizeof(uint64_t);
		return true;
	}
	return false;
}

/** stream_bytes_in() - All bytes received so far */
static inline uint64_t stream_bytes_in(const struct stream *s)
{
	return s->in_blocks * STREAM_BLOCK + s->in_at;
}

/** stream_bytes_out() - All bytes handed to the socket so far */
static inline uint64_t stream_bytes_out(const struct stream *s)
{
	return s->out_blocks * STREAM_BLOCK + (stream_idle(s) ? 0 : s->out_at);
}

#endif
