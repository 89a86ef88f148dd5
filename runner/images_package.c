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

int images_list_kernels(const struct images_opts *opts, const char *suite,
			const char *pattern, struct str_list *ret_names,
			struct err *err)
{
	CLEANUP_FREE char *apt =
		xasprintf("%s/apt/%s", opts->cache->dir, suite);
	CLEANUP_FREE char *out = NULL;
	struct str_list args CLEANUP(str_list_release) = { 0 };
	struct str_list lines CLEANUP(str_list_release) = { 0 };

	images_add(&args, "--suite", suite);
	images_add(&args, "--package", pattern);
	images_add(&args, "--apt", apt);
	if (images_script(opts, "list-kernels.sh", &args, &out, err))
		return -1;
	str_list_split(&lines, out, "\n");
	for (size_t i = 0; i < lines.n; i++)
		str_list_take(ret_names, xasprintf("%s/%s", suite, lines.v[i]));
	return 0;
}
