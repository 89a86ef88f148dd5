// SPDX-License-Identifier: Apache-2.0
/* analysis.h - did a connection survive, who broke it, and what proves that */
#ifndef COMPAT_ANALYSIS_H
#define COMPAT_ANALYSIS_H

#include <jansson.h>
#include <stdio.h>

#include "compat/results.h"
#include "compat/wire.h"

/*
 * DOC: Theory of operation
 *
 * One pass over all connections (wire_each()) shows which hosts served and when
 * another took over: the scene. A second one judges each connection by itself,
 * by an ordered table of rules of which the first that applies decides
 * (analysis_rules.h). A rule looks at facts alone, struct wire_conn and struct
 * wire_report; what they do not prove is undecidable. Nothing of a connection is
 * kept but counts.
 */

/**
 * enum fate - What became of a connection
 * @FATE_KEPT:		Another host took over and went on with it, whole
 * @FATE_DAMAGED:	It was taken over, but not as it was: other bytes, missing
 *			ones, numbers or timestamps that do not continue
 * @FATE_RESET:		It ended by RST
 * @FATE_CLOSED:	The service ended it by FIN
 * @FATE_RECONNECTED:	The client left it and connected anew
 * @FATE_HUNG:		It is there, and nothing gets through any more
 * @FATE_SPLIT:		Two hosts spoke for the service at once
 * @FATE_UNDECIDABLE:	The capture cannot tell; the sentence says why
 * @FATE_NOT_CONCERNED:	It was over before another host took over, began there
 *			after that, or never was a connection
 */
enum fate {
	FATE_KEPT,
	FATE_DAMAGED,
	FATE_RESET,
	FATE_CLOSED,
	FATE_RECONNECTED,
	FATE_HUNG,
	FATE_SPLIT,
	FATE_UNDECIDABLE,
	FATE_NOT_CONCERNED,
	FATE_COUNT
};
extern const char *const fate_names[]; /* FATE_COUNT of them, then NULL */

/** fate_failed() - Whether it did not survive as it should */
bool fate_failed(enum fate fate);

/**
 * enum blame - Who broke it, as far as frames prove it
 * @BLAME_NONE:		Nobody; nothing broke
 * @BLAME_SOURCE:	The host that served first
 * @BLAME_TARGET:	The host that took over
 * @BLAME_PEER:		The client
 * @BLAME_NETWORK:	What is between, or a host that is none of these
 * @BLAME_ORDER:	The order of the takeover's steps
 * @BLAME_UNKNOWN:	It broke, and the frames do not prove who broke it
 */
enum blame {
	BLAME_NONE,
	BLAME_SOURCE,
	BLAME_TARGET,
	BLAME_PEER,
	BLAME_NETWORK,
	BLAME_ORDER,
	BLAME_UNKNOWN,
	BLAME_COUNT
};
extern const char *const blame_names[]; /* BLAME_COUNT of them, then NULL */

#define ANALYSIS_HOSTS_MAX 8

/** struct analysis_host - A host that spoke for the service, over all
 * connections
 * @data_frame: Its first payload, 0: none
 * @begun_frame: SYN of the first connection that it was the first to answer, 0:
 *		none
 */
struct analysis_host {
	struct wire_mac mac;
	uint64_t first_frame, first_ns;
	uint64_t last_ns;
	uint64_t data_frame, begun_frame;
};

/**
 * struct analysis_scene - What all connections together say about the move
 * @has_source, @has_target: These are known
 * @source, @target: As the caller gave them, else the first and the second host
 *		that spoke for the service; a host that only said it has the address
 *		may be the target too
 * @given:	Both were given by the caller
 * @takeover:	The first that was seen of the target: it spoke for the service or
 *		said that it has the address; .frame 0: nothing
 * @spoke:	The first time that the target spoke for the service; likewise
 * @data_frame, @begun_frame: As of struct analysis_host, the target's
 */
struct analysis_scene {
	bool has_source, has_target, given;
	struct wire_mac source, target;
	struct wire_event takeover, spoke;
	uint64_t data_frame, begun_frame;
	struct analysis_host hosts[ANALYSIS_HOSTS_MAX];
	size_t n_hosts;
};

/** analysis_scene_init() - Begin; @source and @target may be NULL: look */
void analysis_scene_init(struct analysis_scene *scene,
			 const struct wire_mac *source,
			 const struct wire_mac *target);
/** analysis_scene_see() - Take one connection into the scene @arg: for wire_each() */
void analysis_scene_see(void *arg, const struct wire_conn *conn);
/** analysis_scene_finish() - After all: who is who, and when it happened */
void analysis_scene_finish(struct analysis_scene *scene,
			   const struct wire_report *report);

/** enum analysis_who - Whose frame it was */
enum analysis_who {
	WHO_CLIENT,
	WHO_SOURCE,
	WHO_TARGET,
	WHO_OTHER,   /* another host */
	WHO_SERVICE, /* link addresses are not known */
	WHO_COUNT
};
extern const char *const analysis_who_names[]; /* WHO_COUNT, then NULL */

/**
 * struct finding_frame - A frame that says something about the connection
 * @event:	.at_ns may be WIRE_UNKNOWN
 * @shows:	What; borrowed, lives for ever
 * @proves:	The verdict rests on it
 */
struct finding_frame {
	struct wire_event event;
	enum analysis_who who;
	const char *shows;
	bool proves;
};

#define FINDING_FRAMES_MAX 24

/**
 * struct finding - What is said of one connection
 * @rule:	Name of the rule that decided; lives for ever, as do
 * @signature:	  what it is known as ("W1"; NULL: nothing) and
 * @advice:	  what to do (NULL: nothing)
 * @sentence:	For people, owned
 * @frames:	In order of capture
 */
struct finding {
	enum fate fate;
	enum blame blame;
	const char *rule;
	const char *signature;
	const char *advice;
	char *sentence;
	struct finding_frame frames[FINDING_FRAMES_MAX];
	size_t n_frames;
};

void finding_release(struct finding *finding);

/**
 * analysis_judge() - Judge one connection
 * @report:	All but .conns counts
 * @scene:	Finished, of the same capture
 */
void analysis_judge(const struct wire_conn *conn,
		    const struct wire_report *report,
		    const struct analysis_scene *scene,
		    struct finding *ret_finding);

/** struct analysis_counts - Of the connections that were judged */
struct analysis_counts {
	uint64_t n[FATE_COUNT];
};

/** analysis_status() - What a command that asks for the wire ends with: 1 some
 * failed, else 3 when some are undecidable or there are none, else 0 */
int analysis_status(const struct analysis_counts *counts);

/**
 * struct analysis_out - An answer being written; all borrowed
 * @captures, @service: As the user named them
 * @report, @scene: Of the captures, finished
 * @opts:	For text
 * @frames:	Text also lists what each frame shows, and the phases
 * @shown:	Connections written so far; 0 at the beginning
 */
struct analysis_out {
	FILE *f;
	const char *service;
	const char *const *captures;
	size_t n_captures;
	const struct wire_report *report;
	const struct analysis_scene *scene;
	struct report_opts opts;
	bool frames;
	uint64_t shown;
};

/**
 * struct analysis_writer - A form of the answer; the calls come in this order
 * @begin:	Once
 * @conn:	For each connection that is to be shown
 * @end:	Once, with the counts of all that were judged; @note: what is to be
 *		known of the files, NULL: nothing
 */
struct analysis_writer {
	void (*begin)(struct analysis_out *out);
	void (*conn)(struct analysis_out *out, const struct wire_conn *conn,
		     const struct finding *finding);
	void (*end)(struct analysis_out *out,
		    const struct analysis_counts *counts, const char *note);
};

/** analysis_json - "crmatrix/analyze/1"; results/README.md tells its members */
extern const struct analysis_writer analysis_json;
/** analysis_text - For people */
extern const struct analysis_writer analysis_text;

/** analysis_schema() - Of what analysis_json writes; a new reference */
json_t *analysis_schema(void);

#endif
