// SPDX-License-Identifier: Apache-2.0
/*
 * wire_load.c - a capture of many connections to one service, on stdout
 *
 * wire_load FRAMES CONNECTIONS [FRAMES_EACH [REPEATED]]: that many connections are
 * open at a time; each lives for FRAMES_EACH frames (default: all), then closes
 * and the next begins. A client asks with 120 bytes and is answered with two
 * segments of 1448 and acknowledges them. Of 1000 segments REPEATED (20) are
 * repeated, of which every fourth is not captured but for its repetition. Half-way
 * another host becomes the service. The same numbers give the same bytes. What was
 * made is told on stderr, in JSON.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define ASK 120
#define ANSWER 1448
#define HEADERS (14 + 20 + 32)
#define PORT 7000

enum { CLIENT, SERVER };
enum { FIN = 1, SYN = 2, ACK = 16, PSH = 8 };

/* struct conn - One of those that are open; @age is frames of its own */
struct conn {
	uint32_t number;
	uint32_t age;
	uint32_t next[2];
	uint32_t step;
};

/*
 * struct load - What is made
 * @us:		Time of the next frame, microseconds
 */
struct load {
	uint64_t frames, wanted, each;
	uint32_t repeated;
	uint64_t us;
	uint64_t random;
	uint32_t n_conns, opened;
	uint16_t ip_id;
};

static uint32_t next_random(struct load *load)
{
	load->random = load->random * UINT64_C(6364136223846793005) + 1;
	return (uint32_t)(load->random >> 33);
}

static void put(uint8_t *at, uint32_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
}

static void put_headers(struct load *load, const struct conn *conn, int from,
			uint8_t flags, uint32_t seq, uint32_t len, uint8_t *at)
{
	static const uint8_t service[4] = { 10, 77, 0, 100 };
	bool moved = load->frames > load->wanted / 2;
	uint8_t mac[2] = { 1, (uint8_t)(moved ? 11 : 10) };
	uint8_t client[4] = { 10, 78 };
	uint16_t port = (uint16_t)(1024 + conn->number % 60000);

	put(client + 2, conn->number / 60000, 2);
	memset(at, 0, HEADERS);
	at[0] = at[6] = 0x52;
	at[5] = mac[!from];
	at[11] = mac[from];
	put(at + 12, 0x0800, 2);
	at += 14;
	at[0] = 0x45;
	put(at + 2, 52 + len, 2);
	put(at + 4, ++load->ip_id, 2);
	at[8] = 64;
	at[9] = 6;
	memcpy(at + 12, from == CLIENT ? client : service, 4);
	memcpy(at + 16, from == CLIENT ? service : client, 4);
	at += 20;
	put(at, from == CLIENT ? port : PORT, 2);
	put(at + 2, from == CLIENT ? PORT : port, 2);
	put(at + 4, seq, 4);
	if (flags & ACK)
		put(at + 8, conn->next[!from], 4);
	at[12] = 0x80;
	at[13] = flags;
	put(at + 14, 64240, 2);
	put(at + 20, 0x0101080a, 4);
	put(at + 24, (uint32_t)(load->us / 1000), 4);
}

static void write_frame(struct load *load, const struct conn *conn, int from,
			uint8_t flags, uint32_t seq, uint32_t len)
{
	static uint8_t frame[16 + HEADERS + ANSWER];
	uint32_t header[4] = { (uint32_t)(load->us / 1000000),
			       (uint32_t)(load->us % 1000000), HEADERS + len,
			       HEADERS + len };

	load->us += 2 + next_random(load) % 8;
	load->frames++;
	memcpy(frame, header, sizeof(header));
	put_headers(load, conn, from, flags, seq, len, frame + 16);
	for (uint32_t i = 0; i < len; i++)
		frame[16 + HEADERS + i] = (uint8_t)(seq + i);
	if (fwrite(frame, 16 + HEADERS + len, 1, stdout) != 1)
		exit(1);
}

static void send_data(struct load *load, struct conn *conn, int from,
		      uint32_t len)
{
	uint32_t seq = conn->next[from];
	uint32_t chance = next_random(load) % 1000;

	if (chance >=
	    load->repeated / 4) /* else it is lost before the capture sees it */
		write_frame(load, conn, from, ACK | PSH, seq, len);
	if (chance < load->repeated)
		write_frame(load, conn, from, ACK | PSH, seq, len);
	conn->next[from] += len;
}

static void send_flag(struct load *load, struct conn *conn, int from,
		      uint8_t flags)
{
	write_frame(load, conn, from, flags, conn->next[from], 0);
	conn->next[from] += (flags & (SYN | FIN)) != 0;
}

static void begin(struct load *load, struct conn *conn)
{
	*conn = (struct conn){ .number = load->opened++ };
	conn->next[CLIENT] = next_random(load);
	conn->next[SERVER] = next_random(load);
	send_flag(load, conn, CLIENT, SYN);
	send_flag(load, conn, SERVER, SYN | ACK);
	send_flag(load, conn, CLIENT, ACK);
}

static void end(struct load *load, struct conn *conn)
{
	send_flag(load, conn, CLIENT, FIN | ACK);
	send_flag(load, conn, SERVER, FIN | ACK);
	send_flag(load, conn, CLIENT, ACK);
}

/* One frame or two of this connection. */
static void go_on(struct load *load, struct conn *conn)
{
	uint64_t before = load->frames;

	if (conn->age == 0) {
		begin(load, conn);
	} else if (load->each && conn->age + 3 >= load->each) {
		end(load, conn);
		conn->age = 0;
		return;
	} else if (conn->step == 0) {
		send_data(load, conn, CLIENT, ASK);
	} else if (conn->step < 3) {
		send_data(load, conn, SERVER, ANSWER);
	} else {
		send_flag(load, conn, CLIENT, ACK);
	}
	conn->step = (conn->step + (conn->age > 0)) % 4;
	conn->age += (uint32_t)(load->frames - before);
}

int main(int argc, char **argv)
{
	static const uint32_t header[6] = { 0xa1b2c3d4, 2 | 4 << 16, 0,
					    0,		262144,	     1 };
	struct load load = { .us = UINT64_C(1700000000000000), .random = 7 };
	CLEANUP_FREE struct conn *conns = NULL;

	if (argc < 3) {
		(void)fprintf(stderr, "usage: wire_load FRAMES CONNECTIONS "
				      "[FRAMES_EACH [REPEATED]]\n");
		return 2;
	}
	load.wanted = strtoull(argv[1], NULL, 10);
	load.n_conns = (uint32_t)strtoul(argv[2], NULL, 10);
	load.each = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
	load.repeated = argc > 4 ? (uint32_t)strtoul(argv[4], NULL, 10) : 20;
	conns = xcalloc(load.n_conns, sizeof(*conns));
	if (fwrite(header, sizeof(header), 1, stdout) != 1)
		return 1;
	while (load.frames < load.wanted)
		go_on(&load, &conns[next_random(&load) % load.n_conns]);
	(void)fprintf(stderr,
		      "{\"frames\": %" PRIu64 ", \"connections\": %u}\n",
		      load.frames, load.opened);
	return fflush(stdout) == 0 ? 0 : 1;
}
