// SPDX-License-Identifier: Apache-2.0
/* observation.h - all that was seen of a cell, before anyone judges it */
#ifndef COMPAT_OBSERVATION_H
#define COMPAT_OBSERVATION_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bind.h"
#include "base/err.h"
#include "compat/machine.h"
#include "compat/scenario.h"
#include "compat/verdict.h"

/** Not measured: null in JSON. Durations in ns, sizes in bytes. */
#define UNMEASURED UINT64_MAX

/**
 * struct obs_step - One thing that was done, in order
 * @phase:	enum phase
 * @name:	"boot", "start", "dump", "transfer", "restore", "takeover",
 *		"resume", "probe", "verify", "step N", "requires N" ...
 * @on:		enum node
 * @ours:	A failure of it is our doing (broken), not the pair's (fail)
 * @began_ns, @ended_ns: CLOCK_MONOTONIC of the host; UNMEASURED when it did not
 * @exit:	Exit status, -1: did not end (see @trouble), -signal - 1 if killed
 * @trouble:	Why it could not be done or did not end ("timeout after 60s",
 *		"guest panicked: ..."), or with .exit 0 what is wrong with its
 *		answer; NULL when it ended by itself and well
 * @output:	Last KiB of its output, cleaned; may be NULL
 */
struct obs_step {
	int phase;
	char *name;
	int on;
	bool ours;
	uint64_t began_ns;
	uint64_t ended_ns;
	int exit;
	char *trouble;
	char *output;
};

/** struct obs_mark - A named instant, stamped on the host when it arrived */
struct obs_mark {
	char *name; /* "dump-begin", "dump-end", "restore-end", ... */
	int on;
	uint64_t at_ns;
};

/** enum probe_point - When the workload's probe ran */
enum probe_point {
	PROBE_READY,   /* on the source, once ready */
	PROBE_DUMP,    /* on the source, just before the dump */
	PROBE_RESTORE, /* on the target, just after the restore */
	PROBE_END,     /* on the target, at the end */
	PROBE_COUNT
};

/**
 * struct obs_peer - What the peer's transcript adds up to
 * @present:	A peer was running
 * @requests:	Sent by it
 * @answers:	Right answers
 * @errors:	Wrong, repeated, missing or out-of-order answers
 * @reconnects:	It lost its connection (a TCP peer does not connect again)
 * @first_error: What and when, NULL when none
 * @late:	Answers that came later than they were of use; UNMEASURED when the
 *		peer does not tell
 * @stall_ns:	Longest time between two answers, UNMEASURED without two
 * @last_before_ns, @first_after_ns: Last answer before the longest gap that
 *		covers the dump, and the first after it (host's clock)
 * @exit:	Its exit status, -1 when it did not end by itself
 */
struct obs_peer {
	bool present;
	uint64_t requests;
	uint64_t answers;
	uint64_t errors;
	uint64_t reconnects;
	char *first_error;
	uint64_t late;
	uint64_t stall_ns;
	uint64_t last_before_ns;
	uint64_t first_after_ns;
	int exit;
};

/**
 * struct obs_criu - From CRIU's own statistics files, us there, ns here
 * @pages_written: By the dump, to files or a page server
 * @pages_skipped: Not by it, being as in the images before (pre-dump)
 * @pages_restored: By the restore, before the workload went on
 * @pages_lazy:	After it, as criu lazy-pages says
 */
struct obs_criu {
	uint64_t freezing_ns, frozen_ns, memdump_ns, memwrite_ns;
	uint64_t pages_written, pages_skipped;
	uint64_t forking_ns, restore_ns;
	uint64_t pages_restored, pages_lazy;
};

/**
 * struct obs_round - One round of criu pre-dump, or one snapshot
 * @began_ns, @ended_ns: With the copy of what it wrote
 * @criu:	Its statistics; those of a restore are UNMEASURED
 * @sent_bytes:	Over the transfer network meanwhile
 */
struct obs_round {
	uint64_t began_ns, ended_ns;
	struct obs_criu criu;
	uint64_t sent_bytes;
};

/**
 * enum rounds_end - Why there was no further round
 * @ROUNDS_ALL:		There were as many as were asked for
 * @ROUNDS_PAGES:	The latest wrote few enough pages
 * @ROUNDS_PROGRESS:	The latest wrote not enough fewer than the one before
 */
enum rounds_end {
	ROUNDS_ALL,
	ROUNDS_PAGES,
	ROUNDS_PROGRESS,
	ROUNDS_GO_ON, /* null in JSON */
	ROUNDS_END_COUNT = ROUNDS_GO_ON
};
extern const char *const rounds_end_names[ROUNDS_END_COUNT + 1];

/**
 * enum obs_fate - What became of an original that criu dump had left stopped
 * @OBS_FATE_KILLED:	Killed, the target being proven to serve
 * @OBS_FATE_STOPPED:	Left as it was: that proof did not come
 * @OBS_FATE_CONTINUED:	The restore failed, and it was let go on
 * @OBS_FATE_LOST:		It was to go on and could not
 */
enum obs_fate {
	OBS_FATE_KILLED,
	OBS_FATE_STOPPED,
	OBS_FATE_CONTINUED,
	OBS_FATE_LOST,
	OBS_FATE_NONE, /* there was none, null in JSON */
	OBS_FATE_COUNT = OBS_FATE_NONE
};
extern const char *const obs_fate_names[OBS_FATE_COUNT + 1];

/**
 * struct obs_original - The workload on the source after the dump
 * @fate:	enum obs_fate
 * @at_ns:	When that was; of OBS_FATE_CONTINUED: when it began to be
 */
struct obs_original {
	int fate;
	uint64_t at_ns;
};

/**
 * struct observation - One attempt at one cell; the file observation.json
 * @cell:	Its id
 * @attempt:	1-based
 * @broken:	Our infrastructure's failure in one sentence, NULL when none
 * @skip:	Unmet requirement, NULL when none
 * @workload_facts: What the live workload had, before anything was stopped
 * @counterpart_facts: What the target lacked of it then; see compat/predict.h
 * @steps:	In order; the first failed one tells the phase
 * @probes:	Parsed key=value lines; .n == 0 when not run
 * @verify_output: Of the workload's verify, NULL when not run
 * @rounds:	Of criu pre-dump, or all snapshots but the last, in order; @rounds_end: enum rounds_end
 * @capture_drops: Frames lost; UNMEASURED when there was no capture
 * @dump_log, @restore_log: File names in the cell's folder, NULL when absent
 * @source_mac, @target_mac: "52:54:..." of the service network
 * @service, @port: Address of the service
 * @epoch_ns: CLOCK_REALTIME minus CLOCK_MONOTONIC at the cell's beginning: what
 *	      turns the capture's time stamps into the clock of all else here
 */
struct observation {
	char *cell;
	uint64_t attempt;
	char *broken;
	int broken_phase;
	char *skip;
	struct facts source_facts, target_facts;
	struct facts workload_facts, counterpart_facts;
	struct obs_step *steps;
	size_t n_steps;
	struct obs_mark *marks;
	size_t n_marks;
	struct bind_map probes[PROBE_COUNT];
	char *verify_output;
	struct obs_peer peer;
	struct obs_original original;
	struct obs_round *rounds;
	size_t n_rounds;
	int rounds_end;
	struct obs_criu criu;
	uint64_t capture_drops;
	char *capture; /* file name of the pcap, NULL when absent */
	char *dump_log;
	char *restore_log;
	char *source_mac, *target_mac;
	char *service;
	uint64_t port;
	uint64_t image_bytes, sent_bytes;
	uint64_t epoch_ns;
	uint64_t began_ns, ended_ns;
};

/** observation_init() - Nothing seen yet: all figures UNMEASURED, no phase */
void observation_init(struct observation *obs);
json_t *observation_to_json(const struct observation *obs);
/** observation_from_json() - Any JSON is safe input; ERR_PARSE says what is
 * wrong in which member */
WARN_UNUSED
int observation_from_json(const json_t *json, struct observation *ret_obs,
			  struct err *err);
void observation_release(struct observation *obs);

#endif
