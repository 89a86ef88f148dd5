// SPDX-License-Identifier: Apache-2.0
/* analysis_resets.c - rules for what never was at stake, and for RST */
#include "base/clock.h"
#include "compat/analysis_case.h"
#include "compat/wire_inquest.h"

/* --- Never a connection, or never at stake --------------------------------- */

static bool was_attempt(const struct analysis_case *c)
{
	return c->conn->began_with_syn && !c->conn->established;
}

static bool began_at_target(const struct analysis_case *c)
{
	return c->conn->began_with_syn && c->old && !c->now &&
	       c->scene->has_source && c->scene->has_target &&
	       wire_mac_equal(&c->old->mac, &c->scene->target);
}

/* --- RST ------------------------------------------------------------------ */

static bool was_reset(const struct analysis_case *c)
{
	return c->rst != NEVER && c->rst == c->ended;
}

static bool reset_by_client(const struct analysis_case *c)
{
	return was_reset(c) && !c->conn->first_rst.from_server;
}

static bool gave_up(const struct analysis_case *c)
{
	return reset_by_client(c) && c->conn->unanswered &&
	       c->conn->unanswered_ns != WIRE_UNKNOWN &&
	       c->conn->unanswered_ns >= NS_PER_S;
}

static bool gave_up_on_target(const struct analysis_case *c)
{
	return gave_up(c) && (c->now || c->asked_twice);
}

static bool client_ended_before(const struct analysis_case *c)
{
	return reset_by_client(c) && analysis_before_takeover(c, c->rst);
}

/* Without a move it is for the client to end its connection as it likes. */
static bool client_aborted(const struct analysis_case *c)
{
	return reset_by_client(c) && (c->now || c->scene->takeover.frame);
}

static bool before_rst(const struct analysis_case *c,
		       const struct wire_event *event)
{
	return c->now && event->from_server && event->frame < c->rst &&
	       event->frame >= c->now->first_frame;
}

static bool refused_older_state(const struct analysis_case *c)
{
	return client_aborted(c) && before_rst(c, &c->conn->first_ack_back);
}

static bool refused_other_numbers(const struct analysis_case *c)
{
	return client_aborted(c) && analysis_stray_target(c) &&
	       before_rst(c, &c->conn->first_stray);
}

static bool client_without_socket(const struct analysis_case *c)
{
	return client_aborted(c) && c->conn->rst_no_socket;
}

static bool bare_reset_by(const struct analysis_case *c, enum analysis_who who)
{
	return was_reset(c) && c->conn->first_rst.from_server &&
	       c->conn->rst_no_socket &&
	       analysis_who_of(c, &c->conn->first_rst) == who;
}

static bool source_without_socket(const struct analysis_case *c)
{
	return bare_reset_by(c, WHO_SOURCE);
}

static bool target_without_socket(const struct analysis_case *c)
{
	const struct wire_host *host = c->now ? c->now : c->old;

	return bare_reset_by(c, WHO_TARGET) && host->first_frame == c->rst;
}

static bool target_lost_socket(const struct analysis_case *c)
{
	return bare_reset_by(c, WHO_TARGET);
}

static bool other_without_socket(const struct analysis_case *c)
{
	return bare_reset_by(c, WHO_OTHER);
}

static bool somebody_without_socket(const struct analysis_case *c)
{
	return bare_reset_by(c, WHO_SERVICE);
}

static bool service_aborted(const struct analysis_case *c)
{
	return was_reset(c) && c->conn->first_rst.from_server;
}

static bool source_aborted_before(const struct analysis_case *c)
{
	return service_aborted(c) && !c->conn->rst_no_socket &&
	       analysis_who_of(c, &c->conn->first_rst) == WHO_SOURCE &&
	       analysis_before_takeover(c, c->rst) &&
	       analysis_served_on(c, c->conn->first_rst.at_ns);
}

#define ADVICE_CLIENT_TIMERS                                     \
	"make the pause shorter, or let the client wait longer " \
	"(TCP_USER_TIMEOUT, keep-alive, tcp_retries2, its own timeouts)"
#define ADVICE_LOCK                                                        \
	"keep the source's segments locked from the dump until its "       \
	"address is gone (--network-lock iptables or nftables, no 'skip' " \
	"without a lock of your own), and look for scripts that flush rules"

const struct analysis_rule analysis_rules_resets[] = {
	{ .name = "no-connection",
	  .fate = FATE_NOT_CONCERNED,
	  .applies = was_attempt,
	  .sentence =
		  "no connection was made: the attempt of {first} was {attempt}",
	  .proof = { MARK_FIRST } },
	{ .name = "began-at-target",
	  .fate = FATE_NOT_CONCERNED,
	  .applies = began_at_target,
	  .sentence =
		  "it began in {first}, and {old} alone served it: it never "
		  "was on another host",
	  .proof = { MARK_FIRST } },
	{ .name = "target-did-not-answer",
	  .signature = "S15",
	  .fate = FATE_RESET,
	  .blame = BLAME_TARGET,
	  .applies = gave_up_on_target,
	  .sentence =
		  "{rst}: the client gave the connection up, {t.unanswered} "
		  "after its first question that the target left without an "
		  "answer ({unanswered})",
	  .advice =
		  "look on the target for lock rules that remained, conntrack "
		  "(INVALID), rp_filter and routes, then at what it waited for",
	  .proof = { MARK_TAKEOVER, MARK_UNANSWERED, MARK_RST } },
	{ .name = "client-gave-up",
	  .signature = "S15",
	  .fate = FATE_RESET,
	  .blame = BLAME_PEER,
	  .applies = gave_up,
	  .sentence =
		  "{rst}: the client gave the connection up, {t.unanswered} "
		  "after its first question without an answer ({unanswered}): "
		  "the pause was longer than it waits",
	  .advice = ADVICE_CLIENT_TIMERS,
	  .proof = { MARK_OLD_LAST, MARK_UNANSWERED, MARK_RST } },
	{ .name = "client-ended-before",
	  .fate = FATE_NOT_CONCERNED,
	  .applies = client_ended_before,
	  .sentence =
		  "{rst}: the client ended it before another host took over "
		  "({takeover})",
	  .proof = { MARK_RST, MARK_TAKEOVER } },
	{ .name = "older-state-refused",
	  .signature = "W9",
	  .fate = FATE_RESET,
	  .blame = BLAME_ORDER,
	  .applies = refused_older_state,
	  .sentence = "{rst}: the client reset the connection after {now} had "
		      "acknowledged less than before ({ack-back}): what it was "
		      "restored from is older than what the source last said",
	  .advice = "see that the source does nothing after the dump (no "
		    "--leave-running), and that the images are the last ones",
	  .proof = { MARK_OLD_LAST, MARK_ACK_BACK, MARK_RST } },
	{ .name = "other-numbers-refused",
	  .signature = "W9",
	  .fate = FATE_RESET,
	  .blame = BLAME_TARGET,
	  .applies = refused_other_numbers,
	  .sentence = "{rst}: the client reset the connection after {now} had "
		      "sent outside the stream ({stray})",
	  .advice = "see that the images are of the very dump after which the "
		    "source fell silent",
	  .proof = { MARK_STRAY, MARK_RST } },
	{ .name = "client-has-no-socket",
	  .signature = "S23",
	  .fate = FATE_RESET,
	  .blame = BLAME_PEER,
	  .applies = client_without_socket,
	  .sentence = "{rst}: the client's host answered by RST without "
		      "ACK{rst.after}: it has no such socket any more",
	  .advice = "if the client was moved too, keep both ends locked until "
		    "both are restored; else see why its program or host went "
		    "away",
	  .proof = { MARK_RST } },
	{ .name = "client-aborted",
	  .fate = FATE_RESET,
	  .blame = BLAME_PEER,
	  .applies = client_aborted,
	  .sentence =
		  "{rst}: the client aborted the connection by RST{rst.after}",
	  .advice = "see the client's own log at that moment",
	  .proof = { MARK_RST } },
	{ .name = "source-has-no-socket",
	  .signature = "W1",
	  .fate = FATE_RESET,
	  .blame = BLAME_SOURCE,
	  .applies = source_without_socket,
	  .sentence =
		  "{rst}: {rst.by} answered by RST without ACK{rst.after}: it "
		  "had the address but no socket, and no lock kept the segment "
		  "away",
	  .advice = ADVICE_LOCK,
	  .proof = { MARK_RST } },
	{ .name = "address-before-socket",
	  .signature = "W1",
	  .fate = FATE_RESET,
	  .blame = BLAME_ORDER,
	  .applies = target_without_socket,
	  .sentence =
		  "{rst}: {rst.by} answered by RST without ACK{rst.after}: the "
		  "address was there before the socket",
	  .advice = "give the target its address only after the sockets are "
		    "restored, or drop the client's segments there until then",
	  .proof = { MARK_CLAIM, MARK_RST } },
	{ .name = "socket-gone",
	  .signature = "W2",
	  .fate = FATE_RESET,
	  .blame = BLAME_TARGET,
	  .applies = target_lost_socket,
	  .sentence =
		  "{rst}: {rst.by} answered by RST without ACK{rst.after}: it "
		  "had served the connection, and its socket is gone",
	  .advice = "see how the restored program ended (signal, exit status, "
		    "its log)",
	  .proof = { MARK_NOW_FIRST, MARK_PROBE, MARK_RST } },
	{ .name = "third-host-reset",
	  .fate = FATE_RESET,
	  .blame = BLAME_NETWORK,
	  .applies = other_without_socket,
	  .sentence =
		  "{rst}: {rst.by}, neither source nor target, answered by RST "
		  "without ACK{rst.after}",
	  .advice = "find out who else has the service's address, or which "
		    "firewall answers for it",
	  .proof = { MARK_RST } },
	{ .name = "no-socket",
	  .signature = "W1",
	  .fate = FATE_RESET,
	  .blame = BLAME_UNKNOWN,
	  .applies = somebody_without_socket,
	  .sentence =
		  "{rst}: a host with the service's address but without the "
		  "socket answered by RST without ACK; which one cannot be "
		  "told without link addresses",
	  .advice = "capture with link addresses (on a bridge or a tap)",
	  .proof = { MARK_RST } },
	{ .name = "aborted-before",
	  .fate = FATE_NOT_CONCERNED,
	  .applies = source_aborted_before,
	  .sentence = "{rst}: the service aborted it while {old} still served "
		      "others, before another host took over ({takeover})",
	  .proof = { MARK_RST, MARK_TAKEOVER } },
	{ .name = "service-aborted",
	  .signature = "W2",
	  .fate = FATE_RESET,
	  .blame_by = MARK_RST,
	  .applies = service_aborted,
	  .sentence =
		  "{rst}: {rst.by} aborted the connection by RST with "
		  "ACK{rst.after}: its program died, or closed it with data "
		  "unread",
	  .advice = "see how the program ended there (signal, exit status, its "
		    "log)",
	  .proof = { MARK_RST } },
	{ 0 },
};
