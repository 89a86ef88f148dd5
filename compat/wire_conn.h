// SPDX-License-Identifier: Apache-2.0
/* wire_conn.h - one connection under observation, and the table of them */
#ifndef COMPAT_WIRE_CONN_H
#define COMPAT_WIRE_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compat/wire.h"
#include "compat/wire_decode.h"
#include "compat/wire_memory.h"
#include "compat/wire_stream.h"

/**
 * struct wire_flow - A connection while frames come in
 * @conn:	What is said of it so far
 * @stream:	[0] what the client sent, [1] what the server sent
 * @spoke:	The client sent more than SYNs since the last incarnation began
 * @server_ns:	Last frame of the server; the first frame of all without one
 * @host:	Index in conn.hosts of the host that serves, -1: none yet,
 *		WIRE_HOSTS_MAX: one that is not in it
 */
struct wire_flow {
	struct wire_conn conn;
	struct wire_stream stream[2];
	bool spoke;
	uint64_t server_ns;
	int host;
};

/**
 * struct wire_table - All connections, in order of appearance
 * @flows:	Owned array
 * @slots:	Owned hash table of indices into it plus one, 0: free
 */
struct wire_table {
	struct wire_flow *flows;
	size_t n;
	uint32_t *slots;
	size_t n_slots;
};

/** wire_table_get() - The flow of these addresses, made when it is new; valid
 * until the next call */
struct wire_flow *wire_table_get(struct wire_table *table,
				 const struct wire_addr *client,
				 const struct wire_addr *server);
void wire_table_release(struct wire_table *table);

/** wire_flow_packet() - One TCP segment of the flow */
void wire_flow_packet(struct wire_flow *flow, struct wire_memory *memory,
		      const struct wire_packet *packet,
		      const struct wire_event *event);

/** wire_flow_payload() - A later fragment of a segment: its payload and where
 * it stands in the stream */
void wire_flow_payload(struct wire_flow *flow, struct wire_memory *memory,
		       const struct wire_segment *segment,
		       const struct wire_event *event);

/** wire_flow_finish() - No more frames: complete flow->conn */
void wire_flow_finish(struct wire_flow *flow);

/** wire_host_index() - Index of @mac among @hosts, added when there is room,
 * WIRE_HOSTS_MAX otherwise; *@n counts them */
size_t wire_host_index(struct wire_host hosts[WIRE_HOSTS_MAX], size_t *n,
		       const struct wire_mac *mac);
/** wire_host_spoke() - It sent this frame */
void wire_host_spoke(struct wire_host *host, const struct wire_event *event);

#endif
