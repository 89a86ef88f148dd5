// SPDX-License-Identifier: Apache-2.0
/* twin.c - a twin's file of origin, its form in plan.json, what differs in print */
#include "compat/twin.h"

#include <ctype.h>
#include <stdarg.h>

#include "base/mem.h"
#include "base/shape.h"
#include "base/str.h"
#include "compat/profile.h"

#define ARCH "x86_64" /* of all guests */

static const struct shape_member diff_members[] = {
	SHAPE_MEMBER(struct twin_diff, item, SHAPE_TEXT, .required = true),
	SHAPE_MEMBER(struct twin_diff, host, SHAPE_TEXT),
	SHAPE_MEMBER(struct twin_diff, twin, SHAPE_TEXT),
	SHAPE_MEMBER(struct twin_diff, why, SHAPE_TEXT),
};
static const struct shape diff_shape = SHAPE_OF(struct twin_diff, diff_members);

static const struct shape_member twin_members[] = {
	SHAPE_MEMBER(struct twin, of, SHAPE_TEXT, .required = true),
	SHAPE_KEY("host", struct twin, host.map, SHAPE_MAP, .required = true),
	SHAPE_KEY("differs", struct twin, diffs, SHAPE_STRUCTS,
		  .count_offset = offsetof(struct twin, n_diffs),
		  .shape = &diff_shape),
};
static const struct shape twin_shape = SHAPE_OF(struct twin, twin_members);

void twin_free(struct twin *twin)
{
	if (!twin)
		return;
	shape_release(&twin_shape, twin);
	free(twin);
}

json_t *twin_to_json(const struct twin *twin)
{
	return shape_write(&twin_shape, twin);
}

int twin_from_json(const json_t *json, struct twin **ret_twin, struct err *err)
{
	struct twin *twin = xnew(struct twin);

	if (shape_read(&twin_shape, json, twin, err)) {
		twin_free(twin);
		return -1;
	}
	*ret_twin = twin;
	return 0;
}

void twin_menu_release(struct twin_menu *menu)
{
	for (size_t i = 0; i < menu->n_kernels; i++) {
		free(menu->kernels[i].name);
		free(menu->kernels[i].release);
		free(menu->kernels[i].version);
	}
	for (size_t i = 0; i < menu->n_userlands; i++) {
		free(menu->userlands[i].name);
		free(menu->userlands[i].criu);
		free(menu->userlands[i].glibc);
	}
	free(menu->kernels);
	free(menu->userlands);
	*menu = (struct twin_menu){ 0 };
}

/* --- The host's profile ---------------------------------------------------------- */

/* @where: JSON Pointer into the profile */
static int refuse(struct bind_diags *diags, const char *path, const char *where,
		  struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

static int refuse(struct bind_diags *diags, const char *path, const char *where,
		  struct err *err, const char *fmt, ...)
{
	char *msg CLEANUP_FREE = NULL;
	va_list ap;

	va_start(ap, fmt);
	msg = xvasprintf(fmt, ap);
	va_end(ap);
	bind_diags_at(diags, path, where, NULL, "%s", msg);
	return err_set(err, ERR_INPUT, 0, "%s: %s", path, msg);
}

static int check_host(const struct profile *profile, const char *path,
		      struct bind_diags *diags, struct err *err)
{
	static const char *const needed[] = { "arch", "kernel",
					      "kernel_version", "cpu_flags",
					      "memory_kib" };
	const struct facts *facts = &profile->facts;

	if (!facts->map.n)
		return refuse(diags, path, "", err,
			      "'%s' is a workload: there are no 'facts' of a "
			      "machine",
			      profile->name);
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!facts_get(facts, needed[i]))
			return refuse(diags, path, "/facts", err,
				      "'%s' is missing in 'facts'", needed[i]);
	if (str_eq(facts_get(facts, "arch"), ARCH))
		return 0;
	return refuse(diags, path, "/facts/arch", err,
		      "no guest can be like a host of '%.40s': all are " ARCH,
		      facts_get(facts, "arch"));
}

int twin_read(const char *path, struct twin **ret_twin,
	      struct bind_diags *diags, struct err *err)
{
	struct profile profile CLEANUP(profile_release) = { 0 };
	struct twin *twin;

	if (bind_file(path, &profile_table, &profile, diags, err) ||
	    check_host(&profile, path, diags, err))
		return -1;
	twin = xnew(struct twin);
	twin->of = xstrdup(profile.name);
	facts_copy(&twin->host, &profile.facts);
	*ret_twin = twin;
	return 0;
}

char *twin_name(const struct twin *twin)
{
	const char *from = twin->of;
	char *name;

	while (*from && !isalnum((unsigned char)*from))
		from++;
	name = xstrdup(*from ? from : "host");
	for (char *c = name; *c; c++)
		*c = *c == '_' ? '-' : (char)tolower((unsigned char)*c);
	return name;
}

/* --- What differs ---------------------------------------------------------------- */

void twin_differs(struct twin *twin, const char *item, const char *host,
		  const char *is, const char *why)
{
	struct twin_diff *diff;

	if (str_eq(host, is))
		return;
	diff = VEC_PUSH(twin->diffs, twin->n_diffs);
	diff->item = xstrdup(item);
	diff->host = host ? xstrdup(host) : NULL;
	diff->twin = is ? xstrdup(is) : NULL;
	diff->why = xstrdup(why);
}

void twin_print(const struct machine *machine, FILE *out)
{
	const struct twin *twin = machine->twin;

	(void)fprintf(out, "%s is a twin of '%s' (%s)%s\n", machine->name,
		      twin->of, machine->from_profile,
		      twin->n_diffs ? ", not the same are:" :
				      " in all that can be chosen");
	for (size_t i = 0; i < twin->n_diffs; i++) {
		const struct twin_diff *diff = &twin->diffs[i];

		(void)fprintf(out, "  %s: %s there, %s here: %s\n", diff->item,
			      diff->host ? diff->host : "none",
			      diff->twin ? diff->twin : "none", diff->why);
	}
}
