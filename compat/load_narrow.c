// SPDX-License-Identifier: Apache-2.0
/* load_narrow.c - scenarios that a matrix runs between some of its machines only */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/load_internal.h"

/* Whether a scenario is the one, or lies in the folder, that an entry names. */
static bool is_meant(const struct scenario *scenario, const char *entry,
		     const char *place)
{
	char *file CLEANUP_FREE = realpath(scenario->path, NULL);
	size_t len = place ? strlen(place) : 0;

	if (str_eq(scenario->name, entry))
		return true;
	return file && place && strncmp(file, place, len) == 0 &&
	       (file[len] == '/' || file[len] == '\0');
}

/* The first rule that names a scenario is its own. */
static bool apply_entry(struct loader *l, const struct narrow *rule,
			const char *entry)
{
	char *folder CLEANUP_FREE = path_folder(l->request->matrix);
	char *path CLEANUP_FREE = path_join(folder, entry);
	char *place CLEANUP_FREE = realpath(path, NULL);
	bool any = false;

	for (size_t i = 0; i < l->set->n_scenarios; i++) {
		struct scenario *scenario = &l->set->scenarios[i];

		if (!is_meant(scenario, entry, place))
			continue;
		any = true;
		if (scenario->among.n)
			continue;
		str_list_copy(&scenario->among, &rule->machines);
		scenario->alone = !rule->across;
	}
	/* On the command line other scenarios may have been asked for. */
	return any || place ||
	       (l->request->scenarios && l->request->scenarios->n);
}

void load_narrow(struct loader *l)
{
	for (size_t r = 0; r < l->matrix.n_narrow; r++) {
		const struct narrow *rule = &l->matrix.narrow[r];

		for (size_t i = 0; i < rule->scenarios.n; i++) {
			struct origin from =
				origin_at(l->request->matrix,
					  "/narrow/%zu/scenarios/%zu", r, i);

			if (!apply_entry(l, rule, rule->scenarios.v[i]))
				load_complain(l, &from, NULL,
					      "'%s' is no scenario of this "
					      "matrix, and no folder",
					      rule->scenarios.v[i]);
		}
	}
}

void load_narrow_check(struct loader *l, const struct str_list *known)
{
	for (size_t r = 0; r < l->matrix.n_narrow; r++) {
		const struct str_list *names = &l->matrix.narrow[r].machines;

		for (size_t i = 0; i < names->n; i++) {
			struct origin from =
				origin_at(l->request->matrix,
					  "/narrow/%zu/machines/%zu", r, i);

			if (!str_list_has(known, names->v[i]))
				load_unknown(l, &from, "machine", names->v[i],
					     known);
		}
	}
}
