// SPDX-License-Identifier: Apache-2.0
/* load_scenarios.c - scenarios by name, file or folder */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "compat/load_internal.h"

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool repeats_name(const struct str_list *files, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (str_eq(last_part(files->v[i]), last_part(files->v[j])))
			return true;
	return false;
}

static void resolve_files(struct loader *l, struct scenario *scenario)
{
	struct str_list *files = &scenario->workload.files;
	char *folder CLEANUP_FREE = path_folder(scenario->path);

	for (size_t i = 0; i < files->n; i++) {
		struct origin from =
			origin_at(scenario->path, "/workload/files/%zu", i);
		char *path = path_resolve(l, &from, folder,
					  l->request->file_dirs, files->v[i]);

		free(files->v[i]);
		files->v[i] = path;
		if (repeats_name(files, i))
			load_complain(l, &from, NULL,
				      "two files would be called '%s' in the "
				      "guest",
				      last_part(path));
	}
}

static const struct scenario *find(const struct loader *l, const char *name)
{
	for (size_t i = 0; i < l->set->n_scenarios; i++)
		if (str_eq(l->set->scenarios[i].name, name))
			return &l->set->scenarios[i];
	return NULL;
}

static void take(struct loader *l, struct scenario *scenario)
{
	const struct scenario *same = find(l, scenario->name);
	struct origin from = origin_at(scenario->path, "%s", "");

	if (same)
		load_complain(l, &from, NULL,
			      "another scenario is called '%s': %s", same->name,
			      same->path);
	resolve_files(l, scenario);
	*VEC_PUSH(l->set->scenarios, l->set->n_scenarios) = *scenario;
}

static void read_file(struct loader *l, const struct origin *from,
		      const char *path)
{
	char *real CLEANUP_FREE = realpath(path, NULL);
	struct scenario scenario = { 0 };
	struct err err = ERR_INIT;
	struct bind_diags *diags;

	if (real && str_list_has(&l->read, real))
		return;
	str_list_add(&l->read, real ? real : path);
	diags = load_diags_of(l->diags, path);
	if (!scenario_load(path, &scenario, diags, &err))
		take(l, &scenario);
	else if (!diags->n)
		load_complain(l, from, NULL, "%s", err.msg);
}

static void read_folder(struct loader *l, const struct origin *from,
			const char *folder)
{
	struct str_list paths CLEANUP(str_list_release) = { 0 };
	struct err err = ERR_INIT;

	if (path_scenarios(folder, &paths, &err))
		load_complain(l, from, NULL, "%s", err.msg);
	else if (!paths.n)
		load_complain(l, from, NULL, "no scenario in '%s'", folder);
	for (size_t i = 0; i < paths.n; i++)
		read_file(l, from, paths.v[i]);
}

static bool read_named(struct loader *l, const struct origin *from,
		       const char *name)
{
	bool any = false;

	for (size_t i = 0; i < l->found.n; i++) {
		char *stem CLEANUP_FREE = path_stem(l->found.v[i]);

		if (!str_eq(stem, name))
			continue;
		read_file(l, from, l->found.v[i]);
		any = true;
	}
	return any;
}

static void known_names(const struct loader *l, struct str_list *names)
{
	for (size_t i = 0; i < l->found.n; i++)
		str_list_take(names, path_stem(l->found.v[i]));
	for (size_t i = 0; i < l->set->n_scenarios; i++)
		if (!str_list_has(names, l->set->scenarios[i].name))
			str_list_add(names, l->set->scenarios[i].name);
}

static bool is_path(const char *entry)
{
	return strchr(entry, '/') || str_ends(entry, ".yaml") ||
	       str_eq(entry, ".") || str_eq(entry, "..");
}

static void read_entry(struct loader *l, const struct origin *from,
		       const char *folder, const char *entry)
{
	const char *dir = l->request->scenarios_dir;
	struct str_list known CLEANUP(str_list_release) = { 0 };
	char *here CLEANUP_FREE = path_join(folder, entry);
	char *there CLEANUP_FREE = path_join(dir ? dir : folder, entry);

	if (!is_path(entry) && read_named(l, from, entry))
		return;
	if (path_is_dir(here) || path_is_dir(there)) {
		read_folder(l, from, path_is_dir(here) ? here : there);
	} else if (is_path(entry)) {
		read_file(l, from,
			  file_exists(here) || !file_exists(there) ? here :
								     there);
	} else {
		known_names(l, &known);
		load_unknown(l, from, "scenario", entry, &known);
	}
}

static void read_entries(struct loader *l)
{
	const struct str_list *asked = l->request->scenarios;
	const char *file = NULL;
	char *folder CLEANUP_FREE = NULL;

	if (!asked || !asked->n) {
		asked = &l->matrix.scenarios;
		file = l->request->matrix;
	}
	folder = file ? path_folder(file) : xstrdup(".");
	for (size_t i = 0; i < asked->n; i++) {
		struct origin from = origin_at(file, "/scenarios/%zu", i);

		read_entry(l, &from, folder, asked->v[i]);
	}
	if (!asked->n && l->request->scenarios_dir) {
		struct origin from = origin_at(NULL, "%s", "");

		read_folder(l, &from, l->request->scenarios_dir);
	}
}

/* A control of one's own lies beside its scenario, and may be asked for alone. */
static bool is_beside(const struct scenario *scenario, const char *name)
{
	CLEANUP_FREE char *folder = path_folder(scenario->path);
	CLEANUP_FREE char *path = xasprintf("%s/%s.yaml", folder, name);

	return file_exists(path);
}

/* @name, given under @key, must be a scenario's. */
static void check_named(struct loader *l, const struct scenario *scenario,
			const char *key, const char *name,
			const struct str_list *known)
{
	struct origin from = origin_at(scenario->path, "/%s", key);

	if (name && !str_list_has(known, name) && !is_beside(scenario, name))
		load_unknown(l, &from, "scenario", name, known);
}

static void check_controls(struct loader *l)
{
	struct str_list known CLEANUP(str_list_release) = { 0 };

	known_names(l, &known);
	for (size_t i = 0; i < l->set->n_scenarios; i++) {
		const struct scenario *scenario = &l->set->scenarios[i];

		check_named(l, scenario, "control-of", scenario->control_of,
			    &known);
		check_named(l, scenario, "control", scenario->control, &known);
	}
}

void load_scenarios(struct loader *l)
{
	const char *dir = l->request->scenarios_dir;
	struct origin from = origin_at(NULL, "%s", "");
	struct err err = ERR_INIT;

	if (dir && path_is_dir(dir) && path_scenarios(dir, &l->found, &err))
		load_complain(l, &from, NULL, "%s", err.msg);
	read_entries(l);
	check_controls(l);
}
