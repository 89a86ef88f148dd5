// SPDX-License-Identifier: Apache-2.0
/* wire_table.c - the table of connections: a hash table of indices */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/wire_flow.h"

#define SLOTS_MIN 64

static uint64_t mix(uint64_t h)
{
	h = (h ^ h >> 32) * UINT64_C(0xd6e8feb86659fd93);
	return h ^ h >> 32;
}

static uint64_t hash_of(const uint8_t ip[16], uint16_t client_port,
			uint16_t server_port)
{
	uint64_t high, low;

	memcpy(&high, ip, 8);
	memcpy(&low, ip + 8, 8);
	return mix(mix(high ^ ((uint64_t)client_port << 16 | server_port)) ^
		   low);
}

static bool is_of(const struct wire_flow *flow, const uint8_t ip[16],
		  uint16_t client_port, uint16_t server_port)
{
	return flow->client_port == client_port &&
	       flow->server_port == server_port &&
	       memcmp(flow->client_ip, ip, 16) == 0;
}

/* A slot has a flow's number plus one, below @n_slots, and above it as many bits
 * of its hash as there is room for: flows are far away in memory, and only those
 * are looked at that are almost surely right. */
static uint32_t slot_of(const struct wire_table *table, uint64_t hash, size_t i)
{
	uint32_t mask = (uint32_t)(table->n_slots - 1);

	return ((uint32_t)(hash >> 32) & ~mask) | (uint32_t)(i + 1);
}

static struct wire_flow *flow_of(const struct wire_table *table, uint32_t slot)
{
	return wire_table_at(table, (slot & (table->n_slots - 1)) - 1);
}

/* The slot in which the flow of these addresses is, or the free one where it
 * belongs. */
static uint32_t *find_slot(const struct wire_table *table, uint64_t hash,
			   const uint8_t ip[16], uint16_t client_port,
			   uint16_t server_port)
{
	size_t mask = table->n_slots - 1;
	uint32_t tag = (uint32_t)(hash >> 32) & ~(uint32_t)mask;

	for (size_t i = hash & mask;; i = (i + 1) & mask) {
		uint32_t *slot = &table->slots[i];

		if (*slot == 0)
			return slot;
		if ((*slot & ~(uint32_t)mask) == tag &&
		    is_of(flow_of(table, *slot), ip, client_port, server_port))
			return slot;
	}
}

static void grow(struct wire_table *table)
{
	free(table->slots);
	table->n_slots = table->n_slots ? table->n_slots * 2 : SLOTS_MIN;
	table->slots = xcalloc(table->n_slots, sizeof(table->slots[0]));
	for (size_t i = 0; i < table->n; i++) {
		const struct wire_flow *flow = wire_table_at(table, i);
		uint64_t hash = hash_of(flow->client_ip, flow->client_port,
					flow->server_port);

		*find_slot(table, hash, flow->client_ip, flow->client_port,
			   flow->server_port) = slot_of(table, hash, i);
	}
}

static struct wire_flow *add(struct wire_table *table,
			     const struct wire_addr *client,
			     uint16_t server_port)
{
	struct wire_flow *flow;

	if (table->n % WIRE_CHUNK == 0)
		*VEC_PUSH(table->chunks, table->n_chunks) =
			xcalloc(WIRE_CHUNK, sizeof(struct wire_flow));
	flow = wire_table_at(table, table->n++);
	memcpy(flow->client_ip, client->ip, sizeof(flow->client_ip));
	flow->client_port = client->port;
	flow->server_port = server_port;
	wire_half_init(&flow->half[WIRE_CLIENT]);
	wire_half_init(&flow->half[WIRE_SERVER]);
	return flow;
}

struct wire_flow *wire_table_find(const struct wire_table *table,
				  const struct wire_addr *client,
				  uint16_t server_port)
{
	uint64_t hash = hash_of(client->ip, client->port, server_port);
	uint32_t slot;

	if (table->n == 0)
		return NULL;
	slot = *find_slot(table, hash, client->ip, client->port, server_port);
	return slot ? flow_of(table, slot) : NULL;
}

struct wire_flow *wire_table_get(struct wire_table *table,
				 const struct wire_addr *client,
				 uint16_t server_port)
{
	struct wire_flow *flow = table->last;
	uint64_t hash;
	uint32_t *slot;

	if (flow && is_of(flow, client->ip, client->port, server_port))
		return flow;
	if (table->n * 4 >= table->n_slots * 3)
		grow(table);
	hash = hash_of(client->ip, client->port, server_port);
	slot = find_slot(table, hash, client->ip, client->port, server_port);
	if (*slot) {
		flow = flow_of(table, *slot);
	} else {
		*slot = slot_of(table, hash, table->n);
		flow = add(table, client, server_port);
	}
	table->last = flow;
	return flow;
}

void wire_table_release(struct wire_table *table)
{
	for (size_t i = 0; i < table->n; i++)
		wire_flow_release(wire_table_at(table, i));
	for (size_t i = 0; i < table->n_chunks; i++)
		free(table->chunks[i]);
	free(table->chunks);
	free(table->slots);
	*table = (struct wire_table){ 0 };
}

/* --- The same client's next connection ------------------------------------ */

static int compare(const void *a, const void *b, void *arg)
{
	const struct wire_table *table = arg;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	int order = memcmp(wire_table_at(table, i)->client_ip,
			   wire_table_at(table, k)->client_ip, 16);

	return order ? order : (i > k) - (i < k);
}

size_t wire_table_group(struct wire_table *table)
{
	size_t n = 0;

	table->last = NULL;
	for (size_t i = 0; i < table->n; i++)
		if (wire_table_at(table, i)->began_with_syn)
			table->slots[n++] = (uint32_t)i;
	if (n > 1)
		qsort_r(table->slots, n, sizeof(table->slots[0]), compare,
			table);
	return n;
}

/* After this frame of the flow, a connection of its client is a next one. */
static uint32_t end_of(const struct wire_flow *flow)
{
	uint32_t end = flow->half[WIRE_SERVER].frames ? flow->server_at : 1;
	uint32_t client = flow->half[WIRE_CLIENT].fin_at;
	uint32_t server = flow->half[WIRE_SERVER].fin_at;

	if (flow->rst_at && flow->rst_at < end)
		end = flow->rst_at;
	if (client && server && client < end && server < end)
		end = client > server ? client : server;
	return end;
}

const struct wire_flow *wire_table_next(const struct wire_table *table,
					size_t n_grouped,
					const struct wire_flow *flow)
{
	uint64_t after = flow->first_frame + end_of(flow) - 1;
	size_t low = 0, high = n_grouped;
	const struct wire_flow *found;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct wire_flow *at =
			wire_table_at(table, table->slots[middle]);
		int order = memcmp(at->client_ip, flow->client_ip, 16);

		if (order > 0 || (order == 0 && at->first_frame > after))
			high = middle;
		else
			low = middle + 1;
	}
	if (low == n_grouped)
		return NULL;
	found = wire_table_at(table, table->slots[low]);
	return memcmp(found->client_ip, flow->client_ip, 16) ? NULL : found;
}
