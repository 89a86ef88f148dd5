// SPDX-License-Identifier: Apache-2.0
/* wire_table.c - the table of connections: a hash table of indices */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/wire_conn.h"

#define SLOTS_MIN 64

static uint64_t mix(uint64_t h, const void *bytes, size_t n)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < n; i += 8) {
		uint64_t word = 0;

		memcpy(&word, at + i, n - i < 8 ? n - i : 8);
		h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 32;
	}
	return h;
}

static bool same_addr(const struct wire_addr *a, const struct wire_addr *b)
{
	return a->port == b->port && memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

/* The slot in which the flow of these addresses is, or the free one where it
 * belongs. */
static uint32_t *find_slot(const struct wire_table *table,
			   const struct wire_addr *client,
			   const struct wire_addr *server)
{
	uint32_t ports = (uint32_t)client->port << 16 | server->port;
	uint64_t hash = mix(mix(ports, client->ip, sizeof(client->ip)),
			    server->ip, sizeof(server->ip));
	size_t mask = table->n_slots - 1;

	for (size_t i = hash & mask;; i = (i + 1) & mask) {
		uint32_t *slot = &table->slots[i];
		const struct wire_conn *conn;

		if (*slot == 0)
			return slot;
		conn = &table->flows[*slot - 1].conn;
		if (same_addr(&conn->client, client) &&
		    same_addr(&conn->server, server))
			return slot;
	}
}

static void grow(struct wire_table *table)
{
	free(table->slots);
	table->n_slots = table->n_slots ? table->n_slots * 2 : SLOTS_MIN;
	table->slots = xcalloc(table->n_slots, sizeof(table->slots[0]));
	for (size_t i = 0; i < table->n; i++) {
		const struct wire_conn *conn = &table->flows[i].conn;

		*find_slot(table, &conn->client, &conn->server) =
			(uint32_t)(i + 1);
	}
}

struct wire_flow *wire_table_get(struct wire_table *table,
				 const struct wire_addr *client,
				 const struct wire_addr *server)
{
	struct wire_flow *flow;
	uint32_t *slot;

	if (table->n * 2 >= table->n_slots)
		grow(table);
	slot = find_slot(table, client, server);
	if (*slot)
		return &table->flows[*slot - 1];
	flow = VEC_PUSH(table->flows, table->n);
	*slot = (uint32_t)table->n;
	wire_conn_init(&flow->conn);
	flow->conn.client = *client;
	flow->conn.server = *server;
	flow->host = -1;
	return flow;
}

void wire_table_release(struct wire_table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		wire_stream_release(&table->flows[i].stream[0]);
		wire_stream_release(&table->flows[i].stream[1]);
	}
	free(table->flows);
	free(table->slots);
	*table = (struct wire_table){ 0 };
}
