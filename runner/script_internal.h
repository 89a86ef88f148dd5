// SPDX-License-Identifier: Apache-2.0
/* script_internal.h - shared by the files that write scripts */
#ifndef RUNNER_SCRIPT_INTERNAL_H
#define RUNNER_SCRIPT_INTERNAL_H

#include <stdbool.h>
#include <stdio.h>

#include "runner/script.h"

#define AGENT "/usr/lib/crmatrix/agent"
#define NETNS "workload"
#define NETNS_PATH "/run/netns/" NETNS
/* Where the dump finds them as rounds/N: criu makes a link "parent" of that path, which
 * must hold on the target too. */
#define SCRIPT_ROUNDS SCRIPT_IMAGES "/rounds"

/** script_moves_address() - Whether the service has an address that moves */
bool script_moves_address(const struct scenario *scenario);
/** script_has_namespace() - Whether the workload has a network of its own */
bool script_has_namespace(const struct scenario *scenario);
/** script_is_external() - Then criu has been told of the namespace, and the lab
 * makes the target's */
bool script_is_external(const struct scenario *scenario);
/** script_is_taken() - Whether the lab gives the target the address: a namespace
 * that criu makes gets its address, and its guard, as criu does it */
bool script_is_taken(const struct scenario *scenario);
/** script_is_guarded() - Whether a rule drops what comes before the sockets */
bool script_is_guarded(const struct scenario *scenario);

/** script_device() - Of the workload's network, that has the service's address */
const char *script_device(const struct scenario *scenario);
/** script_state_path() - One of the scenario's extra paths, absolute; owned */
char *script_state_path(const struct scenario *scenario, size_t i);

/* All write a part of a script. */

/** script_put_tool_word(), script_put_tool_end() - Of what the agent is to do by
 * itself, as base/agent.h has it: a word, the end of a tool's words */
void script_put_tool_word(FILE *f, const char *word);
void script_put_tool_end(FILE *f);
/** script_put_tool() - A tool that has one argument. script_put_address_tool() - One
 * that has the service's address, in the network where that is */
void script_put_tool(FILE *f, const char *option, const char *word);
void script_put_address_tool(FILE *f, const struct scenario *scenario,
			     const char *option);
/** script_put_send() - Words to which paths are added, and an end; rounds of pre-dump
 * are left out of the images. script_put_receive() - To the target, all of them */
void script_put_send(FILE *f, int port);
void script_put_receive(FILE *f, int port);
/** script_put_take_address() - Take the address, announced */
void script_put_take_address(FILE *f);
/** script_put_own_network() - Make the workload's namespace; on the source its
 * address moves there */
void script_put_own_network(FILE *f, enum role role);
/** script_put_guard() - On the target: as the scenario says; its own network is
 * guarded from the boot on */
void script_put_guard(FILE *f, const struct scenario *scenario);
/** script_put_unguard() - And after the restore, whose status is in $code; a failed
 * one leaves it if the original is to go on */
void script_put_unguard(FILE *f, const struct scenario *scenario);
/** script_put_alive() - End, and tell why, when there is nothing to be dumped */
void script_put_alive(FILE *f);
/** script_put_criu() - "criu", of a dump or pre-dump, or what runs it with a connection
 * to the page server */
void script_put_criu(FILE *f, const struct scenario *scenario);
/** script_put_dump_options() - Options of dump and pre-dump alike: of the network,
 * of the transport, the scenario's own */
void script_put_dump_options(FILE *f, const struct scenario *scenario);
/** script_put_track() - Options of a dump after @rounds of pre-dump */
void script_put_track(FILE *f, size_t rounds);
/** script_put_lazy_daemon() - criu lazy-pages, until it waits for the restore */
void script_put_lazy_daemon(FILE *f, const struct scenario *scenario);
/** script_put_state() - The scenario's extra paths, each quoted */
void script_put_state(FILE *f, const struct scenario *scenario);
/** script_put_arrival() - The images are there: say so, take the address, announced */
void script_put_arrival(FILE *f, const struct scenario *scenario);
/** script_put_back() - $STATE as it was at the snapshot that is restored */
void script_put_back(FILE *f, const struct scenario *scenario);
/** script_put_options() - Words of a command, each quoted */
void script_put_options(FILE *f, const struct str_list *options);
/** script_put_dump_begin() - See that there is something to dump, mark the begin */
void script_put_dump_begin(FILE *f);
/** script_put_start_commands() - Run what starts the workload to its end, and ask
 * for the workload's pid, into $pid */
void script_put_start_commands(FILE *f, const struct scenario *scenario);
/** script_put_tls() - Options of criu where pages are sent or taken */
void script_put_tls(FILE *f, const struct scenario *scenario);
/** script_put_exit() - End with $code, criu's; on a full disk it cannot even
 * write why it failed */
void script_put_exit(FILE *f);

#endif
