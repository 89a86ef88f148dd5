// SPDX-License-Identifier: Apache-2.0
/* images_package.c - Debian kernels that no catalogue names: by suite and package */
#include <string.h>

#include "base/mem.h"
#include "runner/images_internal.h"

const struct recipe *images_package(struct images_richer *richer,
				    const char *name)
{
	const char *slash = strchr(name, '/');
	struct recipe *recipe;

	for (size_t i = 0; i < richer->n; i++)
		if (str_eq(richer->v[i]->name, name))
			return richer->v[i];
	recipe = xnew(struct recipe);
	recipe->name = xstrdup(name);
	recipe->suite = xstrndup(name, (size_t)(slash - name));
	str_list_add(&recipe->packages, slash + 1);
	return *VEC_PUSH(richer->v, richer->n) = recipe;
}

/* "NAME VERSION" lines, after @prefix each. */
static void read_versions(const char *prefix, const char *text,
			  struct images_versions *versions)
{
	struct str_list words CLEANUP(str_list_release) = { 0 };

	str_list_split(&words, text, " \n");
	for (size_t i = 0; i + 1 < words.n; i += 2) {
		str_list_take(&versions->names,
			      xasprintf("%s%s", prefix, words.v[i]));
		str_list_add(&versions->versions, words.v[i + 1]);
	}
}

void images_versions_release(struct images_versions *versions)
{
	str_list_release(&versions->names);
	str_list_release(&versions->versions);
}

/* Arguments of both scripts; a suite's lists are one folder. */
static void add_suite(const struct images_opts *opts, const char *suite,
		      struct str_list *args)
{
	CLEANUP_FREE char *apt =
		xasprintf("%s/apt/%s", opts->cache->dir, suite);

	images_add(args, "--suite", suite);
	images_add(args, "--apt", apt);
	if (opts->refresh)
		str_list_add(args, "--refresh");
}

int images_list_kernels(const struct images_opts *opts, const char *suite,
			const char *pattern,
			struct images_versions *ret_kernels, struct err *err)
{
	CLEANUP_FREE char *prefix = xasprintf("%s/", suite);
	CLEANUP_FREE char *out = NULL;
	struct str_list args CLEANUP(str_list_release) = { 0 };

	add_suite(opts, suite, &args);
	images_add(&args, "--package", pattern);
	if (images_script(opts, "list-kernels.sh", &args, &out, err))
		return -1;
	read_versions(prefix, out, ret_kernels);
	return 0;
}

int images_list_versions(const struct images_opts *opts, const char *suite,
			 const struct str_list *packages,
			 struct images_versions *ret_versions, struct err *err)
{
	CLEANUP_FREE char *out = NULL;
	struct str_list args CLEANUP(str_list_release) = { 0 };

	add_suite(opts, suite, &args);
	for (size_t i = 0; i < packages->n; i++)
		str_list_add(&args, packages->v[i]);
	if (images_script(opts, "list-versions.sh", &args, &out, err))
		return -1;
	read_versions("", out, ret_versions);
	return 0;
}
