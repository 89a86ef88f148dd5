// SPDX-License-Identifier: Apache-2.0
/* scenario_diff.c - in what two scenarios differ */
#include "tests/lib/scenario_diff.h"

#include <jansson.h>

#include "base/bind.h"
#include "base/mem.h"
#include "base/str.h"

static const char *const words[] = { "title", "about", "control-of", "control",
				     "expect" };

static json_t *read(struct scenario *scenario)
{
	json_t *json = bind_to_json(&scenario_table, scenario);

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		(void)json_object_del(json, words[i]);
	return json;
}

/* Add the path of each member that is not alike in both. */
static void differences(json_t *a, const json_t *b, const char *prefix,
			struct str_list *ret_paths)
{
	const char *key;
	json_t *one;

	json_object_foreach(a, key, one)
	{
		const json_t *other = json_object_get(b, key);
		CLEANUP_FREE char *path = xasprintf("%s%s", prefix, key);
		CLEANUP_FREE char *deeper = xasprintf("%s.", path);

		if (json_is_object(one) && json_is_object(other))
			differences(one, other, deeper, ret_paths);
		else if (!other || !json_equal(one, other))
			str_list_add(ret_paths, path);
	}
}

char *scenario_diff(struct scenario *a, struct scenario *b)
{
	CLEANUP(str_list_release) struct str_list paths = { 0 };
	json_t *json_a = read(a), *json_b = read(b);

	differences(json_a, json_b, "", &paths);
	json_decref(json_a);
	json_decref(json_b);
	return str_list_join(&paths, ", ");
}
