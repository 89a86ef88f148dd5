// SPDX-License-Identifier: Apache-2.0
/* load.c - reads a matrix and all it names, gathering errors on the way */
#include "compat/load.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/load_internal.h"

#define KNOWN_SHOWN_MAX 40

struct origin origin_at(const char *file, const char *fmt, ...)
{
	struct origin origin = { .file = file };
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(origin.where, sizeof(origin.where), fmt, ap);
	va_end(ap);
	return origin;
}

void load_complain(struct loader *l, const struct origin *from,
		   const char *suggestion, const char *fmt, ...)
{
	char *msg CLEANUP_FREE = NULL;
	va_list ap;

	va_start(ap, fmt);
	msg = xvasprintf(fmt, ap);
	va_end(ap);
	if (from->file)
		bind_diags_at(load_diags_of(l->diags, from->file), from->file,
			      from->where, suggestion, "%s", msg);
	else
		str_list_take(&l->diags->problems,
			      suggestion ?
				      xasprintf("%s (%s)", msg, suggestion) :
				      xstrdup(msg));
}

/* All of them, or the command that lists them when they fill a screen. */
static char *tell_known(const char *what, const struct str_list *known)
{
	char *all CLEANUP_FREE = str_list_join(known, ", ");

	if (known->n > KNOWN_SHOWN_MAX)
		return xasprintf("'crmatrix list %ss' has all %zu", what,
				 known->n);
	return xasprintf("known: %s", *all ? all : "none");
}

void load_unknown(struct loader *l, const struct origin *from, const char *what,
		  const char *name, const struct str_list *known)
{
	const char **names CLEANUP_FREE = xcalloc(known->n, sizeof(*names));
	char *all CLEANUP_FREE = tell_known(what, known);
	char *suggestion CLEANUP_FREE = NULL;
	const char *nearest;

	for (size_t i = 0; i < known->n; i++)
		names[i] = known->v[i];
	nearest = bind_nearest(name, names, known->n);
	if (nearest)
		suggestion = xasprintf("did you mean '%s'?", nearest);
	load_complain(l, from, suggestion, "unknown %s '%s', %s", what, name,
		      all);
}

struct bind_diags *load_diags_of(struct load_diags *diags, const char *path)
{
	struct bind_diags *of;

	for (size_t i = 0; i < diags->n; i++)
		if (str_eq(diags->v[i].file, path))
			return &diags->v[i];
	of = VEC_PUSH(diags->v, diags->n);
	of->file = xstrdup(path);
	return of;
}

/* Keeps only files that have errors. */
static void drop_clean(struct load_diags *diags)
{
	size_t kept = 0;

	for (size_t i = 0; i < diags->n; i++) {
		if (diags->v[i].n)
			diags->v[kept++] = diags->v[i];
		else
			bind_diags_release(&diags->v[i]);
	}
	diags->n = kept;
}

static size_t count_errors(const struct load_diags *diags)
{
	size_t n = diags->problems.n;

	for (size_t i = 0; i < diags->n; i++)
		n += diags->v[i].n;
	return n;
}

static int sum_up(const struct load_diags *diags, struct err *err)
{
	size_t more = count_errors(diags);
	const struct bind_diags *first = diags->v;
	char tail[64] = "";

	if (!more)
		return 0;
	if (--more)
		(void)snprintf(tail, sizeof(tail), " (and %zu more)", more);
	if (diags->problems.n)
		return err_set(err, ERR_INPUT, 0, "%s%s", diags->problems.v[0],
			       tail);
	return err_set(err, ERR_INPUT, first->v[0].pos.line, "%s:%u:%u: %s%s",
		       first->file, first->v[0].pos.line, first->v[0].pos.col,
		       first->v[0].msg, tail);
}

static void take_matrix(struct loader *l)
{
	l->set->expect = l->matrix.expect;
	l->matrix.expect = (struct expects){ 0 };
	l->set->self = l->matrix.self;
	l->set->repeat = l->matrix.repeat;
}

static int load_all(struct loader *l, struct err *err)
{
	int status = load_matrix(l, err);

	if (!status) {
		load_machines(l);
		load_scenarios(l);
		load_narrow(l);
		take_matrix(l);
	}
	drop_clean(l->diags);
	return sum_up(l->diags, err) ? -1 : status;
}

int load_set(const struct load_request *request, struct load_set *ret_set,
	     struct load_diags *diags, struct err *err)
{
	struct load_set set CLEANUP(load_set_release) = { 0 };
	struct loader l = { .request = request, .set = &set, .diags = diags };
	int status = load_all(&l, err);

	bind_release(&matrix_table, &l.matrix);
	str_list_release(&l.found);
	str_list_release(&l.read);
	if (status)
		return -1;
	*ret_set = set;
	set = (struct load_set){ 0 };
	return 0;
}

void load_set_release(struct load_set *set)
{
	struct matrix matrix = { .expect = set->expect };

	for (size_t i = 0; i < set->n_machines; i++)
		machine_release(&set->machines[i]);
	for (size_t i = 0; i < set->n_scenarios; i++)
		scenario_release(&set->scenarios[i]);
	free(set->machines);
	free(set->scenarios);
	bind_release(&matrix_table, &matrix);
	*set = (struct load_set){ 0 };
}

void load_diags_print(const struct load_diags *diags, FILE *out, bool color)
{
	for (size_t i = 0; i < diags->n; i++)
		bind_diags_print(&diags->v[i], out, color);
	for (size_t i = 0; i < diags->problems.n; i++)
		(void)fprintf(out, "%serror:%s %s\n", color ? "\033[1;31m" : "",
			      color ? "\033[0m" : "", diags->problems.v[i]);
}

void load_diags_release(struct load_diags *diags)
{
	for (size_t i = 0; i < diags->n; i++)
		bind_diags_release(&diags->v[i]);
	free(diags->v);
	str_list_release(&diags->problems);
	*diags = (struct load_diags){ 0 };
}
