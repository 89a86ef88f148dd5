// SPDX-License-Identifier: Apache-2.0
/* bind_scalar.c - text to values: strict, without YAML 1.1's surprises */
#include <inttypes.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/bind.h"
#include "base/bind_internal.h"
#include "base/clock.h"
#include "base/mem.h"

/** struct unit - A suffix and what it multiplies by; biggest first */
struct unit {
	const char *suffix;
	uint64_t factor;
};

static const struct unit duration_units[] = {
	{ "h", 3600 * NS_PER_S },
	{ "m", 60 * NS_PER_S },
	{ "s", NS_PER_S },
	{ "ms", NS_PER_MS },
};

static const struct unit size_units[] = {
	{ "T", UINT64_C(1) << 40 },
	{ "G", UINT64_C(1) << 30 },
	{ "M", UINT64_C(1) << 20 },
	{ "K", UINT64_C(1) << 10 },
};

/* Values stay within int64_t, so that they fit into JSON. */
static bool parse_digits(const char *text, uint64_t *ret_value,
			 const char **ret_rest)
{
	uint64_t value = 0;
	const char *c = text;

	if (c[0] == '0' && c[1] >= '0' && c[1] <= '9')
		return false;
	for (; *c >= '0' && *c <= '9'; c++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*c - '0'), &value))
			return false;
	if (c == text || value > INT64_MAX)
		return false;
	*ret_value = value;
	*ret_rest = c;
	return true;
}

static bool parse_units(const char *text, const struct unit *units, size_t n,
			uint64_t *ret_value)
{
	const char *rest = NULL;
	uint64_t value = 0;

	if (!parse_digits(text, &value, &rest))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(rest, units[i].suffix) != 0)
			continue;
		if (__builtin_mul_overflow(value, units[i].factor, &value) ||
		    value > INT64_MAX)
			return false;
		*ret_value = value;
		return true;
	}
	return false;
}

bool bind_parse_duration(const char *text, uint64_t *ret_ns)
{
	return parse_units(text, duration_units, ARRAY_SIZE(duration_units),
			   ret_ns);
}

bool bind_parse_size(const char *text, uint64_t *ret_bytes)
{
	return parse_units(text, size_units, ARRAY_SIZE(size_units), ret_bytes);
}

static char *format_units(uint64_t value, const struct unit *units, size_t n,
			  const char *base)
{
	for (size_t i = 0; value && i < n; i++)
		if (value % units[i].factor == 0)
			return xasprintf("%" PRIu64 "%s",
					 value / units[i].factor,
					 units[i].suffix);
	return xasprintf("%" PRIu64 "%s", value, base);
}

char *bind_format_duration(uint64_t ns)
{
	if (!ns)
		return xstrdup("0s");
	return format_units(ns, duration_units, ARRAY_SIZE(duration_units),
			    "ns");
}

char *bind_format_size(uint64_t bytes)
{
	return format_units(bytes, size_units, ARRAY_SIZE(size_units), "");
}

bool bind_in_limits(const struct bind_field *field, uint64_t value)
{
	if (!field->min && !field->max)
		return true;
	return value >= field->min && value <= field->max;
}

bool bind_matches(const char *pattern, const char *text)
{
	regex_t regex;
	int status;

	if (!pattern)
		return true;
	status = regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB);
	assert(!status);
	status = regexec(&regex, text, 0, NULL, 0);
	regfree(&regex);
	return !status;
}

static void set_str(struct bind_ctx *ctx, const struct bind_field *field,
		    const struct bind_scalar *from, void *to)
{
	char *copy;

	if (!bind_matches(field->pattern, from->text)) {
		bind_diags_add(ctx->diags, from->pos, NULL,
			       "'%.40s' is not a valid '%s': must match %s",
			       from->text, field->key, field->pattern);
		return;
	}
	copy = xstrdup(from->text);
	memcpy(to, &copy, sizeof(copy));
}

static void set_bool(struct bind_ctx *ctx, const struct bind_field *field,
		     const struct bind_scalar *from, void *to)
{
	static const char *const words[] = { "false", "true" };

	for (size_t i = 0; from->plain && i < ARRAY_SIZE(words); i++) {
		bool value = i;

		if (strcmp(from->text, words[i]) != 0)
			continue;
		memcpy(to, &value, sizeof(value));
		return;
	}
	bind_diags_add(ctx->diags, from->pos, NULL,
		       "'%s' must be true or false, not '%.40s'", field->key,
		       from->text);
}

static void out_of_limits(struct bind_ctx *ctx, const struct bind_field *field,
			  const struct bind_scalar *from,
			  char *(*format)(uint64_t))
{
	char *min CLEANUP_FREE = format(field->min);
	char *max CLEANUP_FREE = format(field->max);

	bind_diags_add(ctx->diags, from->pos, NULL,
		       "'%s' must be %s to %s, not %.40s", field->key, min, max,
		       from->text);
}

static char *format_number(uint64_t value)
{
	return xasprintf("%" PRIu64, value);
}

static bool parse_number(const char *text, uint64_t *ret_value)
{
	const char *rest = "";
	uint64_t value = 0;

	if (!parse_digits(text, &value, &rest) || *rest)
		return false;
	*ret_value = value;
	return true;
}

/** struct quantity - The three types that are a number in the struct */
struct quantity {
	bool (*parse)(const char *text, uint64_t *ret_value);
	char *(*format)(uint64_t value);
	const char *what;
	bool plain;
};

static const struct quantity quantities[BIND_TYPE_COUNT] = {
	[BIND_UINT] = { parse_number, format_number, "a number, digits only",
			true },
	[BIND_DURATION] = { bind_parse_duration, bind_format_duration,
			    "a duration such as 250ms, 10s, 2m or 1h", false },
	[BIND_SIZE] = { bind_parse_size, bind_format_size,
			"a size such as 4K, 512M or 2G", false },
};

/* A value out of its limits is kept for check functions: it was given. */
static void set_quantity(struct bind_ctx *ctx, const struct bind_field *field,
			 const struct bind_scalar *from, void *to)
{
	const struct quantity *quantity = &quantities[field->type];
	uint64_t value = 0;

	if ((quantity->plain && !from->plain) ||
	    !quantity->parse(from->text, &value)) {
		bind_diags_add(ctx->diags, from->pos, NULL,
			       "'%s' must be %s, not '%.40s'", field->key,
			       quantity->what, from->text);
		return;
	}
	memcpy(to, &value, sizeof(value));
	if (!bind_in_limits(field, value))
		out_of_limits(ctx, field, from, quantity->format);
}

static char *names_join(const char *const *names)
{
	struct strbuf buf;
	const char *sep = "";

	strbuf_open(&buf);
	for (; *names; names++) {
		if (!**names)
			continue;
		(void)fprintf(buf.f, "%s%s", sep, *names);
		sep = ", ";
	}
	return strbuf_take(&buf);
}

static void bad_name(struct bind_ctx *ctx, const struct bind_field *field,
		     const struct bind_scalar *from)
{
	char *all CLEANUP_FREE = names_join(field->names);
	char *suggestion CLEANUP_FREE = NULL;
	const char *nearest;
	size_t n = 0;

	while (field->names[n])
		n++;
	nearest = bind_nearest(from->text, field->names, n);
	if (nearest)
		suggestion = xasprintf("did you mean '%s'?", nearest);
	bind_diags_add(ctx->diags, from->pos, suggestion,
		       "'%s' must be one of %s, not '%.40s'", field->key, all,
		       from->text);
}

static void set_enum(struct bind_ctx *ctx, const struct bind_field *field,
		     const struct bind_scalar *from, void *to)
{
	for (int i = 0; field->names[i]; i++) {
		if (!*from->text || strcmp(field->names[i], from->text) != 0)
			continue;
		memcpy(to, &i, sizeof(i));
		return;
	}
	bad_name(ctx, field, from);
}

typedef void (*setter)(struct bind_ctx *ctx, const struct bind_field *field,
		       const struct bind_scalar *from, void *to);

static const setter setters[BIND_TYPE_COUNT] = {
	[BIND_STR] = set_str,	    [BIND_BOOL] = set_bool,
	[BIND_UINT] = set_quantity, [BIND_DURATION] = set_quantity,
	[BIND_SIZE] = set_quantity, [BIND_ENUM] = set_enum,
};

bool bind_is_scalar(enum bind_type type)
{
	return setters[type] != NULL;
}

void bind_scalar_set(struct bind_ctx *ctx, const struct bind_field *field,
		     const struct bind_scalar *from, void *to)
{
	setters[field->type](ctx, field, from, to);
}
