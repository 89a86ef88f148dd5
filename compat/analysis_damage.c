// SPDX-License-Identifier: Apache-2.0
/* analysis_damage.c - rules for connections that go on otherwise than they were */
#include "compat/analysis_case.h"

/* Clocks that tick so many times faster or slower are no error of measuring. */
#define HZ_RATIO 10

static bool other_bytes(const struct analysis_case *c)
{
	return c->conn->side[WIRE_CLIENT].damaged ||
	       c->conn->side[WIRE_SERVER].damaged;
}

bool analysis_stray_target(const struct analysis_case *c)
{
	const struct wire_event *stray = &c->conn->first_stray;

	if (!c->now || !c->conn->side[WIRE_SERVER].stray)
		return false;
	return !stray->from_server || (stray->frame >= c->now->first_frame &&
				       stray->frame < c->client_fin);
}

/* What was acknowledged once stays so; later ones may only have been captured
 * in another order. */
static bool ack_went_back(const struct analysis_case *c)
{
	const struct wire_event *back = &c->conn->first_ack_back;

	return c->now && back->from_server && back->frame &&
	       back->frame == c->now->first_frame;
}

static bool lost_frames(const struct analysis_case *c)
{
	return c->report->drops != WIRE_UNKNOWN && c->report->drops > 0;
}

static bool has_holes(const struct analysis_case *c)
{
	return c->conn->side[WIRE_CLIENT].lost_bytes ||
	       c->conn->side[WIRE_SERVER].lost_bytes;
}

/* A client acknowledges what it has: what is missing then is missing in the
 * capture alone. */
static bool lost_bytes(const struct analysis_case *c)
{
	return c->report->drops == 0 && has_holes(c) &&
	       (c->conn->first_lost.from_server ||
		!c->conn->side[WIRE_SERVER].lost_bytes);
}

static bool target_lost_bytes(const struct analysis_case *c)
{
	return lost_bytes(c) && c->now && c->conn->side[WIRE_SERVER].lost_bytes;
}

/* --- Timestamps ------------------------------------------------------------ */

static bool ticks_otherwise(const struct analysis_case *c)
{
	uint64_t was, is;

	if (!c->now || c->now->ts_hz == WIRE_UNKNOWN ||
	    c->old->ts_hz == WIRE_UNKNOWN)
		return false;
	was = c->old->ts_hz;
	is = c->now->ts_hz;
	return was / HZ_RATIO >= is || is / HZ_RATIO >= was;
}

bool analysis_ts_went_back(const struct analysis_case *c)
{
	return c->now && c->old->with_timestamps && c->now->with_timestamps &&
	       (int32_t)((uint32_t)c->now->ts_first -
			 (uint32_t)c->old->ts_last) < 0;
}

/* A RST has none. */
static bool has_no_timestamps(const struct analysis_case *c)
{
	return c->now && c->old->with_timestamps && !c->now->with_timestamps &&
	       c->now->frames > c->conn->side[WIRE_SERVER].rst;
}

const struct analysis_rule analysis_rules_damage[] = {
	{ .name = "other-bytes",
	  .signature = "W9",
	  .fate = FATE_DAMAGED,
	  .blame_by = MARK_DAMAGED,
	  .applies = other_bytes,
	  .sentence =
		  "{damaged}: {damaged.by} repeated bytes that are not as they "
		  "were: {n.damaged} differ",
	  .advice = "do not trust this workload's memory; compare CRIU's "
		    "versions on both hosts and how the images were carried",
	  .proof = { MARK_DAMAGED } },
	{ .name = "not-continued",
	  .signature = "W9",
	  .fate = FATE_DAMAGED,
	  .blame = BLAME_TARGET,
	  .applies = analysis_stray_target,
	  .sentence = "{stray}: the sequence numbers of {now} do not continue "
		      "those of {old}: {n.stray} outside the stream",
	  .advice = "see that the images are of the very dump after which the "
		    "source fell silent",
	  .proof = { MARK_NOW_FIRST, MARK_PROBE, MARK_STRAY } },
	{ .name = "ack-back",
	  .signature = "W9",
	  .fate = FATE_DAMAGED,
	  .blame = BLAME_ORDER,
	  .applies = ack_went_back,
	  .sentence =
		  "{ack-back}: {now} acknowledges less than {old} had: what it "
		  "was restored from is older than what the source last said",
	  .advice = "see that the source does nothing after the dump (no "
		    "--leave-running), and that the images are the last ones",
	  .proof = { MARK_OLD_LAST, MARK_ACK_BACK } },
	{ .name = "frames-dropped",
	  .fate = FATE_UNDECIDABLE,
	  .applies = lost_frames,
	  .sentence = "the capture lost {n.drops}: what is not in it may have "
		      "happened",
	  .advice =
		  "capture with a larger buffer (tcpdump -B) or fewer bytes a "
		  "frame (-s)",
	  .proof = { MARK_FIRST } },
	{ .name = "target-lost-bytes",
	  .signature = "W9",
	  .fate = FATE_DAMAGED,
	  .blame = BLAME_TARGET,
	  .applies = target_lost_bytes,
	  .sentence =
		  "{lost} passes by bytes that were never seen: {n.lost} were "
		  "lost, and {now} did not repeat them",
	  .advice = "compare socket buffers of both hosts (net.core.wmem_max, "
		    "net.ipv4.tcp_wmem) and the queues in CRIU's logs",
	  .proof = { MARK_LOST } },
	{ .name = "lost-bytes",
	  .signature = "W9",
	  .fate = FATE_DAMAGED,
	  .blame = BLAME_UNKNOWN,
	  .applies = lost_bytes,
	  .sentence =
		  "{lost} passes by bytes that were never seen: {n.lost} were "
		  "lost",
	  .advice = "compare socket buffers of both hosts and the queues in "
		    "CRIU's logs",
	  .proof = { MARK_LOST } },
	{ .name = "holes",
	  .fate = FATE_UNDECIDABLE,
	  .applies = has_holes,
	  .sentence =
		  "{lost} passes by {n.lost} that are not in the capture: "
		  "either they were acknowledged and it is not whole, or the "
		  "connection lost them",
	  .advice =
		  "capture where all frames pass, with a tool that tells what "
		  "it dropped (dumpcap, pcapng)",
	  .proof = { MARK_LOST } },
	{ .name = "timestamp-unit",
	  .signature = "S16",
	  .fate = FATE_DAMAGED,
	  .blame = BLAME_TARGET,
	  .applies = ticks_otherwise,
	  .sentence =
		  "the timestamps of {now} tick {hz} times a second: after a "
		  "long silence its segments may be thrown away (PAWS)",
	  .advice = "compare the kernels: from 6.7 on an odd TCP_TIMESTAMP "
		    "switches to microseconds; until that is mended turn "
		    "net.ipv4.tcp_timestamps off",
	  .proof = { MARK_OLD_LAST, MARK_NOW_FIRST, MARK_PROBE } },
	{ .name = "timestamps-back",
	  .signature = "W11",
	  .fate = FATE_DAMAGED,
	  .blame = BLAME_TARGET,
	  .applies = analysis_ts_went_back,
	  .sentence =
		  "the timestamps of {now} are before those of {old}: segments "
		  "with such ones may be thrown away (PAWS)",
	  .advice = "compare the kernels of both hosts, or turn "
		    "net.ipv4.tcp_timestamps off",
	  .proof = { MARK_OLD_LAST, MARK_NOW_FIRST, MARK_PROBE } },
	{ .name = "timestamps-lost",
	  .signature = "W11",
	  .fate = FATE_DAMAGED,
	  .blame = BLAME_TARGET,
	  .applies = has_no_timestamps,
	  .sentence =
		  "{now} sends no timestamps, which {old} did: a client may "
		  "throw such segments away (RFC 7323, 3.2)",
	  .advice = "set net.ipv4.tcp_timestamps alike on both hosts",
	  .proof = { MARK_OLD_LAST, MARK_NOW_FIRST, MARK_PROBE } },
	{ 0 },
};
