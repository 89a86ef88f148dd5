// SPDX-License-Identifier: Apache-2.0
/* answer_schema.h - parts of which JSON Schemas of answers are made; all return new
 * references */
#ifndef COMPAT_ANSWER_SCHEMA_H
#define COMPAT_ANSWER_SCHEMA_H

#include <jansson.h>

/** schema_strict() - An object with these members, all and no others; @properties
 * is taken over */
json_t *schema_strict(json_t *properties);
/** schema_whole() - The same as a document of its own */
json_t *schema_whole(const char *title, json_t *properties);
/** schema_type() - "string", "integer" and so on */
json_t *schema_type(const char *name);
json_t *schema_or_null(const char *name);
/** schema_names_of() - One of a NULL-terminated list */
json_t *schema_names_of(const char *const *names);
/** schema_const() - That text */
json_t *schema_const(const char *text);
/** schema_list() - Elements of one kind; @items is taken over */
json_t *schema_list(json_t *items);
/** schema_rate() - [low, high], or null */
json_t *schema_rate(void);
/** schema_counts() - A number for each name */
json_t *schema_counts(const char *const *names);

#endif
