// SPDX-License-Identifier: Apache-2.0
/* recipes.h - the catalogues of kernels and userlands in vm-images */
#ifndef RUNNER_RECIPES_H
#define RUNNER_RECIPES_H

#include <stddef.h>

#include "base/bind.h"
#include "base/err.h"
#include "base/str.h"

/**
 * struct recipe - One named kernel or userland
 * @suite:	Debian suite it comes from
 * @packages:	A userland's packages; a kernel's one package, or a pattern
 */
struct recipe {
	char *name;
	char *suite;
	struct str_list packages;
};

/** struct recipes - One catalogue */
struct recipes {
	struct recipe *v;
	size_t n;
};

/** enum recipe_kind - Which catalogue */
enum recipe_kind { RECIPE_KERNEL, RECIPE_USERLAND, RECIPE_COUNT };

extern const struct bind_table kernels_table;
extern const struct bind_table userlands_table;

/** recipes_load() - Read a catalogue; ERR_INPUT shows the first error's place */
WARN_UNUSED
int recipes_load(enum recipe_kind kind, struct recipes *ret_recipes,
		 struct err *err);
void recipes_release(struct recipes *recipes);

/** recipes_find() - By name, or NULL with @err ERR_INPUT and what there is */
const struct recipe *recipes_find(const struct recipes *recipes,
				  enum recipe_kind kind, const char *name,
				  struct err *err);

/** recipe_kind_name() - "kernel", "userland" */
const char *recipe_kind_name(enum recipe_kind kind);

#endif
