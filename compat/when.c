// SPDX-License-Identifier: Apache-2.0
/* when.c - conditions of rules: their grammar is in compat/README.md */
#include <fnmatch.h>
#include <string.h>

#include "base/mem.h"
#include "compat/machine.h"

/** struct view - The pair that conditions are held against */
struct view {
	const char *name[2];
	const struct facts *facts[2];
};

static const char *const sides[] = { "source.", "target." };
enum side { SIDE_SOURCE, SIDE_TARGET, SIDE_BOTH };

static const char *const known_facts[] = {
	"machine",    "kernel",	   "kernel_version", "arch",	    "criu",
	"glibc",      "cpu_model", "cpu_flags",	     "xsave_bytes", "xcr0",
	"memory_kib", "vcpus",	   "clocksource",
};
static const char *const open_facts[] = { "sysctl.", "module." };

/* Cuts the side off; "xsave_bytes" alone is about both. */
static enum side side_of(const char *key, const char **ret_fact)
{
	enum side side = SIDE_SOURCE;

	while (side < SIDE_BOTH && !str_starts(key, sides[side]))
		side++;
	*ret_fact = side < SIDE_BOTH ? key + strlen(sides[side]) : key;
	return side;
}

static bool fact_known(const char *fact)
{
	for (size_t i = 0; i < ARRAY_SIZE(known_facts); i++)
		if (!strcmp(fact, known_facts[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(open_facts); i++)
		if (str_starts(fact, open_facts[i]) &&
		    fact[strlen(open_facts[i])])
			return true;
	return false;
}

static const char *look_up(const struct view *view, enum side side,
			   const char *fact)
{
	if (!strcmp(fact, "machine"))
		return view->name[side];
	return facts_get(view->facts[side], fact);
}

static bool has_word(const char *words, const char *word)
{
	struct str_list list CLEANUP(str_list_release) = { 0 };

	str_list_split(&list, words, " ");
	return str_list_has(&list, word);
}

static bool is_within(const char *words, const char *other)
{
	struct str_list list CLEANUP(str_list_release) = { 0 };
	struct str_list in CLEANUP(str_list_release) = { 0 };

	str_list_split(&list, words, " ");
	str_list_split(&in, other, " ");
	for (size_t i = 0; i < list.n; i++)
		if (!str_list_has(&in, list.v[i]))
			return false;
	return true;
}

static bool is_not_within(const char *words, const char *other)
{
	return !is_within(words, other);
}

static bool lacks_word(const char *words, const char *word)
{
	return !has_word(words, word);
}

static bool is_less(const char *a, const char *b)
{
	return str_version_cmp(a, b) < 0;
}

static bool is_at_most(const char *a, const char *b)
{
	return str_version_cmp(a, b) <= 0;
}

static bool is_more(const char *a, const char *b)
{
	return str_version_cmp(a, b) > 0;
}

static bool is_at_least(const char *a, const char *b)
{
	return str_version_cmp(a, b) >= 0;
}

static bool fits_glob(const char *text, const char *glob)
{
	return !fnmatch(glob, text, 0);
}

/** enum operand - What follows an operator: text, another fact, or either */
enum operand { OPERAND_TEXT, OPERAND_EITHER, OPERAND_FACT };

struct operator
{
	const char *sign;
	enum operand operand;
	bool (*holds)(const char *value, const char *operand);
};

/* The first whose sign a term begins with; the last takes all. */
static const struct operator operators[] = {
	{ "<=", OPERAND_EITHER, is_at_most },
	{ ">=", OPERAND_EITHER, is_at_least },
	{ "<", OPERAND_EITHER, is_less },
	{ ">", OPERAND_EITHER, is_more },
	{ "=", OPERAND_EITHER, str_eq },
	{ "has ", OPERAND_TEXT, has_word },
	{ "lacks ", OPERAND_TEXT, lacks_word },
	{ "within ", OPERAND_FACT, is_within },
	{ "not-within ", OPERAND_FACT, is_not_within },
	{ "", OPERAND_TEXT, fits_glob },
};

static const struct operator*
	operator_of(const char *term, const char **ret_operand)
{
	const struct operator* op = operators;
	const char *rest;

	while (!str_starts(term, op->sign))
		op++;
	rest = term + strlen(op->sign);
	*ret_operand = rest + strspn(rest, " ");
	return op;
}

/**
 * struct condition - One key and value, held against one side
 * @view:	NULL: only check that the text can be understood
 * @value:	The fact's
 * @missing:	Set when a fact it compares with is not there
 * @wrong:	Set to what cannot be understood
 */
struct condition {
	const struct view *view;
	const char *value;
	bool missing;
	const char *wrong;
};

static bool refers_to_fact(const struct operator* op, const char *operand)
{
	const char *fact;

	return op->operand == OPERAND_FACT ||
	       (op->operand == OPERAND_EITHER &&
		side_of(operand, &fact) != SIDE_BOTH);
}

/* "has" with nothing behind it would be taken as a glob. */
static bool is_bare_word(const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < ARRAY_SIZE(operators); i++)
		if (strlen(operators[i].sign) == len + 1 &&
		    str_starts(operators[i].sign, text) &&
		    operators[i].sign[len] == ' ')
			return true;
	return false;
}

static const char *check_operand(const struct operator* op, const char *operand)
{
	const char *fact;

	if (!*operand || is_bare_word(operand))
		return "there is nothing to compare with";
	if (!refers_to_fact(op, operand))
		return op->holds != fits_glob && strchr(operand, ' ') ?
			       "there is more than one word to compare with" :
			       NULL;
	if (side_of(operand, &fact) == SIDE_BOTH)
		return "'within' and 'not-within' need source.FACT or "
		       "target.FACT";
	return fact_known(fact) ? NULL : "compares with an unknown fact";
}

static bool eval_term(struct condition *c, const char *term)
{
	const struct operator* op;
	const char *operand, *fact;
	bool negated = false;
	enum side side;

	for (; *term == '!' || *term == ' '; term++)
		negated ^= *term == '!';
	op = operator_of(term, &operand);
	if (!c->wrong)
		c->wrong = check_operand(op, operand);
	if (c->wrong || !c->view)
		return false;
	if (refers_to_fact(op, operand)) {
		side = side_of(operand, &fact);
		operand = look_up(c->view, side, fact);
	}
	if (operand)
		return op->holds(c->value, operand) != negated;
	c->missing = true;
	return false;
}

/* Calls eval_all() or eval_term() for the parts of @text between @sep. */
static bool eval_parts(struct condition *c, const char *text, char sep,
		       bool (*eval)(struct condition *c, const char *part),
		       bool all)
{
	char *copy CLEANUP_FREE = xstrdup(text);
	bool result = all;
	char *part = copy;

	while (part) {
		char *next = strchr(part, sep);

		if (next)
			*next++ = '\0';
		if (eval(c, str_trim(part)) != all)
			result = !all;
		part = next;
	}
	return result;
}

static bool eval_any(struct condition *c, const char *text)
{
	return eval_parts(c, text, '|', eval_term, false);
}

static bool eval_text(struct condition *c, const char *text)
{
	bool result = eval_parts(c, text, ',', eval_any, true);

	return result && !c->missing && !c->wrong;
}

static bool holds_on(const struct view *view, enum side side, const char *fact,
		     const char *text)
{
	struct condition c = { .view = view,
			       .value = look_up(view, side, fact) };

	return c.value && eval_text(&c, text);
}

static bool pair_holds(const struct view *view, const struct bind_pair *pair)
{
	const char *fact;
	enum side side = side_of(pair->key, &fact);

	if (side != SIDE_BOTH)
		return holds_on(view, side, fact, pair->value);
	return holds_on(view, SIDE_SOURCE, fact, pair->value) &&
	       holds_on(view, SIDE_TARGET, fact, pair->value);
}

bool when_match(const struct bind_map *when, const char *source_name,
		const struct facts *source, const char *target_name,
		const struct facts *target)
{
	struct view view = { .name = { source_name, target_name },
			     .facts = { source, target } };

	for (size_t i = 0; i < when->n; i++)
		if (!pair_holds(&view, &when->v[i]))
			return false;
	return true;
}

const char *when_check(const char *key, const char *value)
{
	struct condition c = { 0 };
	const char *fact;

	side_of(key, &fact);
	if (!fact_known(fact))
		return "unknown fact";
	eval_text(&c, value);
	return c.wrong;
}

char *when_suggest(const char *key)
{
	const char *fact, *nearest;
	enum side side = side_of(key, &fact);

	if (fact_known(fact))
		return NULL;
	nearest = bind_nearest(fact, known_facts, ARRAY_SIZE(known_facts));
	if (!nearest)
		return NULL;
	return xasprintf("%s%s", side == SIDE_BOTH ? "" : sides[side], nearest);
}
