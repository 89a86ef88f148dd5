// SPDX-License-Identifier: Apache-2.0
/* explain_pair.c - the two machines of a cell: the facts in which they differ */
#include <string.h>

#include "base/mem.h"
#include "compat/explain.h"

#define VALUE_WIDTH_MAX 32

static const struct machine_result *find_machine(const struct results *results,
						 const char *name)
{
	for (size_t i = 0; i < results->n_machines; i++) {
		if (strcmp(results->machines[i].name, name) == 0)
			return &results->machines[i];
	}
	return NULL;
}

/* What the cell itself saw, else what the run says of the machine. */
static const struct facts *facts_of(const struct story *story,
				    const struct facts *seen, const char *name)
{
	const struct machine_result *machine =
		find_machine(story->results, name);

	if (seen && seen->map.n)
		return seen;
	return machine ? &machine->facts : NULL;
}

static const char *value_of(const struct facts *facts, const char *key)
{
	return facts ? facts_get(facts, key) : NULL;
}

/* Words of @value that @other does not have: long lists differ in few. */
static char *words_only_in(const char *value, const char *other)
{
	CLEANUP(str_list_release) struct str_list words = { 0 };
	CLEANUP(str_list_release) struct str_list others = { 0 };
	CLEANUP(str_list_release) struct str_list only = { 0 };
	CLEANUP_FREE char *text = NULL;

	str_list_split(&words, value, " ");
	str_list_split(&others, other ? other : "", " ");
	for (size_t i = 0; i < words.n; i++) {
		if (!str_list_has(&others, words.v[i]))
			str_list_add(&only, words.v[i]);
	}
	text = str_list_join(&only, " ");
	return xasprintf("only here: %s", only.n ? text : "nothing");
}

/* Flags and the like; what has capitals is a name, and is shown whole. */
static bool is_long_list(const char *value)
{
	return value && text_width(value) > VALUE_WIDTH_MAX &&
	       strchr(value, ' ') &&
	       !strpbrk(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

static char *shown(const char *value, const char *other)
{
	if (!value)
		return xstrdup("-");
	if (is_long_list(value) || is_long_list(other))
		return words_only_in(value, other);
	return xstrdup(value);
}

/** struct contrast - Facts that differ: short ones in a table, long ones below */
struct contrast {
	struct table table;
	struct str_list below;
};

static void add_fact(struct contrast *contrast, const char *key,
		     const char *source, const char *target)
{
	CLEANUP_FREE char *a = shown(source, target);
	CLEANUP_FREE char *b = shown(target, source);

	if (text_width(a) <= VALUE_WIDTH_MAX &&
	    text_width(b) <= VALUE_WIDTH_MAX) {
		table_add(&contrast->table, INK_DIM, key);
		table_add(&contrast->table, INK_PLAIN, a);
		table_add(&contrast->table, INK_PLAIN, b);
		return;
	}
	str_list_take(&contrast->below,
		      xasprintf("%s on the source: %s", key, a));
	str_list_take(&contrast->below,
		      xasprintf("%s on the target: %s", key, b));
}

static void add_facts(struct contrast *contrast, const struct facts *source,
		      const struct facts *target)
{
	for (size_t i = 0; source && i < source->map.n; i++) {
		const struct bind_pair *pair = &source->map.v[i];
		const char *other = value_of(target, pair->key);

		if (!str_eq(pair->value, other))
			add_fact(contrast, pair->key, pair->value, other);
	}
	for (size_t i = 0; target && i < target->map.n; i++) {
		const struct bind_pair *pair = &target->map.v[i];

		if (!value_of(source, pair->key))
			add_fact(contrast, pair->key, NULL, pair->value);
	}
}

void explain_pair(const struct story *story)
{
	const struct result *cell = story->cell;
	const struct observation *obs = story->obs;
	struct contrast contrast = { .table = { .n_cols = 3 } };
	const struct facts *source =
		facts_of(story, obs ? &obs->source_facts : NULL, cell->source);
	const struct facts *target =
		facts_of(story, obs ? &obs->target_facts : NULL, cell->target);

	text_heading("machines: what differs", story->opts, story->out);
	table_add(&contrast.table, INK_DIM, "");
	table_addf(&contrast.table, INK_PLAIN, "source %s", cell->source);
	table_addf(&contrast.table, INK_PLAIN, "target %s", cell->target);
	add_facts(&contrast, source, target);
	if (contrast.table.n > 3)
		table_print(&contrast.table, 1, 3, story->opts, story->out);
	for (size_t i = 0; i < contrast.below.n; i++)
		text_wrap("  ", 6, contrast.below.v[i], story->opts,
			  story->out);
	if (contrast.table.n == 3 && !contrast.below.n)
		story_line(story, "",
			   source && source->map.n ? "nothing" :
						     "no facts were read");
	table_release(&contrast.table);
	str_list_release(&contrast.below);
}
