// SPDX-License-Identifier: Apache-2.0
/* bind_suggest.c - what people may have meant */
#include <string.h>

#include "base/bind.h"
#include "base/bind_internal.h"
#include "base/mem.h"

const char *bind_nearest(const char *name, const char *const *names, size_t n)
{
	size_t len = strlen(name);
	size_t best = len < 5 ? 1 : (len + 1) / 3;
	const char *nearest = NULL;

	for (size_t i = 0; i < n; i++) {
		size_t distance;

		if (!names[i] || !*names[i])
			continue;
		distance = str_distance(name, names[i]);
		if (distance > best || distance >= strlen(names[i]) ||
		    (nearest && distance == best))
			continue;
		nearest = names[i];
		best = distance;
	}
	return nearest;
}

const struct bind_field *bind_field_of(const struct bind_table *table,
				       const char *key)
{
	for (size_t i = 0; i < table->n; i++)
		if (!strcmp(table->fields[i].key, key))
			return &table->fields[i];
	return NULL;
}

/* A key written one level too high: "'command' belongs in 'workload'". */
static const char *belongs_in(const struct bind_table *table, const char *key)
{
	for (size_t i = 0; i < table->n; i++) {
		const struct bind_field *field = &table->fields[i];

		if (field->type == BIND_STRUCT &&
		    bind_field_of(field->table, key))
			return field->key;
	}
	return NULL;
}

char *bind_suggest_key(const struct bind_table *table, const char *key)
{
	const char **keys CLEANUP_FREE = xcalloc(table->n, sizeof(*keys));
	const char *nearest, *parent;
	struct strbuf buf;

	for (size_t i = 0; i < table->n; i++)
		keys[i] = table->fields[i].key;
	parent = belongs_in(table, key);
	if (parent)
		return xasprintf("it belongs in '%s'", parent);
	nearest = bind_nearest(key, keys, table->n);
	if (nearest)
		return xasprintf("did you mean '%s'?", nearest);
	strbuf_open(&buf);
	for (size_t i = 0; i < table->n; i++)
		(void)fprintf(buf.f, "%s%s", i ? ", " : "known: ", keys[i]);
	return strbuf_take(&buf);
}
