// SPDX-License-Identifier: Apache-2.0
/* wire_segment.c - the TCP header and its options */
#include "compat/wire_cursor.h"
#include "compat/wire_decode.h"

/* Kinds (RFC 9293, 2018, 7323). */
enum {
	OPTION_END = 0,
	OPTION_NOP = 1,
	OPTION_MSS = 2,
	OPTION_SCALE = 3,
	OPTION_SACK_PERMITTED = 4,
	OPTION_SACK = 5,
	OPTION_TIMESTAMPS = 8
};

/* RFC 7323: a larger shift count is taken as this one. */
#define SCALE_MAX 14

static void take_option(const struct cursor *c, uint32_t at, uint8_t kind,
			uint8_t len, struct wire_options *options)
{
	uint8_t scale;

	if (kind == OPTION_TIMESTAMPS && len == 10) {
		options->timestamps = true;
		options->tsval = get32(c, at + 2);
	} else if (kind == OPTION_SACK && len >= 10) {
		options->sack_blocks = true;
	} else if (kind == OPTION_MSS && len == 4) {
		options->mss = get16(c, at + 2);
	} else if (kind == OPTION_SCALE && len == 3) {
		scale = get8(c, at + 2);
		options->scale = scale > SCALE_MAX ? SCALE_MAX : scale;
	} else if (kind == OPTION_SACK_PERMITTED && len == 2) {
		options->sack_permitted = true;
	}
}

/* Options that were cut off are as if they were not there. */
static void take_options(const struct cursor *c, uint32_t end,
			 struct wire_options *options)
{
	uint32_t at = 20;

	if (end > c->cap)
		end = c->cap;
	while (at + 1 < end) {
		uint8_t kind = c->at[at];
		uint8_t len = c->at[at + 1];

		if (kind == OPTION_NOP) {
			at++;
			continue;
		}
		if (kind == OPTION_END || len < 2 || at + len > end)
			return;
		take_option(c, at, kind, len, options);
		at += len;
	}
}

void wire_segment_decode(struct cursor *c, struct wire_packet *packet)
{
	uint32_t header_len = (uint32_t)(get8(c, 12) >> 4) * 4;

	if (!has(c, 20) || header_len < 20 || header_len > c->len)
		return;
	packet->kind = WIRE_TCP;
	packet->src.port = get16(c, 0);
	packet->dst.port = get16(c, 2);
	packet->seq = get32(c, 4);
	packet->ack = get32(c, 8);
	packet->flags = c->at[13];
	packet->window = get16(c, 14);
	packet->header_len = header_len;
	packet->options.scale = -1;
	take_options(c, header_len, &packet->options);
	wire_digest(packet, c->at, header_len < c->cap ? header_len : c->cap);
	skip(c, header_len);
	packet->payload_len = c->len;
	packet->captured = c->cap;
	packet->payload = c->at;
}
