// SPDX-License-Identifier: Apache-2.0
/* continuity.c - what results.json keeps of a capture */
#include <string.h>

#include "base/mem.h"
#include "compat/results_internal.h"

/** struct conn_row - One connection as results.json tells it */
struct conn_row {
	char *client, *server;
	uint64_t rst, fin, syn_again, retransmissions, lost_bytes;
	uint64_t rst_by_server, fin_by_server, retransmissions_by_server;
	uint64_t damaged_bytes;
	uint64_t blackout_ns;
	struct str_list server_macs;
};

static const struct shape_member row_members[] = {
	SHAPE_MEMBER(struct conn_row, client, SHAPE_TEXT, .required = true),
	SHAPE_MEMBER(struct conn_row, server, SHAPE_TEXT, .required = true),
	SHAPE_MEMBER(struct conn_row, rst, SHAPE_COUNT, .required = true),
	SHAPE_MEMBER(struct conn_row, fin, SHAPE_COUNT, .required = true),
	SHAPE_MEMBER(struct conn_row, syn_again, SHAPE_COUNT, .required = true),
	SHAPE_MEMBER(struct conn_row, retransmissions, SHAPE_COUNT,
		     .required = true),
	SHAPE_MEMBER(struct conn_row, lost_bytes, SHAPE_COUNT,
		     .required = true),
	SHAPE_KEY("blackout_ms", struct conn_row, blackout_ns, SHAPE_MS),
	SHAPE_MEMBER(struct conn_row, server_macs, SHAPE_TEXTS),
	SHAPE_MEMBER(struct conn_row, rst_by_server, SHAPE_COUNT),
	SHAPE_MEMBER(struct conn_row, fin_by_server, SHAPE_COUNT),
	SHAPE_MEMBER(struct conn_row, retransmissions_by_server, SHAPE_COUNT),
	SHAPE_MEMBER(struct conn_row, damaged_bytes, SHAPE_COUNT),
};
static const struct shape row_shape = SHAPE_OF(struct conn_row, row_members);

/** struct continuity - The whole of it */
struct continuity {
	int verdict;
	char *blame;
	struct conn_row *rows;
	size_t n_rows;
};

static const struct shape_member members[] = {
	SHAPE_MEMBER(struct continuity, verdict, SHAPE_NAME,
		     .names = witness_names, .required = true),
	SHAPE_MEMBER(struct continuity, blame, SHAPE_TEXT),
	SHAPE_KEY("connections", struct continuity, rows, SHAPE_STRUCTS,
		  .count_offset = offsetof(struct continuity, n_rows),
		  .shape = &row_shape, .required = true),
};
static const struct shape shape = SHAPE_OF(struct continuity, members);

static void continuity_release(struct continuity *c)
{
	shape_release(&shape, c);
}

static void row_of(const struct wire_conn *conn, struct conn_row *row)
{
	const struct wire_side *client = &conn->side[WIRE_CLIENT];
	const struct wire_side *server = &conn->side[WIRE_SERVER];
	char text[64];

	wire_addr_format(&conn->client, text);
	row->client = xstrdup(text);
	wire_addr_format(&conn->server, text);
	row->server = xstrdup(text);
	row->rst = client->rst + server->rst;
	row->fin = client->fin + server->fin;
	row->syn_again = conn->syn_again;
	row->retransmissions =
		client->retransmissions + server->retransmissions;
	row->lost_bytes = client->lost_bytes + server->lost_bytes;
	row->rst_by_server = server->rst;
	row->fin_by_server = server->fin;
	row->retransmissions_by_server = server->retransmissions;
	row->damaged_bytes = client->damaged + server->damaged;
	row->blackout_ns = conn->move.blackout_ns;
	for (size_t i = 0; i < conn->n_hosts; i++) {
		char mac[18];

		wire_mac_format(&conn->hosts[i].mac, mac);
		str_list_add(&row->server_macs, mac);
	}
}

json_t *continuity_to_json(const struct result *result)
{
	CLEANUP(continuity_release) struct continuity c = { 0 };
	const struct wire_report *wire = result->wire_report;

	if (!wire)
		return json_null();
	c.verdict = (int)result->wire;
	c.blame = result->blame ? xstrdup(result->blame) : NULL;
	for (size_t i = 0; i < wire->n_conns; i++)
		row_of(&wire->conns[i], VEC_PUSH(c.rows, c.n_rows));
	return shape_write(&shape, &c);
}

static uint64_t known(uint64_t count)
{
	return count == SHAPE_NULL ? 0 : count;
}

/* What did not come from the server came from the client. */
static void split(uint64_t all, uint64_t by_server, uint64_t *ret_client,
		  uint64_t *ret_server)
{
	by_server = known(by_server);
	if (by_server > all)
		by_server = all;
	*ret_client = all - by_server;
	*ret_server = by_server;
}

static int conn_of(const struct conn_row *row, struct wire_conn *conn,
		   struct err *err)
{
	struct wire_side *client = &conn->side[WIRE_CLIENT];
	struct wire_side *server = &conn->side[WIRE_SERVER];

	wire_conn_init(conn);
	if (!wire_addr_parse(row->client, &conn->client))
		return err_set(err, ERR_PARSE, 0, "client: not an address");
	if (!wire_addr_parse(row->server, &conn->server))
		return err_set(err, ERR_PARSE, 0, "server: not an address");
	if (row->server_macs.n > WIRE_HOSTS_MAX)
		return err_set(err, ERR_PARSE, 0, "server_macs: too many");
	for (size_t i = 0; i < row->server_macs.n; i++) {
		if (!wire_mac_parse(row->server_macs.v[i], &conn->hosts[i].mac))
			return err_set(err, ERR_PARSE, 0,
				       "server_macs[%zu]: not a MAC", i);
	}
	conn->n_hosts = row->server_macs.n;
	split(row->rst, row->rst_by_server, &client->rst, &server->rst);
	split(row->fin, row->fin_by_server, &client->fin, &server->fin);
	split(row->retransmissions, row->retransmissions_by_server,
	      &client->retransmissions, &server->retransmissions);
	conn->syn_again = row->syn_again;
	/* Whose it was is not in the file; all that reads it adds both. */
	server->lost_bytes = row->lost_bytes;
	server->damaged = known(row->damaged_bytes);
	conn->move.blackout_ns = row->blackout_ns;
	return 0;
}

int continuity_from_json(const json_t *json, struct result *result,
			 struct err *err)
{
	CLEANUP(continuity_release) struct continuity c = { 0 };
	struct wire_report *wire;

	if (!json || json_is_null(json))
		return 0;
	if (shape_read(&shape, json, &c, err))
		return err_wrap(err, "continuity");
	wire = result->wire_report = xnew(struct wire_report);
	result->blame = TAKE(c.blame);
	for (size_t i = 0; i < c.n_rows; i++) {
		if (conn_of(&c.rows[i], VEC_PUSH(wire->conns, wire->n_conns),
			    err))
			return err_wrap(err, "continuity.connections[%zu]", i);
	}
	return 0;
}
