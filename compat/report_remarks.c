// SPDX-License-Identifier: Apache-2.0
/* report_remarks.c - what witnesses saw and let pass, each once, with its cells */
#include <string.h>

#include "base/mem.h"
#include "compat/report_text.h"

#define INDENT 5

static struct view_remark *get(struct view_remark **remarks, size_t *n,
			       const struct cause *cause)
{
	struct view_remark *remark;

	for (size_t i = 0; i < *n; i++) {
		if (strcmp((*remarks)[i].first->mode, cause->mode) == 0)
			return &(*remarks)[i];
	}
	remark = VEC_PUSH(*remarks, *n);
	remark->first = cause;
	return remark;
}

struct view_remark *view_remarks(const struct view *view, size_t *ret_n)
{
	struct view_remark *remarks = NULL;
	size_t n = 0;

	for (size_t i = 0; i < view->n_cells; i++) {
		const struct result *result = view->cells[i].result;

		for (size_t k = 0; k < result->n_remarks; k++) {
			struct view_remark *remark =
				get(&remarks, &n, &result->remarks[k]);

			str_list_add(&remark->cells, result->id);
		}
	}
	*ret_n = n;
	return remarks;
}

void view_remarks_free(struct view_remark *remarks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		str_list_release(&remarks[i].cells);
	free(remarks);
}

static void print_remark(const struct view_remark *remark,
			 const struct report_opts *opts, FILE *out)
{
	CLEANUP_FREE char *cells = str_list_join(&remark->cells, " ");

	(void)fprintf(out, "  %s: %zu cell%s\n", remark->first->mode,
		      remark->cells.n, remark->cells.n == 1 ? "" : "s");
	text_wrap("     ", INDENT, remark->first->title, opts, out);
	text_wrap("       ", 2 + INDENT, cells, opts, out);
	if (remark->first->fix)
		text_wrap("     fix:  ", 2 * INDENT + 1, remark->first->fix,
			  opts, out);
	if (remark->first->known)
		text_wrap("     see:  ", 2 * INDENT + 1, remark->first->known,
			  opts, out);
}

void text_remarks(const struct view *view, const struct report_opts *opts,
		  FILE *out)
{
	size_t n;
	struct view_remark *remarks = view_remarks(view, &n);

	if (n)
		text_heading("remarks, on what did no harm so far", opts, out);
	for (size_t i = 0; i < n; i++)
		print_remark(&remarks[i], opts, out);
	view_remarks_free(remarks, n);
}
