// SPDX-License-Identifier: Apache-2.0
/* profile_counterpart_engine.c - what this machine's container engine lacks of what a
 * container of another machine's was made of */
#include "base/mem.h"
#include "vm-images/guest/profile_engine.h"
#include "vm-images/guest/profile_tree.h"
#include "vm-images/guest/profile_wants.h"

/* A name of elsewhere that would be taken as an option names nothing. */
static char *inspect(const struct engine *engine, const char *kind,
		     const char *format, const char *name)
{
	const char *argv[] = { engine->program, kind, "inspect", "--format",
			       format,		name, NULL };

	return *name == '-' ? NULL : engine_ask(argv);
}

/* With or without the name of the digest. */
static const char *digest_of(const char *id)
{
	return str_starts(id, "sha256:") ? id + sizeof("sha256:") - 1 : id;
}

static void say_image(const struct wants *wants, const struct engine *engine)
{
	const char *name = wants_fact(wants, "engine_image");
	const char *its = wants_fact(wants, "engine_image_id");
	CLEANUP_FREE char *ours = NULL;

	if (!name)
		return;
	ours = inspect(engine, "image", "{{.Id}}", name);
	if (!ours)
		profile_say("there.engine_image_missing", "%s", name);
	else if (its && !str_eq(digest_of(its), digest_of(ours)))
		profile_say("there.engine_image_id", "%s", ours);
}

/* Those of the machine itself are everywhere. */
static bool is_of_machine(const char *network)
{
	return str_eq(network, "host") || str_eq(network, "none");
}

static void say_networks(const struct wants *wants, const struct engine *engine)
{
	CLEANUP(str_list_release) struct str_list names = { 0 };
	CLEANUP(str_list_release) struct str_list missing = { 0 };

	wants_words(wants, "engine_networks", &names);
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP_FREE char *ours = is_of_machine(names.v[i]) ?
						  NULL :
						  inspect(engine, "network",
							  "{{.Name}}",
							  names.v[i]);

		if (!is_of_machine(names.v[i]) && !ours)
			str_list_add(&missing, names.v[i]);
	}
	profile_say_list("there.engine_networks_missing", &missing);
}

void wants_say_engine(const struct wants *wants)
{
	const char *program = wants_fact(wants, "engine");
	const struct engine *engine = program ? engine_by_name(program) : NULL;
	CLEANUP_FREE char *cgroups = NULL;

	if (!engine)
		return;
	cgroups = engine_cgroups(engine);
	if (!cgroups) {
		profile_say("there.engine_missing", "%s", engine->program);
		return;
	}
	profile_say("there.engine_cgroups", "%s", cgroups);
	say_image(wants, engine);
	say_networks(wants, engine);
}
