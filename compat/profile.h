// SPDX-License-Identifier: Apache-2.0
/* profile.h - what a real machine, or a live workload, is: a file of facts */
#ifndef COMPAT_PROFILE_H
#define COMPAT_PROFILE_H

#include <stdio.h>

#include "base/bind.h"
#include "compat/machine.h"

#define PROFILE_SCHEMA "crmatrix/profile/1"

/**
 * struct profile - One file
 * @name:	Of the machine, or of the workload
 * @facts:	Of the machine, those that a guest tells and more; may be empty
 * @workload:	Of a workload, as predict.h tells them; may be empty
 */
struct profile {
	char *schema;
	char *name;
	struct facts facts;
	struct facts workload;
};

/** profile_table - YAML: {schema, name, facts: {...}, workload: {...}} */
extern const struct bind_table profile_table;

void profile_release(struct profile *profile);

/** profile_write() - As YAML that profile_table reads */
void profile_write(const struct profile *profile, FILE *out);

#endif
