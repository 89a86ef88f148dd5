// SPDX-License-Identifier: Apache-2.0
/* outfit.c - machines as cells boot them: with what their scenario needs */
#include "compat/outfit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The same set in another order is the same root file system. */
static void add_packages(struct str_list *packages,
			 const struct str_list *needed)
{
	for (size_t i = 0; i < needed->n; i++)
		if (!str_list_has(packages, needed->v[i]))
			str_list_add(packages, needed->v[i]);
	if (packages->n > 1)
		qsort(packages->v, packages->n, sizeof(*packages->v), by_text);
}

static void add_more(struct str_list *packages, const struct needs *needs,
		     const char *userland)
{
	for (size_t i = 0; i < needs->n_more; i++)
		if (str_eq(needs->more[i].name, userland))
			add_packages(packages, &needs->more[i].packages);
}

static void tell_more(struct str_list *texts, const struct needs_more *more)
{
	for (size_t i = 0; i < more->packages.n; i++)
		str_list_take(texts, xasprintf("%s (%s)", more->packages.v[i],
					       more->name));
}

char *needs_text(const struct needs *needs)
{
	CLEANUP(str_list_release) struct str_list texts = { 0 };
	CLEANUP_FREE char *size = bind_format_size(needs->memory_bytes);

	str_list_copy(&texts, &needs->packages);
	for (size_t i = 0; i < needs->n_more; i++)
		tell_more(&texts, &needs->more[i]);
	if (needs->memory_bytes)
		str_list_take(&texts, xasprintf("%s memory", size));
	if (needs->vcpus)
		str_list_take(&texts,
			      xasprintf("%" PRIu64 " vCPUs", needs->vcpus));
	return texts.n ? str_list_join(&texts, ", ") : NULL;
}

static uint64_t most(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* "bookworm-6.1 with ffmpeg, vlc-bin, 1G memory, 2 vCPUs" */
static char *label_of(const struct outfit *outfit)
{
	const struct machine *is = &outfit->machine;
	const struct machine *was = outfit->declared;
	const struct needs more = {
		.packages = outfit->packages,
		.memory_bytes = is->memory_bytes != was->memory_bytes ?
					is->memory_bytes :
					0,
		.vcpus = is->vcpus != was->vcpus ? is->vcpus : 0,
	};
	CLEANUP_FREE char *text = needs_text(&more);

	return xasprintf("%s%s%s", is->name, text ? " with " : "",
			 text ? text : "");
}

void outfit_init(struct outfit *outfit, const struct machine *machine,
		 const struct scenario *scenario)
{
	const struct needs *needs = &scenario->needs;

	*outfit = (struct outfit){ .declared = machine, .machine = *machine };
	outfit->machine.memory_bytes =
		most(machine->memory_bytes, needs->memory_bytes);
	outfit->machine.vcpus = most(machine->vcpus, needs->vcpus);
	add_packages(&outfit->packages, &needs->packages);
	add_more(&outfit->packages, needs, machine->userland);
	outfit->label = label_of(outfit);
	if (!str_eq(outfit->label, machine->name))
		outfit->asked = scenario;
}

void outfit_release(struct outfit *outfit)
{
	free(outfit->label);
	str_list_release(&outfit->packages);
	*outfit = (struct outfit){ 0 };
}

char *outfit_origin(const struct outfit *outfit)
{
	const struct scenario *s = outfit->asked;

	if (!s)
		return NULL;
	if (!s->path || !s->needs.pos.line)
		return xasprintf("scenario '%s': needs.packages", s->name);
	return xasprintf("%s:%u:%u: needs.packages", s->path, s->needs.pos.line,
			 s->needs.pos.col);
}
