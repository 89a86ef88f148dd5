// SPDX-License-Identifier: Apache-2.0
/* fuzz_yaml.c - any bytes as any of our YAML files: bound, shown, round trip */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bind.h"
#include "base/mem.h"
#include "compat/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct bind_table *const tables[] = {
	&scenario_table,
	&machines_table,
	&matrix_table,
};

static void show(const struct bind_diags *diags)
{
	struct strbuf buf;

	strbuf_open(&buf);
	bind_diags_print(diags, buf.f, false);
	strbuf_release(&buf);
}

static void round_trip(const struct bind_table *table, const void *obj)
{
	void *again CLEANUP_FREE = xcalloc(1, table->size);
	json_t *first = bind_to_json(table, obj);
	struct err err = ERR_INIT;
	json_t *second;

	if (bind_from_json(table, first, again, &err)) {
		(void)fprintf(stderr, "%s\n", err.msg);
		abort();
	}
	second = bind_to_json(table, again);
	if (!json_equal(first, second))
		abort();
	bind_release(table, again);
	json_decref(first);
	json_decref(second);
}

/* Errors are in order and have a place in the text. */
static void check_diags(const struct bind_diags *diags)
{
	assert(diags->n > 0 && diags->n <= 20);
	for (size_t i = 0; i < diags->n; i++) {
		assert(diags->v[i].pos.line > 0 && diags->v[i].pos.col > 0);
		assert(diags->v[i].source);
		assert(!i || diags->v[i].pos.line >= diags->v[i - 1].pos.line);
	}
}

static void read_as(const struct bind_table *table, const char *text,
		    size_t len)
{
	void *obj CLEANUP_FREE = xcalloc(1, table->size);
	struct bind_diags diags = { 0 };
	struct err err = ERR_INIT;

	if (!bind_text("fuzz.yaml", text, len, table, obj, &diags, &err))
		round_trip(table, obj);
	else
		check_diags(&diags);
	show(&diags);
	bind_release(table, obj);
	bind_diags_release(&diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		read_as(tables[i], (const char *)data, size);
	return 0;
}
