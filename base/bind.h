// SPDX-License-Identifier: Apache-2.0
/* bind.h - YAML files to structs by tables; the same tables make the schema */
#ifndef BASE_BIND_H
#define BASE_BIND_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/str.h"

/**
 * enum bind_type - How a value is written in YAML and what it becomes
 * @BIND_STR:	   Scalar text -> char *
 * @BIND_BOOL:	   true or false, nothing else -> bool
 * @BIND_UINT:	   Decimal, min..max -> uint64_t
 * @BIND_DURATION: "250ms", "10s", "2m", "1h" -> uint64_t, ns
 * @BIND_SIZE:	   "512M", "4K", "2G" (powers of 1024) -> uint64_t, bytes
 * @BIND_ENUM:	   One of .names -> int, its index
 * @BIND_STR_LIST: Sequence of scalars, or one scalar -> struct str_list
 * @BIND_STR_MAP:  Mapping of scalars to scalars -> struct bind_map
 * @BIND_STRUCT:   Mapping -> a struct embedded at .offset, by .table
 * @BIND_STRUCTS:  Sequence of mappings -> array, by .table; pointer at .offset,
 *		   size_t count at .count_offset
 * @BIND_NAMED:	   Mapping of name to mapping -> array as BIND_STRUCTS whose
 *		   elements begin with `char *name`
 */
enum bind_type {
	BIND_STR,
	BIND_BOOL,
	BIND_UINT,
	BIND_DURATION,
	BIND_SIZE,
	BIND_ENUM,
	BIND_STR_LIST,
	BIND_STR_MAP,
	BIND_STRUCT,
	BIND_STRUCTS,
	BIND_NAMED,
	BIND_TYPE_COUNT
};

/** struct bind_pos - Where in the file a struct or value began; 1-based */
struct bind_pos {
	unsigned line;
	unsigned col;
};

struct bind_pair {
	char *key;
	char *value;
	struct bind_pos pos;
};

/** struct bind_map - Free-form mapping, in file order; all owned */
struct bind_map {
	struct bind_pair *v;
	size_t n;
};

const char *bind_map_get(const struct bind_map *map, const char *key);
void bind_map_release(struct bind_map *map);

/** Longest file read */
#define BIND_FILE_MAX ((size_t)1024 * 1024)

struct bind_table;
struct bind_ctx;

/**
 * struct bind_field - One key of a mapping
 * @key:	  As written in YAML
 * @type:	  See enum bind_type
 * @required:	  Absence is an error
 * @offset:	  Of the member in the table's struct
 * @count_offset: Of the size_t count, for BIND_STRUCTS and BIND_NAMED
 * @dflt:	  Scalar text taken when absent, NULL: zero stays
 * @min, @max:	  For UINT, DURATION (ns) and SIZE (bytes); both 0: no limits
 * @names:	  For ENUM: NULL-terminated, an empty one is not to be chosen; a
 *		  NULL-terminated list for STR_MAP restricts the keys
 * @table:	  For STRUCT, STRUCTS and NAMED
 * @pattern:	  POSIX extended regex, anchored, for STR, STR_LIST elements and
 *		  NAMED names, or NULL; keep to what ECMA-262 reads alike
 * @help:	  One sentence for the schema and the documentation
 */
struct bind_field {
	const char *key;
	enum bind_type type;
	bool required;
	size_t offset;
	size_t count_offset;
	const char *dflt;
	uint64_t min, max;
	const char *const *names;
	const struct bind_table *table;
	const char *pattern;
	const char *help;
};

/**
 * struct bind_table - A mapping's keys and the struct they fill
 * @name:	  For messages: "in 'workload'"
 * @help:	  One sentence
 * @size:	  sizeof the struct, for arrays of it
 * @pos_offset:	  Of a struct bind_pos member set to where the mapping begins;
 *		  (size_t)-1 for none
 * @fields, @n:	  The keys
 * @short_key:	  When the value is a plain scalar instead of a mapping, it is
 *		  taken as this key's value (`ready: CMD`), or NULL
 * @instead:	  Key beside which none of the others is required, or NULL
 * @one_of:	  NULL-terminated keys of which exactly one is to be given, or
 *		  NULL
 * @check:	  Called after the fields are filled, to report what a table
 *		  cannot say (bind_report()); may be NULL
 */
struct bind_table {
	const char *name;
	const char *help;
	size_t size;
	size_t pos_offset;
	const struct bind_field *fields;
	size_t n;
	const char *short_key;
	const char *instead;
	const char *const *one_of;
	void (*check)(void *obj, struct bind_ctx *ctx);
};

#define BIND_NO_POS ((size_t)-1)

/** struct bind_diag - One error in a file; at 0:0 when it has no place */
struct bind_diag {
	struct bind_pos pos;
	char *msg;	  /* "unknown key 'comand' in 'workload'" */
	char *suggestion; /* "did you mean 'command'?" or NULL */
	char *source;	  /* the line as it stands in the file, cleaned */
};

/**
 * struct bind_diags - All errors of one file, in order of position, at most 20
 * @file:	Name as the user gave it
 * @cut:	More were found than are kept
 */
struct bind_diags {
	char *file;
	struct bind_diag *v;
	size_t n;
	bool cut;
};

void bind_diags_release(struct bind_diags *diags);

/**
 * bind_diags_print() - file:line:col: error: message (suggestion), the line,
 *			and a caret under the place, for each error
 * @color:	Use ANSI colours
 */
void bind_diags_print(const struct bind_diags *diags, FILE *out, bool color);

/**
 * bind_diags_at() - Add an error found after the file was read
 * @diags:	Of that file; kept in order
 * @path:	The file, read once more to find the place and the line
 * @where:	JSON Pointer to the value ("/workload/files/2"); where the file
 *		does not go that deep, the place of what it has
 * @suggestion:	"did you mean 'x'?", or NULL
 */
void bind_diags_at(struct bind_diags *diags, const char *path,
		   const char *where, const char *suggestion, const char *fmt,
		   ...) __attribute__((format(printf, 5, 6)));

/**
 * bind_nearest() - The one of @n names that @name may be a typing error of
 * @names:	NULL and empty ones are passed over
 *
 * Return: the nearest of @names, or NULL when none is near; borrowed
 */
const char *bind_nearest(const char *name, const char *const *names, size_t n);

/** bind_report() - From a check function: report an error at @pos */
void bind_report(struct bind_ctx *ctx, struct bind_pos pos,
		 const char *suggestion, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/** bind_pos_of() - Where the value of @key of @obj's mapping stands (only valid
 * inside its check function); the mapping's own place when the key is absent */
struct bind_pos bind_pos_of(const struct bind_ctx *ctx, const char *key);

/** bind_key_given() - Whether the file itself has @key (check function only) */
bool bind_key_given(const struct bind_ctx *ctx, const char *key);

/**
 * bind_file() - Read a YAML file into a struct
 * @path:	File to read; at most 1 MiB
 * @table:	What it may hold
 * @obj:	Zeroed struct to fill
 * @diags:	All errors found; released by the caller whatever is returned
 * @err:	ERR_SYS when unreadable; ERR_INPUT with the first error's line
 *
 * Unknown and repeated keys, wrong types, tags, anchors that recurse, several
 * documents, depth over 32 and invalid UTF-8 are errors with their place. All
 * errors of the file are collected, not only the first. On failure @obj may be
 * half filled: release it with bind_release().
 *
 * Return: 0, or -1
 */
WARN_UNUSED
int bind_file(const char *path, const struct bind_table *table, void *obj,
	      struct bind_diags *diags, struct err *err);

/** bind_text() - The same from memory; @name is used in messages */
WARN_UNUSED
int bind_text(const char *name, const char *text, size_t len,
	      const struct bind_table *table, void *obj,
	      struct bind_diags *diags, struct err *err);

/** bind_release() - Free all that a table's fields own in @obj, zeroing them */
void bind_release(const struct bind_table *table, void *obj);

/** bind_schema() - JSON Schema (2020-12) of a table; new reference */
json_t *bind_schema(const struct bind_table *table, const char *title);

/** bind_to_json() - @obj as JSON with the table's keys; new reference. What
 * bind_from_json() reads back; durations are ns and sizes bytes as integers */
json_t *bind_to_json(const struct bind_table *table, const void *obj);

/** bind_from_json() - Fill a zeroed struct from what bind_to_json() made;
 * unknown members are ignored, wrong types are ERR_PARSE */
WARN_UNUSED
int bind_from_json(const struct bind_table *table, const json_t *json,
		   void *obj, struct err *err);

/** bind_matches() - Whether @text fits a POSIX extended regex; all fits NULL */
bool bind_matches(const char *pattern, const char *text);
/** bind_parse_duration() - "250ms" -> ns; false when malformed or too large */
bool bind_parse_duration(const char *text, uint64_t *ret_ns);
/** bind_parse_size() - "512M" -> bytes; false when malformed or too large */
bool bind_parse_size(const char *text, uint64_t *ret_bytes);
/** bind_format_duration() - Shortest exact form, "90s"; owned by the caller */
char *bind_format_duration(uint64_t ns);
/** bind_format_size() - Shortest exact form, "1536M"; owned by the caller */
char *bind_format_size(uint64_t bytes);

#endif
