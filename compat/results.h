// SPDX-License-Identifier: Apache-2.0
/* results.h - results.json, and the reports made of it */
#ifndef COMPAT_RESULTS_H
#define COMPAT_RESULTS_H

#include <jansson.h>
#include <stdio.h>

#include "base/err.h"
#include "compat/judge.h"

#define RESULTS_SCHEMA "crmatrix/results/1"

/** How results.json is written: 15 digits keep "12.345" what it is */
#define RESULTS_JSON_FLAGS (JSON_INDENT(1) | JSON_REAL_PRECISION(15))

/** struct machine_result - A machine as it turned out */
struct machine_result {
	char *name;
	char *kernel, *cpu, *userland, *criu, *glibc; /* NULL: not attested */
	struct facts facts;
	struct str_list notes; /* what differs from what was asked */
	char *same_cpu_as;     /* first machine with the same CPU, or NULL */
};

/** struct results - One run; what results.json holds (design: fixed format) */
struct results {
	char *id, *started, *finished, *tool; /* finished: NULL while running */
	struct host_facts host;
	struct machine_result *machines;
	size_t n_machines;
	struct result *cells;
	size_t n_cells;
};

json_t *results_to_json(const struct results *results);
/** results_from_json() - Unknown members are ignored; a wrong schema or type
 * is ERR_PARSE naming the member */
WARN_UNUSED
int results_from_json(const json_t *json, struct results *ret_results,
		      struct err *err);
void results_release(struct results *results);

/** results_exit() - The exit status that a run with these results ends with: 1
 * when a cell failed or passed unexpectedly; else 3 when one is broken or was
 * not run, or there is none at all; else 0 */
int results_exit(const struct results *results);

struct page_source;

/** struct report_opts - How to print */
struct report_opts {
	bool color;
	bool utf8;
	int width;	     /* columns of the terminal, 0: unlimited */
	const char *run_dir; /* as the user gave it, for paths and hints */
	const char *tool;    /* as the user called it; NULL: "crmatrix" */
	const char *origin;  /* the CI system, for KCIDB; NULL: "crmatrix" */
	/* What html shows besides, see compat/page.h; NULL: results alone. */
	const struct page_source *page;
};

/** struct report_format - One row of the table of formats */
struct report_format {
	const char *name;
	const char *help;
	int (*write)(const struct results *results,
		     const struct report_opts *opts, FILE *out,
		     struct err *err);
};
extern const struct report_format report_formats[];
extern const size_t n_report_formats;
const struct report_format *report_format_find(const char *name);

/** explain_cell() - The whole story of one cell, for people */
void explain_cell(const struct results *results, const struct result *cell,
		  const struct observation *obs, const struct report_opts *opts,
		  FILE *out);

#endif
