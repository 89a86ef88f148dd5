// SPDX-License-Identifier: Apache-2.0
/* facts.c - what guests said of themselves: read, compared, held against */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/machine.h"

#define LINES_MAX 512
#define KEY_MAX 128
#define VALUE_MAX ((size_t)16 * 1024)
#define SHOWN_MAX 80 /* of a wrong line */

static void facts_add(struct facts *facts, const char *key, size_t key_len,
		      const char *value, size_t value_len)
{
	struct bind_pair *pair = VEC_PUSH(facts->map.v, facts->map.n);

	pair->key = xstrndup(key, key_len);
	pair->value = str_utf8_clean(value, value_len);
}

static bool valid_key(const char *key, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isgraph((unsigned char)key[i]))
			return false;
	return len > 0 && len <= KEY_MAX;
}

static int not_a_pair(const char *line, size_t len, long number,
		      struct err *err)
{
	CLEANUP_FREE char *text =
		str_utf8_clean(line, len < SHOWN_MAX ? len : SHOWN_MAX);

	return err_set(err, ERR_PARSE, number,
		       "facts line %ld is not key=value: '%s'", number, text);
}

static int parse_line(struct facts *facts, const char *line, size_t len,
		      long number, struct err *err)
{
	const char *eq = memchr(line, '=', len);
	size_t key_len = eq ? (size_t)(eq - line) : 0;
	size_t value_len = eq ? len - key_len - 1 : 0;

	if (!eq || !valid_key(line, key_len))
		return not_a_pair(line, len, number, err);
	if (value_len > VALUE_MAX)
		return err_set(err, ERR_PARSE, number,
			       "facts line %ld is too long", number);
	if (facts->map.n == LINES_MAX)
		return err_set(err, ERR_PARSE, number, "more than %d facts",
			       LINES_MAX);
	facts_add(facts, line, key_len, eq + 1, value_len);
	if (facts_get(facts, facts->map.v[facts->map.n - 1].key) !=
	    facts->map.v[facts->map.n - 1].value)
		return err_set(err, ERR_PARSE, number,
			       "facts line %ld repeats '%s'", number,
			       facts->map.v[facts->map.n - 1].key);
	return 0;
}

int facts_parse(const char *text, size_t len, struct facts *ret_facts,
		struct err *err)
{
	struct facts facts CLEANUP(facts_release) = { 0 };
	const char *end = text + len;
	long number = 0;

	while (text < end) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((eol ? eol : end) - text);
		const char *next = eol ? eol + 1 : end;

		number++;
		if (n > 0 && text[n - 1] == '\r')
			n--;
		if (n > 0 && parse_line(&facts, text, n, number, err))
			return -1;
		text = next;
	}
	*ret_facts = facts;
	facts = (struct facts){ 0 };
	return 0;
}

char *facts_lines(const struct facts *facts)
{
	CLEANUP(strbuf_release) struct strbuf buf = { 0 };

	strbuf_open(&buf);
	for (size_t i = 0; i < facts->map.n; i++)
		(void)fprintf(buf.f, "%s=%s\n", facts->map.v[i].key,
			      facts->map.v[i].value);
	return strbuf_take(&buf);
}

const char *facts_get(const struct facts *facts, const char *key)
{
	return bind_map_get(&facts->map, key);
}

json_t *facts_to_json(const struct facts *facts)
{
	json_t *json = json_object();

	for (size_t i = 0; i < facts->map.n; i++)
		json_object_set_new(json, facts->map.v[i].key,
				    json_string(facts->map.v[i].value));
	return json;
}

/* jansson's iterators take mutable objects although they change nothing. */
static json_t *mutable(const json_t *json)
{
	json_t *same;

	memcpy(&same, &json, sizeof(same));
	return same;
}

int facts_from_json(const json_t *json, struct facts *ret_facts,
		    struct err *err)
{
	struct facts facts CLEANUP(facts_release) = { 0 };
	const char *key;
	json_t *value;

	if (!json_is_object(json))
		return err_set(err, ERR_PARSE, 0, "facts are not an object");
	json_object_foreach(mutable(json), key, value)
	{
		if (!json_is_string(value))
			return err_set(err, ERR_PARSE, 0,
				       "fact '%s' is not a string", key);
		facts_add(&facts, key, strlen(key), json_string_value(value),
			  json_string_length(value));
	}
	*ret_facts = facts;
	facts = (struct facts){ 0 };
	return 0;
}

void facts_copy(struct facts *to, const struct facts *from)
{
	for (size_t i = 0; i < from->map.n; i++) {
		const struct bind_pair *pair = &from->map.v[i];

		facts_add(to, pair->key, strlen(pair->key), pair->value,
			  strlen(pair->value));
	}
}

void facts_release(struct facts *facts)
{
	bind_map_release(&facts->map);
}

bool facts_same_cpu(const struct facts *a, const struct facts *b)
{
	static const char *const keys[] = { "cpu_flags", "xsave_bytes",
					    "xcr0" };

	if (!facts_get(a, "cpu_flags"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!str_eq(facts_get(a, keys[i]), facts_get(b, keys[i])))
			return false;
	return true;
}
