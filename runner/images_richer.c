// SPDX-License-Identifier: Apache-2.0
/* images_richer.c - userlands of the catalogue with more packages */
#include <stdlib.h>

#include "base/mem.h"
#include "runner/images_internal.h"

static void recipe_free(struct recipe *recipe)
{
	free(recipe->name);
	free(recipe->suite);
	str_list_release(&recipe->packages);
	free(recipe);
}

void images_richer_release(struct images_richer *richer)
{
	for (size_t i = 0; i < richer->n; i++)
		recipe_free(richer->v[i]);
	free(richer->v);
	*richer = (struct images_richer){ 0 };
}

/* "bookworm+ffmpeg+vlc-bin" */
static char *name_of(const struct recipe *base, const struct str_list *more)
{
	CLEANUP_FREE char *names = str_list_join(more, "+");

	return xasprintf("%s+%s", base->name, names);
}

static struct recipe *make(const struct recipe *base, char *name,
			   const struct str_list *more)
{
	struct recipe *recipe = xnew(struct recipe);

	recipe->name = name;
	recipe->suite = xstrdup(base->suite);
	str_list_copy(&recipe->packages, &base->packages);
	for (size_t i = 0; i < more->n; i++)
		str_list_add(&recipe->packages, more->v[i]);
	return recipe;
}

const struct recipe *images_richer_get(struct images_richer *richer,
				       const struct recipe *base,
				       const struct str_list *packages)
{
	struct str_list more CLEANUP(str_list_release) = { 0 };
	CLEANUP_FREE char *name = NULL;

	for (size_t i = 0; i < packages->n; i++)
		if (!str_list_has(&base->packages, packages->v[i]))
			str_list_add(&more, packages->v[i]);
	if (!more.n)
		return base;
	name = name_of(base, &more);
	for (size_t i = 0; i < richer->n; i++)
		if (str_eq(richer->v[i]->name, name))
			return richer->v[i];
	return *VEC_PUSH(richer->v, richer->n) = make(base, TAKE(name), &more);
}
