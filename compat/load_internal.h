// SPDX-License-Identifier: Apache-2.0
/* load_internal.h - what the files of the loader share; for compat/load*.c */
#ifndef COMPAT_LOAD_INTERNAL_H
#define COMPAT_LOAD_INTERNAL_H

#include "compat/load.h"

/**
 * struct loader - State of one load_set()
 * @matrix:	Zeroed, with defaults, when the request has none
 * @found:	Paths of all scenarios under scenarios_dir
 * @read:	Real paths of the scenarios that were read
 */
struct loader {
	const struct load_request *request;
	struct load_set *set;
	struct load_diags *diags;
	struct matrix matrix;
	struct str_list found;
	struct str_list read;
};

/**
 * struct origin - Who named a thing
 * @file:	The file, or NULL: the request
 * @where:	JSON Pointer into the file
 */
struct origin {
	const char *file;
	char where[256];
};

struct origin origin_at(const char *file, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** load_complain() - Report an error where what is wrong was named */
void load_complain(struct loader *l, const struct origin *from,
		   const char *suggestion, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/** load_unknown() - Report an unknown name, with the nearest and what is known */
void load_unknown(struct loader *l, const struct origin *from, const char *what,
		  const char *name, const struct str_list *known);

/** load_diags_of() - Errors of a file; valid until the next such call */
struct bind_diags *load_diags_of(struct load_diags *diags, const char *path);

/** load_matrix() - Read the request's matrix and what it extends, if there is one
 */
WARN_UNUSED
int load_matrix(struct loader *l, struct err *err);
void load_machines(struct loader *l);
void load_scenarios(struct loader *l);
/** load_narrow() - Say of scenarios between which machines they are run */
void load_narrow(struct loader *l);
/** load_narrow_check() - Report machines that are not among all @known ones */
void load_narrow_check(struct loader *l, const struct str_list *known);

/** load_is_profile() - Whether an entry of a list of machines is a profile's path */
bool load_is_profile(const char *entry);
/** load_twin() - Read the profile of a machine that has one; false: reported
 * @folder: Of the file that names it */
bool load_twin(struct loader *l, const struct origin *from, const char *folder,
	       struct machine *machine);
/** load_profile() - Make a machine of a profile alone, called as the profile calls
 * its host; false: reported */
bool load_profile(struct loader *l, const struct origin *from,
		  const char *folder, const char *path,
		  struct machine *ret_machine);

/** path_folder() - "a/b" of "a/b/c", "." of "c"; owned by the caller */
char *path_folder(const char *path);
/** path_join() - @path below @folder unless it is absolute; caller owns */
char *path_join(const char *folder, const char *path);
/** path_stem() - "c" of "a/b/c.yaml"; owned by the caller */
char *path_stem(const char *path);
bool path_is_dir(const char *path);

/**
 * path_resolve() - Absolute path of a file that @from names
 * @folder:	The folder of the file that names it
 * @more:	Folders to look into after that, or NULL
 *
 * Reports a missing one unless the request is lenient.
 *
 * Return: owned by the caller; a missing file's is where it was sought first
 */
char *path_resolve(struct loader *l, const struct origin *from,
		   const char *folder, const struct str_list *more,
		   const char *path);

/** path_scenarios() - Add all scenario files below @folder, sorted */
WARN_UNUSED
int path_scenarios(const char *folder, struct str_list *paths, struct err *err);

#endif
