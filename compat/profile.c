// SPDX-License-Identifier: Apache-2.0
/* profile.c - files of facts */
#include "compat/profile.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/shape.h"

#define AT(m) .offset = offsetof(struct profile, m)

static const struct bind_field fields[] = {
	{ .key = "schema",
	  .type = BIND_STR,
	  .required = true,
	  AT(schema),
	  .pattern = "^" PROFILE_SCHEMA "$",
	  .help = "What kind of file this is, and which version of it." },
	{ .key = "name",
	  .type = BIND_STR,
	  .required = true,
	  AT(name),
	  .pattern = "^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$",
	  .help = "What the machine or the workload is called." },
	{ .key = "facts",
	  .type = BIND_STR_MAP,
	  AT(facts.map),
	  .help = "What the machine is: the facts that conditions ask." },
	{ .key = "workload",
	  .type = BIND_STR_MAP,
	  AT(workload.map),
	  .help = "What a workload has that lives on it." },
};

const struct bind_table profile_table = {
	.name = "profile",
	.help = "A machine or a workload as 'crmatrix profile' found it.",
	.size = sizeof(struct profile),
	.pos_offset = BIND_NO_POS,
	.fields = fields,
	.n = ARRAY_SIZE(fields),
};

void profile_release(struct profile *profile)
{
	bind_release(&profile_table, profile);
}

/* A string of JSON is one of YAML, whatever is in it. */
static void put(const char *indent, const char *key, const char *value,
		FILE *out)
{
	json_t *json = shape_text(value);
	char *text = json_dumps(json, JSON_ENCODE_ANY);

	(void)fprintf(out, "%s%s: %s\n", indent, key, text);
	free(text);
	json_decref(json);
}

static void put_map(const char *key, const struct facts *facts, FILE *out)
{
	if (!facts->map.n)
		return;
	(void)fprintf(out, "%s:\n", key);
	for (size_t i = 0; i < facts->map.n; i++)
		put("  ", facts->map.v[i].key, facts->map.v[i].value, out);
}

void profile_write(const struct profile *profile, FILE *out)
{
	put("", "schema", PROFILE_SCHEMA, out);
	put("", "name", profile->name, out);
	put_map("facts", &profile->facts, out);
	put_map("workload", &profile->workload, out);
}
