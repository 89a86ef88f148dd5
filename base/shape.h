// SPDX-License-Identifier: Apache-2.0
/* shape.h - structs to JSON and back by tables; for files that we write */
#ifndef BASE_SHAPE_H
#define BASE_SHAPE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/** Not measured: null in JSON. What SHAPE_COUNT and SHAPE_MS hold then. */
#define SHAPE_NULL UINT64_MAX

/**
 * enum shape_kind - What a member is in C and what it becomes in JSON
 * @SHAPE_TEXT:	   char *, owned -> string; NULL -> null
 * @SHAPE_BOOL:	   bool -> true or false
 * @SHAPE_COUNT:   uint64_t -> integer; SHAPE_NULL -> null
 * @SHAPE_MS:	   uint64_t, ns -> number of ms with at most 3 decimals;
 *		   SHAPE_NULL -> null
 * @SHAPE_INT:	   int -> integer
 * @SHAPE_NAME:	   int, index of .names -> string; .null_value -> null when
 *		   .nullable
 * @SHAPE_TEXTS:   struct str_list -> array of strings
 * @SHAPE_MAP:	   struct bind_map -> object of strings
 * @SHAPE_STRUCT:  embedded struct, by .shape -> object. With .offset 0 an
 *		   object in JSON that has no struct of its own in C
 * @SHAPE_POINTER: Owned pointer to a struct, by .shape -> object; NULL -> null
 * @SHAPE_STRUCTS: Array of structs and size_t count -> array of objects
 * @SHAPE_NAMED:   The same whose elements begin with `char *name` -> object
 *		   with those names as keys, in order
 */
enum shape_kind {
	SHAPE_TEXT,
	SHAPE_BOOL,
	SHAPE_COUNT,
	SHAPE_MS,
	SHAPE_INT,
	SHAPE_NAME,
	SHAPE_TEXTS,
	SHAPE_MAP,
	SHAPE_STRUCT,
	SHAPE_POINTER,
	SHAPE_STRUCTS,
	SHAPE_NAMED,
	SHAPE_KIND_COUNT
};

struct shape;

/**
 * struct shape_member - One member of an object
 * @key:	  In JSON
 * @offset:	  In the struct
 * @count_offset: Of the size_t count of an array
 * @required:	  Absence is an error; otherwise it is as null, false, 0, empty
 * @names:	  For SHAPE_NAME, NULL-terminated
 * @nullable, @null_value: For SHAPE_NAME: the index that is null in JSON
 * @shape:	  Of structs
 */
struct shape_member {
	const char *key;
	enum shape_kind kind;
	size_t offset;
	size_t count_offset;
	bool required;
	const char *const *names;
	bool nullable;
	int null_value;
	const struct shape *shape;
};

/** struct shape - A struct's members, in the order in which they are written */
struct shape {
	size_t size;
	const struct shape_member *members;
	size_t n;
};

/* Rows of tables: a member named in JSON as in C, or by another key; further
 * initialisers may follow the kind. */
#define SHAPE_MEMBER(type, member, kind_, ...) \
	SHAPE_KEY(#member, type, member, kind_, ##__VA_ARGS__)
#define SHAPE_KEY(key_, type, member, kind_, ...)               \
	{                                                       \
		.key = (key_), .kind = (kind_),                 \
		.offset = offsetof(type, member), ##__VA_ARGS__ \
	}
#define SHAPE_OF(type, rows)                                                   \
	{                                                                      \
		.size = sizeof(type), .members = (rows), .n = ARRAY_SIZE(rows) \
	}

/** shape_init() - Zero @obj and set its counts and durations to SHAPE_NULL */
void shape_init(const struct shape *shape, void *obj);

/** shape_write() - @obj as a JSON object; new reference. Text that is not UTF-8
 * is cleaned */
json_t *shape_write(const struct shape *shape, const void *obj);

/**
 * shape_read() - Fill a struct from JSON
 * @json:	Any JSON; unknown members are ignored, control characters in text
 *		are replaced (\t and \n stay)
 * @ret_obj:	Filled on success, otherwise as it was
 * @err:	ERR_PARSE with the member's path: "steps[3].exit: ..."
 *
 * Return: 0, or -1
 */
WARN_UNUSED
int shape_read(const struct shape *shape, const json_t *json, void *ret_obj,
	       struct err *err);

/** shape_release() - Free all that the members own, leaving them empty */
void shape_release(const struct shape *shape, void *obj);

/** shape_text() - @text as a JSON string, cleaned if need be; NULL -> null */
json_t *shape_text(const char *text);

/** shape_ms() - @ns as a JSON number of ms; SHAPE_NULL -> null */
json_t *shape_ms(uint64_t ns);

#endif
