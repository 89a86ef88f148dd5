// SPDX-License-Identifier: Apache-2.0
/* twin_attest.c - what of a booted guest is not as the host that it is to be like */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/twin.h"

#define SYSCTL "sysctl."

/** enum how - How a fact is compared
 * @HOW_TEXT:	What the host does not tell is not compared
 * @HOW_HAVING:	What the host does not tell it has not
 * @HOW_WORDS:	Which words are missing, and which are there too
 */
enum how { HOW_TEXT, HOW_HAVING, HOW_WORDS };

/* Memory and vCPUs are scaled on purpose: twin_fill() says of them what there is to
 * say. Modules come when somebody asks for them. */
static const struct {
	const char *key, *item;
	enum how how;
} compared[] = {
	{ "kernel", "kernel", HOW_TEXT },
	{ "kernel_version", "kernel's version", HOW_TEXT },
	{ "criu", "CRIU", HOW_HAVING },
	{ "glibc", "glibc", HOW_TEXT },
	{ "userland", "userland", HOW_TEXT },
	{ "cpu_vendor", "CPU vendor", HOW_TEXT },
	{ "cpu_model", "CPU", HOW_TEXT },
	{ "cpu_flags", "CPU flags", HOW_WORDS },
	{ "xsave_bytes", "xsave area in bytes", HOW_TEXT },
	{ "xcr0", "xcr0", HOW_TEXT },
	{ "rseq_bytes", "rseq area in bytes", HOW_TEXT },
	{ "clocksource", "clock source", HOW_TEXT },
	{ "cgroup", "cgroup file system", HOW_TEXT },
	{ "lsm", "LSMs", HOW_TEXT },
};

/** struct bench - Both sides, and where the sentences go */
struct bench {
	const struct twin *twin;
	const struct facts *guest;
	struct str_list *notes;
};

static const char *shown(const char *value)
{
	return value && *value ? value : "none";
}

static void compare_texts(const struct bench *b, const char *item,
			  const char *there, const char *here)
{
	if (!str_eq(there, here))
		str_list_take(b->notes,
			      xasprintf("twin of '%s': %s: %s there, %s here",
					b->twin->of, item, shown(there),
					shown(here)));
}

/* Words of @of that @in has not; owned, NULL: it has all. */
static char *missing(const char *of, const char *in)
{
	struct str_list words CLEANUP(str_list_release) = { 0 };
	struct str_list known CLEANUP(str_list_release) = { 0 };
	struct str_list rest CLEANUP(str_list_release) = { 0 };

	str_list_split(&words, of, " ");
	str_list_split(&known, in, " ");
	for (size_t i = 0; i < words.n; i++)
		if (!str_list_has(&known, words.v[i]))
			str_list_add(&rest, words.v[i]);
	return rest.n ? str_list_join(&rest, " ") : NULL;
}

static void compare_words(const struct bench *b, const char *item,
			  const char *there, const char *here)
{
	CLEANUP_FREE char *lacks = missing(there, here);
	CLEANUP_FREE char *more = missing(here, there);

	if (lacks)
		str_list_take(b->notes, xasprintf("twin of '%s': %s: lacks %s",
						  b->twin->of, item, lacks));
	if (more)
		str_list_take(b->notes,
			      xasprintf("twin of '%s': %s: has also %s",
					b->twin->of, item, more));
}

static void compare(const struct bench *b, const char *key, const char *item,
		    enum how how)
{
	const char *there = facts_get(&b->twin->host, key);
	const char *here = facts_get(b->guest, key);

	if (how == HOW_WORDS && there && here)
		compare_words(b, item, there, here);
	else if (how == HOW_HAVING || (how == HOW_TEXT && there && here))
		compare_texts(b, item, there, here);
}

void twin_attest(const struct twin *twin, const struct facts *guest,
		 struct str_list *ret_notes)
{
	const struct bench b = { twin, guest, ret_notes };

	for (size_t i = 0; i < ARRAY_SIZE(compared); i++)
		compare(&b, compared[i].key, compared[i].item, compared[i].how);
	for (size_t i = 0; i < twin->host.map.n; i++)
		if (str_starts(twin->host.map.v[i].key, SYSCTL))
			compare(&b, twin->host.map.v[i].key,
				twin->host.map.v[i].key + strlen(SYSCTL),
				HOW_TEXT);
	for (size_t i = 0; i < twin->n_diffs; i++)
		if (str_eq(twin->diffs[i].item, "memory") ||
		    str_eq(twin->diffs[i].item, "vcpus"))
			compare_texts(&b, twin->diffs[i].item,
				      twin->diffs[i].host, twin->diffs[i].twin);
}
