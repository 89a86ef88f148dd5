// SPDX-License-Identifier: Apache-2.0
/* analysis_silence.c - rules for connections that nobody answers any more */
#include "base/clock.h"
#include "compat/analysis_case.h"

/* A reader may pause, and a client be slow; for so long it is not. */
#define PAUSE_NS (5 * NS_PER_S)

static bool is_open(const struct analysis_case *c)
{
	return c->ended == NEVER;
}

static bool one_way(const struct analysis_case *c)
{
	return !c->both_ways;
}

/* --- The client went elsewhere --------------------------------------------- */

/* It waited, closed or not, and did not wait any more: a second connection of a
 * client alone may be one that it wanted besides. */
static bool left_unanswered(const struct analysis_case *c)
{
	bool closed = c->client_fin != NEVER &&
		      c->conn->first_unanswered.frame < c->client_fin;

	return is_open(c) && c->conn->next_frame && c->waited_ns >= NS_PER_S &&
	       (closed || c->hung);
}

static bool left_target(const struct analysis_case *c)
{
	return left_unanswered(c) && (c->now || c->asked_twice);
}

/* It fell silent for good, and the next one began when the new host was there,
 * or waited for it. The target has sent payload, so its program runs: the probe
 * of this one, had it a socket, would have come before. */
static bool left_silently(const struct analysis_case *c)
{
	const struct wire_conn *conn = c->conn;
	const struct analysis_scene *scene = c->scene;
	bool there =
		conn->next_frame > scene->takeover.frame ||
		(scene->begun_frame && conn->next_frame >= scene->begun_frame);

	return is_open(c) && !c->now && c->client_fin == NEVER &&
	       conn->next_frame && there && scene->data_frame &&
	       conn->last_frame < conn->next_frame;
}

/* --- Nobody answers -------------------------------------------------------- */

static bool lost_frames(const struct analysis_case *c)
{
	return c->report->drops != WIRE_UNKNOWN && c->report->drops > 0;
}

static bool is_hung(const struct analysis_case *c)
{
	return c->hung && !lost_frames(c);
}

/* To be refused is more than not to be answered: no time need pass. */
static bool hung_by_icmp(const struct analysis_case *c)
{
	bool refused = c->asked_target && c->conn->unanswered > 1 &&
		       c->conn->icmp.count > 1 &&
		       c->conn->icmp.first.frame >= c->scene->takeover.frame;

	return is_open(c) && !lost_frames(c) && c->conn->icmp.count &&
	       (c->hung || refused);
}

static bool hung_by_timestamps(const struct analysis_case *c)
{
	return is_hung(c) && analysis_ts_went_back(c);
}

static bool hung_by_numbers(const struct analysis_case *c)
{
	return is_hung(c) && analysis_stray_target(c);
}

static bool hung_by_two_claims(const struct analysis_case *c)
{
	struct wire_event back;

	return is_hung(c) && analysis_mark_event(c, MARK_CLAIM_BACK, &back);
}

/* Nobody ever said that it has the address, though asked as often as a host asks
 * before it gives up. */
static bool address_unclaimed(const struct analysis_case *c)
{
	return is_open(c) && c->conn->unanswered && !c->scene->takeover.frame &&
	       !c->report->n_claims && c->report->arp_unanswered >= 3;
}

static bool hung_without_address(const struct analysis_case *c)
{
	return address_unclaimed(c) && !lost_frames(c) &&
	       c->waited_ns >= PAUSE_NS;
}

static bool hung_at_target(const struct analysis_case *c)
{
	return is_hung(c) && c->now;
}

static bool hung_before_target(const struct analysis_case *c)
{
	return is_hung(c) && (c->asked_target || c->scene->given);
}

/* --- It answers, and nothing moves ------------------------------------------ */

/* It never opened again since the first time, and there was time to. */
static bool closed_window(const struct analysis_case *c, enum wire_dir dir)
{
	const struct wire_side *side = &c->conn->side[dir];
	const struct wire_event *zero = &c->conn->first_zero_window;

	return is_open(c) && c->client_fin == NEVER && c->now &&
	       !lost_frames(c) && side->zero_windows && side->window == 0 &&
	       zero->from_server == (dir == WIRE_SERVER) &&
	       side->zero_window_ns != WIRE_UNKNOWN &&
	       side->zero_window_ns >= PAUSE_NS &&
	       side->zero_window_ns >= c->conn->last_ns - zero->at_ns;
}

static bool target_reads_nothing(const struct analysis_case *c)
{
	return closed_window(c, WIRE_SERVER);
}

static bool client_reads_nothing(const struct analysis_case *c)
{
	return closed_window(c, WIRE_CLIENT);
}

/* Keep-alives and their answers are ACKs in turn too. */
static bool acks_storm(const struct analysis_case *c)
{
	uint64_t alive = 2 * (c->conn->side[WIRE_CLIENT].keepalives +
			      c->conn->side[WIRE_SERVER].keepalives);

	return is_open(c) && c->now && c->conn->storm > alive + 9 &&
	       c->now->data_frame < c->conn->first_storm.frame;
}

/* A client must acknowledge the target's payload, but for one that is gone. */
static bool client_is_silent(const struct analysis_case *c)
{
	return is_open(c) && c->now && c->now->data_frame &&
	       c->client_fin == NEVER && !lost_frames(c) &&
	       c->conn->move.answered_ns == WIRE_UNKNOWN &&
	       c->report->last_ns - c->now->data_ns >= PAUSE_NS;
}

#define ADVICE_TARGET_DROPS                                            \
	"look on the target for CRIU's lock rules that remained "      \
	"(iptables-save | grep 0xc114, nft list tables | grep CRIU), " \
	"conntrack (INVALID, tcp_loose), rp_filter and routes"
#define ADVICE_ONE_ADDRESS                                               \
	"let one host alone have the address: take it from the source, " \
	"then give it to the target and announce it (arping -U)"

#define ADVICE_ANNOUNCE                                                      \
	"give the target the address and announce it (arping -U); 'ip addr " \
	"add' alone does not"

const struct analysis_rule analysis_rules_silence[] = {
	{ .name = "one-direction",
	  .fate = FATE_UNDECIDABLE,
	  .applies = one_way,
	  .sentence = "only one direction of it is in the capture",
	  .advice = "capture where both directions pass",
	  .proof = { MARK_FIRST } },
	{ .name = "left-the-target",
	  .signature = "W8",
	  .fate = FATE_RECONNECTED,
	  .blame = BLAME_TARGET,
	  .applies = left_target,
	  .sentence =
		  "{next}: the client connected anew from {next-client}: "
		  "{n.asked} since {unanswered} got no answer from the target",
	  .advice = ADVICE_TARGET_DROPS,
	  .proof = { MARK_TAKEOVER, MARK_UNANSWERED, MARK_NEXT } },
	{ .name = "left-unanswered",
	  .signature = "W8",
	  .fate = FATE_RECONNECTED,
	  .blame = BLAME_UNKNOWN,
	  .applies = left_unanswered,
	  .sentence = "{next}: the client connected anew from {next-client}: "
		      "{n.asked} since {unanswered} got no answer",
	  .advice = "make the pause shorter, or let the client wait longer",
	  .proof = { MARK_OLD_LAST, MARK_UNANSWERED, MARK_NEXT } },
	{ .name = "left-silently",
	  .signature = "W8",
	  .fate = FATE_RECONNECTED,
	  .blame = BLAME_UNKNOWN,
	  .applies = left_silently,
	  .sentence = "{next}: the client connected anew from {next-client}; "
		      "nothing was seen of this one since {last}, nor of its "
		      "socket on the target",
	  .advice = "see in the client's log why it left the connection",
	  .proof = { MARK_OLD_LAST, MARK_TAKEOVER, MARK_NEXT } },
	{ .name = "refused-by-icmp",
	  .signature = "W6",
	  .fate = FATE_HUNG,
	  .blame_by = MARK_ICMP,
	  .applies = hung_by_icmp,
	  .sentence =
		  "{icmp}: {icmp.by} answered {icmp-type}, and {n.asked} of "
		  "the client since {unanswered} got no other answer for "
		  "{t.waited}",
	  .advice = "look for a firewall that rejects (REJECT) and for missing "
		    "routes there",
	  .proof = { MARK_UNANSWERED, MARK_ICMP } },
	{ .name = "timestamps-back-hung",
	  .signature = "W11",
	  .fate = FATE_HUNG,
	  .blame = BLAME_TARGET,
	  .applies = hung_by_timestamps,
	  .sentence =
		  "the timestamps of {now} are before those of {old}: segments "
		  "with such ones are thrown away (PAWS), and {n.asked} of the "
		  "client since {unanswered} got no answer for {t.waited}",
	  .advice =
		  "compare the kernels of both hosts (TCP_TIMESTAMP counts in "
		  "other units from 6.7 on), or turn net.ipv4.tcp_timestamps "
		  "off",
	  .proof = { MARK_NOW_FIRST, MARK_PROBE, MARK_UNANSWERED } },
	{ .name = "not-continued-hung",
	  .signature = "W9",
	  .fate = FATE_HUNG,
	  .blame = BLAME_TARGET,
	  .applies = hung_by_numbers,
	  .sentence = "{stray}: the sequence numbers of {now} do not continue "
		      "those of {old}, and {n.asked} of the client since "
		      "{unanswered} got no answer for {t.waited}",
	  .advice = "see that the images are of the very dump after which the "
		    "source fell silent",
	  .proof = { MARK_STRAY, MARK_UNANSWERED } },
	{ .name = "two-claimants",
	  .signature = "W13",
	  .fate = FATE_HUNG,
	  .blame = BLAME_ORDER,
	  .applies = hung_by_two_claims,
	  .sentence =
		  "{claim-back}: the source says that it has the address "
		  "although the target has taken it ({takeover}), and "
		  "{n.asked} of the client since {unanswered} got no answer "
		  "for {t.waited}",
	  .advice = ADVICE_ONE_ADDRESS,
	  .proof = { MARK_TAKEOVER, MARK_CLAIM_BACK, MARK_UNANSWERED } },
	{ .name = "nobody-has-the-address",
	  .signature = "W13",
	  .fate = FATE_HUNG,
	  .blame = BLAME_ORDER,
	  .applies = hung_without_address,
	  .sentence = "nobody says that it has the service's address, though "
		      "asked {n.arp}, and {n.asked} of the client since "
		      "{unanswered} got no answer for {t.waited}",
	  .advice = ADVICE_ANNOUNCE,
	  .proof = { MARK_OLD_LAST, MARK_UNANSWERED } },
	{ .name = "address-unclaimed",
	  .signature = "W13",
	  .fate = FATE_UNDECIDABLE,
	  .applies = address_unclaimed,
	  .sentence =
		  "nobody says that it has the service's address, though "
		  "asked {n.arp}, but the capture ends {t.waited} after the "
		  "client's first question without an answer "
		  "({unanswered}): too early to tell whether somebody will",
	  .advice = ADVICE_ANNOUNCE,
	  .proof = { MARK_OLD_LAST, MARK_UNANSWERED } },
	{ .name = "target-drops",
	  .signature = "W4",
	  .fate = FATE_HUNG,
	  .blame = BLAME_TARGET,
	  .applies = hung_at_target,
	  .sentence =
		  "{now} took over in {now-first}, but {n.asked} of the client "
		  "since {unanswered} got no answer for {t.waited}",
	  .advice = ADVICE_TARGET_DROPS,
	  .proof = { MARK_NOW_FIRST, MARK_PROBE, MARK_UNANSWERED, MARK_LAST } },
	{ .name = "target-silent",
	  .signature = "W5",
	  .fate = FATE_HUNG,
	  .blame = BLAME_TARGET,
	  .applies = hung_before_target,
	  .sentence = "the target sent nothing of it: {n.asked} of the client "
		      "since {unanswered} got no answer for {t.waited}",
	  .advice =
		  "see that the restore ended well and unlocked the network, "
		  "that the target has the address and a route back, and that "
		  "the client's ARP entry is the target's",
	  .proof = { MARK_OLD_LAST, MARK_TAKEOVER, MARK_UNANSWERED,
		     MARK_LAST } },
	{ .name = "nobody-answers",
	  .signature = "W5",
	  .fate = FATE_HUNG,
	  .blame = BLAME_UNKNOWN,
	  .applies = is_hung,
	  .sentence =
		  "{n.asked} of the client since {unanswered} got no answer "
		  "for {t.waited}, and nothing of another host is in the "
		  "capture",
	  .advice = "capture until the target has taken over, where its frames "
		    "pass",
	  .proof = { MARK_OLD_LAST, MARK_UNANSWERED, MARK_LAST } },
	{ .name = "target-window-closed",
	  .signature = "W10",
	  .fate = FATE_HUNG,
	  .blame = BLAME_TARGET,
	  .applies = target_reads_nothing,
	  .sentence = "{zero}: the service offers no window, and has not for "
		      "{t.closed} until the end: nobody reads on {now}",
	  .advice =
		  "see whether the restored program runs; if it does, whether "
		  "CRIU set the window (TCP_REPAIR_WINDOW)",
	  .proof = { MARK_ZERO_WINDOW, MARK_NOW_FIRST, MARK_PROBE,
		     MARK_LAST } },
	{ .name = "client-window-closed",
	  .signature = "W10",
	  .fate = FATE_HUNG,
	  .blame = BLAME_PEER,
	  .applies = client_reads_nothing,
	  .sentence = "{zero}: the client offers no window, and has not for "
		      "{t.closed} until the end: it does not read",
	  .advice = "see whether the client's program runs and reads",
	  .proof = { MARK_ZERO_WINDOW, MARK_LAST } },
	{ .name = "ack-storm",
	  .signature = "W12",
	  .fate = FATE_HUNG,
	  .blame = BLAME_TARGET,
	  .applies = acks_storm,
	  .sentence =
		  "{storm}: both sides begin to repeat ACKs, {n.storm} in a "
		  "row, and nothing gets through: the numbers of {now} are not "
		  "the client's",
	  .advice = "see that the images are of the very dump after which the "
		    "source fell silent",
	  .proof = { MARK_NOW_FIRST, MARK_PROBE, MARK_STORM } },
	{ .name = "client-silent",
	  .fate = FATE_HUNG,
	  .blame = BLAME_UNKNOWN,
	  .applies = client_is_silent,
	  .sentence =
		  "{now} took over in {now-first} and sends ({now-data}), but "
		  "the client answers nothing",
	  .advice = "see whether the client lives, and whether the target's "
		    "frames reach it (its link address, route, firewall)",
	  .proof = { MARK_NOW_FIRST, MARK_PROBE, MARK_NOW_DATA, MARK_LAST } },
	{ 0 },
};
