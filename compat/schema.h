// SPDX-License-Identifier: Apache-2.0
/* schema.h - JSON Schemas of files that people write, and programs read */
#ifndef COMPAT_SCHEMA_H
#define COMPAT_SCHEMA_H

#include <jansson.h>

/** schema_names - "scenario", "machines", "matrix", "analyze", ...; NULL at the
 * end */
extern const char *const schema_names[];

/** schema_make() - Schema by one of these names; a new reference, or NULL when
 * the name is another */
json_t *schema_make(const char *name);

#endif
