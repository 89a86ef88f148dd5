// SPDX-License-Identifier: Apache-2.0
/* load_path.c - paths that files name, and folders of scenarios */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "compat/load_internal.h"

#define DEPTH_MAX 8 /* of folders; links may form rings */

char *path_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
}

char *path_join(const char *folder, const char *path)
{
	if (*path == '/' || !strcmp(folder, "."))
		return xstrdup(path);
	return xasprintf("%s%s%s", folder, str_ends(folder, "/") ? "" : "/",
			 path);
}

char *path_stem(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	size_t len = strlen(base);

	return xstrndup(base, str_ends(base, ".yaml") ? len - 5 : len);
}

bool path_is_dir(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

char *path_resolve(struct loader *l, const struct origin *from,
		   const char *folder, const struct str_list *more,
		   const char *path)
{
	char *first CLEANUP_FREE = path_join(folder, path);
	char *real = realpath(first, NULL);

	for (size_t i = 0; !real && more && i < more->n; i++) {
		char *next CLEANUP_FREE = path_join(more->v[i], path);

		real = realpath(next, NULL);
	}
	if (real)
		return real;
	if (!l->request->lenient)
		load_complain(l, from, NULL, "there is no file '%s'", first);
	return TAKE(first);
}

static bool is_scenario_file(const char *name)
{
	return str_ends(name, ".yaml") && !str_starts(name, "matrix");
}

static int walk(const char *folder, unsigned depth, struct str_list *paths,
		struct err *err)
{
	struct str_list names CLEANUP(str_list_release) = { 0 };

	if (file_list(folder, &names, err))
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		char *path CLEANUP_FREE = path_join(folder, names.v[i]);

		if (names.v[i][0] == '.')
			continue;
		if (path_is_dir(path)) {
			if (depth < DEPTH_MAX &&
			    walk(path, depth + 1, paths, err))
				return -1;
		} else if (is_scenario_file(names.v[i])) {
			str_list_add(paths, path);
		}
	}
	return 0;
}

int path_scenarios(const char *folder, struct str_list *paths, struct err *err)
{
	return walk(folder, 0, paths, err);
}
