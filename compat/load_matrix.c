// SPDX-License-Identifier: Apache-2.0
/* load_matrix.c - a matrix file, and the one that it extends */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/load_internal.h"
#include "compat/scenario_tables.h"

static int read_file(struct loader *l, const struct origin *from,
		     const char *path, struct matrix *ret_matrix,
		     struct err *err)
{
	struct bind_diags *diags = load_diags_of(l->diags, path);

	if (bind_file(path, &matrix_table, ret_matrix, diags, err) &&
	    !diags->n) {
		/* Not read at all: what it would have named is not asked for. */
		load_complain(l, from, NULL, "matrix: %s", err->msg);
		return -1;
	}
	return 0;
}

/* What another file named is sought where that file lies; a name stays one. */
static void rebase(struct str_list *paths, const char *folder)
{
	for (size_t i = 0; i < paths->n; i++) {
		char *here CLEANUP_FREE = path_join(folder, paths->v[i]);
		char *real = realpath(here, NULL);

		if (!real)
			continue;
		free(paths->v[i]);
		paths->v[i] = real;
	}
}

static void inherit_list(struct str_list *own, const struct str_list *from)
{
	if (!own->n)
		str_list_copy(own, from);
}

/* Rules are asked in order: its own come first. */
static void inherit_rules(struct expects *own, struct expects *from)
{
	for (size_t i = 0; i < from->n; i++)
		*VEC_PUSH(own->v, own->n) = from->v[i];
	free(TAKE(from->v));
	from->n = 0;
}

static void inherit_narrow(struct matrix *own, struct matrix *from,
			   const char *folder)
{
	for (size_t i = 0; i < from->n_narrow; i++)
		rebase(&from->narrow[i].scenarios, folder);
	if (own->n_narrow)
		return;
	own->narrow = TAKE(from->narrow);
	own->n_narrow = from->n_narrow;
	from->n_narrow = 0;
}

static void inherit(struct matrix *own, struct matrix *from, const char *file)
{
	char *folder CLEANUP_FREE = path_folder(file);

	rebase(&from->machine_files, folder);
	rebase(&from->scenarios, folder);
	rebase(&from->machines, folder);
	inherit_list(&own->machine_files, &from->machine_files);
	inherit_list(&own->machines, &from->machines);
	inherit_list(&own->scenarios, &from->scenarios);
	inherit_narrow(own, from, folder);
	inherit_rules(&own->expect, &from->expect);
	own->self = own->self || from->self;
	if (own->repeat == 1)
		own->repeat = from->repeat;
}

static int extend(struct loader *l, struct err *err)
{
	const char *path = l->request->matrix;
	char *folder CLEANUP_FREE = path_folder(path);
	char *file CLEANUP_FREE = path_join(folder, l->matrix.extends);
	struct origin from = origin_at(path, "/extends");
	struct matrix other = { 0 };
	int status = read_file(l, &from, file, &other, err);

	if (!status && other.extends)
		load_complain(l, &from, NULL,
			      "'%s' extends another one itself: one may, not "
			      "two",
			      file);
	else if (!status)
		inherit(&l->matrix, &other, file);
	bind_release(&matrix_table, &other);
	return status;
}

int load_matrix(struct loader *l, struct err *err)
{
	static const char defaults[] = "{}";
	const char *path = l->request->matrix;
	struct bind_diags none CLEANUP(bind_diags_release) = { 0 };
	struct origin nowhere = origin_at(NULL, "%s", "");

	if (!path)
		return bind_text("matrix", defaults, strlen(defaults),
				 &matrix_table, &l->matrix, &none, err);
	if (read_file(l, &nowhere, path, &l->matrix, err))
		return -1;
	return l->matrix.extends ? extend(l, err) : 0;
}
