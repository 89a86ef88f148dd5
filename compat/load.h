// SPDX-License-Identifier: Apache-2.0
/* load.h - a matrix with all the files it names, read and checked at once */
#ifndef COMPAT_LOAD_H
#define COMPAT_LOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/bind.h"
#include "base/err.h"
#include "base/str.h"
#include "compat/machine.h"
#include "compat/scenario.h"

/**
 * struct load_request - What to read; all borrowed
 * @matrix:	   Matrix file, or NULL: what follows is all
 * @machines_file: Used when the matrix names no file of machines
 * @scenarios_dir: Where scenarios are found by name, at any depth; all of them
 *		   are taken when neither the matrix nor @scenarios names any
 * @file_dirs:	   Where files of workloads are sought that are not beside their
 *		   scenario; may be NULL
 * @machines:	   Names that replace the matrix's; may be NULL or empty
 * @scenarios:	   Names, files or folders, likewise; paths are relative to the
 *		   working directory
 * @lenient:	   Files that workloads and kernels need may be missing
 */
struct load_request {
	const char *matrix;
	const char *machines_file;
	const char *scenarios_dir;
	const struct str_list *file_dirs;
	const struct str_list *machines;
	const struct str_list *scenarios;
	bool lenient;
};

/**
 * struct load_set - What was read, for a plan to take over
 * @machines:	In the order asked for, else that of their files
 * @scenarios:	In the order asked for; a folder's sorted by path. Their
 *		workload.files, as the machines' kernel files, are absolute
 * @expect, @self, @repeat: The matrix's
 */
struct load_set {
	struct machine *machines;
	size_t n_machines;
	struct scenario *scenarios;
	size_t n_scenarios;
	struct expects expect;
	bool self;
	uint64_t repeat;
};

/**
 * struct load_diags - All errors of all files
 * @v, @n:	   Of each file that has some, in the order of reading
 * @problems:	   What is wrong with the request itself
 */
struct load_diags {
	struct bind_diags *v;
	size_t n;
	struct str_list problems;
};

/**
 * load_set() - Read and check all that a request names
 * @ret_set:	Owned by the caller
 * @diags:	All errors; released by the caller whatever is returned
 *
 * A scenario entry with a '/' or a ".yaml" is a path, relative to the matrix's
 * file (or the working directory); any other is a name under @scenarios_dir or,
 * failing that, a folder. A folder stands for all its *.yaml, at any depth,
 * hidden ones and matrix*.yaml left out; a file named twice is read once.
 *
 * Return: 0, or -1 with ERR_INPUT (the first error, how many more), or ERR_SYS
 * when @matrix cannot be read
 */
WARN_UNUSED
int load_set(const struct load_request *request, struct load_set *ret_set,
	     struct load_diags *diags, struct err *err);

void load_set_release(struct load_set *set);

/** load_diags_print() - As bind_diags_print(), for all files */
void load_diags_print(const struct load_diags *diags, FILE *out, bool color);
void load_diags_release(struct load_diags *diags);

#endif
