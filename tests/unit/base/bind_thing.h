// SPDX-License-Identifier: Apache-2.0
/* bind_thing.h - a table with every type in it, for the tests of the binder */
#ifndef TESTS_UNIT_BASE_BIND_THING_H
#define TESTS_UNIT_BASE_BIND_THING_H

#include <string.h>

#include "base/bind.h"
#include "base/clock.h"
#include "base/mem.h"

struct inner {
	char *run;
	char *wait;
	uint64_t within_ns;
	struct bind_pos pos;
};

struct named {
	char *name;
	char *value;
	struct bind_pos pos;
};

struct thing {
	char *text;
	char *version;
	bool flag;
	uint64_t number;
	uint64_t duration_ns;
	uint64_t size_bytes;
	int color;
	struct str_list list;
	struct bind_map map;
	struct bind_map colors;
	struct inner inner;
	struct inner *inners;
	size_t n_inners;
	struct named *named;
	size_t n_named;
	struct bind_pos pos;
};

static const char *const color_names[] = { "red", "", "blue", NULL };
static const char *const one_of[] = { "run", "wait", NULL };

static const struct bind_field inner_fields[] = {
	{ .key = "run",
	  .type = BIND_STR,
	  .offset = offsetof(struct inner, run) },
	{ .key = "wait",
	  .type = BIND_STR,
	  .offset = offsetof(struct inner, wait) },
	{ .key = "within",
	  .type = BIND_DURATION,
	  .dflt = "5s",
	  .offset = offsetof(struct inner, within_ns) },
};

static const struct bind_table inner_table = {
	.name = "inner",
	.size = sizeof(struct inner),
	.pos_offset = offsetof(struct inner, pos),
	.fields = inner_fields,
	.n = ARRAY_SIZE(inner_fields),
	.short_key = "run",
	.one_of = one_of,
};

static const struct bind_field named_fields[] = {
	{ .key = "value",
	  .type = BIND_STR,
	  .required = true,
	  .offset = offsetof(struct named, value) },
};

static const struct bind_table named_table = {
	.name = "named",
	.size = sizeof(struct named),
	.pos_offset = offsetof(struct named, pos),
	.fields = named_fields,
	.n = ARRAY_SIZE(named_fields),
};

#define AT(m) .offset = offsetof(struct thing, m)
static const struct bind_field thing_fields[] = {
	{ .key = "text", .type = BIND_STR, AT(text), .required = true },
	{ .key = "version",
	  .type = BIND_STR,
	  AT(version),
	  .pattern = "^[0-9.]+$" },
	{ .key = "flag", .type = BIND_BOOL, AT(flag), .dflt = "true" },
	{ .key = "number",
	  .type = BIND_UINT,
	  AT(number),
	  .dflt = "7",
	  .min = 1,
	  .max = 100 },
	{ .key = "duration",
	  .type = BIND_DURATION,
	  AT(duration_ns),
	  .dflt = "250ms",
	  .max = 60 * NS_PER_S },
	{ .key = "size",
	  .type = BIND_SIZE,
	  AT(size_bytes),
	  .dflt = "1M",
	  .min = 4096,
	  .max = 1 << 30 },
	{ .key = "color",
	  .type = BIND_ENUM,
	  AT(color),
	  .dflt = "blue",
	  .names = color_names },
	{ .key = "list",
	  .type = BIND_STR_LIST,
	  AT(list),
	  .pattern = "^[a-z]+$" },
	{ .key = "map", .type = BIND_STR_MAP, AT(map) },
	{ .key = "colors",
	  .type = BIND_STR_MAP,
	  AT(colors),
	  .names = color_names },
	{ .key = "inner",
	  .type = BIND_STRUCT,
	  AT(inner),
	  .table = &inner_table },
	{ .key = "inners",
	  .type = BIND_STRUCTS,
	  AT(inners),
	  .count_offset = offsetof(struct thing, n_inners),
	  .table = &inner_table },
	{ .key = "named",
	  .type = BIND_NAMED,
	  AT(named),
	  .count_offset = offsetof(struct thing, n_named),
	  .table = &named_table,
	  .pattern = "^[a-z]+$" },
};

static void check_thing(void *obj, struct bind_ctx *ctx)
{
	const struct thing *thing = obj;

	if (thing->number == 13)
		bind_report(ctx, bind_pos_of(ctx, "number"), "take 12",
			    "%s is unlucky", "thirteen");
	if (bind_key_given(ctx, "version") && !bind_key_given(ctx, "list"))
		bind_report(ctx, bind_pos_of(ctx, "list"), NULL, "no list");
}

static const struct bind_table thing_table = {
	.name = "thing",
	.size = sizeof(struct thing),
	.pos_offset = offsetof(struct thing, pos),
	.fields = thing_fields,
	.n = ARRAY_SIZE(thing_fields),
	.check = check_thing,
};

static inline int bind(const char *text, struct thing *thing,
		       struct bind_diags *diags, struct err *err)
{
	return bind_text("t.yaml", text, strlen(text), &thing_table, thing,
			 diags, err);
}

#endif
