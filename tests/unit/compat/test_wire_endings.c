// SPDX-License-Identifier: Apache-2.0
/* test_wire_endings.c - who ended a connection that should have lived */
#include <string.h>

#include "base/mem.h"
#include "compat/wire_inquest.h"
#include "tests/lib/frames.h"
#include "tests/lib/testing.h"

#define S UINT64_C(1000000000)

/*
 * struct ending_case - How a connection ended
 * @rst, @fin, @syn, @next: Frame of each, 0: it did not happen
 * @wanted:	Parts of the sentence; the first NULL: none is said
 */
struct ending_case {
	const char *name;
	struct {
		uint64_t frame;
		bool from_server;
		const struct wire_mac *mac;
		bool no_socket;
	} rst;
	struct {
		uint64_t frame;
		bool from_server;
	} fin;
	uint64_t syn;
	uint64_t next;
	const char *wanted[4];
};

#define TARGET &frames_target
#define SOURCE &frames_source

static const struct ending_case cases[] = {
	{ "none", { 0 }, { 0 }, 0, 0, { NULL } },
	{ "the client closed", { 0 }, { 40, false }, 0, 0, { NULL } },
	{ "the client closed, then all kinds of things",
	  { 42, true, TARGET, true },
	  { 40, false },
	  0,
	  0,
	  { NULL } },
	{ "the target without a socket",
	  { 42, true, TARGET, true },
	  { 0 },
	  0,
	  0,
	  { "frame 42: RST from the target's host (52:54:00:77:00:0b)",
	    " 1.203 s after the last segment of the source",
	    "owns the address but has no socket" } },
	{ "the target's program",
	  { 42, true, TARGET, false },
	  { 0 },
	  0,
	  0,
	  { "frame 42: RST from the target's host", "aborted" } },
	{ "the source without a socket",
	  { 42, true, SOURCE, true },
	  { 0 },
	  0,
	  0,
	  { "frame 42: RST from the source's host (52:54:00:77:00:0a)",
	    "no socket" } },
	{ "a third host",
	  { 42, true, &frames_client, true },
	  { 0 },
	  0,
	  0,
	  { "a third host (52:54:00:77:00:01)" } },
	{ "the client gave up",
	  { 42, false, &frames_client, false },
	  { 0 },
	  0,
	  0,
	  { "frame 42: RST from the client", "gave the connection up" } },
	{ "a reset before the client closed",
	  { 39, true, TARGET, true },
	  { 40, false },
	  0,
	  0,
	  { "frame 39: RST" } },
	{ "the service closed first",
	  { 0 },
	  { 41, true },
	  0,
	  0,
	  { "frame 41: FIN from the target's host", "before the client" } },
	{ "closed, then reset: the first is told",
	  { 45, true, TARGET, true },
	  { 41, true },
	  0,
	  0,
	  { "frame 41: FIN" } },
	{ "reset, then closed: the first is told",
	  { 38, true, TARGET, true },
	  { 41, true },
	  0,
	  0,
	  { "frame 38: RST" } },
	{ "a second connection",
	  { 0 },
	  { 0 },
	  0,
	  50,
	  { "frame 50: a second connection (of 2)", "from 10.77.0.1:40001" } },
	{ "a second connection after the first was closed",
	  { 0 },
	  { 40, false },
	  0,
	  50,
	  { "frame 50: a second connection" } },
	{ "reset and connected anew: the reset is told",
	  { 42, true, TARGET, true },
	  { 0 },
	  0,
	  50,
	  { "frame 42: RST" } },
	{ "the same ports again",
	  { 0 },
	  { 0 },
	  47,
	  0,
	  { "frame 47: SYN again" } },
	{ "the same ports, then a second connection",
	  { 0 },
	  { 0 },
	  47,
	  50,
	  { "frame 47: SYN again" } },
};

static void build(const struct ending_case *c, struct wire_conn conns[2])
{
	struct wire_conn *conn = &conns[0];

	memset(conns, 0, 2 * sizeof(conns[0]));
	conn->hosts[0].mac = frames_source;
	conn->hosts[0].last_ns = 10 * S;
	conn->hosts[0].last_frame = 30;
	conn->n_hosts = 1;
	conn->side[0].rst = c->rst.frame > 0;
	conn->rst_no_socket = c->rst.no_socket;
	conn->first_rst = (struct wire_event){
		.frame = c->rst.frame,
		.at_ns = 10 * S + 1203000000,
		.from_server = c->rst.from_server,
	};
	if (c->rst.mac)
		conn->first_rst.mac = *c->rst.mac;
	conn->first_fin[c->fin.from_server] = (struct wire_event){
		.frame = c->fin.frame,
		.mac = frames_target,
		.from_server = c->fin.from_server,
	};
	conn->syn_again = c->syn > 0;
	conn->first_syn_again.frame = c->syn;
	conns[1].first_frame = c->next;
	(void)wire_addr_parse("10.77.0.1:40001", &conns[1].client);
}

START_TEST(the_first_end_is_told_with_its_frame_and_host)
{
	const struct ending_case *c = &cases[_i];
	CLEANUP_FREE char *got = NULL;
	struct wire_conn conns[2];
	struct wire_report report = { .conns = conns,
				      .n_conns = c->next ? 2 : 1 };
	struct inquest q = {
		&report,	&conns[0],	c->next ? &conns[1] : NULL,
		&frames_source, &frames_target, WIRE_UNKNOWN
	};

	build(c, conns);
	got = wire_says_ended(&q);
	ck_assert_msg((got == NULL) == (c->wanted[0] == NULL), "%s: %s",
		      c->name, got);
	for (size_t i = 0; c->wanted[i]; i++)
		ck_assert_has(got, c->wanted[i]);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("wire_endings");
	TCase *tcase = tcase_create("endings");

	tcase_add_loop_test(tcase,
			    the_first_end_is_told_with_its_frame_and_host, 0,
			    (int)ARRAY_SIZE(cases));
	suite_add_tcase(suite, tcase);
	return suite;
}
