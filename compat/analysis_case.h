// SPDX-License-Identifier: Apache-2.0
/* analysis_case.h - what the rules of the analysis look at; internal */
#ifndef COMPAT_ANALYSIS_CASE_H
#define COMPAT_ANALYSIS_CASE_H

#include "compat/analysis.h"

/** A frame that never was */
#define NEVER UINT64_MAX

/**
 * struct analysis_case - A connection before the rules
 * @old:	The host that served it first, NULL: not known
 * @now:	The host that took over last, NULL: none did
 * @overlap:	A host spoke again after the next one had
 * @returned:	@overlap, but the address went back in order: it was moved back
 * @client_fin: When the client closed; the service's rights end here
 * @rst, @fin, @syn: When it was reset, closed by the service, begun anew, as far
 *		as that ended it
 * @ended:	The first of them
 * @links:	Hosts can be told apart
 * @both_ways:	Both sides' segments are in the capture
 * @waited_ns:	From the first question without an answer to the end of the
 *		capture, 0: there is none
 * @asked_target: Such a question came after the target had taken over, and
 * @asked_twice: more than one, for long enough
 * @hung:	It waits for so long that a host which is there would not be silent
 *
 * Frames that never were are NEVER.
 */
struct analysis_case {
	const struct wire_conn *conn;
	const struct wire_report *report;
	const struct analysis_scene *scene;
	const struct wire_host *old;
	const struct wire_host *now;
	bool overlap, returned;
	uint64_t client_fin;
	uint64_t rst, fin, syn, ended;
	bool links, both_ways;
	uint64_t waited_ns;
	bool asked_target, asked_twice;
	bool hung;
};

void analysis_case_init(struct analysis_case *c, const struct wire_conn *conn,
			const struct wire_report *report,
			const struct analysis_scene *scene);

/** enum analysis_mark - The moments that decide; of those in one frame the later
 * says more */
enum analysis_mark {
	MARK_NONE,
	MARK_FIRST,	 /* first frame */
	MARK_OLD_LAST,	 /* the first host's last segment */
	MARK_CLAIM,	 /* the target says that it has the address */
	MARK_CLAIM_BACK, /* the source says so after that */
	MARK_TAKEOVER,	 /* first that was seen of the target at all */
	MARK_NOW_FIRST,	 /* the new host's first segment */
	MARK_PROBE,	 /* the same, as the probe that ends TCP repair */
	MARK_NOW_DATA,	 /* the new host's first payload */
	MARK_RST,
	MARK_CLIENT_FIN,
	MARK_SERVER_FIN,
	MARK_SYN_AGAIN,
	MARK_DAMAGED,
	MARK_LOST,
	MARK_STRAY,
	MARK_ACK_BACK,
	MARK_TS_BACK,
	MARK_ZERO_WINDOW,
	MARK_STORM,
	MARK_UNANSWERED,
	MARK_ICMP,
	MARK_LAST, /* last frame */
	MARK_NEXT, /* SYN of the client's next connection */
	MARK_COUNT
};

/** analysis_mark_event() - false: it never was */
bool analysis_mark_event(const struct analysis_case *c, enum analysis_mark mark,
			 struct wire_event *ret_event);

/** analysis_who_of() - Whose frame it is */
enum analysis_who analysis_who_of(const struct analysis_case *c,
				  const struct wire_event *event);

/** analysis_before_takeover() - That frame came while the source alone served
 * this connection, and another host took over later */
bool analysis_before_takeover(const struct analysis_case *c, uint64_t frame);

/** analysis_served_on() - The source went on serving others after that, so it
 * was not frozen yet */
bool analysis_served_on(const struct analysis_case *c, uint64_t at_ns);

/** analysis_stray_target() - The target's numbers do not continue the stream */
bool analysis_stray_target(const struct analysis_case *c);

/** analysis_ts_went_back() - The target's timestamps are before the source's */
bool analysis_ts_went_back(const struct analysis_case *c);

/** analysis_frames() - Fill the finding's list; @proof: MARK_NONE ends it */
void analysis_frames(const struct analysis_case *c,
		     const enum analysis_mark *proof, struct finding *finding);

#define RULE_PROOF_MAX 6

/**
 * struct analysis_rule - One reason for a verdict
 * @name:	Stable, for programs
 * @signature:	W1 ... W13, S15 ...: what it is known as, or NULL
 * @fate, @blame: What it says
 * @blame_by:	Or the blame is the sender's of this frame
 * @applies:	Pure; the rules above did not apply
 * @sentence:	With {words} in it, see analysis_say()
 * @advice:	What to do; NULL: nothing
 * @proof:	The frames that prove it
 */
struct analysis_rule {
	const char *name;
	const char *signature;
	enum fate fate;
	enum blame blame;
	enum analysis_mark blame_by;
	bool (*applies)(const struct analysis_case *c);
	const char *sentence;
	const char *advice;
	enum analysis_mark proof[RULE_PROOF_MAX];
};

/* Tables of rules, in the order in which they are asked; each ends with a row
 * without a name. */
extern const struct analysis_rule analysis_rules_resets[];
extern const struct analysis_rule analysis_rules_endings[];
extern const struct analysis_rule analysis_rules_silence[];
extern const struct analysis_rule analysis_rules_damage[];
extern const struct analysis_rule analysis_rules_rest[];

/**
 * analysis_say() - A rule's sentence with its words filled in
 *
 * {rst} is "frame 12", {rst.by} the name of its sender, {rst.after} how long
 * after the source's last segment it came, likewise for every mark; {old} and
 * {now} are hosts; {n...} and {t...} are figures: see the tables in
 * analysis_say.c. An unknown word is our mistake.
 *
 * Return: owned by the caller
 */
char *analysis_say(const struct analysis_case *c, const char *sentence);

#endif
