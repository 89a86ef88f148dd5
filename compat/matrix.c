// SPDX-License-Identifier: Apache-2.0
/* matrix.c - the file that says which cells to run */
#include "compat/scenario.h"

#include "base/mem.h"
#include "compat/scenario_tables.h"

static const struct bind_field narrow_fields[] = {
	{ .key = "scenarios",
	  .type = BIND_STR_LIST,
	  .offset = offsetof(struct narrow, scenarios),
	  .required = true,
	  .help = "Names of scenarios of this matrix, files or folders (relative "
		  "to this file)." },
	{ .key = "machines",
	  .type = BIND_STR_LIST,
	  .offset = offsetof(struct narrow, machines),
	  .required = true,
	  .pattern = MACHINE_NAME_PATTERN,
	  .help = "Both machines of a cell are among these." },
	{ .key = "across",
	  .type = BIND_BOOL,
	  .offset = offsetof(struct narrow, across),
	  .dflt = "true",
	  .help = "Also between different machines; false: each of them with "
		  "itself only, if the matrix pairs it so." },
};

static const struct bind_table narrow_table = {
	.name = "narrow",
	.help = "Scenarios that are run between some machines only.",
	.size = sizeof(struct narrow),
	.pos_offset = offsetof(struct narrow, pos),
	.fields = narrow_fields,
	.n = ARRAY_SIZE(narrow_fields),
};

#define AT(m) .offset = offsetof(struct matrix, m)

static const struct bind_field matrix_fields[] = {
	{ .key = "extends",
	  .type = BIND_STR,
	  AT(extends),
	  .help = "Another matrix, relative to this file: what is not said here "
		  "is as there, and its expectations come after these." },
	{ .key = "machine-files",
	  .type = BIND_STR_LIST,
	  AT(machine_files),
	  .help = "Files of machines, relative to this file; left out: the "
		  "machines that come with crmatrix." },
	{ .key = "machines",
	  .type = BIND_STR_LIST,
	  AT(machines),
	  .pattern = "^([a-z0-9][a-z0-9.-]*|.*/.*|.*[.]ya?ml)$",
	  .help = "Machines to use, in the order of rows and columns: names, "
		  "or profiles of hosts that they are to be like (./HOST.yaml, "
		  "relative to this file); left out: all of the files." },
	{ .key = "scenarios",
	  .type = BIND_STR_LIST,
	  AT(scenarios),
	  .help = "Names of scenarios, files or folders (relative to this "
		  "file); left out: all that come with crmatrix." },
	{ .key = "narrow",
	  .type = BIND_STRUCTS,
	  AT(narrow),
	  .count_offset = offsetof(struct matrix, n_narrow),
	  .table = &narrow_table,
	  .help = "Scenarios that are run between some of the machines only; the "
		  "first rule that names one is its own." },
	{ .key = "self",
	  .type = BIND_BOOL,
	  AT(self),
	  .dflt = "false",
	  .help = "Also pair each machine with itself." },
	{ .key = "repeat",
	  .type = BIND_UINT,
	  AT(repeat),
	  .dflt = "1",
	  .min = 1,
	  .max = 1000,
	  .help = "Times each cell is run." },
	{ .key = "expect",
	  .type = BIND_STRUCTS,
	  AT(expect.v),
	  .count_offset = offsetof(struct matrix, expect.n),
	  .table = &expect_table,
	  .help = "Known outcomes common to all scenarios; a scenario's own "
		  "come first." },
};

const struct bind_table matrix_table = {
	.name = "matrix",
	.help = "Which scenarios are run between which machines.",
	.size = sizeof(struct matrix),
	.pos_offset = offsetof(struct matrix, pos),
	.fields = matrix_fields,
	.n = ARRAY_SIZE(matrix_fields),
};
