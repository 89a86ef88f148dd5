// SPDX-License-Identifier: Apache-2.0
/* talk.c - what two sides of a TCP connection say, by frames.c's segments */
#include <string.h>

#include "base/clock.h"
#include "tests/lib/frames.h"

void talk_wait(struct talk *talk, uint64_t ms)
{
	talk->now_ns += ms * NS_PER_MS;
}

/* A segment at the present positions. */
static void say(struct talk *talk, int from, uint8_t flags, const void *bytes,
		size_t len)
{
	struct segment segment = {
		.from = from,
		.flags = flags,
		.seq = talk->next[from],
		.ack = flags & ACK ? talk->ack[from] : 0,
		.bytes = bytes,
		.len = len,
	};

	talk_segment(talk, &segment);
	talk->next[from] += (uint32_t)len + !!(flags & (SYN | FIN));
}

void talk_open(struct talk *talk)
{
	say(talk, CLIENT, SYN, NULL, 0);
	talk->ack[SERVER] = talk->next[CLIENT];
	say(talk, SERVER, SYN | ACK, NULL, 0);
	talk_ack(talk, CLIENT);
}

void talk_data(struct talk *talk, int from, const void *bytes, size_t len)
{
	say(talk, from, PSH | ACK, bytes, len);
}

void talk_text(struct talk *talk, int from, const char *text)
{
	talk_data(talk, from, text, strlen(text));
}

void talk_ack(struct talk *talk, int from)
{
	talk->ack[from] = talk->next[!from];
	say(talk, from, ACK, NULL, 0);
}

void talk_exchange(struct talk *talk, int n)
{
	for (int i = 0; i < n; i++) {
		talk_text(talk, CLIENT, "question");
		talk->ack[SERVER] = talk->next[CLIENT];
		talk_text(talk, SERVER, "the answer");
		talk_ack(talk, CLIENT);
	}
}

void talk_again(struct talk *talk, int from, uint32_t back, const void *bytes,
		size_t len)
{
	struct segment segment = {
		.from = from,
		.flags = PSH | ACK,
		.seq = talk->next[from] - back - (uint32_t)len,
		.ack = talk->ack[from],
		.bytes = bytes,
		.len = len,
	};

	talk_segment(talk, &segment);
}

void talk_sack(struct talk *talk, int from, uint32_t hole, uint32_t n)
{
	struct segment segment = {
		.from = from,
		.flags = ACK,
		.seq = talk->next[from],
		.ack = talk->ack[from],
		.sack = { talk->ack[from] + hole, talk->ack[from] + hole + n },
	};

	talk_segment(talk, &segment);
}

void talk_fin(struct talk *talk, int from)
{
	say(talk, from, FIN | ACK, NULL, 0);
}

void talk_close(struct talk *talk, int first)
{
	talk_fin(talk, first);
	talk->ack[!first] = talk->next[first];
	talk_fin(talk, !first);
	talk_ack(talk, first);
}

void talk_move(struct talk *talk)
{
	talk->mac[SERVER] = frames_target;
	talk->ip_id[SERVER] = 9000;
}

void talk_probe(struct talk *talk)
{
	struct segment segment = {
		.from = SERVER,
		.flags = ACK,
		.seq = talk->ack[CLIENT] - 1,
		.ack = talk->ack[SERVER],
	};

	talk_segment(talk, &segment);
}

void talk_reset(struct talk *talk, int from, bool bare)
{
	struct segment segment = {
		.from = from,
		.flags = bare ? RST : RST | ACK,
		.seq = bare ? talk->ack[!from] : talk->next[from],
		.ack = bare ? 0 : talk->ack[from],
	};
	uint16_t id = talk->ip_id[from];

	if (bare)
		talk->ip_id[from] = 0;
	talk_segment(talk, &segment);
	talk->ip_id[from] = id;
}

void talk_lose(struct talk *talk, int from, uint32_t n)
{
	talk->next[from] += n;
}
