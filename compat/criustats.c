// SPDX-License-Identifier: Apache-2.0
/* criustats.c - CRIU's statistics images: stats-dump and stats-restore */
#include "compat/criustats.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

#define IMG_SERVICE_MAGIC 0x55105940U
#define STATS_MAGIC 0x57093306U
#define HEAD_BYTES 12 /* two magics and the entry's size */
#define NS_PER_US 1000

/* Protobuf wire types that can come up in a stats_entry. */
enum { WIRE_VARINT = 0, WIRE_LEN = 2 };

struct cursor {
	const uint8_t *p;
	const uint8_t *end;
};

static bool varint(struct cursor *c, uint64_t *ret)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64 && c->p < c->end; shift += 7) {
		uint8_t byte = *c->p++;

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*ret = value;
			return true;
		}
	}
	return false;
}

/* One field: its number, and its value or its bytes. */
static bool field(struct cursor *c, unsigned *ret_number, uint64_t *ret_value,
		  struct cursor *ret_inner)
{
	uint64_t tag, value;

	if (!varint(c, &tag) || !varint(c, &value))
		return false;
	*ret_number = (unsigned)(tag >> 3);
	*ret_value = value;
	*ret_inner = (struct cursor){ c->p, c->p };
	if ((tag & 7) == WIRE_VARINT)
		return true;
	if ((tag & 7) != WIRE_LEN || value > (uint64_t)(c->end - c->p))
		return false;
	ret_inner->end = c->p + value;
	c->p += value;
	return true;
}

struct figure {
	unsigned number;
	size_t offset;
	uint64_t unit;
};

#define US(number, member)                                           \
	{                                                            \
		number, offsetof(struct obs_criu, member), NS_PER_US \
	}

static const struct figure dump_figures[] = {
	US(1, freezing_ns),
	US(2, frozen_ns),
	US(3, memdump_ns),
	US(4, memwrite_ns),
	{ 6, offsetof(struct obs_criu, pages_skipped), 1 },
	{ 7, offsetof(struct obs_criu, pages_written), 1 },
};

static const struct figure restore_figures[] = {
	US(3, forking_ns),
	US(4, restore_ns),
	{ 5, offsetof(struct obs_criu, pages_restored), 1 },
};

/* No migration is so long that its ns do not fit. */
static bool put(const struct figure *figure, uint64_t value,
		struct obs_criu *criu)
{
	if (value >= UNMEASURED / figure->unit)
		return false;
	value *= figure->unit;
	memcpy((char *)criu + figure->offset, &value, sizeof(value));
	return true;
}

static bool take(struct cursor c, const struct figure *figures, size_t n,
		 struct obs_criu *criu)
{
	struct cursor inner;
	unsigned number;
	uint64_t value;

	while (c.p < c.end) {
		if (!field(&c, &number, &value, &inner))
			return false;
		for (size_t i = 0; i < n; i++)
			if (figures[i].number == number &&
			    !put(&figures[i], value, criu))
				return false;
	}
	return true;
}

bool criustats_read(const void *bytes, size_t len, struct obs_criu *criu)
{
	const uint8_t *p = bytes;
	uint32_t head[3];
	struct obs_criu got = *criu;
	struct cursor c, inner;
	unsigned number;
	uint64_t value;
	bool ok = true;

	if (len < HEAD_BYTES)
		return false;
	memcpy(head, p, sizeof(head));
	if (head[0] != IMG_SERVICE_MAGIC || head[1] != STATS_MAGIC ||
	    head[2] > len - HEAD_BYTES)
		return false;
	c = (struct cursor){ p + HEAD_BYTES, p + HEAD_BYTES + head[2] };
	while (ok && c.p < c.end) {
		ok = field(&c, &number, &value, &inner);
		if (ok && number == 1)
			ok = take(inner, dump_figures, ARRAY_SIZE(dump_figures),
				  &got);
		else if (ok && number == 2)
			ok = take(inner, restore_figures,
				  ARRAY_SIZE(restore_figures), &got);
	}
	if (ok)
		*criu = got;
	return ok;
}

void criustats_init(struct obs_criu *criu)
{
	*criu = (struct obs_criu){ .freezing_ns = UNMEASURED,
				   .frozen_ns = UNMEASURED,
				   .memdump_ns = UNMEASURED,
				   .memwrite_ns = UNMEASURED,
				   .pages_written = UNMEASURED,
				   .pages_skipped = UNMEASURED,
				   .forking_ns = UNMEASURED,
				   .restore_ns = UNMEASURED,
				   .pages_restored = UNMEASURED,
				   .pages_lazy = UNMEASURED };
}
