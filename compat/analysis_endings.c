// SPDX-License-Identifier: Apache-2.0
/* analysis_endings.c - rules for FIN, for a new SYN, and for two hosts at once */
#include "compat/analysis_case.h"
#include "compat/wire_inquest.h"

/* --- FIN ------------------------------------------------------------------ */

static bool closed_by(const struct analysis_case *c, enum analysis_who who)
{
	return c->fin != NEVER && c->fin == c->ended &&
	       analysis_who_of(c, &c->conn->first_fin[WIRE_SERVER]) == who;
}

static bool source_closed_before(const struct analysis_case *c)
{
	return closed_by(c, WHO_SOURCE) &&
	       analysis_before_takeover(c, c->fin) &&
	       analysis_served_on(c, c->conn->first_fin[WIRE_SERVER].at_ns);
}

/* Without a takeover it is for the service to end its connections as it likes;
 * it is not when the caller has told that there was one. */
static bool source_closed(const struct analysis_case *c)
{
	return closed_by(c, WHO_SOURCE) &&
	       (c->now || c->scene->takeover.frame || c->scene->given);
}

static bool target_closed(const struct analysis_case *c)
{
	return closed_by(c, WHO_TARGET);
}

static bool other_closed(const struct analysis_case *c)
{
	return closed_by(c, WHO_OTHER);
}

/* --- SYN, and two hosts --------------------------------------------------- */

static bool began_anew(const struct analysis_case *c)
{
	return c->syn != NEVER && c->syn == c->ended;
}

static bool ports_used_again(const struct analysis_case *c)
{
	return c->conn->first_syn_again.frame > c->client_fin;
}

static bool third_host_spoke(const struct analysis_case *c)
{
	for (size_t i = 0; c->scene->given && i < c->conn->n_hosts; i++)
		if (!wire_mac_equal(&c->conn->hosts[i].mac,
				    &c->scene->source) &&
		    !wire_mac_equal(&c->conn->hosts[i].mac, &c->scene->target))
			return true;
	return false;
}

static bool both_spoke(const struct analysis_case *c)
{
	return c->overlap && !c->returned;
}

static bool came_in_other_order(const struct analysis_case *c)
{
	return c->scene->given && c->now &&
	       wire_mac_equal(&c->old->mac, &c->scene->target);
}

const struct analysis_rule analysis_rules_endings[] = {
	{ .name = "closed-before",
	  .fate = FATE_NOT_CONCERNED,
	  .applies = source_closed_before,
	  .sentence =
		  "{server-fin}: the service closed it while {old} still "
		  "served others, before another host took over ({takeover})",
	  .proof = { MARK_SERVER_FIN, MARK_TAKEOVER } },
	{ .name = "source-closed",
	  .signature = "W3",
	  .fate = FATE_CLOSED,
	  .blame = BLAME_SOURCE,
	  .applies = source_closed,
	  .sentence =
		  "{server-fin}: {server-fin.by} closed the connection by FIN "
		  "before the client did: its socket was closed outside TCP "
		  "repair",
	  .advice =
		  "dump with --tcp-established (and without --tcp-close), and "
		  "do not let the program be stopped by a signal that it can "
		  "handle",
	  .proof = { MARK_SERVER_FIN } },
	{ .name = "target-closed",
	  .signature = "W2",
	  .fate = FATE_CLOSED,
	  .blame = BLAME_TARGET,
	  .applies = target_closed,
	  .sentence = "{server-fin}: {server-fin.by} closed the connection by "
		      "FIN{server-fin.after}, before the client did",
	  .advice =
		  "see whether the restored program ended or closed it of its "
		  "own accord (idle timeout)",
	  .proof = { MARK_NOW_FIRST, MARK_PROBE, MARK_SERVER_FIN } },
	{ .name = "third-host-closed",
	  .fate = FATE_CLOSED,
	  .blame = BLAME_NETWORK,
	  .applies = other_closed,
	  .sentence =
		  "{server-fin}: {server-fin.by}, neither source nor target, "
		  "closed the connection by FIN",
	  .advice = "find out who else has the service's address",
	  .proof = { MARK_SERVER_FIN } },
	{ .name = "syn-again",
	  .signature = "W8",
	  .fate = FATE_RECONNECTED,
	  .blame = BLAME_UNKNOWN,
	  .applies = began_anew,
	  .sentence =
		  "{syn}: SYN again on the same ports{syn.after}: the client "
		  "connected anew, though nothing had ended the connection",
	  .advice = "see in the client's log why it left the connection",
	  .proof = { MARK_OLD_LAST, MARK_SYN_AGAIN } },
	{ .name = "ports-used-again",
	  .fate = FATE_UNDECIDABLE,
	  .applies = ports_used_again,
	  .sentence =
		  "after its end ({client-fin}) the client used the same ports "
		  "for another one ({syn}): which of them figures belong to "
		  "cannot be told",
	  .advice = "judge a capture of one of them alone",
	  .proof = { MARK_CLIENT_FIN, MARK_SYN_AGAIN } },
	{ .name = "third-host",
	  .signature = "W13",
	  .fate = FATE_SPLIT,
	  .blame = BLAME_NETWORK,
	  .applies = third_host_spoke,
	  .sentence = "a host that is neither source nor target spoke for the "
		      "service",
	  .advice = "find out who else has the service's address",
	  .proof = { MARK_NOW_FIRST, MARK_PROBE } },
	{ .name = "both-spoke",
	  .signature = "W7",
	  .fate = FATE_SPLIT,
	  .blame_by = MARK_OLD_LAST,
	  .applies = both_spoke,
	  .sentence =
		  "{old-last}: {old} spoke for the service although {now} had "
		  "taken over in {now-first}: both were alive",
	  .advice =
		  "do not restore after a dump whose source went on "
		  "(--leave-running, a post-dump script that failed); take the "
		  "address from the source first",
	  .proof = { MARK_NOW_FIRST, MARK_PROBE, MARK_OLD_LAST } },
	{ .name = "other-order",
	  .fate = FATE_UNDECIDABLE,
	  .applies = came_in_other_order,
	  .sentence =
		  "the target spoke before the source did: the hosts are not "
		  "what was said",
	  .advice = "swap --source-mac and --target-mac",
	  .proof = { MARK_FIRST } },
	{ 0 },
};
