// SPDX-License-Identifier: Apache-2.0
/* suite.c - the matrices that come with crmatrix, by their names */
#include "runner/suite.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/cli.h"
#include "runner/datadir.h"

#define DEFAULT "default"
#define FILE_PREFIX "matrix-"
#define FILE_SUFFIX ".yaml"

static bool is_file_name(const char *name)
{
	return strchr(name, '/') || str_ends(name, FILE_SUFFIX);
}

/* Where a name may lie, in order. */
static char *place_of(const char *name, int place)
{
	CLEANUP_FREE char *relative = NULL;

	if (str_eq(name, DEFAULT))
		relative = xstrdup("scenarios/matrix.yaml");
	else
		relative = xasprintf(place ? "scenarios/%s/matrix.yaml" :
					     "scenarios/" FILE_PREFIX
					     "%s" FILE_SUFFIX,
				     name);
	return datadir_path(relative);
}

static bool find(const char *name, char **ret_path)
{
	for (int place = 0; place < 2; place++) {
		CLEANUP_FREE char *path = place_of(name, place);

		if (!file_exists(path))
			continue;
		*ret_path = TAKE(path);
		return true;
	}
	return false;
}

/* Of a file "matrix-NAME.yaml", or a folder with a matrix. */
static char *name_of(const char *entry)
{
	CLEANUP_FREE char *matrix = place_of(entry, 1);
	size_t len = strlen(entry);

	if (file_exists(matrix))
		return xstrdup(entry);
	if (!str_starts(entry, FILE_PREFIX) || !str_ends(entry, FILE_SUFFIX))
		return NULL;
	return xstrndup(entry + strlen(FILE_PREFIX),
			len - strlen(FILE_PREFIX) - strlen(FILE_SUFFIX));
}

static void known_names(struct str_list *names)
{
	CLEANUP_FREE char *folder = datadir_path("scenarios");
	struct str_list entries CLEANUP(str_list_release) = { 0 };
	struct err ignored = ERR_INIT;

	str_list_add(names, DEFAULT);
	if (file_list(folder, &entries, &ignored))
		return;
	for (size_t i = 0; i < entries.n; i++) {
		char *name = name_of(entries.v[i]);

		if (name)
			str_list_take(names, name);
	}
}

static int unknown(const char *name, struct err *err)
{
	struct str_list names CLEANUP(str_list_release) = { 0 };
	CLEANUP_FREE char *all = NULL;
	CLEANUP_FREE const char **list = NULL;
	const char *near;

	known_names(&names);
	list = xcalloc(names.n + 1, sizeof(*list));
	for (size_t i = 0; i < names.n; i++)
		list[i] = names.v[i];
	near = cli_nearest(name, list);
	all = str_list_join(&names, ", ");
	return err_set(err, ERR_INPUT, 0,
		       "no matrix '%s'%s%s%s (there are %s; a file has a '/' "
		       "or ends in .yaml)",
		       name, near ? ", did you mean '" : "", near ? near : "",
		       near ? "'?" : "", all);
}

int suite_path(const char *name, bool none, char **ret_path, struct err *err)
{
	char *path = NULL;

	if (name && is_file_name(name))
		path = xstrdup(name);
	else if (!name && none)
		path = NULL;
	else if (!find(name ? name : DEFAULT, &path) && name)
		return unknown(name, err);
	*ret_path = path;
	return 0;
}
