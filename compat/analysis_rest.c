// SPDX-License-Identifier: Apache-2.0
/* analysis_rest.c - rules when nothing is wrong: kept, or what cannot be told */
#include <string.h>

#include "compat/analysis_case.h"

static bool without_links(const struct analysis_case *c)
{
	return !c->links;
}

static bool ended_before(const struct analysis_case *c)
{
	return !c->now && c->client_fin != NEVER && !c->conn->unanswered &&
	       c->conn->last_frame < c->scene->takeover.frame;
}

static bool target_unseen(const struct analysis_case *c)
{
	return !c->now && !c->scene->takeover.frame && c->scene->given;
}

static bool nothing_moved(const struct analysis_case *c)
{
	return !c->now && !c->scene->takeover.frame;
}

/* Without a move it is for the service to end its connections as it likes. */
static bool closed_unmoved(const struct analysis_case *c)
{
	return nothing_moved(c) && c->fin != NEVER;
}

static bool ends_early(const struct analysis_case *c)
{
	return !c->now && c->waited_ns;
}

static bool is_target(const struct analysis_case *c)
{
	return memcmp(&c->old->mac, &c->scene->target, sizeof(c->old->mac)) ==
	       0;
}

static bool target_alone(const struct analysis_case *c)
{
	return !c->now && is_target(c);
}

static bool stayed(const struct analysis_case *c)
{
	return !c->now && c->old->last_frame > c->scene->takeover.frame;
}

static bool target_unasked(const struct analysis_case *c)
{
	return !c->now;
}

static bool was_moved_back(const struct analysis_case *c)
{
	return c->returned;
}

static bool was_probed(const struct analysis_case *c)
{
	return c->conn->move.probe.frame && !c->now->data_frame;
}

static bool was_kept(const struct analysis_case *c)
{
	return c->now;
}

const struct analysis_rule analysis_rules_rest[] = {
	{ .name = "no-link-addresses",
	  .fate = FATE_UNDECIDABLE,
	  .applies = without_links,
	  .sentence =
		  "the capture has no link addresses: which host served cannot "
		  "be told",
	  .advice =
		  "capture on a bridge, a tap or a network interface, not on a "
		  "tunnel",
	  .proof = { MARK_FIRST } },
	{ .name = "ended-before",
	  .fate = FATE_NOT_CONCERNED,
	  .applies = ended_before,
	  .sentence =
		  "the client closed it in {client-fin}, before another host "
		  "took over ({takeover})",
	  .proof = { MARK_CLIENT_FIN, MARK_TAKEOVER } },
	{ .name = "target-unseen",
	  .fate = FATE_UNDECIDABLE,
	  .applies = target_unseen,
	  .sentence =
		  "nothing of the target is in the capture, and nobody waits "
		  "for it",
	  .advice = "capture until the target has taken over, where its frames "
		    "pass",
	  .proof = { MARK_OLD_LAST } },
	{ .name = "closed-unmoved",
	  .fate = FATE_UNDECIDABLE,
	  .applies = closed_unmoved,
	  .sentence =
		  "{server-fin}: the service closed it on {old}, and no other "
		  "host took over in this capture: whether that was the "
		  "dump or its own wish cannot be told",
	  .advice = "name the hosts (--source-mac, --target-mac) if a move was "
		    "tried, or capture until the target has taken over",
	  .proof = { MARK_SERVER_FIN } },
	{ .name = "nothing-moved",
	  .fate = FATE_UNDECIDABLE,
	  .applies = nothing_moved,
	  .sentence =
		  "{old} alone served it, and no other host took over in this "
		  "capture",
	  .advice = "capture until the target has taken over, where its frames "
		    "pass",
	  .proof = { MARK_OLD_LAST } },
	{ .name = "capture-ends-early",
	  .fate = FATE_UNDECIDABLE,
	  .applies = ends_early,
	  .sentence = "the capture ends {t.waited} after the client's first "
		      "question without an answer ({unanswered}): too early to "
		      "tell whether it gets one",
	  .advice = "capture for longer",
	  .proof = { MARK_TAKEOVER, MARK_UNANSWERED, MARK_LAST } },
	{ .name = "target-alone",
	  .fate = FATE_UNDECIDABLE,
	  .applies = target_alone,
	  .sentence =
		  "it is older than the capture, and of its time on the source "
		  "nothing is in it",
	  .advice = "begin to capture before the dump",
	  .proof = { MARK_FIRST } },
	{ .name = "stayed",
	  .fate = FATE_UNDECIDABLE,
	  .applies = stayed,
	  .sentence = "it stayed where it was: {old} served it to the end "
		      "({old-last}), though another host had taken over "
		      "({takeover})",
	  .advice =
		  "see which of the service's processes were dumped, and where "
		  "the client's segments went",
	  .proof = { MARK_TAKEOVER, MARK_OLD_LAST } },
	{ .name = "target-unasked",
	  .signature = "W5",
	  .fate = FATE_UNDECIDABLE,
	  .applies = target_unasked,
	  .sentence =
		  "nothing was seen of it since the takeover ({takeover}), and "
		  "nobody asked: whether its socket is on the target cannot be "
		  "told",
	  .advice = "let the client send something, or turn keep-alives on",
	  .proof = { MARK_OLD_LAST, MARK_TAKEOVER } },
	{ .name = "moved-back",
	  .fate = FATE_KEPT,
	  .applies = was_moved_back,
	  .sentence =
		  "it was moved to {now} in {now-first} and back to {old} "
		  "after {claim-back}, and the stream goes on as it was{cost}",
	  .proof = { MARK_NOW_FIRST, MARK_PROBE, MARK_CLAIM_BACK,
		     MARK_OLD_LAST } },
	{ .name = "kept-idle",
	  .fate = FATE_KEPT,
	  .applies = was_probed,
	  .sentence =
		  "{now} took over in {now-first}, {t.blackout} after the "
		  "source's last segment: its probe continues the stream, so "
		  "its socket is there{cost}",
	  .proof = { MARK_OLD_LAST, MARK_PROBE } },
	{ .name = "kept",
	  .fate = FATE_KEPT,
	  .applies = was_kept,
	  .sentence = "{now} took over in {now-first}, {t.blackout} after the "
		      "source's last segment, and the stream goes on as it "
		      "was{cost}",
	  .proof = { MARK_OLD_LAST, MARK_NOW_FIRST, MARK_PROBE,
		     MARK_NOW_DATA } },
	{ 0 },
};
