// SPDX-License-Identifier: Apache-2.0
/* script.h - what is run in the guests, as text for their shells */
#ifndef RUNNER_SCRIPT_H
#define RUNNER_SCRIPT_H

#include "compat/scenario.h"
#include "runner/domain.h"

#define SCRIPT_IMAGES "/run/images"
#define SCRIPT_STATE "/run/workload"
#define SCRIPT_FOLDER "/srv/workload"
#define SCRIPT_TRANSFER_PORT 9000
#define SCRIPT_PAGES_PORT 9002
#define SCRIPT_GONE "workload-gone"
#define SCRIPT_CRIU_END "criu-dump-end"

/*
 * All return owned text. A script's stdout is its answer (a probe's lines), its
 * stderr what people read when it fails, 3 takes marks, 4 a tar of evidence. A mark
 * "NAME ago N" is of N ns before.
 */

/** script_env() - export SERVICE PORT PEER STATE IMAGES SOURCE_ADDRESS
 * TARGET_ADDRESS (WORKLOAD_PID, @pid 0: without); goes before all that is run, on the host too */
char *script_env(const struct scenario *scenario, long pid);

/** script_place() - In a guest, after the environment: export DEV IN_NET and cd to
 * the workload's folder */
char *script_place(const struct scenario *scenario);

/** script_unpack() - Take the workload's files from a tar on stdin */
char *script_unpack(void);

/** script_start() - Start the workload, wait until it is ready. Marks "pid N". On the
 * target, which has received by then, lift the guard after that */
char *script_start(const struct scenario *scenario, enum role role);

/** script_start_answers() - Whether it writes a probe's answer to stdout: that by
 * which the workload is known to be ready, asked for once */
bool script_start_answers(const struct scenario *scenario);

/** script_ask() - A probe or verify: a command in the workload's network */
char *script_ask(const struct scenario *scenario, const char *command);

/** script_receive() - On the target, words for the agent's tools: guard the service's
 * address if that is asked for, take images and state from the transfer network, then
 * the address, announced */
char *script_receive(const struct scenario *scenario);

/**
 * script_dump() - Dump; marks SCRIPT_GONE when there is nothing to be dumped, its
 * stderr is the end of the workload's output then
 * @rounds:	Of pre-dump, already done
 */
char *script_dump(const struct scenario *scenario, size_t rounds);

/** script_pre_dump() - A round, 1-based; likewise. Evidence: its statistics */
char *script_pre_dump(const struct scenario *scenario, size_t round);

/** script_receive_round(), script_send_round() - Its images to the target; words for
 * the agent's tools */
char *script_receive_round(void);
char *script_send_round(size_t round);

/**
 * script_page_server() - On the target: until one listens
 * @round:	For that one; 0: for the dump
 * @rounds:	Already done
 */
char *script_page_server(const struct scenario *scenario, size_t round,
			 size_t rounds);

/** script_send() - Words for the agent's tools: give the address up, send images and
 * state */
char *script_send(const struct scenario *scenario);

/** script_restore() - Restore, then lift the guard */
char *script_restore(const struct scenario *scenario);

/** script_commands_dump(), script_commands_restore() - The same by the scenario's
 * own commands; the second marks "pid N" of the target when that is asked for */
char *script_commands_dump(const struct scenario *scenario);
char *script_commands_restore(const struct scenario *scenario);

/** script_commands_find() - Bring together what criu left where the scenario says,
 * into a folder; LOGS is set to that. Marks SCRIPT_CRIU_END of the dump */
char *script_commands_find(const struct scenario *scenario);
/** script_lazy_dump() - Until criu is ready to hand out pages; it stays. Marks as
 * script_dump() */
char *script_lazy_dump(const struct scenario *scenario);

/** script_lazy_wait() - On the target after the restore: until all pages have come;
 * stdout: how many came after it. Ends with 1 and says so when none come any more */
char *script_lazy_wait(void);
/** script_snapshot() - Dump number @n of a series, 1-based; the last marks as
 * script_dump(), the others leave the workload running and put their statistics out
 * as evidence */
char *script_snapshot(const struct scenario *scenario, size_t n);
/** script_between() - The scenario's command between snapshot @n and the next */
char *script_between(const struct scenario *scenario, size_t n);

/** script_pack() - Evidence: images and state */
char *script_pack(const struct scenario *scenario);

/** script_unpack_images() - Guard the service's address if that is asked for, take
 * images and state from stdin, then the address, announced */
char *script_unpack_images(const struct scenario *scenario);

/** script_keep() - Before the start: images and state go to the disk that outlives
 * a reboot */
char *script_keep(void);

/** script_halt() - Before the reboot: give the address up, write and unmount that
 * disk */
char *script_halt(const struct scenario *scenario);

/** script_rise() - After it: guard the service's address if that is asked for,
 * find images and state on the disk, take the address, announced */
char *script_rise(const struct scenario *scenario);

/** script_share_export(), script_share_mount() - On the target and on the source,
 * before the workload starts: $IMAGES and $STATE are the same on both */
char *script_share_export(void);
char *script_share_mount(void);

/** script_collect() - Where the images are, words for the agent: stdout their bytes;
 * evidence: what criu wrote beside them, both sides' */
char *script_collect(void);

/** script_commands_collect() - Likewise, as a script, for a scenario whose own
 * commands move: what criu wrote lies where the scenario says */
char *script_commands_collect(const struct scenario *scenario);

/** script_original_continue() - On the source, after criu dump --leave-stopped: the
 * address back, criu's lock off, go on. Marks "original-continued" */
char *script_original_continue(const struct scenario *scenario);

/** script_original_kill() - Instead: end it */
char *script_original_kill(void);

/** script_give_back() - On the target before the former: without the address */
char *script_give_back(const struct scenario *scenario);

/** script_kill() - End the workload, for the mode that is no migration */
char *script_kill(void);

#endif
