// SPDX-License-Identifier: Apache-2.0
/* recipes.c - the catalogues of kernels and userlands in vm-images */
#include "runner/recipes.h"

#include <stdlib.h>

#include "base/mem.h"
#include "compat/machine.h"
#include "runner/cli.h"
#include "runner/datadir.h"

#define SUITE_PATTERN "^[a-z][a-z0-9-]*$"
#define AT(s, m) .offset = offsetof(struct s, m)

static const struct bind_field kernel_fields[] = {
	{ .key = "suite",
	  .type = BIND_STR,
	  AT(recipe, suite),
	  .required = true,
	  .pattern = SUITE_PATTERN,
	  .help = "Debian suite that has it." },
	{ .key = "package",
	  .type = BIND_STR_LIST,
	  AT(recipe, packages),
	  .required = true,
	  .pattern = "^linux-image-[a-z0-9.+*?-]+$",
	  .help = "Its linux-image package, a metapackage too, or a pattern of "
		  "which the newest is taken." },
};

static const struct bind_table kernel_recipe_table = {
	.name = "kernel",
	.help = "A Debian kernel.",
	.size = sizeof(struct recipe),
	.pos_offset = BIND_NO_POS,
	.fields = kernel_fields,
	.n = ARRAY_SIZE(kernel_fields),
};

static const struct bind_field userland_fields[] = {
	{ .key = "suite",
	  .type = BIND_STR,
	  AT(recipe, suite),
	  .required = true,
	  .pattern = SUITE_PATTERN,
	  .help = "Debian suite to install." },
	{ .key = "packages",
	  .type = BIND_STR_LIST,
	  AT(recipe, packages),
	  .required = true,
	  .pattern = PACKAGE_PATTERN,
	  .help = "What to install beside the essential packages." },
};

static const struct bind_table userland_recipe_table = {
	.name = "userland",
	.help = "A root file system of Debian packages.",
	.size = sizeof(struct recipe),
	.pos_offset = BIND_NO_POS,
	.fields = userland_fields,
	.n = ARRAY_SIZE(userland_fields),
};

static const struct bind_field kernels_fields[] = {
	{ .key = "kernels",
	  .type = BIND_NAMED,
	  AT(recipes, v),
	  .count_offset = offsetof(struct recipes, n),
	  .required = true,
	  .table = &kernel_recipe_table,
	  .pattern = "^[A-Za-z0-9][A-Za-z0-9.+~_-]*$",
	  .help = "Kernels by the name that machines use." },
};

const struct bind_table kernels_table = {
	.name = "kernel catalogue",
	.help = "Kernels that machines can name.",
	.size = sizeof(struct recipes),
	.pos_offset = BIND_NO_POS,
	.fields = kernels_fields,
	.n = ARRAY_SIZE(kernels_fields),
};

static const struct bind_field userlands_fields[] = {
	{ .key = "userlands",
	  .type = BIND_NAMED,
	  AT(recipes, v),
	  .count_offset = offsetof(struct recipes, n),
	  .required = true,
	  .table = &userland_recipe_table,
	  .pattern = "^[a-z0-9][a-z0-9.+_-]*$",
	  .help = "Userlands by the name that machines use." },
};

const struct bind_table userlands_table = {
	.name = "userland catalogue",
	.help = "Root file systems that machines can name.",
	.size = sizeof(struct recipes),
	.pos_offset = BIND_NO_POS,
	.fields = userlands_fields,
	.n = ARRAY_SIZE(userlands_fields),
};

static const struct {
	const char *name;
	const char *path;
	const struct bind_table *table;
} catalogues[] = {
	[RECIPE_KERNEL] = { "kernel", "vm-images/kernels.yaml",
			    &kernels_table },
	[RECIPE_USERLAND] = { "userland", "vm-images/userlands.yaml",
			      &userlands_table },
};
static_assert(ARRAY_SIZE(catalogues) == RECIPE_COUNT,
	      "catalogues[] doesn't match enum recipe_kind");

const char *recipe_kind_name(enum recipe_kind kind)
{
	return catalogues[kind].name;
}

int recipes_load(enum recipe_kind kind, struct recipes *ret_recipes,
		 struct err *err)
{
	CLEANUP_FREE char *path = datadir_path(catalogues[kind].path);
	struct bind_diags diags CLEANUP(bind_diags_release) = { 0 };
	struct recipes recipes = { 0 };

	if (bind_file(path, catalogues[kind].table, &recipes, &diags, err)) {
		recipes_release(&recipes);
		return -1;
	}
	*ret_recipes = recipes;
	return 0;
}

void recipes_release(struct recipes *recipes)
{
	for (size_t i = 0; i < recipes->n; i++) {
		free(recipes->v[i].name);
		free(recipes->v[i].suite);
		str_list_release(&recipes->v[i].packages);
	}
	free(recipes->v);
	*recipes = (struct recipes){ 0 };
}

/* "no kernel 'X', did you mean 'Y'? (there are A, B in vm-images/...)" */
static void say_unknown(const struct recipes *recipes, enum recipe_kind kind,
			const char *name, struct err *err)
{
	const char **names = xcalloc(recipes->n + 1, sizeof(*names));
	struct str_list list CLEANUP(str_list_release) = { 0 };
	CLEANUP_FREE char *all = NULL;
	const char *near;

	for (size_t i = 0; i < recipes->n; i++) {
		names[i] = recipes->v[i].name;
		str_list_add(&list, names[i]);
	}
	near = cli_nearest(name, names);
	all = str_list_join(&list, ", ");
	(void)err_set(err, ERR_INPUT, 0, "no %s '%s'%s%s%s (%s has %s)",
		      catalogues[kind].name, name,
		      near ? ", did you mean '" : "", near ? near : "",
		      near ? "'?" : "", catalogues[kind].path, all);
	free(names);
}

const struct recipe *recipes_find(const struct recipes *recipes,
				  enum recipe_kind kind, const char *name,
				  struct err *err)
{
	for (size_t i = 0; i < recipes->n; i++)
		if (str_eq(recipes->v[i].name, name))
			return &recipes->v[i];
	say_unknown(recipes, kind, name, err);
	return NULL;
}
