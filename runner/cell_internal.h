// SPDX-License-Identifier: Apache-2.0
/* cell_internal.h - shared by the files that run a cell */
#ifndef RUNNER_CELL_INTERNAL_H
#define RUNNER_CELL_INTERNAL_H

#include "runner/capture.h"
#include "runner/cell.h"
#include "runner/client.h"
#include "runner/guest.h"
#include "runner/net_host.h"

/** What a stage of a cell returns: on with it, the end of the cell (a step
 * failed and is recorded), or -1: trouble of ours in err */
enum { CELL_GO_ON = 0, CELL_STOP = 1 };

/** enum cell_half - Which of a cell's stages are run; halves are an archive's */
enum cell_half { CELL_DUMP_HALF = 1, CELL_RESTORE_HALF = 2, CELL_WHOLE = 3 };

/**
 * struct cell_run - One attempt under way
 * @half:	Which stages are run
 * @archive:	Folder of the archive that CELL_RESTORE_HALF restores; NULL
 * @pid:	Of the workload on the source
 * @images_on:	Where the dump's images are now, NODE_COUNT: nowhere
 * @answered:	The peer was served by the target
 * @sent_before: Bytes on the transfer network when the dump began
 * @peer_host:	The peer's own host on the service network
 * @facts:	Being gathered, see cell_facts.c
 */
struct cell_run {
	const struct cell_opts *opts;
	const struct scenario *scenario;
	enum cell_half half;
	const char *archive;
	struct observation *obs;
	long pid;
	enum node images_on;
	bool answered;
	uint64_t sent_before;
	struct net_host *peer_host;
	struct capture *capture;
	struct client *client;
	struct phase_job {
		bool running;
		unsigned job;
		size_t step;
	} receiver;
	struct facts_job {
		bool running;
		unsigned job;
	} facts[2]; /* of the workload, and its counterpart */
	bool page_server_refused;
};

/**
 * struct deed - One script to run in one guest, and how it is recorded
 * @ours:	A failure is our doing
 * @script:	Owned text, goes behind the environment; freed by the call
 * @tool:	It is words for the agent's tools, and they have no environment
 * @evidence:	File in the cell's folder, or NULL
 */
struct deed {
	enum phase phase;
	const char *name;
	enum node on;
	bool ours;
	char *script;
	bool tool;
	uint64_t within_ns;
	const void *input;
	size_t input_len;
	const char *evidence;
};

/** deed_on_host() - The same on the peer's side, outside the VMs; as deed_do() */
WARN_UNUSED
int deed_on_host(struct cell_run *run, const struct deed *deed,
		 struct err *err);

/**
 * deed_do() - Run it to its end, recorded as a step
 * @ret_run:	May be NULL; released by the caller when CELL_GO_ON
 *
 * Return: CELL_GO_ON when it exited 0, CELL_STOP when not or too late, -1
 */
WARN_UNUSED
int deed_do(struct cell_run *run, const struct deed *deed,
	    struct guest_run *ret_run, struct err *err);

/** deed_begin(), deed_end() - The same in two halves */
WARN_UNUSED
int deed_begin(struct cell_run *run, const struct deed *deed,
	       struct phase_job *ret_job, struct err *err);
WARN_UNUSED
int deed_end(struct cell_run *run, struct phase_job *job,
	     struct guest_run *ret_run, struct err *err);

/** step_begin() - Record a step's beginning; Return: its index */
size_t step_begin(struct cell_run *run, enum phase phase, const char *name,
		  enum node on, bool ours);
/** step_end() - Record how it ended; @trouble and @output may be NULL */
void step_end(struct cell_run *run, size_t index, int exit, const char *trouble,
	      const char *output);

/** extra_steps() - Run the scenario's own steps of a stage */
WARN_UNUSED
int extra_steps(struct cell_run *run, enum stage stage, enum phase phase,
		struct err *err);

/** probe_answer() - What the last step wrote is a probe's answer */
WARN_UNUSED
int probe_answer(struct cell_run *run, enum probe_point point,
		 const struct guest_run *out, struct err *err);

/** probe() - Ask the workload about itself */
WARN_UNUSED
int probe(struct cell_run *run, enum probe_point point, struct err *err);

/** facts_begin(), facts_end() - Have the live workload looked at beside what is
 * done meanwhile, see stage_facts(); whatever was not told by the end stays so */
void facts_begin(struct cell_run *run);
/** facts_begin_early() - While a peer is served, if nothing is done after that */
void facts_begin_early(struct cell_run *run);
void facts_end(struct cell_run *run);

/** cell_hold() - Do what is asked over hold_fd, until the cell is let go */
void cell_hold(const struct cell_run *run);

/** guest_of() - The guest of a node, which is not NODE_HOST */
struct guest *guest_of(const struct cell_run *run, enum node on);

/** evidence_path() - File in the cell's folder; owned */
char *evidence_path(const struct cell_run *run, const char *name);

/* The stages of a cell, in their order; each as enum above. */
WARN_UNUSED
int stage_boot(struct cell_run *run, struct err *err);
WARN_UNUSED
int stage_requires(struct cell_run *run, struct err *err);
WARN_UNUSED
int stage_network(struct cell_run *run, struct err *err);
WARN_UNUSED
int stage_capture(struct cell_run *run, struct err *err);
WARN_UNUSED
int stage_capture_sees(struct cell_run *run, struct err *err);
WARN_UNUSED
int stage_files(struct cell_run *run, struct err *err);
WARN_UNUSED
int stage_start(struct cell_run *run, struct err *err);
WARN_UNUSED
int stage_receiver(struct cell_run *run, struct err *err);
WARN_UNUSED
int stage_peer(struct cell_run *run, struct err *err);
WARN_UNUSED
int stage_facts(struct cell_run *run, struct err *err);
WARN_UNUSED
int stage_counterpart(struct cell_run *run, struct err *err);
WARN_UNUSED
int stage_rounds(struct cell_run *run, struct err *err);
WARN_UNUSED
int stage_dump(struct cell_run *run, struct err *err);
WARN_UNUSED
int stage_keep(struct cell_run *run, struct err *err);
WARN_UNUSED
int stage_transfer(struct cell_run *run, struct err *err);
WARN_UNUSED
int stage_restore(struct cell_run *run, struct err *err);
WARN_UNUSED
int stage_resume(struct cell_run *run, struct err *err);
WARN_UNUSED
int stage_settle(struct cell_run *run, struct err *err);
WARN_UNUSED
int stage_finish_peer(struct cell_run *run, struct err *err);
WARN_UNUSED
int stage_verify(struct cell_run *run, struct err *err);

/** cell_begin() - An observation of nothing yet */
void cell_begin(const struct cell_opts *opts, struct observation *ret_obs);

/** cell_run_half() - Run stages of a cell on VMs that are not up yet
 * @archive:	See struct cell_run
 * @obs:	As of cell_begin(); what is known before may be in it */
void cell_run_half(const struct cell_opts *opts, enum cell_half half,
		   const char *archive, struct observation *obs);

/** cell_machine() - What is booted in a role: the machine, with what the scenario
 * needs */
const struct machine *cell_machine(const struct cell_run *run, enum role role);

/** cell_boot() - Have machines up, with their facts; a role whose machine is NULL
 * stays down */
WARN_UNUSED
int cell_boot(struct cell_run *run, const struct machine *const machines[2],
	      uint64_t deadline_ns, struct facts facts[2], struct err *err);

/** cell_hear_marks() - Have the marks of the guests that are up noted */
void cell_hear_marks(struct cell_run *run);

/** cell_require() - Ask a machine for what the scenario requires of it; what is
 * not there becomes the observation's .skip and CELL_STOP */
WARN_UNUSED
int cell_require(struct cell_run *run, enum node on, struct err *err);

/** cell_deliver() - The workload's files to all guests that are up */
WARN_UNUSED
int cell_deliver(struct cell_run *run, struct err *err);

/** cell_start_on() - Start the workload on a node and wait until it is ready
 * @ret_run:	What it wrote (see script_start_answers()), or NULL */
WARN_UNUSED
int cell_start_on(struct cell_run *run, enum node on, enum phase phase,
		  bool ours, struct guest_run *ret_run, struct err *err);

/** cell_await_answer() - Until the peer has had an answer since @since_ns, or
 * @within_ns are over */
WARN_UNUSED
int cell_await_answer(struct cell_run *run, uint64_t since_ns,
		      uint64_t within_ns, bool *ret_answered, struct err *err);

/** cell_end_capture() - Once the peer has ended: the capture whole, with the
 * cell's marks in it, and its drops; none is fine */
WARN_UNUSED
int cell_end_capture(struct cell_run *run, struct err *err);

/** cell_end_network() - The peer's host off the network; none is fine */
WARN_UNUSED
int cell_end_network(struct cell_run *run, struct err *err);

/** cell_drop_peer() - End the peer of a cell that ended early; none is fine */
WARN_UNUSED
int cell_drop_peer(struct cell_run *run, struct err *err);

/** cell_be_served() - Let the peer be served for a while; its early end is a
 * finding of its own */
WARN_UNUSED
int cell_be_served(struct cell_run *run, uint64_t for_ns, struct err *err);

#endif
