// SPDX-License-Identifier: Apache-2.0
/* explain_figures.c - downtime, sizes, the peer's and the wire's counts */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "compat/explain.h"

/* A row; its member of struct result and its key have one name. */
#define DURATION(name_, member, meaning_)                       \
	{                                                       \
		.name = (name_), .key = #member "_ms",          \
		.offset = offsetof(struct result, member##_ns), \
		.meaning = (meaning_),                          \
	}

const struct explain_figure explain_durations[] = {
	DURATION("service", service,
		 "last answer before to first answer after, at the peer"),
	DURATION("wire", wire,
		 "last frame of the source to first frame of the target"),
	DURATION("freeze", freeze,
		 "the workload frozen by criu dump, as criu says"),
	DURATION("dump", dump, "criu dump"),
	DURATION("transfer", transfer, "images to the target"),
	DURATION("takeover", takeover, "address to the target"),
	DURATION("restore", restore, "criu restore"),
	DURATION("stall", stall,
		 "longest time between two answers, at the peer"),
	DURATION("tcp tail", tcp_tail,
		 "first frame of the target to first answer after"),
	DURATION("wall", wall, "the whole cell"),
};
const size_t n_explain_durations = ARRAY_SIZE(explain_durations);

static void add_figure(const struct result *cell,
		       const struct explain_figure *figure, struct table *table)
{
	CLEANUP_FREE char *ms = NULL;
	uint64_t ns;

	memcpy(&ns, (const char *)cell + figure->offset, sizeof(ns));
	if (ns == UNMEASURED)
		return;
	ms = view_ms(ns);
	table_add(table, INK_PLAIN, figure->name);
	table_addf(table, INK_PLAIN, "%s ms", ms);
	table_add(table, INK_DIM, figure->meaning);
}

static void add_bytes(const char *name, uint64_t bytes, const char *meaning,
		      struct table *table)
{
	if (bytes == UNMEASURED)
		return;
	table_add(table, INK_PLAIN, name);
	table_addf(table, INK_PLAIN, "%" PRIu64 " B", bytes);
	table_add(table, INK_DIM, meaning);
}

/* Of lazy pages: how much of the memory the workload had to wait for. */
static void add_pages(const struct obs_criu *criu, struct table *table)
{
	if (criu->pages_lazy == UNMEASURED)
		return;
	table_add(table, INK_PLAIN, "pages");
	if (criu->pages_restored == UNMEASURED)
		table_add(table, INK_PLAIN, "-");
	else
		table_addf(table, INK_PLAIN, "%" PRIu64, criu->pages_restored);
	table_add(table, INK_DIM, "there when it went on");
	table_add(table, INK_PLAIN, "lazy pages");
	table_addf(table, INK_PLAIN, "%" PRIu64, criu->pages_lazy);
	table_add(table, INK_DIM, "fetched from the source since");
}

static void tell_times(const struct story *story)
{
	CLEANUP(table_release) struct table table = { .n_cols = 3 };
	const struct result *cell = story->cell;

	for (size_t i = 0; i < n_explain_durations; i++)
		add_figure(cell, &explain_durations[i], &table);
	add_bytes("memory", cell->memory_bytes, "of the workload, as criu says",
		  &table);
	add_bytes("images", cell->image_bytes, "their size", &table);
	add_bytes("sent", cell->sent_bytes, "on the transfer network", &table);
	if (story->obs)
		add_pages(&story->obs->criu, &table);
	if (!table.n)
		return;
	text_heading("figures", story->opts, story->out);
	table_print(&table, 1, 3, story->opts, story->out);
}

const char *const explain_parts[] = {
	[DOWNTIME_BEFORE] = "since the last answer, until it is being frozen",
	[DOWNTIME_FREEZE] = "frozen and dumped, until criu dump has ended",
	[DOWNTIME_HANDOVER] = "until images begin to be sent",
	[DOWNTIME_TRANSFER] = "until they are on the target",
	[DOWNTIME_TAKEOVER] = "until the address is there, too",
	[DOWNTIME_RESTORE] = "until criu restore has ended",
	[DOWNTIME_RELEASE] = "until the target's guard is lifted",
	[DOWNTIME_TAIL] = "until the first answer",
};
static_assert(ARRAY_SIZE(explain_parts) == DOWNTIME_PARTS,
	      "explain_parts[] doesn't match enum downtime_part");

static void add_part(uint64_t ns, uint64_t whole_ns, const char *name,
		     const char *meaning, struct table *table)
{
	CLEANUP_FREE char *ms = view_ms(ns);

	table_add(table, INK_PLAIN, name);
	if (ns == UNMEASURED) {
		table_add(table, INK_PLAIN, "not measured");
		table_add(table, INK_PLAIN, "");
	} else {
		table_addf(table, INK_PLAIN, "%s ms", ms);
		table_addf(table, INK_PLAIN, "%.0f %%",
			   whole_ns ? 100.0 * (double)ns / (double)whole_ns :
				      0.0);
	}
	table_add(table, INK_DIM, meaning);
}

static void tell_split(const struct story *story)
{
	CLEANUP(table_release) struct table table = { .n_cols = 4 };
	const struct downtime *split = &story->cell->split;
	uint64_t whole_ns = story->cell->service_ns;

	if (split->missing_ns == UNMEASURED)
		return;
	for (int i = 0; i < DOWNTIME_PARTS; i++)
		add_part(split->ns[i], whole_ns, downtime_names[i],
			 explain_parts[i], &table);
	if (split->missing_ns > 0)
		add_part(split->missing_ns, whole_ns, "missing",
			 "in no part that was measured", &table);
	text_heading("downtime", story->opts, story->out);
	table_print(&table, 1, 4, story->opts, story->out);
}

static void add_count(struct str_list *parts, uint64_t n, const char *name)
{
	if (n != UNMEASURED)
		str_list_take(parts, xasprintf("%" PRIu64 " %s", n, name));
}

static void tell_peer(const struct story *story)
{
	const struct obs_peer *peer = story->obs ? &story->obs->peer : NULL;
	CLEANUP(str_list_release) struct str_list parts = { 0 };
	CLEANUP_FREE char *all = NULL;

	if (!peer || !peer->present)
		return;
	add_count(&parts, peer->requests, "requests");
	add_count(&parts, peer->answers, "right answers");
	add_count(&parts, peer->late, "late");
	add_count(&parts, peer->errors, "errors");
	add_count(&parts, peer->reconnects, "reconnects");
	all = str_list_join(&parts, ", ");
	text_heading("peer", story->opts, story->out);
	story_line(story, "counts", all);
	story_line(story, "error", peer->first_error);
}

static void tell_conn(const struct story *story, const struct wire_conn *conn)
{
	const struct wire_side *c = &conn->side[WIRE_CLIENT];
	const struct wire_side *s = &conn->side[WIRE_SERVER];
	char client[64], server[64];
	CLEANUP_FREE char *text = NULL;

	wire_addr_format(&conn->client, client);
	wire_addr_format(&conn->server, server);
	text = xasprintf("%s to %s: SYN again %" PRIu64 ", RST %" PRIu64
			 " by the client, %" PRIu64
			 " by the server, FIN %" PRIu64 " and %" PRIu64
			 ", retransmissions %" PRIu64 " and %" PRIu64
			 ", lost bytes %" PRIu64 ", damaged %" PRIu64,
			 client, server, conn->syn_again, c->rst, s->rst,
			 c->fin, s->fin, c->retransmissions, s->retransmissions,
			 c->lost_bytes + s->lost_bytes,
			 c->damaged + s->damaged);
	story_line(story, "TCP", text);
	for (size_t i = 0; i < conn->n_hosts; i++) {
		char mac[18];

		wire_mac_format(&conn->hosts[i].mac, mac);
		story_line(story, "served by", mac);
	}
}

/* Of a thousand connections a person reads no more than so many. */
#define CONNS_TOLD 10

static void tell_wire(const struct story *story)
{
	const struct wire_report *wire = story->cell->wire_report;
	CLEANUP_FREE char *more = NULL;

	if (!wire || !wire->n_conns)
		return;
	text_heading("wire", story->opts, story->out);
	for (size_t i = 0; i < wire->n_conns && i < CONNS_TOLD; i++)
		tell_conn(story, &wire->conns[i]);
	if (wire->n_conns > CONNS_TOLD)
		more = xasprintf("%zu connections more are in results.json",
				 wire->n_conns - CONNS_TOLD);
	story_line(story, "and", more);
	story_line(story, "blame", story->cell->blame);
}

void explain_figures(const struct story *story)
{
	tell_times(story);
	tell_split(story);
	tell_peer(story);
	tell_wire(story);
}
