// SPDX-License-Identifier: Apache-2.0
/* test_wire_json.c - what a capture says, as JSON and back; wire_fields.c too */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/wire.h"
#include "compat/wire_fields.h"
#include "tests/lib/frames.h"
#include "tests/lib/testing.h"

/* A report in which no two members are equal. */
static void make_report(struct wire_report *report)
{
	static const size_t numbers = sizeof(struct wire_conn) / 8;
	struct wire_conn *conn;

	*report = (struct wire_report){
		.frames = 1,
		.udp_frames = { 2, 3 },
		.udp_server_macs = { frames_source, frames_target },
		.udp_mac_first_frame = { 4, 5 },
		.udp_mac_last_frame = { 6, 7 },
		.n_udp_server_macs = 2,
		.udp_server_turns = 8,
		.udp_silence_ns = 9,
		.arp = 10,
		.drops = 11,
		.first_ns = 12,
		.last_ns = UINT64_MAX,
		.n_conns = 2,
	};
	report->conns = xcalloc(2, sizeof(*report->conns));
	conn = &report->conns[0];
	for (size_t i = 0; i < numbers; i++)
		((uint64_t *)conn)[i] = 0x0101010101000000ULL + i;
	conn->began_with_syn = true;
	conn->rst_no_socket = false;
	conn->first_rst.from_server = true;
	conn->first_fin.from_server = false;
	conn->first_syn_again = (struct wire_event){ 0 };
	conn->first_damaged.from_server = true;
	conn->first_lost.from_server = false;
	conn->n_server_macs = 3;
	conn->blackout_ns = UINT64_MAX;
	(void)wire_addr_parse("10.77.0.1:40000", &conn->client);
	(void)wire_addr_parse("[fd77::100]:7000", &conn->server);
}

static char *to_text(const struct wire_report *report)
{
	json_t *json = wire_to_json(report);
	char *text = json_dumps(json, JSON_INDENT(1));

	json_decref(json);
	return text;
}

/* --- Both ways ------------------------------------------------------------ */

START_TEST(every_member_survives)
{
	CLEANUP(wire_report_release) struct wire_report report, back = { 0 };
	struct err err = ERR_INIT;
	json_t *json;

	make_report(&report);
	json = wire_to_json(&report);
	ck_assert_ok(wire_from_json(json, &back, &err), &err);
	json_decref(json);
	ck_assert_uint_eq(back.n_conns, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct wire_number *n = wire_conn_numbers;

		for (; n->name; n++)
			ck_assert_msg(
				memcmp((char *)&report.conns[i] + n->offset,
				       (char *)&back.conns[i] + n->offset,
				       n->pair ? (size_t)16 : (size_t)8) == 0,
				"%s", n->name);
	}
	ck_assert_mem_eq(&back.conns[0].client, &report.conns[0].client,
			 sizeof(struct wire_addr));
	ck_assert_mem_eq(back.conns[0].server_macs, report.conns[0].server_macs,
			 3 * sizeof(struct wire_mac));
	ck_assert_mem_eq(back.conns[0].mac_last_frame,
			 report.conns[0].mac_last_frame, 3 * sizeof(uint64_t));
	ck_assert_uint_eq(back.last_ns, UINT64_MAX);
	ck_assert_uint_eq(back.udp_mac_last_frame[1], 7);
	ck_assert_uint_eq(back.udp_frames[1], 3);
}
END_TEST

START_TEST(written_twice_the_text_is_the_same)
{
	CLEANUP(wire_report_release) struct wire_report report, back = { 0 };
	CLEANUP_FREE char *one = NULL;
	CLEANUP_FREE char *two = NULL;
	struct err err = ERR_INIT;
	json_t *json;

	make_report(&report);
	one = to_text(&report);
	json = json_loads(one, 0, NULL);
	ck_assert_ok(wire_from_json(json, &back, &err), &err);
	json_decref(json);
	two = to_text(&back);
	ck_assert_str_eq(one, two);
}
END_TEST

START_TEST(an_empty_report_survives)
{
	CLEANUP(wire_report_release) struct wire_report report = { 0 };
	CLEANUP(wire_report_release) struct wire_report back = { 0 };
	struct err err = ERR_INIT;
	json_t *json = wire_to_json(&report);

	ck_assert_ok(wire_from_json(json, &back, &err), &err);
	ck_assert_ptr_null(back.conns);
	json_decref(json);
}
END_TEST

START_TEST(what_was_not_measured_is_null)
{
	CLEANUP(wire_report_release) struct wire_report report;
	json_t *json, *conn;

	make_report(&report);
	json = wire_to_json(&report);
	conn = json_array_get(json_object_get(json, "connections"), 0);
	ck_assert(json_is_null(json_object_get(json, "last_ns")));
	ck_assert(json_is_null(json_object_get(conn, "blackout_ns")));
	ck_assert(json_is_null(json_object_get(conn, "first_syn_again")));
	ck_assert(json_is_object(json_object_get(conn, "first_rst")));
	json_decref(json);
}
END_TEST

/* All members of the structs are told: who adds one must add its row. */
START_TEST(the_tables_cover_the_structs)
{
	size_t bytes = sizeof(struct wire_addr) * 2 + 4; /* padded */

	for (const struct wire_number *n = wire_conn_numbers; n->name; n++)
		bytes += n->pair ? 16 : 8;
	for (const struct wire_field *f = wire_conn_events; f->name; f++)
		bytes += sizeof(struct wire_event);
	for (const struct wire_field *f = wire_conn_flags; f->name; f++)
		bytes += 8; /* padded */
	for (const struct wire_field *f = wire_conn_hosts.columns; f->name; f++)
		bytes += sizeof(uint64_t) * WIRE_MACS_MAX;
	bytes += sizeof(struct wire_mac) * WIRE_MACS_MAX + 8;
	ck_assert_uint_eq(bytes, sizeof(struct wire_conn));
}
END_TEST

/* --- Wrong JSON ----------------------------------------------------------- */

/* struct change - What is done to a good report: a value at a path */
static const struct change {
	const char *path;   /* members and indices, '/' between them */
	const char *value;  /* JSON; NULL: removed */
	const char *wanted; /* in the message */
} changes[] = {
	{ "frames", NULL, "'frames'" },
	{ "frames", "-1", "'frames'" },
	{ "frames", "1.5", "'frames'" },
	{ "frames", "\"1\"", "'frames'" },
	{ "drops", "[]", "'drops'" },
	{ "udp_frames", "[1]", "'udp_frames'" },
	{ "udp_frames", "[1, 2, 3]", "'udp_frames'" },
	{ "udp_frames", "[1, true]", "'udp_frames'" },
	{ "udp_frames", "{}", "'udp_frames'" },
	{ "udp_server_hosts", "{}", "'udp_server_hosts'" },
	{ "udp_server_hosts", "[1]", "udp_server_hosts[0]: 'mac'" },
	{ "udp_server_hosts", "[{}, {}, {}, {}, {}]", "'udp_server_hosts'" },
	{ "udp_server_hosts/1/mac", "\"52:54\"", "udp_server_hosts[1]: 'mac'" },
	{ "udp_server_hosts/0/last_frame", "\"x\"", "'last_frame'" },
	{ "connections", "{}", "'connections'" },
	{ "connections", NULL, "'connections'" },
	{ "connections/0", "7", "connections[0]: 'client'" },
	{ "connections/1", "null", "connections[1]: 'client'" },
	{ "connections/0/client", "\"10.77.0.1\"", "'client'" },
	{ "connections/0/server", "null", "'server'" },
	{ "connections/1/rst", "[0, -1]", "connections[1]: 'rst'" },
	{ "connections/0/syn", "true", "'syn'" },
	{ "connections/0/began_with_syn", "1", "'began_with_syn'" },
	{ "connections/0/rst_no_socket", NULL, "'rst_no_socket'" },
	{ "connections/0/first_rst", "7", "'first_rst'" },
	{ "connections/0/first_rst", NULL, "'first_rst'" },
	{ "connections/0/first_rst/mac", "\"\"", "first_rst: 'mac'" },
	{ "connections/0/first_rst/frame", "-4", "first_rst: 'frame'" },
	{ "connections/0/first_lost/from_server", "0", "'from_server'" },
	{ "connections/0/server_hosts", "null", "'server_hosts'" },
	{ "connections/0/server_hosts/2/first_ns", "[]",
	  "server_hosts[2]: 'first_ns'" },
};

/* The value that holds the last part of the path, which is returned too. */
static json_t *walk(json_t *json, char *path, const char **ret_last)
{
	char *part = path;

	for (char *slash; (slash = strchr(part, '/')); part = slash + 1) {
		*slash = '\0';
		json = json_is_array(json) ?
			       json_array_get(json, strtoul(part, NULL, 10)) :
			       json_object_get(json, part);
		ck_assert_ptr_nonnull(json);
	}
	*ret_last = part;
	return json;
}

static void apply(json_t *json, const struct change *change)
{
	CLEANUP_FREE char *path = xstrdup(change->path);
	json_t *value = NULL, *holder;
	const char *last;

	if (change->value)
		value = json_loads(change->value, JSON_DECODE_ANY, NULL);
	holder = walk(json, path, &last);
	if (!value)
		ck_assert_int_eq(json_object_del(holder, last), 0);
	else if (json_is_array(holder))
		ck_assert_int_eq(json_array_set_new(holder,
						    strtoul(last, NULL, 10),
						    value),
				 0);
	else
		ck_assert_int_eq(json_object_set_new(holder, last, value), 0);
}

START_TEST(a_wrong_member_is_named)
{
	CLEANUP(wire_report_release) struct wire_report report;
	struct wire_report back = { .frames = 4711 };
	struct err err = ERR_INIT;
	json_t *json;

	make_report(&report);
	json = wire_to_json(&report);
	apply(json, &changes[_i]);
	ck_assert_err(wire_from_json(json, &back, &err), &err, ERR_PARSE, 0);
	ck_assert_has(err.msg, changes[_i].wanted);
	ck_assert_uint_eq(back.frames, 4711);
	json_decref(json);
}
END_TEST

START_TEST(unknown_members_are_ignored)
{
	CLEANUP(wire_report_release) struct wire_report report, back = { 0 };
	struct err err = ERR_INIT;
	json_t *json;

	make_report(&report);
	json = wire_to_json(&report);
	(void)json_object_set_new(json, "later", json_integer(1));
	ck_assert_ok(wire_from_json(json, &back, &err), &err);
	json_decref(json);
}
END_TEST

START_TEST(what_is_no_object_is_refused)
{
	static const char *const texts[] = { "[]", "1", "null", "\"wire\"" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		json_t *json = json_loads(texts[i], JSON_DECODE_ANY, NULL);
		struct wire_report back;
		struct err err = ERR_INIT;

		ck_assert_err(wire_from_json(json, &back, &err), &err,
			      ERR_PARSE, 0);
		json_decref(json);
	}
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("wire_json");
	TCase *tcase = tcase_create("json");

	tcase_add_test(tcase, every_member_survives);
	tcase_add_test(tcase, written_twice_the_text_is_the_same);
	tcase_add_test(tcase, an_empty_report_survives);
	tcase_add_test(tcase, what_was_not_measured_is_null);
	tcase_add_test(tcase, the_tables_cover_the_structs);
	tcase_add_loop_test(tcase, a_wrong_member_is_named, 0,
			    (int)ARRAY_SIZE(changes));
	tcase_add_test(tcase, unknown_members_are_ignored);
	tcase_add_test(tcase, what_is_no_object_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
