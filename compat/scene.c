// SPDX-License-Identifier: Apache-2.0
/* scene.c - titles and fixes: templates of the catalogue filled with facts */
#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "compat/diagnosis.h"

static bool side_is_source(const struct scene *scene)
{
	return scene->phase <= PHASE_DUMP;
}

/** struct teller - A prefix of template variables and the machine it means */
struct teller {
	const char *prefix;
	bool (*is_source)(const struct scene *scene);
};

static bool yes(const struct scene *scene)
{
	(void)scene;
	return true;
}

static bool no(const struct scene *scene)
{
	(void)scene;
	return false;
}

static const struct teller tellers[] = {
	{ "source.", yes },
	{ "target.", no },
	{ "side.", side_is_source },
};

static const char *fact(const struct scene *scene, bool source, const char *key)
{
	const struct machine *machine = source ? scene->cell->source :
						 scene->cell->target;

	if (str_eq(key, "machine"))
		return machine->name;
	return facts_get(source ? &scene->obs->source_facts :
				  &scene->obs->target_facts,
			 key);
}

static const char *look_up(const struct scene *scene, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(tellers); i++) {
		const struct teller *teller = &tellers[i];

		if (str_starts(name, teller->prefix))
			return fact(scene, teller->is_source(scene),
				    name + strlen(teller->prefix));
	}
	return NULL;
}

static void tell_part(const struct pattern_match *match, char digit, FILE *out)
{
	size_t i = (size_t)(digit - '1');

	if (match && i < match->n)
		(void)fwrite(match->part[i].text, 1, match->part[i].len, out);
}

static void tell_name(const struct scene *scene, const char *name,
		      const struct pattern_match *match, FILE *out)
{
	const char *value;

	if (isdigit((unsigned char)name[0]) && !name[1]) {
		tell_part(match, name[0], out);
		return;
	}
	value = look_up(scene, name);
	(void)fputs(value ? value : "unknown", out);
}

/* One variable at @template, which is at its brace; where it goes on. */
static const char *tell_variable(const struct scene *scene,
				 const char *template,
				 const struct pattern_match *match, FILE *out)
{
	const char *end = strchr(template, '}');
	CLEANUP_FREE char *name = NULL;

	if (!end) {
		(void)fputs(template, out);
		return template + strlen(template);
	}
	name = xstrndup(template + 1, (size_t)(end - template - 1));
	tell_name(scene, name, match, out);
	return end + 1;
}

char *scene_tell(const struct scene *scene, const char *template,
		 const struct pattern_match *match)
{
	CLEANUP(strbuf_release) struct strbuf buf = { 0 };

	strbuf_open(&buf);
	while (*template) {
		size_t len = strcspn(template, "{");

		(void)fwrite(template, 1, len, buf.f);
		template += len;
		if (*template)
			template = tell_variable(scene, template, match, buf.f);
	}
	return strbuf_take(&buf);
}
