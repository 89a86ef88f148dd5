// SPDX-License-Identifier: Apache-2.0
/* bisect_folder.c - candidates by folder: kernels of one's own, as packages or images */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/bisect_row.h"

static const char *const packages[] = { "linux-image-", "linux-binary-",
					"linux-modules-", "linux-base-" };
static const char *const images[] = { "bzImage", "vmlinuz" };

/** struct found - A kernel of the folder; all owned */
struct found {
	char *version;
	struct str_list debs;
	char *image, *modules;
};

struct founds {
	struct found *v;
	size_t n;
};

static void founds_release(struct founds *founds)
{
	for (size_t i = 0; i < founds->n; i++) {
		free(founds->v[i].version);
		str_list_release(&founds->v[i].debs);
		free(founds->v[i].image);
		free(founds->v[i].modules);
	}
	free(founds->v);
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* What follows one of @prefixes, or NULL. */
static const char *after(const char *name, const char *const *prefixes,
			 size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_starts(name, prefixes[i]))
			return name + strlen(prefixes[i]);
	return NULL;
}

/* "6.1.0-56-cloud-amd64" of "linux-image-6.1.0-56-cloud-amd64_6.1.192-2_amd64.deb",
 * signed or not; owned. NULL: not of a kernel that boots. */
static char *version_of_deb(const char *name)
{
	const char *rest = after(name, packages, ARRAY_SIZE(packages));
	char *version, *unsigned_at;

	if (!rest || !str_ends(name, ".deb") || !strchr(rest, '_'))
		return NULL;
	version = xstrndup(rest, strcspn(rest, "_"));
	unsigned_at = strstr(version, "-unsigned");
	if (unsigned_at)
		*unsigned_at = '\0';
	if (!str_ends(version, "-dbg") && !str_ends(version, "-dbgsym"))
		return version;
	free(version);
	return NULL;
}

static struct found *found_of(struct founds *founds, char *version)
{
	struct found *found;

	for (size_t i = 0; i < founds->n; i++) {
		if (!str_eq(founds->v[i].version, version))
			continue;
		free(version);
		return &founds->v[i];
	}
	found = VEC_PUSH(founds->v, founds->n);
	found->version = version;
	return found;
}

static char *modules_of(const char *folder, const char *version)
{
	char *paths[] = { xasprintf("%s/modules-%s", folder, version),
			  xasprintf("%s/lib/modules/%s", folder, version),
			  xasprintf("%s/modules", folder) };
	char *modules = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (!modules && is_folder(paths[i]))
			modules = TAKE(paths[i]);
		free(paths[i]);
	}
	return modules;
}

/* @name of @folder, when it is of a kernel; @usual: the version of an image whose
 * name tells none. */
static void take_file(const char *folder, const char *name, const char *usual,
		      struct founds *founds)
{
	CLEANUP_FREE char *path = xasprintf("%s/%s", folder, name);
	const char *image = after(name, images, ARRAY_SIZE(images));
	char *version = version_of_deb(name);
	struct found *found;

	if (version) {
		str_list_take(&found_of(founds, version)->debs, TAKE(path));
		return;
	}
	if (!image || (*image && *image != '-'))
		return;
	found = found_of(founds, xstrdup(*image ? image + 1 : usual));
	found->modules = modules_of(folder, found->version);
	free(found->image);
	found->image = TAKE(path);
}

/* The one kernel of a folder below, called like that; nothing else is one. */
static int take_folder(const char *folder, const char *name,
		       struct founds *founds, struct err *err)
{
	CLEANUP_FREE char *path = xasprintf("%s/%s", folder, name);
	struct founds here CLEANUP(founds_release) = { 0 };
	struct str_list names CLEANUP(str_list_release) = { 0 };

	if (file_list(path, &names, err))
		return -1;
	for (size_t i = 0; i < names.n; i++)
		take_file(path, names.v[i], name, &here);
	if (!here.n)
		return 0;
	if (here.n > 1)
		return err_set(err, ERR_INPUT, 0,
			       "'%s' has more than one kernel: '%s', '%s'",
			       path, here.v[0].version, here.v[1].version);
	free(here.v[0].version);
	here.v[0].version = xstrdup(name);
	*VEC_PUSH(founds->v, founds->n) = here.v[0];
	here.n = 0;
	return 0;
}

static int by_version(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return str_version_cmp(x->version, y->version);
}

static json_t *list_json(const struct str_list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++)
		(void)json_array_append_new(array, json_string(list->v[i]));
	return array;
}

static json_t *value_of(const struct found *found)
{
	json_t *value = json_object();

	if (found->debs.n)
		(void)json_object_set_new(value, "debs",
					  list_json(&found->debs));
	else
		(void)json_object_set_new(value, "image",
					  json_string(found->image));
	if (!found->debs.n && found->modules)
		(void)json_object_set_new(value, "modules",
					  json_string(found->modules));
	return value;
}

static bool has_image(const struct found *found)
{
	if (found->image)
		return true;
	for (size_t i = 0; i < found->debs.n; i++) {
		const char *name = strrchr(found->debs.v[i], '/') + 1;

		if (str_starts(name, packages[0]) ||
		    str_starts(name, packages[1]))
			return true;
	}
	return false;
}

int bisect_kernels_from(const char *folder, struct bisection *bisection,
			struct err *err)
{
	CLEANUP_FREE char *absolute = realpath(folder, NULL);
	struct founds founds CLEANUP(founds_release) = { 0 };
	struct str_list names CLEANUP(str_list_release) = { 0 };

	if (!absolute || !is_folder(absolute))
		return err_set(err, ERR_INPUT, errno, "'%s' is no folder",
			       folder);
	if (file_list(absolute, &names, err))
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP_FREE char *path =
			xasprintf("%s/%s", absolute, names.v[i]);

		if (!is_folder(path))
			take_file(absolute, names.v[i], "unnamed", &founds);
		else if (take_folder(absolute, names.v[i], &founds, err))
			return -1;
	}
	if (founds.n)
		qsort(founds.v, founds.n, sizeof(*founds.v), by_version);
	for (size_t i = 0; i < founds.n; i++)
		if (has_image(&founds.v[i]))
			bisection_add(bisection, founds.v[i].version,
				      value_of(&founds.v[i]));
	return 0;
}
