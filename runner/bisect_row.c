// SPDX-License-Identifier: Apache-2.0
/* bisect_row.c - candidates by name: of the catalogues, and of Debian's suites */
#include "runner/bisect_row.h"

#include <regex.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "runner/cache.h"
#include "runner/images.h"
#include "runner/log.h"
#include "runner/recipes.h"

static int add(struct bisection *bisection, const char *name, json_t *value,
	       struct err *err)
{
	for (size_t i = 0; i < bisection->n; i++) {
		if (!str_eq(bisection->v[i].label, name))
			continue;
		json_decref(value);
		return err_set(err, ERR_INPUT, 0, "'%s' is there twice", name);
	}
	bisection_add(bisection, name, value);
	return 0;
}

static int add_kernel(struct bisection *bisection, const char *name,
		      struct err *err)
{
	return add(bisection, name, json_pack("{ss}", "name", name), err);
}

static void say(void *arg, const char *line)
{
	(void)arg;
	log_info(NULL, "%s", line);
}

static int add_suite(struct bisection *bisection, const char *name,
		     struct err *err)
{
	const char *slash = strchr(name, '/');
	CLEANUP_FREE char *suite = xstrndup(name, (size_t)(slash - name));
	struct images_versions kernels CLEANUP(images_versions_release) = { 0 };
	struct cache cache CLEANUP(cache_release) = { 0 };
	struct images_opts opts = { .cache = &cache,
				    .refresh = true,
				    .say = say };

	if (cache_open(NULL, &cache, err) ||
	    images_list_kernels(&opts, suite, slash + 1, &kernels, err))
		return -1;
	for (size_t i = 0; i < kernels.names.n; i++)
		if (add_kernel(bisection, kernels.names.v[i], err))
			return -1;
	return 0;
}

static bool is_name(const char *name)
{
	regex_t pattern;
	bool is;

	if (regcomp(&pattern, KERNEL_PATTERN, REG_EXTENDED | REG_NOSUB))
		return false;
	is = regexec(&pattern, name, 0, NULL, 0) == 0;
	regfree(&pattern);
	return is;
}

int bisect_kernels(const struct str_list *names, struct bisection *bisection,
		   struct err *err)
{
	struct recipes known CLEANUP(recipes_release) = { 0 };

	if (recipes_load(RECIPE_KERNEL, &known, err))
		return -1;
	for (size_t i = 0; i < names->n; i++) {
		const char *name = names->v[i];
		int rc;

		if (!is_name(name))
			return err_set(err, ERR_INPUT, 0,
				       "'%s' is no kernel of the catalogue, "
				       "and no SUITE/linux-image-...",
				       name);
		if (strchr(name, '/') && strpbrk(name, "*?"))
			rc = add_suite(bisection, name, err);
		else if (!strchr(name, '/') &&
			 !recipes_find(&known, RECIPE_KERNEL, name, err))
			rc = -1;
		else
			rc = add_kernel(bisection, name, err);
		if (rc)
			return -1;
	}
	return 0;
}

int bisect_userlands(const struct str_list *names, struct bisection *bisection,
		     struct err *err)
{
	struct recipes known CLEANUP(recipes_release) = { 0 };

	if (recipes_load(RECIPE_USERLAND, &known, err))
		return -1;
	for (size_t i = 0; i < names->n; i++) {
		if (!recipes_find(&known, RECIPE_USERLAND, names->v[i], err) ||
		    add(bisection, names->v[i], json_string(names->v[i]), err))
			return -1;
	}
	return 0;
}
