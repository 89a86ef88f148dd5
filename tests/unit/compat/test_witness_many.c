// SPDX-License-Identifier: Apache-2.0
/* test_witness_many.c - what the wire says of many connections, each by its role,
 * and of those of a client of one's own */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/lib/judged.h"
#include "tests/lib/testing.h"

#define CONNS 4

/* talk, idle, half-closed-server, queued: all kept. */
static void many(struct judged *j)
{
	struct peer *peer = &j->plan.scenarios[0].peer;
	size_t i;

	peer->kind = PEER_TCP_CONNECTIONS;
	peer->connections = CONNS;
	str_list_split(&peer->roles, "talk,idle,half-closed-server,queued",
		       ",");
	for (i = 1; i < CONNS; i++) {
		struct wire_conn *conn =
			VEC_PUSH(j->wire.conns, j->wire.n_conns);

		*conn = j->wire.conns[0];
		conn->client.port += (uint16_t)i;
		conn->first_frame += i;
	}
}

static void all_are_kept(struct judged *j)
{
	many(j);
}

static void close_by_server(struct wire_conn *conn)
{
	conn->side[WIRE_SERVER].fin = 1;
	conn->first_fin[WIRE_SERVER].frame = 100;
	conn->first_fin[WIRE_SERVER].from_server = true;
	conn->first_fin[WIRE_SERVER].mac = conn->hosts[0].mac;
}

static void the_server_closed_as_asked(struct judged *j)
{
	many(j);
	close_by_server(&j->wire.conns[2]);
}

static void the_server_closed_another(struct judged *j)
{
	many(j);
	close_by_server(&j->wire.conns[1]);
}

static void reset_by_source(struct wire_conn *conn)
{
	conn->side[WIRE_SERVER].rst = 1;
	conn->rst_no_socket = true;
	conn->first_rst.frame = 201;
	conn->first_rst.from_server = true;
	conn->first_rst.mac = conn->hosts[0].mac;
}

static void one_was_reset(struct judged *j)
{
	many(j);
	reset_by_source(&j->wire.conns[1]);
}

static void a_queued_one_was_reset(struct judged *j)
{
	many(j);
	reset_by_source(&j->wire.conns[3]);
}

static void one_lost_bytes(struct judged *j)
{
	many(j);
	j->wire.conns[2].side[WIRE_SERVER].lost_bytes = 64;
	j->wire.conns[2].first_lost.frame = 300;
}

static void one_is_missing(struct judged *j)
{
	many(j);
	j->wire.n_conns--;
}

static void there_is_one_more(struct judged *j)
{
	many(j);
	j->plan.scenarios[0].peer.connections--;
}

/* Put one before the first, of which only this is known. */
static struct wire_conn *put_before(struct judged *j)
{
	struct wire_conn *last;

	many(j);
	last = VEC_PUSH(j->wire.conns, j->wire.n_conns);
	*last = j->wire.conns[0];
	wire_conn_init(&j->wire.conns[0]);
	j->wire.conns[0].client = j->wire.conns[1].client;
	j->wire.conns[0].server = j->wire.conns[1].server;
	j->wire.conns[0].side[WIRE_CLIENT].frames = 1;
	return &j->wire.conns[0];
}

/* What an earlier client sends again is answered by a RST. */
static void one_was_left_behind(struct judged *j)
{
	struct wire_conn *conn = put_before(j);

	conn->side[WIRE_SERVER].frames = 1;
	conn->side[WIRE_SERVER].rst = 1;
}

static void one_was_refused_first(struct judged *j)
{
	one_was_left_behind(j);
	j->wire.conns[0].began_with_syn = true;
}

/* --- A client of one's own ------------------------------------------------ */

/* Two are to go through; all four do. Dump and restore are 1010 and 1640 ms after
 * the epoch of the capture, the connections begin at 529 ms. */
static void own(struct judged *j)
{
	many(j);
	j->plan.scenarios[0].peer.kind = PEER_COMMAND;
	j->plan.scenarios[0].peer.connections = 2;
	str_list_release(&j->plan.scenarios[0].peer.roles);
}

static uint64_t at_ms(const struct judged *j, unsigned ms)
{
	return j->obs.epoch_ns + ms * NS_PER_MS;
}

static struct wire_event by_client(const struct judged *j, unsigned ms)
{
	return (struct wire_event){ .frame = ms, .at_ns = at_ms(j, ms) };
}

static void own_all_go_through(struct judged *j)
{
	own(j);
}

/* As a program does that asks something first: nobody moved that. */
static void own_one_was_closed_before(struct judged *j)
{
	struct wire_conn *conn;

	own(j);
	conn = &j->wire.conns[0];
	conn->n_hosts = 1;
	conn->first_fin[WIRE_CLIENT] = by_client(j, 700);
	conn->first_fin[WIRE_SERVER] = by_client(j, 701);
	conn->first_fin[WIRE_SERVER].from_server = true;
}

static void own_one_was_aborted_before(struct judged *j)
{
	own(j);
	j->wire.conns[1].n_hosts = 1;
	j->wire.conns[1].first_rst = by_client(j, 1000);
	j->wire.conns[1].first_rst.from_server = true;
	j->wire.conns[1].side[WIRE_SERVER].rst = 1;
}

static void own_one_more_came_after(struct judged *j)
{
	struct wire_conn *conn;

	own(j);
	conn = &j->wire.conns[3];
	conn->hosts[0] = conn->hosts[1];
	conn->n_hosts = 1;
	conn->turns = 0;
}

static void own_two_were_closed_meanwhile(struct judged *j)
{
	own(j);
	j->wire.conns[0].first_fin[WIRE_CLIENT] = by_client(j, 1200);
	j->wire.conns[2].first_rst = by_client(j, 1200);
	j->wire.conns[2].side[WIRE_CLIENT].rst = 1;
}

static void own_the_third_was_reset(struct judged *j)
{
	own(j);
	reset_by_source(&j->wire.conns[2]);
	j->wire.conns[2].first_rst.at_ns = at_ms(j, 1500);
}

static void own_the_service_closed_one(struct judged *j)
{
	own(j);
	close_by_server(&j->wire.conns[1]);
	j->wire.conns[1].first_fin[WIRE_SERVER].at_ns = at_ms(j, 1900);
}

static void own_are_too_few(struct judged *j)
{
	own(j);
	j->plan.scenarios[0].peer.connections = CONNS + 1;
}

static void own_came_back_anew(struct judged *j)
{
	own_one_more_came_after(j);
	j->plan.scenarios[0].peer.connections = CONNS;
	j->wire.conns[2].first_fin[WIRE_CLIENT] = by_client(j, 1200);
}

static void own_one_was_aborted_meanwhile(struct judged *j)
{
	own_two_were_closed_meanwhile(j);
	j->plan.scenarios[0].peer.connections = CONNS;
	j->wire.conns[0].first_fin[WIRE_CLIENT].frame = 0;
}

static void own_cannot_be_counted(struct judged *j)
{
	own(j);
	for (size_t i = 0; i < CONNS; i++)
		j->wire.conns[i].first_fin[WIRE_CLIENT] = by_client(j, 700);
	j->wire.drops = 3;
}

static void own_were_not_captured(struct judged *j)
{
	own(j);
	j->wire.n_conns = 0;
	j->wire.frames = 0;
}

static void own_clocks_differ(struct judged *j)
{
	own(j);
	j->obs.epoch_ns = UNMEASURED;
}

#define PASS VERDICT_PASS
#define FAIL VERDICT_FAIL

static const struct judge_case cases[] = {
	{ "all are kept", all_are_kept, PASS, "all-agree", PHASE_NONE, NULL,
	  "agree" },
	{ "the server closed as asked", the_server_closed_as_asked, PASS,
	  "all-agree", PHASE_NONE, NULL, "agree" },
	{ "the server closed another", the_server_closed_another, FAIL,
	  "witness-bad", PHASE_RESUME, "connection-closed",
	  "connection 1 (idle): frame 100: FIN" },
	{ "one was reset", one_was_reset, FAIL, "witness-bad", PHASE_RESUME,
	  "rst-unlocked", "connection 1 (idle): frame 201: RST" },
	{ "a queued one was reset", a_queued_one_was_reset, FAIL, "witness-bad",
	  PHASE_RESUME, "in-flight-skipped",
	  "connection 3 (queued): frame 201: RST" },
	{ "one lost bytes", one_lost_bytes, FAIL, "witness-bad", PHASE_RESUME,
	  "stream-damaged", "connection 2 (half-closed-server): frame 300" },
	{ "one is missing", one_is_missing, FAIL, "witness-bad", PHASE_RESUME,
	  "unknown", "3 of 4 connections were seen" },
	{ "there is one more", there_is_one_more, FAIL, "witness-bad",
	  PHASE_RESUME, "connection-replaced",
	  "frame 6: more than 3 connections" },
	{ "one was left behind", one_was_left_behind, PASS, "all-agree",
	  PHASE_NONE, NULL, "agree" },
	{ "one was refused first", one_was_refused_first, PASS, "all-agree",
	  PHASE_NONE, NULL, "agree" },
	{ "own: all go through", own_all_go_through, PASS, "all-agree",
	  PHASE_NONE, NULL, "agree" },
	{ "own: one was closed before", own_one_was_closed_before, PASS,
	  "all-agree", PHASE_NONE, NULL, "agree" },
	{ "own: one was aborted before", own_one_was_aborted_before, PASS,
	  "all-agree", PHASE_NONE, NULL, "agree" },
	{ "own: one more came after", own_one_more_came_after, PASS,
	  "all-agree", PHASE_NONE, NULL, "agree" },
	{ "own: two were closed meanwhile", own_two_were_closed_meanwhile, PASS,
	  "all-agree", PHASE_NONE, NULL, "agree" },
	{ "own: the third was reset", own_the_third_was_reset, FAIL,
	  "witness-bad", PHASE_RESUME, "rst-unlocked",
	  "connection 2: frame 201: RST" },
	{ "own: the service closed one", own_the_service_closed_one, FAIL,
	  "witness-bad", PHASE_RESUME, "connection-closed",
	  "connection 1: frame 100: FIN" },
	{ "own: there are too few", own_are_too_few, FAIL, "witness-bad",
	  PHASE_RESUME, "unknown",
	  "4 of 5 connections were there from before the dump until after" },
	{ "own: one came back anew", own_came_back_anew, FAIL, "witness-bad",
	  PHASE_RESUME, "connection-replaced",
	  "2 of 4 connections were there from before the dump until after" },
	{ "own: one was aborted meanwhile", own_one_was_aborted_meanwhile, FAIL,
	  "witness-bad", PHASE_RESUME, "client-reset",
	  "a connection did not go through: frame 1200: RST from the client" },
	{ "own: they cannot be counted", own_cannot_be_counted, VERDICT_BROKEN,
	  "witness-absent", PHASE_VERIFY, NULL, "the capture lost 3 frames" },
	{ "own: they were not captured", own_were_not_captured, VERDICT_BROKEN,
	  "witness-absent", PHASE_VERIFY, NULL, "the capture has no frame" },
	{ "own: clocks differ", own_clocks_differ, VERDICT_BROKEN,
	  "witness-absent", PHASE_VERIFY, NULL,
	  "when dump and restore were is not known" },
};

START_TEST(the_wire_tells_connections_by_their_roles)
{
	judged_check(&cases[_i]);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/witness, many connections");
	TCase *tcase = tcase_create("wire");

	tcase_add_loop_test(tcase, the_wire_tells_connections_by_their_roles, 0,
			    ARRAY_SIZE(cases));
	suite_add_tcase(suite, tcase);
	return suite;
}
