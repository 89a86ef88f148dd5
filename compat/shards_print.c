// SPDX-License-Identifier: Apache-2.0
/* shards_print.c - which shards there are, for people and for CI systems */
#include <inttypes.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/shape.h"
#include "compat/shards.h"

const char *const shards_format_names[] = {
	[SHARDS_TEXT] = "text",	      [SHARDS_JSON] = "json",
	[SHARDS_GITHUB] = "github",   [SHARDS_GITLAB] = "gitlab",
	[SHARDS_FORMAT_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(shards_format_names) == SHARDS_FORMAT_COUNT + 1,
	      "shards_format_names[] doesn't match enum shards_format");

static char *name_of(const struct shards *shards, uint64_t i)
{
	return xasprintf("%" PRIu64 "/%" PRIu64, i + 1, shards->n);
}

static json_t *seconds(uint64_t ns)
{
	return ns == UNMEASURED ?
		       json_null() :
		       json_integer(
			       (json_int_t)((ns + NS_PER_S - 1) / NS_PER_S));
}

/* --- Text ----------------------------------------------------------------------- */

static size_t pairs_of(const struct plan *plan, const struct shards *shards,
		       uint64_t shard)
{
	const struct cell *last = NULL;
	size_t n = 0;

	for (size_t i = 0; i < plan->n_cells; i++) {
		const struct cell *cell = &plan->cells[i];

		if (shards->of[i] != shard)
			continue;
		n += !last || last->source != cell->source ||
		     last->target != cell->target;
		last = cell;
	}
	return n;
}

static void print_text(const struct plan *plan, const struct shards *shards,
		       FILE *out)
{
	(void)fprintf(out, "shard      cells  pairs  seconds\n");
	for (uint64_t i = 0; i < shards->n; i++) {
		CLEANUP_FREE char *name = name_of(shards, i);

		if (!shards->cells[i])
			continue;
		(void)fprintf(out, "%-9s  %5zu  %5zu  ", name, shards->cells[i],
			      pairs_of(plan, shards, i));
		if (shards->ns[i] == UNMEASURED)
			(void)fprintf(out, "%7s\n", "-");
		else
			(void)fprintf(out, "%7.1f\n",
				      (double)shards->ns[i] / (double)NS_PER_S);
	}
}

/* --- JSON ----------------------------------------------------------------------- */

static json_t *ids_json(const struct plan *plan, const struct shards *shards,
			uint64_t shard)
{
	json_t *array = json_array();

	for (size_t i = 0; i < plan->n_cells; i++) {
		if (shards->of[i] == shard)
			(void)json_array_append_new(
				array, json_string(plan->cells[i].id));
	}
	return array;
}

static json_t *whole_json(const struct plan *plan, const struct shards *shards)
{
	json_t *array = json_array();

	for (uint64_t i = 0; i < shards->n; i++) {
		CLEANUP_FREE char *name = name_of(shards, i);

		if (shards->cells[i])
			(void)json_array_append_new(
				array,
				json_pack("{ss, so, so}", "shard", name,
					  "seconds", seconds(shards->ns[i]),
					  "cells", ids_json(plan, shards, i)));
	}
	return json_pack("{ss, sI, so}", "schema", SHARDS_SCHEMA, "cells",
			 (json_int_t)plan->n_cells, "shards", array);
}

/* For 'strategy: matrix: ${{ fromJSON(...) }}'. */
static json_t *github_json(const struct plan *plan, const struct shards *shards)
{
	json_t *array = json_array();

	(void)plan;
	for (uint64_t i = 0; i < shards->n; i++) {
		CLEANUP_FREE char *name = name_of(shards, i);

		if (shards->cells[i])
			(void)json_array_append_new(
				array,
				json_pack("{ss, sI, sI, so}", "shard", name,
					  "index", (json_int_t)i + 1, "cells",
					  (json_int_t)shards->cells[i],
					  "seconds", seconds(shards->ns[i])));
	}
	return json_pack("{so}", "include", array);
}

/* A child pipeline: YAML takes JSON. */
static json_t *gitlab_json(const struct plan *plan, const struct shards *shards)
{
	json_t *array = json_array();

	(void)plan;
	for (uint64_t i = 0; i < shards->n; i++) {
		CLEANUP_FREE char *name = name_of(shards, i);

		if (shards->cells[i])
			(void)json_array_append_new(array, json_string(name));
	}
	return json_pack("{s:{s:s, s:{s:[{s:o}]}}}", "crmatrix", "extends",
			 ".crmatrix-shard", "parallel", "matrix",
			 "CRMATRIX_SHARD", array);
}

/** struct writer - A format that is JSON, and how many jobs that CI takes */
static const struct {
	json_t *(*make)(const struct plan *plan, const struct shards *shards);
	size_t flags;
	size_t most;
} writers[] = {
	[SHARDS_TEXT] = { NULL, 0, 0 },
	[SHARDS_JSON] = { whole_json, JSON_INDENT(1), 0 },
	/* One line, as a step's output wants it. */
	[SHARDS_GITHUB] = { github_json, JSON_COMPACT, 256 },
	[SHARDS_GITLAB] = { gitlab_json, JSON_INDENT(1), 200 },
};
static_assert(ARRAY_SIZE(writers) == SHARDS_FORMAT_COUNT,
	      "writers[] doesn't match enum shards_format");

static size_t filled(const struct shards *shards)
{
	size_t n = 0;

	for (uint64_t i = 0; i < shards->n; i++)
		n += shards->cells[i] > 0;
	return n;
}

int shards_print(const struct plan *plan, const struct shards *shards,
		 enum shards_format format, FILE *out, struct err *err)
{
	size_t most = writers[format].most;
	json_t *json;

	if (most && filled(shards) > most)
		return err_set(err, ERR_INPUT, 0,
			       "%zu jobs are more than %s takes: %zu",
			       filled(shards), shards_format_names[format],
			       most);
	if (!writers[format].make) {
		print_text(plan, shards, out);
		return 0;
	}
	json = writers[format].make(plan, shards);
	(void)json_dumpf(json, out, writers[format].flags);
	(void)fputc('\n', out);
	json_decref(json);
	return 0;
}

static json_t *shard_schema(void)
{
	return json_pack("{ss, sb, s[sss], s{s{ss}, s{s[ss]}, s{ss, si, "
			 "s{ss}}}}",
			 "type", "object", "additionalProperties", 0,
			 "required", "shard", "seconds", "cells", "properties",
			 "shard", "type", "string", "seconds", "type",
			 "integer", "null", "cells", "type", "array",
			 "minItems", 1, "items", "type", "string");
}

json_t *shards_schema(void)
{
	return json_pack("{ss, ss, ss, sb, s[sss], s{s{ss}, s{ss}, s{ss, so}}}",
			 "$schema",
			 "https://json-schema.org/draft/2020-12/schema",
			 "title",
			 "crmatrix list cells --shards N --format json", "type",
			 "object", "additionalProperties", 0, "required",
			 "schema", "cells", "shards", "properties", "schema",
			 "const", SHARDS_SCHEMA, "cells", "type", "integer",
			 "shards", "type", "array", "items", shard_schema());
}
