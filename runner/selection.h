// SPDX-License-Identifier: Apache-2.0
/* selection.h - which cells a command line means */
#ifndef RUNNER_SELECTION_H
#define RUNNER_SELECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "compat/plan.h"
#include "runner/options.h"

/**
 * struct selection - Options of all commands that choose cells
 * @matrix:	Name or file, see suite.h; NULL: the one that comes with crmatrix, when @all
 *		is unset; borrowed
 * @machines, @scenarios, @sources, @targets: Names; empty: the matrix's
 * @repeat:	0: the matrix's
 * @shard:	"I/N", "auto" or "auto/N", for sharding_apply(), or NULL; borrowed
 * @durations:	An earlier run, likewise
 * @all:	Without @matrix: all machines and scenarios that come with crmatrix
 * @lenient:	Files that workloads and kernels need may be missing
 */
struct selection {
	const char *matrix;
	struct str_list machines;
	struct str_list scenarios;
	struct str_list sources;
	struct str_list targets;
	uint64_t repeat;
	const char *shard;
	const char *durations;
	bool all;
	bool lenient;
};

/* Rows for a command's options; @s: its args struct, @m: the member of it that
 * is the struct selection. (clang-format takes rows in a macro for blocks.) */
/* clang-format off */
#define SELECTION_AT(s, m, x) \
	(offsetof(struct s, m) + offsetof(struct selection, x))
#define SELECTION_OPTIONS(s, m)                                              \
	{ "matrix", 'm', OPTION_STR, SELECTION_AT(s, m, matrix),             \
	  .arg = "NAME|FILE",                                                \
	  .help = "which matrix: 'smoke', 'default', 'full', a folder of "   \
		  "scenarios, or a file" },                                  \
	{ "machine", 0, OPTION_LIST, SELECTION_AT(s, m, machines),           \
	  .arg = "A,B",                                                      \
	  .help = "these machines, not the matrix's; ./HOST.yaml of "        \
		  "'crmatrix profile' is one too" },                         \
	{ "source", 0, OPTION_LIST, SELECTION_AT(s, m, sources),             \
	  .arg = "A", .help = "only from these machines of the matrix" },    \
	{ "target", 0, OPTION_LIST, SELECTION_AT(s, m, targets),             \
	  .arg = "B", .help = "only to these machines of the matrix" },      \
	{ "scenario", 's', OPTION_LIST, SELECTION_AT(s, m, scenarios),       \
	  .arg = "S,T",                                                      \
	  .help = "these scenarios (names, files or folders)" },             \
	{ "repeat", 0, OPTION_UINT, SELECTION_AT(s, m, repeat), .arg = "N",  \
	  .help = "times each cell is run", .min = 1, .max = 1000 },         \
	{ "shard", 0, OPTION_STR, SELECTION_AT(s, m, shard), .arg = "I/N",   \
	  .help = "the I-th of N parts of the cells; auto or auto/N: as a "  \
		  "Slurm array, Kubernetes Job or CI job says" },            \
	{ "durations", 0, OPTION_STR, SELECTION_AT(s, m, durations),         \
	  .arg = "RUN", .help = "balance shards by that earlier run" }
/* clang-format on */

/**
 * selection_load() - Read and check all files, without making cells
 * @selection:	What is asked for
 * @ret_plan:	Machines, scenarios and expectations; owned by the caller
 * @ret_filter:	For plan_expand(); borrows the lists of @selection
 *
 * Prints the errors of the files to stderr, each with its place.
 *
 * Return: 0, or -1 with ERR_INPUT or ERR_SYS
 */
WARN_UNUSED
int selection_load(const struct selection *selection, struct plan *ret_plan,
		   struct plan_filter *ret_filter, struct err *err);

#endif
