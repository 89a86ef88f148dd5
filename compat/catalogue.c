// SPDX-License-Identifier: Apache-2.0
/* catalogue.c - the known failure modes: its chapters, in order of asking */
#include "compat/catalogue.h"

#include "base/bind.h"
#include "base/mem.h"

const struct mode_rules *const catalogue[] = {
	&catalogue_kernel,    &catalogue_cpu,	  &catalogue_objects,
	&catalogue_processes, &catalogue_refused, &catalogue_target,
	&catalogue_images,    &catalogue_engines, &catalogue_silent,
};
const size_t n_catalogue = ARRAY_SIZE(catalogue);

/* Some modes have several rules. */
static const char **list_modes(size_t *ret_n)
{
	const char **names = NULL;

	*ret_n = 0;
	*VEC_PUSH(names, *ret_n) = "unknown";
	for (size_t i = 0; i < n_catalogue; i++)
		for (size_t j = 0; j < catalogue[i]->n; j++)
			*VEC_PUSH(names, *ret_n) = catalogue[i]->v[j].mode;
	return names;
}

bool catalogue_knows(const char *mode, const char **ret_nearest)
{
	size_t n;
	const char **names CLEANUP_FREE = list_modes(&n);

	*ret_nearest = NULL;
	for (size_t i = 0; i < n; i++)
		if (str_eq(names[i], mode))
			return true;
	*ret_nearest = bind_nearest(mode, names, n);
	return false;
}
