// SPDX-License-Identifier: Apache-2.0
/* bind_internal.h - what the files of the binder share; for base/bind*.c */
#ifndef BASE_BIND_INTERNAL_H
#define BASE_BIND_INTERNAL_H

#include <stdarg.h>

#include "base/bind.h"
#include "base/ytree.h"

/**
 * struct bind_ctx - State of one reading
 * @node:	The mapping (or its short form) now being filled or checked
 * @table:	Its table
 */
struct bind_ctx {
	struct bind_diags *diags;
	const struct ynode *node;
	const struct bind_table *table;
};

/** struct bind_scalar - Text to be turned into a value, of a file or a default */
struct bind_scalar {
	const char *text;
	struct bind_pos pos;
	bool plain;
};

static inline void *member(void *obj, size_t offset)
{
	return (char *)obj + offset;
}

static inline const void *member_const(const void *obj, size_t offset)
{
	return (const char *)obj + offset;
}

/* Arrays of structs are reached through pointers of types known to tables
 * alone, so they are read and written as bytes. */
void *bind_array(const void *obj, const struct bind_field *field,
		 size_t *ret_n);
void *bind_array_new(void *obj, const struct bind_field *field, size_t n);

const struct bind_field *bind_field_of(const struct bind_table *table,
				       const char *key);
/** bind_suggest_key() - What to do about an unknown key; owned by the caller */
char *bind_suggest_key(const struct bind_table *table, const char *key);

bool bind_is_scalar(enum bind_type type);

/**
 * bind_scalar_set() - Turn text into the value of a scalar type
 * @ctx:	Gets what is wrong
 * @to:		Where the value goes; a char * there is replaced, not freed
 */
void bind_scalar_set(struct bind_ctx *ctx, const struct bind_field *field,
		     const struct bind_scalar *from, void *to);

/** bind_defaults() - Fill all of @obj's members that have a default */
void bind_defaults(const struct bind_table *table, void *obj);
/** bind_default() - The same for one member */
void bind_default(const struct bind_field *field, void *obj);

bool bind_in_limits(const struct bind_field *field, uint64_t value);

/** bind_diags_add() - Append an error; text of the file in it is made safe */
void bind_diags_add(struct bind_diags *diags, struct bind_pos pos,
		    const char *suggestion, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void bind_diags_vadd(struct bind_diags *diags, struct bind_pos pos,
		     const char *suggestion, const char *fmt, va_list ap)
	__attribute__((format(printf, 4, 0)));
/** bind_diags_wants() - Whether an error there would be kept, as things are */
bool bind_diags_wants(const struct bind_diags *diags, struct bind_pos pos);
/** bind_diags_finish() - Sort, cut to what is kept, attach source lines */
void bind_diags_finish(struct bind_diags *diags, const char *text, size_t len);

/** bind_pos_at_byte() - Line and column of an offset, counted as libyaml does */
struct bind_pos bind_pos_at_byte(const char *text, size_t len, size_t offset);

#endif
