// SPDX-License-Identifier: Apache-2.0
/* predict.h - what would fail, said before anything is stopped */
#ifndef COMPAT_PREDICT_H
#define COMPAT_PREDICT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/shape.h"
#include "compat/catalogue.h"
#include "compat/machine.h"
#include "compat/scenario.h"

/*
 * DOC: Theory of operation
 *
 * A prediction is made of facts alone: of the two machines, as guests and
 * 'crmatrix profile' tell them, and of the workload. Rules are data; each that
 * applies is told with the fact that it rests on and both its values. What is not
 * known is no reason for an alarm: a rule about something that the workload may
 * or may not have is a risk while nobody said whether it has it.
 *
 * Facts of the workload, of a live one or of a scenario:
 *
 *	inet_sockets, tcp_established, in_flight, threads, posix_timers,
 *	rss_kib, max_pid	numbers; in_flight: connected, not accepted
 *	odd_files, other_sockets	likewise: files that criu has no image for,
 *				sockets of protocols likewise
 *	linked_files, ghost_bytes	files open whose name is gone but which have
 *				another; size of the largest that has none
 *	tty, uprobes, traced, leaderless, sysv_shm	"yes" or "no"; leaderless: in
 *				threads after the first has ended
 *	system_files		"yes": it runs programs or libraries of the system
 *	dump_options, restore_options	of criu, words without dashes
 *	dump_command, restore_command	of an engine, in one line
 *	takeover, migration, tls, network	as in a scenario; tls: its folder
 *
 * Of a live one vm-images/guest/profile*.c tells more: what it has open, mapped,
 * bound and connected, attributes and options that a restore loses. And of the
 * target, asked what of all that it has itself, facts that begin with "there.":
 *
 *	there.files_missing, there.files_differ, there.file_modes_differ
 *	there.watched_missing, there.unix_folders_missing,
 *	there.unix_services_missing, there.devices_missing
 *	there.addresses_missing, there.ports_taken, there.pids_taken
 *	there.namespaces_refused	each a list, and only told when there are any
 *	there.memory_free_kib, there.hugetlb_free_kib, there.commit_free_kib,
 *	there.aio_free, there.clock_differs_s, there.files	numbers
 *	there.mount_sources_missing	of this machine's files that are mounted into its
 *				mount namespace
 *	there.lsm_profile_missing	as it stands in /proc/PID/attr/current
 *	there.engine_missing, there.engine_image_missing, there.engine_networks_missing
 *	there.engine_image_id, there.engine_cgroups	of a container's engine: names;
 *				the ID is only told when it is another
 *	there.page_server	"no": the source cannot connect to one there
 *	there.vdso, there.criu_script	"yes" or "no"; the latter: what is called
 *				criu is a script
 */

/** enum foretold - What is said of a pair, or by one rule; worst last */
enum foretold { FORETOLD_PASS, FORETOLD_RISK, FORETOLD_FAIL, FORETOLD_COUNT };
extern const char *const foretold_names[FORETOLD_COUNT + 1];

#define PREDICT_WHEN_MAX 3

/** struct predict_pair - What is known; borrowed. @workload may have no facts */
struct predict_pair {
	const char *source_name, *target_name;
	const struct facts *source, *target;
	const struct facts *workload;
};

/**
 * struct predict_rule - One thing that goes wrong
 * @mode:	Of the catalogue, or a name of its own
 * @says:	Risk or fail
 * @phase:	Where it would show
 * @when:	Of the machines, all of them, see when_match()
 * @workload:	Of the workload, all of them; keys as above
 * @applies:	More that must hold, NULL: nothing
 * @quiet:	Few workloads have it: nothing is said while the first of @workload is
 *		not known
 * @unless:	Of the workload: where that is known, another rule knows better
 * @fact:	What it rests on: its values on both sides are told; with
 *		@of_workload the workload's
 * @sentence:	{source.FACT}, {target.FACT}, {workload.FACT}, FACT being "machine"
 *		too; {lacking}: instructions that the target lacks
 * @fix, @link:	Likewise what would help, and where more is told; may be NULL
 */
struct predict_rule {
	const char *mode;
	enum foretold says;
	enum phase phase;
	struct mode_when when[PREDICT_WHEN_MAX];
	struct mode_when workload[PREDICT_WHEN_MAX];
	bool (*applies)(const struct predict_pair *pair);
	bool quiet;
	const char *unless;
	bool of_workload;
	const char *fact;
	const char *sentence;
	const char *fix;
	const char *link;
};

/** struct predict_rules - One chapter of them */
struct predict_rules {
	const struct predict_rule *v;
	size_t n;
};
extern const struct predict_rules predict_machines; /* whatever the workload */
extern const struct predict_rules predict_workloads;
extern const struct predict_rules predict_refused;	/* by criu dump */
extern const struct predict_rules predict_counterparts; /* what a target lacks */
extern const struct predict_rules predict_engines;	/* and their commands */
extern const struct predict_rules predict_lost; /* without a word of criu's */
extern const struct predict_rules predict_options; /* criu's, that do not fit */

/** predict_chapters - All of them; NULL at the end */
extern const struct predict_rules *const predict_chapters[];

/**
 * struct foresight - One rule that applied
 * @fact, @source, @target: It rests on; NULL where it was not told
 */
struct foresight {
	int says;
	char *mode;
	int phase;
	char *fact, *source, *target;
	char *sentence;
	char *fix;
	char *link;
};

/**
 * struct prediction - All of a pair; @says is the worst
 * @later:	The scenario itself changes something after this was said: what comes of
 *		it was not to be known, and is counted apart
 */
struct prediction {
	int says;
	bool later;
	struct foresight *v;
	size_t n;
};
extern const struct shape prediction_shape;
void prediction_release(struct prediction *prediction);

/** predict() - Ask all rules; worst first */
void predict(const struct predict_pair *pair,
	     struct prediction *ret_prediction);

/** predict_scenario() - What a scenario says of its workload */
void predict_scenario(const struct scenario *scenario, struct facts *ret_facts);

/** predict_learn() - Add facts of a workload, which know better than those that
 * @facts has */
void predict_learn(struct facts *facts, const struct facts *more);

/** predict_cell() - predict() for a cell of a run, of the machines and what was seen
 * of the live workload (@machines->workload, may be empty); NULL when a side's
 * facts are not known; owned */
struct prediction *predict_cell(const struct scenario *scenario,
				const struct predict_pair *machines);

/** predict_lacking() - Instructions of user space that @source's CPU has and
 * @target's lacks, blank-separated; owned, NULL: none, or not known */
char *predict_lacking(const struct facts *source, const struct facts *target);

/** predict_instructions - cpu_flags that a program may rely on; NULL at the end */
extern const char *const predict_instructions[];

#endif
