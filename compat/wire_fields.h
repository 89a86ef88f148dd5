// SPDX-License-Identifier: Apache-2.0
/* wire_fields.h - the members of what a capture says, with their JSON names */
#ifndef COMPAT_WIRE_FIELDS_H
#define COMPAT_WIRE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "compat/wire.h"

/* All tables end with an entry whose name is NULL. */

/** struct wire_number - A uint64_t, or a pair of them: [0] client, [1] server */
struct wire_number {
	const char *name;
	size_t offset;
	bool pair;
};
extern const struct wire_number wire_conn_numbers[];
extern const struct wire_number wire_report_numbers[];
extern const struct wire_number wire_event_numbers[];

/** struct wire_field - A member whose type the table's name tells */
struct wire_field {
	const char *name;
	size_t offset;
};
extern const struct wire_field wire_conn_flags[];  /* bool */
extern const struct wire_field wire_conn_events[]; /* struct wire_event */

/**
 * struct wire_hosts - A list of hosts, kept in a struct as arrays side by side
 * @macs_offset: Of struct wire_mac[WIRE_MACS_MAX]
 * @n_offset:	 Of the size_t count
 * @columns:	 Figures of each host: uint64_t[WIRE_MACS_MAX]
 */
struct wire_hosts {
	const char *name;
	size_t macs_offset;
	size_t n_offset;
	const struct wire_field *columns;
};
extern const struct wire_hosts wire_conn_hosts;
extern const struct wire_hosts wire_udp_hosts;

#endif
