// SPDX-License-Identifier: Apache-2.0
/* test_wire_json.c - what a capture says, as JSON and back; wire_fields.c too */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/wire.h"
#include "compat/wire_fields.h"
#include "tests/lib/frames.h"
#include "tests/lib/testing.h"

/* Each number gets another value, each event a frame. */
static void fill(const struct wire_field *fields, void *object, uint64_t *next)
{
	for (const struct wire_field *f = fields; f->name; f++) {
		void *at = (char *)object + f->offset;

		if (f->kind == WIRE_FIELD_NUMBER || f->kind == WIRE_FIELD_PAIR)
			for (size_t i = 0; i < f->size / 8; i++)
				((uint64_t *)at)[i] = ++*next;
		else if (f->kind == WIRE_FIELD_INT)
			*(int *)at = -(int)++*next;
		else if (f->kind == WIRE_FIELD_FLAG)
			*(bool *)at = ++*next % 2;
		else if (f->kind == WIRE_FIELD_MAC)
			((struct wire_mac *)at)->b[5] = (uint8_t)++ * next;
		else if (f->kind == WIRE_FIELD_ADDR)
			ck_assert(wire_addr_parse("[fd77::1]:7000", at));
		else if (f->kind == WIRE_FIELD_NO_ADDR)
			ck_assert(wire_addr_parse("10.77.0.1:40000", at));
		else if (f->kind == WIRE_FIELD_EVENT ||
			 f->kind == WIRE_FIELD_STRUCT)
			fill(f->fields, at, next);
	}
}

/* A report in which no two numbers are equal. */
static void make_report(struct wire_report *report)
{
	uint64_t next = 0;

	*report = (struct wire_report){
		.n_udp_hosts = 2, .n_claims = 2, .n_phases = 1, .n_conns = 2
	};
	fill(wire_report_fields, report, &next);
	report->udp_hosts[1].last_frame = 7;
	report->claims[1].count = 8;
	report->last_ns = WIRE_UNKNOWN;
	report->phases = xnew(struct wire_phase);
	report->phases[0].text = xstrdup("dump begins");
	report->conns = xcalloc(2, sizeof(*report->conns));
	for (size_t i = 0; i < 2; i++) {
		struct wire_conn *conn = &report->conns[i];

		fill(wire_conn_fields, conn, &next);
		conn->n_hosts = 3;
		for (size_t k = 0; k < 3; k++)
			conn->hosts[k].last_frame = ++next;
	}
	report->conns[0].move.blackout_ns = WIRE_UNKNOWN;
	report->conns[0].first_syn_again = (struct wire_event){ 0 };
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
	ck_assert_mem_eq(back.conns, report.conns, 2 * sizeof(*back.conns));
	ck_assert_mem_eq(back.udp_hosts, report.udp_hosts,
			 sizeof(back.udp_hosts));
	ck_assert_mem_eq(back.claims, report.claims, sizeof(back.claims));
	ck_assert_uint_eq(back.n_phases, 1);
	ck_assert_str_eq(back.phases[0].text, "dump begins");
	ck_assert_uint_eq(back.last_ns, WIRE_UNKNOWN);
	ck_assert_mem_eq(back.udp_frames, report.udp_frames, 16);
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
	ck_assert(json_is_null(
		json_object_get(json_object_get(conn, "move"), "blackout_ns")));
	ck_assert(json_is_null(json_object_get(conn, "first_syn_again")));
	ck_assert(json_is_object(json_object_get(conn, "first_rst")));
	json_decref(json);
}
END_TEST

/* Mark the bytes of an object that the table tells of. */
static void mark(const struct wire_field *fields, uint8_t *bytes)
{
	for (const struct wire_field *f = fields; f->name; f++) {
		uint8_t *at = bytes + f->offset;

		if (f->kind == WIRE_FIELD_EVENT || f->kind == WIRE_FIELD_STRUCT)
			mark(f->fields, at);
		else if (f->kind == WIRE_FIELD_VECTOR)
			memset(at, 1, sizeof(uintptr_t)); /* a pointer */
		else if (f->kind == WIRE_FIELD_LIST)
			for (size_t i = 0; i < f->max; i++)
				mark(f->fields, at + i * f->size);
		else
			memset(at, 1, f->size);
		if (f->n_offset)
			memset(bytes + f->n_offset, 1, sizeof(size_t));
	}
}

/* All members of the structs are told: who adds one must add its row. What is
 * between them is padding, less than a number. */
static void check_covered(const struct wire_field *fields, size_t size)
{
	CLEANUP_FREE uint8_t *bytes = xcalloc(size, 1);
	size_t gap = 0;

	mark(fields, bytes);
	for (size_t i = 0; i < size; i++) {
		gap = bytes[i] ? 0 : gap + 1;
		ck_assert_msg(gap < 8, "byte %zu of %s", i, fields[0].name);
	}
}

START_TEST(the_tables_cover_the_structs)
{
	check_covered(wire_conn_fields, sizeof(struct wire_conn));
	check_covered(wire_report_fields, sizeof(struct wire_report));
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
	{ "udp_hosts", "{}", "'udp_hosts'" },
	{ "udp_hosts", "[1]", "udp_hosts[0]: 'mac'" },
	{ "udp_hosts", "[{}, {}, {}, {}, {}]", "'udp_hosts'" },
	{ "udp_hosts/1/mac", "\"52:54\"", "udp_hosts[1]: 'mac'" },
	{ "udp_hosts/0/last_frame", "\"x\"", "'last_frame'" },
	{ "connections", "{}", "'connections'" },
	{ "connections", NULL, "'connections'" },
	{ "connections/0", "7", "connections[0]: 'client'" },
	{ "connections/1", "null", "connections[1]: 'client'" },
	{ "connections/0/client", "\"10.77.0.1\"", "'client'" },
	{ "connections/0/server", "null", "'server'" },
	{ "connections/1/side/server/rst", "-1",
	  "connections[1]: side: server: 'rst'" },
	{ "connections/0/syn_again", "true", "'syn_again'" },
	{ "connections/0/began_with_syn", "1", "'began_with_syn'" },
	{ "connections/0/rst_no_socket", NULL, "'rst_no_socket'" },
	{ "connections/0/first_rst", "7", "'first_rst'" },
	{ "connections/0/first_rst", NULL, "'first_rst'" },
	{ "connections/0/first_rst/mac", "\"\"", "first_rst: 'mac'" },
	{ "connections/0/first_rst/frame", "-4", "first_rst: 'frame'" },
	{ "connections/0/first_lost/from_server", "0", "'from_server'" },
	{ "connections/0/first_fin/client/frame", "[]", "client: 'frame'" },
	{ "connections/0/first_fin", "null", "'first_fin'" },
	{ "connections/0/side/client/window_scale", "3000000000",
	  "'window_scale'" },
	{ "connections/0/move", NULL, "'move'" },
	{ "connections/0/icmp/v6", "0", "icmp: 'v6'" },
	{ "connections/0/next_client", "7", "'next_client'" },
	{ "phases/0/text", "7", "phases[0]: 'text'" },
	{ "claims", "7", "'claims'" },
	{ "claims/1/asked", "null", "claims[1]: 'asked'" },
	{ "connections/0/hosts", "null", "'hosts'" },
	{ "connections/0/hosts/2/first_ns", "[]", "hosts[2]: 'first_ns'" },
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
