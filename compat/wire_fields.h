// SPDX-License-Identifier: Apache-2.0
/* wire_fields.h - the members of what a capture says, with their JSON names */
#ifndef COMPAT_WIRE_FIELDS_H
#define COMPAT_WIRE_FIELDS_H

#include <stddef.h>

#include "compat/wire.h"

/**
 * enum wire_field_kind - What a member is in C and in JSON
 * @WIRE_FIELD_NUMBER:	uint64_t -> integer, WIRE_UNKNOWN -> null
 * @WIRE_FIELD_PAIR:	uint64_t[2] -> [integer or null, integer or null]
 * @WIRE_FIELD_INT:	int -> integer
 * @WIRE_FIELD_FLAG:	bool
 * @WIRE_FIELD_MAC:	struct wire_mac -> string
 * @WIRE_FIELD_ADDR:	struct wire_addr -> string
 * @WIRE_FIELD_NO_ADDR: The same, all zero -> null
 * @WIRE_FIELD_TEXT:	char *, owned -> string
 * @WIRE_FIELD_EVENT:	struct wire_event -> object, frame 0 -> null
 * @WIRE_FIELD_STRUCT:	Embedded struct -> object
 * @WIRE_FIELD_LIST:	Embedded array of at most .max and a count -> array
 * @WIRE_FIELD_VECTOR:	The same, an owned pointer
 */
enum wire_field_kind {
	WIRE_FIELD_NUMBER,
	WIRE_FIELD_PAIR,
	WIRE_FIELD_INT,
	WIRE_FIELD_FLAG,
	WIRE_FIELD_MAC,
	WIRE_FIELD_ADDR,
	WIRE_FIELD_NO_ADDR,
	WIRE_FIELD_TEXT,
	WIRE_FIELD_EVENT,
	WIRE_FIELD_STRUCT,
	WIRE_FIELD_LIST,
	WIRE_FIELD_VECTOR,
	WIRE_FIELD_COUNT
};

/**
 * struct wire_field - One member; tables end with one without name
 * @fields:	Of events, structs and elements
 * @n_offset:	Of the size_t count of a list or vector
 * @size:	Of the member; of an element of a list or vector
 * @max:	Elements at most
 */
struct wire_field {
	const char *name;
	enum wire_field_kind kind;
	size_t offset;
	size_t size;
	const struct wire_field *fields;
	size_t n_offset;
	size_t max;
};

extern const struct wire_field wire_report_fields[];
extern const struct wire_field wire_conn_fields[];

/** wire_conn_to_json() - One element of wire_to_json()'s connections */
json_t *wire_conn_to_json(const struct wire_conn *conn);

#endif
