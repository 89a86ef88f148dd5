// SPDX-License-Identifier: Apache-2.0
/* test_wire_judge.c - the wire's witness: ok, bad or absent, and why */
#include <string.h>

#include "base/mem.h"
#include "compat/wire.h"
#include "tests/lib/frames.h"
#include "tests/lib/testing.h"

/* A report as of a connection that was kept: each case spoils it. @rebooted_ns is
 * when a machine was back that was both, source and target; 0: they are two. */
struct bench {
	uint64_t rebooted_ns;
	struct wire_report report;
	struct wire_conn conns[3];
	bool tcp;
};

static void init_conn(struct wire_conn *conn)
{
	*conn = (struct wire_conn){
		.first_frame = 1,
		.began_with_syn = true,
		.side = { { .frames = 30, .bytes = 300, .fin = 1 },
			  { .frames = 20, .bytes = 200, .fin = 1 } },
		.first_fin = { { .frame = 48 } },
		.hosts = { { .mac = frames_source,
			     .first_ns = 1000000000,
			     .last_ns = 2000000000,
			     .first_frame = 2,
			     .last_frame = 20 },
			   { .mac = frames_target,
			     .first_ns = 3000000000,
			     .last_ns = 4000000000,
			     .first_frame = 30,
			     .last_frame = 49 } },
		.n_hosts = 2,
		.turns = 1,
		.move = { .blackout_ns = 1000000000 },
	};
	(void)wire_addr_parse("10.77.0.1:40000", &conn->client);
	(void)wire_addr_parse("10.77.0.100:7000", &conn->server);
}

static void init(struct bench *b)
{
	memset(b, 0, sizeof(*b));
	b->tcp = true;
	for (size_t i = 0; i < 3; i++)
		init_conn(&b->conns[i]);
	b->conns[1].first_frame = 60;
	b->conns[2].first_frame = 70;
	b->report = (struct wire_report){
		.conns = b->conns,
		.n_conns = 1,
		.frames = 50,
		.udp_frames = { 10, 8 },
		.udp_hosts = { { .mac = frames_source,
				 .first_frame = 2,
				 .last_frame = 20 },
			       { .mac = frames_target,
				 .first_frame = 30,
				 .last_frame = 49 } },
		.n_udp_hosts = 2,
		.udp_turns = 1,
	};
}

static enum witness judge(const struct bench *b, char **ret_why)
{
	if (b->rebooted_ns)
		return wire_judge(&b->report, b->tcp, &frames_source,
				  &frames_source, b->rebooted_ns, ret_why);
	return wire_judge(&b->report, b->tcp, &frames_source, &frames_target,
			  WIRE_UNKNOWN, ret_why);
}

/* --- What each case spoils ------------------------------------------------ */

#define C (b->conns[0])
static const struct wire_mac third = { { 2, 2, 2, 2, 2, 2 } };

static void nothing(struct bench *b)
{
	(void)b;
}

static void rebooted(struct bench *b)
{
	b->rebooted_ns = 3000000000;
	C.n_hosts = 1;
	C.turns = 0;
	C.hosts[0].last_frame = 49;
	C.hosts[0].last_ns = 4000000000;
}

static void rebooted_for_ever(struct bench *b)
{
	rebooted(b);
	C.hosts[0].last_frame = 20;
	C.hosts[0].last_ns = 2000000000;
}

static void rebooted_unknown(struct bench *b)
{
	rebooted(b);
	b->rebooted_ns = WIRE_UNKNOWN;
}

static void rebooted_udp(struct bench *b)
{
	rebooted(b);
	b->tcp = false;
	b->report.n_udp_hosts = 1;
	b->report.udp_turns = 0;
	b->report.udp_hosts[0].last_ns = 4000000000;
}

static void no_end(struct bench *b)
{
	C.side[0].fin = C.side[1].fin = 0;
	C.first_fin[0] = (struct wire_event){ 0 };
}

static void repeats(struct bench *b)
{
	C.side[0].retransmissions = C.side[1].retransmissions = 100;
	C.side[1].unchecked = 5;
	C.side[0].stray = 3;
}

static void reset_after_end(struct bench *b)
{
	C.side[0].rst = C.side[1].rst = 1;
	C.first_rst = (struct wire_event){ .frame = 49, .from_server = true };
}

static void refused_before(struct bench *b)
{
	b->report.n_conns = 2;
	C.side[1].frames = C.side[1].rst = 1;
	C.first_rst.frame = 2;
	C.side[0].bytes = C.side[1].bytes = 0;
}

static void unanswered_before(struct bench *b)
{
	refused_before(b);
	C.side[1].frames = C.side[1].rst = 0;
}

static void udp(struct bench *b)
{
	b->tcp = false;
	b->report.n_conns = 0;
}

static void drops(struct bench *b)
{
	b->report.drops = 1;
	C.side[1].rst = 1;
	C.first_rst.frame = 5;
}

static void unknown_drops(struct bench *b)
{
	b->report.drops = UINT64_MAX;
}

static void no_frames(struct bench *b)
{
	b->report.frames = 0;
	b->report.n_conns = 0;
}

static void no_macs(struct bench *b)
{
	C.n_hosts = 0;
	C.turns = 0;
}

static void no_syn(struct bench *b)
{
	C.began_with_syn = false;
}

static void no_conns(struct bench *b)
{
	b->report.n_conns = 0;
}

static void all_refused(struct bench *b)
{
	refused_before(b);
	b->conns[1].side[1].frames = b->conns[1].side[1].rst = 1;
}

static void all_unanswered(struct bench *b)
{
	unanswered_before(b);
	b->conns[1].side[1].frames = 0;
}

static void damage(struct bench *b)
{
	C.side[1].damaged = 7;
	C.first_damaged = (struct wire_event){ .frame = 33,
					       .mac = frames_target,
					       .from_server = true };
}

static void damage_by_client(struct bench *b)
{
	damage(b);
	C.first_damaged.from_server = false;
}

static void loss(struct bench *b)
{
	C.side[1].lost_bytes = 1448;
	C.first_lost.frame = 31;
}

static void strays(struct bench *b)
{
	C.side[1].stray = 2;
}

static void source_only(struct bench *b)
{
	C.n_hosts = 1;
	C.turns = 0;
}

static void target_only(struct bench *b)
{
	source_only(b);
	C.hosts[0].mac = frames_target;
}

static void wrong_order(struct bench *b)
{
	C.hosts[0].mac = frames_target;
	C.hosts[1].mac = frames_source;
}

static void third_host(struct bench *b)
{
	C.hosts[2].mac = third;
	C.hosts[2].first_frame = 44;
	C.n_hosts = 3;
	C.turns = 2;
}

static void not_the_target(struct bench *b)
{
	C.hosts[1].mac = third;
}

static void alternate(struct bench *b)
{
	C.turns = 3;
	C.hosts[0].last_frame = 35;
}

static void never_answered(struct bench *b)
{
	C.began_with_syn = false;
	C.n_hosts = 0;
	C.side[1].frames = 0;
}

/* What the sockets of an earlier client still had to say. */
static void spoil_stale(struct wire_conn *conn)
{
	conn->began_with_syn = false;
	conn->side[0].frames = conn->side[1].frames = conn->side[1].rst = 1;
}

static void stale_before(struct bench *b)
{
	b->report.n_conns = 2;
	spoil_stale(&b->conns[0]);
}

static void stale_after(struct bench *b)
{
	b->report.n_conns = 2;
	spoil_stale(&b->conns[1]);
}

static void udp_source_only(struct bench *b)
{
	udp(b);
	b->report.n_udp_hosts = 1;
	b->report.udp_turns = 0;
}

static void udp_alternate(struct bench *b)
{
	udp(b);
	b->report.udp_turns = 2;
}

static void udp_unasked(struct bench *b)
{
	udp(b);
	b->report.udp_frames[0] = 0;
}

static void udp_silent(struct bench *b)
{
	udp(b);
	b->report.udp_frames[1] = 0;
	b->report.n_udp_hosts = 0;
}

static void udp_no_macs(struct bench *b)
{
	udp(b);
	b->report.n_udp_hosts = 0;
}

/* It took over, and then nobody answered any more. */
static void hung(struct bench *b)
{
	no_end(b);
	C.first_ns = 1000000000;
	C.last_ns = b->report.last_ns = UINT64_C(20000000000);
	C.last_frame = 60;
	C.established = true;
	C.unanswered = 5;
	C.first_unanswered =
		(struct wire_event){ .frame = 51, .at_ns = 5000000000 };
}

static void damage_and_loss(struct bench *b)
{
	loss(b);
	damage(b);
}

static const struct verdict_case {
	const char *name;
	void (*spoil)(struct bench *b);
	enum witness witness;
	const char *why[3]; /* parts of the sentence */
} cases[] = {
	{ "kept", nothing, WITNESS_OK, { NULL } },
	{ "kept and still open", no_end, WITNESS_OK, { NULL } },
	{ "kept with repetitions", repeats, WITNESS_OK, { NULL } },
	{ "reset after the client closed",
	  reset_after_end,
	  WITNESS_OK,
	  { NULL } },
	{ "refused before", refused_before, WITNESS_OK, { NULL } },
	{ "not answered before", unanswered_before, WITNESS_OK, { NULL } },
	{ "an older connection's segment before",
	  stale_before,
	  WITNESS_OK,
	  { NULL } },
	{ "an older connection's segment after",
	  stale_after,
	  WITNESS_OK,
	  { NULL } },
	{ "udp kept", udp, WITNESS_OK, { NULL } },
	{ "drops hide everything", drops, WITNESS_ABSENT, { "lost 1 frame" } },
	{ "drops not known", unknown_drops, WITNESS_ABSENT, { "not known" } },
	{ "no frames", no_frames, WITNESS_ABSENT, { "no frame" } },
	{ "no link addresses", no_macs, WITNESS_ABSENT, { "link addresses" } },
	{ "no first SYN",
	  no_syn,
	  WITNESS_ABSENT,
	  { "frame 1 ", "before the capture" } },
	{ "no connection", no_conns, WITNESS_BAD, { "no TCP connection" } },
	{ "all refused",
	  all_refused,
	  WITNESS_BAD,
	  { "2 attempts", "frame 1,", "refused" } },
	{ "all unanswered",
	  all_unanswered,
	  WITNESS_BAD,
	  { "2 attempts", "not answered" } },
	{ "damage",
	  damage,
	  WITNESS_BAD,
	  { "frame 33:", "the target's host (52:54:00:77:00:0b)",
	    "7 differ" } },
	{ "damage by the client",
	  damage_by_client,
	  WITNESS_BAD,
	  { "frame 33: the client" } },
	{ "loss", loss, WITNESS_BAD, { "frame 31 ", "1448 were lost" } },
	{ "damage is told before loss",
	  damage_and_loss,
	  WITNESS_BAD,
	  { "frame 33:" } },
	{ "foreign sequence numbers",
	  strays,
	  WITNESS_BAD,
	  { "2 segments", "not continued" } },
	{ "only the source",
	  source_only,
	  WITNESS_BAD,
	  { "the target never sent", "all 20 segments", "frame 20" } },
	{ "only the target",
	  target_only,
	  WITNESS_BAD,
	  { "frame 2: the target's host", "before the source" } },
	{ "target before source",
	  wrong_order,
	  WITNESS_BAD,
	  { "frame 2: the target's host", "before the source" } },
	{ "a third host",
	  third_host,
	  WITNESS_BAD,
	  { "frame 44: a third host (02:02:02:02:02:02)" } },
	{ "not the target",
	  not_the_target,
	  WITNESS_BAD,
	  { "frame 30: a third host" } },
	{ "hung", hung, WITNESS_BAD, { "5 segments", "frame 51", "15.000 s" } },
	{ "both alive",
	  alternate,
	  WITNESS_BAD,
	  { "frame 35: the source's host", "from frame 30 on" } },
	{ "never answered",
	  never_answered,
	  WITNESS_BAD,
	  { "the service sent no segments" } },
	{ "one machine, booted again", rebooted, WITNESS_OK, { NULL } },
	{ "one machine, silent since",
	  rebooted_for_ever,
	  WITNESS_BAD,
	  { "not heard again after the restore", "frame 20" } },
	{ "one machine, nobody knows since when",
	  rebooted_unknown,
	  WITNESS_BAD,
	  { "not heard again" } },
	{ "udp, one machine", rebooted_udp, WITNESS_OK, { NULL } },
	{ "udp from the source only",
	  udp_source_only,
	  WITNESS_BAD,
	  { "the target never sent", "all 8 datagrams", "frame 20" } },
	{ "udp from both in turn",
	  udp_alternate,
	  WITNESS_BAD,
	  { "frame 20: the source's host" } },
	{ "udp unasked", udp_unasked, WITNESS_BAD, { "to the service" } },
	{ "udp never answered",
	  udp_silent,
	  WITNESS_BAD,
	  { "sent no datagrams" } },
	{ "udp without link addresses",
	  udp_no_macs,
	  WITNESS_ABSENT,
	  { "link addresses" } },
};

START_TEST(a_spoilt_report_is_judged_as_it_should)
{
	const struct verdict_case *c = &cases[_i];
	CLEANUP_FREE char *why = NULL;
	enum witness got;
	struct bench b;

	init(&b);
	c->spoil(&b);
	got = judge(&b, &why);
	ck_assert_msg(got == c->witness, "%s: got %s (%s), wanted %s", c->name,
		      witness_names[got], why, witness_names[c->witness]);
	ck_assert_msg((why == NULL) == (got == WITNESS_OK), "%s: %s", c->name,
		      why);
	for (size_t i = 0; i < 3 && c->why[i]; i++)
		ck_assert_has(why, c->why[i]);
	ck_assert(!why || !strchr(why, '\n'));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("wire_judge");
	TCase *tcase = tcase_create("judge");

	tcase_add_loop_test(tcase, a_spoilt_report_is_judged_as_it_should, 0,
			    (int)ARRAY_SIZE(cases));
	suite_add_tcase(suite, tcase);
	return suite;
}
