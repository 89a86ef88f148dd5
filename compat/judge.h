// SPDX-License-Identifier: Apache-2.0
/* judge.h - from what was seen to what we say: pure, by rules */
#ifndef COMPAT_JUDGE_H
#define COMPAT_JUDGE_H

#include "compat/downtime.h"
#include "compat/observation.h"
#include "compat/plan.h"
#include "compat/predict.h"
#include "compat/verdict.h"
#include "compat/wire.h"

/**
 * struct cause - The failure mode behind a fail
 * @mode:	Stable id of compat/'s catalogue ("rseq-not-dumpable",
 *		"vdso-layout", "xsave-missing", "pid-taken", ...) or "unknown"
 * @title:	One sentence naming the facts of both sides
 * @line:	Causal line as it stands in the log, NULL when there is none
 * @file:	Log's name and line, "dump.log:123", NULL likewise
 * @fix:	What to do, NULL when unknown
 * @known:	Link to an issue or commit, NULL when unknown
 * @sure:	enum sure
 */
struct cause {
	char *mode;
	char *title;
	char *line;
	char *file;
	char *fix;
	char *known;
	int sure;
};
void cause_release(struct cause *cause);

/**
 * struct criu_logs - The texts that the diagnosis reads; any may be NULL
 */
struct criu_logs {
	const char *dump;
	const char *page_server; /* to which the pages of that dump went */
	const char *restore;
	const char *source_kernel; /* console since the cell began */
	const char *target_kernel;
};

/** struct host_facts - The machine a cell was run on; any may be NULL */
struct host_facts {
	char *kernel, *cpu, *accel, *qemu, *libvirt;
};

/**
 * struct result - What is said of one cell; one entry of results.json's cells
 * @rule:	Name of the judge's rule that decided
 * @reason:	Its sentence
 * @expected:	Reason of the expectation that applied, NULL when none
 * @link:	Its link
 * @remarks:	What the wire saw and its witness let pass: damage that nobody has
 *		felt yet. A remark's .mode is the name of analyze's rule, its .file
 *		the capture with the number of the frame that proves it
 * @prediction:	What was to be expected of the facts of both machines, which were
 *		there before anything was dumped; NULL: they were not
 * @blame:	Who ended or broke the connections on the wire: "source",
 *		"target", "client", or NULL
 * @control_of: The scenario whose control this one is, or NULL
 * @host:	Where it was run, NULL: where the run was
 * Durations in ns, UNMEASURED for null.
 */
struct result {
	char *id, *scenario, *source, *target;
	enum verdict verdict;
	uint64_t attempts;
	enum phase phase;
	char *rule, *reason, *expected, *link;
	struct cause *cause;
	struct cause *remarks;
	size_t n_remarks;
	struct prediction *prediction;
	enum witness workload, peer, wire;
	char *workload_why, *peer_why, *wire_why;
	char *blame;
	struct wire_report *wire_report; /* NULL: no capture */
	uint64_t service_ns, wire_ns, freeze_ns, dump_ns, transfer_ns,
		restore_ns, takeover_ns, tcp_tail_ns;
	struct downtime split; /* of service_ns */
	uint64_t stall_ns, late;
	uint64_t image_bytes, sent_bytes, memory_bytes, wall_ns;
	char *dir; /* evidence, relative to the run folder */
	char *control_of;
	struct host_facts *host;
};
/** result_blank() - Of nothing yet: all UNMEASURED, verdict NOTRUN */
void result_blank(struct result *ret_result);
/** result_init() - Of a cell that was not run: VERDICT_NOTRUN, all UNMEASURED */
void result_init(const struct cell *cell, struct result *ret_result);
void result_release(struct result *result);

/**
 * judge() - Decide one cell
 * @plan, @cell:	What was asked
 * @obs:		What was seen
 * @wire:		What the capture says, NULL without one
 * @logs:		For the cause
 * @ret_result:		All owned by the caller; result_release(). Its .dir is
 *			left NULL: where evidence lies is the run folder's
 */
void judge(const struct plan *plan, const struct cell *cell,
	   const struct observation *obs, const struct wire_report *wire,
	   const struct criu_logs *logs, struct result *ret_result);

/**
 * diagnose() - Name the cause of a failure, by the catalogue's rules
 *
 * Return: true with @ret_cause filled (mode "unknown" with the causal line when
 * no rule fits); false when there is nothing to go by at all
 */
bool diagnose(const struct cell *cell, const struct observation *obs,
	      enum phase phase, const struct criu_logs *logs,
	      struct cause *ret_cause);

#endif
