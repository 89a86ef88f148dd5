// SPDX-License-Identifier: Apache-2.0
/* catalogue_silent.c - modes in which criu is content and the workload is not */
#include "base/mem.h"
#include "compat/catalogue.h"

#define CRIU_ISSUE(n) "https://github.com/checkpoint-restore/criu/issues/" #n
#define MOVED (IN(PHASE_RESUME) | IN(PHASE_VERIFY))

/* Of several symptoms the one that comes first here decides. */
static const struct mode_rule rules[] = {
	{ .mode = "image-newer-than-criu",
	  .kind = CLUE_KERNEL,
	  .phases = MOVED,
	  .patterns = { "*[#]: segfault at " },
	  .when = { { "source.criu", ">=4.2" }, { "target.criu", "<4.2" } },
	  .title = "CRIU {target.criu} on '{target.machine}' reads the memory "
		   "images of CRIU {source.criu} as empty, and the workload "
		   "died of it",
	  .fix = "use a CRIU on '{target.machine}' that is not older than the "
		 "source's",
	  .link = CRIU_ISSUE(2847) },
	{ .mode = "crash-after-restore",
	  .kind = CLUE_KERNEL,
	  .phases = MOVED,
	  .patterns = { "*[#]: segfault at ", "traps: *[#] general protection",
			"traps: *[#] trap invalid opcode" },
	  .title = "a program crashed on '{target.machine}' after the restore: "
		   "kernel {source.kernel} to {target.kernel}, CRIU "
		   "{source.criu} to {target.criu}" },
	/* Steps of scenarios say these. */
	{ .mode = "tcp-options-changed",
	  .kind = CLUE_OUTPUT,
	  .phases = MOVED,
	  .patterns = { "^tcp options * before, * after$" },
	  .title = "the connection had the TCP options {1} on "
		   "'{source.machine}' and has {2} on '{target.machine}'",
	  .fix = "use the same CRIU on both machines" },
	{ .mode = "timestamp-unit",
	  .kind = CLUE_OUTPUT,
	  .phases = MOVED,
	  .patterns = { "^tcp timestamps count microseconds$" },
	  .title = "kernel {target.kernel} on '{target.machine}' counts the "
		   "connection's TCP timestamps in microseconds, which kernel "
		   "{source.kernel} on '{source.machine}' counted in "
		   "milliseconds",
	  .fix = "clear the lowest bit of the saved timestamp: kernels from "
		 "6.7 on take the unit from it",
	  .link = "https://git.kernel.org/torvalds/c/614e8316aa4c" },
	/* In the words of compat/original.h. */
	{ .mode = "original-lost",
	  .kind = CLUE_SYMPTOM,
	  .patterns = { "^lost: *$", "^continued after the failure, but *$" },
	  .title = "the restore on '{target.machine}' failed, and the original "
		   "on '{source.machine}' did not go on: {1}",
	  .fix = "kill the original only when the target is seen to serve; "
		 "before it goes on, give the address back and lift criu's "
		 "lock",
	  .link = "https://criu.org/Live_migration" },
	{ .mode = "restarted-not-restored",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^changed nonce from * to *$",
			"^changed id from * to *$",
			"^changed started from * to *$",
			"^changed run_id from * to *$",
			"^changed process_id from * to *$" },
	  .title = "the workload on '{target.machine}' is not the one that was "
		   "dumped on '{source.machine}': what it was known by was {1} "
		   "and is {2}",
	  .fix = "something started it anew on '{target.machine}': look for a "
		 "service manager, or a step that starts it" },
	{ .mode = "clock-jumped",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^changed clock_* from * to *$" },
	  .title = "the {1} clock, as the workload saw it, went {3} between "
		   "'{source.machine}' and '{target.machine}'",
	  .fix = "set the clocks of both machines by the same source; the "
		 "counter of the CPU (tsc) and the wall clock are not carried "
		 "over",
	  .link = CRIU_ISSUE(2644) },
	{ .mode = "security-state-lost",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^changed sec_* from * to *$" },
	  .title = "the workload's protection by {1} was {2} on "
		   "'{source.machine}' and is {3} on '{target.machine}': CRIU "
		   "{source.criu} to {target.criu} does not carry it over",
	  .fix = "do not migrate a workload that relies on it, or let it set "
		 "it again" },
	{ .mode = "socket-option-lost",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^changed opt_* from * to *$" },
	  .title = "the socket option {1} was {2} on '{source.machine}' and is "
		   "{3} on '{target.machine}': CRIU {source.criu} to "
		   "{target.criu} does not carry it over",
	  .fix = "let the workload set it again, or use a newer CRIU on both "
		 "machines" },
	{ .mode = "attribute-lost",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^changed attr_* from * to *$",
			"^changed limit_* from * to *$",
			"^changed signal_* from * to *$" },
	  .title = "the workload's attribute {1} was {2} on "
		   "'{source.machine}' and is {3} on '{target.machine}': CRIU "
		   "{source.criu} to {target.criu} does not carry it over",
	  .fix = "set it again on '{target.machine}' after the restore" },
	{ .mode = "queue-lost",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^changed queue_* from * to *$" },
	  .title = "what waited for the workload ({1}) on '{source.machine}' "
		   "was {2} and is {3} on '{target.machine}'",
	  .fix = "let the workload read what waits before the dump, or ask for "
		 "it again" },
	{ .mode = "memory-changed",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^changed mem_private from * to *$",
			"^changed mem_shared from * to *$",
			"^changed memory from * to *$" },
	  .title = "memory of the workload came back on '{target.machine}' "
		   "other than it was on '{source.machine}' (a sum of it was "
		   "{1} and is {2})",
	  .fix = "look at the transfer: page images have no checksums" },
	{ .mode = "file-content-differs",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^changed mem_file from * to *$",
			"^changed file_hosts from * to *$",
			"^changed file_resolver from * to *$" },
	  .title = "a file that the workload reads has other bytes on "
		   "'{target.machine}' than on '{source.machine}' (a sum of "
		   "them was {1} and is {2}), and CRIU compares sizes and "
		   "builds alone",
	  .fix = "give both machines the same files, or move them with the "
		 "images" },
	{ .mode = "state-changed",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^changed * from * to *$" },
	  .title = "{1} of the workload was {2} on '{source.machine}' and is "
		   "{3} on '{target.machine}'",
	  .fix = "if it was started anew there, look for a service manager or "
		 "a step that does so" },
	{ .mode = "probe-unsteady",
	  .kind = CLUE_SYMPTOM,
	  .patterns = { "^unsteady * from * to *$" },
	  .title =
		  "{1} was to stay the same and changed from {2} to {3} without "
		  "a migration",
	  .fix = "take {1} out of the scenario's 'same'" },
	{ .mode = "pictures-dropped",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^wrong * picture # came, # before it did not$" },
	  .title = "after the move to '{target.machine}' the film goes on at "
		   "picture {2}, and {3} before it were never sent",
	  .fix = "let the workload buffer more than it looks ahead (VLC: "
		 "--file-caching=10000): what is late by its clock, it drops" },
	{ .mode = "in-flight-skipped",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^not accepted #$" },
	  .title = "a connection that the workload had not accepted was left "
		   "behind on '{source.machine}' and reset (frame {1})",
	  .fix = "let the workload accept all connections before the dump; "
		 "with --skip-in-flight the others are lost",
	  .link = "https://criu.org/CLI/opt/--skip-in-flight" },
	{ .mode = "client-gave-up",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^wrong *: close Connection timed out$" },
	  .title = "the client's kernel gave the connection to "
		   "'{source.machine}' up before '{target.machine}' went on "
		   "with it (TCP_USER_TIMEOUT or keepalive)",
	  .fix = "make the pause shorter, or the client's time longer",
	  .link = CRIU_ISSUE(1910) },
	{ .mode = "client-gave-up",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^wrong *: close nothing was heard for *$" },
	  .title = "the client gave the connection to '{source.machine}' up, "
		   "as it heard nothing for {2}, before '{target.machine}' "
		   "went on with it",
	  .fix = "make the pause shorter, or the client's time longer" },
	{ .mode = "rst-unlocked",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^rst target #$" },
	  .title = "'{target.machine}' had the service's address but not yet "
		   "its sockets, and answered the client by a RST (frame {1})",
	  .fix = "drop the service's segments on '{target.machine}' until the "
		 "restore is through (takeover: guarded)",
	  .link = CRIU_ISSUE(454) },
	{ .mode = "rst-unlocked",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^rst source #$" },
	  .title = "'{source.machine}' still had the service's address but no "
		   "more its sockets, and answered the client by a RST (frame "
		   "{1})",
	  .fix = "keep CRIU's lock on '{source.machine}' until the address has "
		 "moved",
	  .link = CRIU_ISSUE(454) },
	{ .mode = "socket-vanished",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^gone target #$" },
	  .title = "the connection was restored on '{target.machine}' and its "
		   "socket was gone soon after (RST in frame {1})",
	  .fix = "look at the console and the workload's own log on "
		 "'{target.machine}'" },
	{ .mode = "connection-aborted",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^abort source #$", "^abort target #$" },
	  .title = "the workload aborted the connection (RST with ACK in frame "
		   "{1}) between '{source.machine}' and '{target.machine}'",
	  .fix = "look at the workload's own log: it closed the socket or "
		 "ended" },
	{ .mode = "network-down",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^dead *Network is unreachable*" },
	  .title = "criu was content, but the network of the workload on "
		   "'{target.machine}' is down: {1}Network is unreachable",
	  .fix = "bring its devices up after the restore, the loopback device "
		 "first: runc has criu restore into an empty network "
		 "namespace, and neither does it" },
	{ .mode = "died-after-restore",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^dead *$" },
	  .title = "criu was content, but the workload does not live on "
		   "'{target.machine}': {1}",
	  .fix = "look at the console and the workload's own log on "
		 "'{target.machine}'" },
	{ .mode = "counter-went-back",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^back * from * to *$" },
	  .title = "{1} of the workload went back from {2} to {3} between "
		   "'{source.machine}' and '{target.machine}': work that was "
		   "done is lost" },
	{ .mode = "connection-closed",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^fin * #$" },
	  .title = "the {1} closed the connection (frame {2}), which was to "
		   "live on from '{source.machine}' to '{target.machine}'",
	  .fix = "dump with --tcp-established, and do not end the workload "
		 "before" },
	{ .mode = "connection-replaced",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^syn again #$" },
	  .title = "the client connected anew (frame {1}): the connection to "
		   "'{source.machine}' did not live on in '{target.machine}'",
	  .fix = "use --tcp-established on dump and restore" },
	{ .mode = "connection-replaced",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^reconnects #$" },
	  .title = "the peer lost its connection between '{source.machine}' "
		   "and '{target.machine}' (times: {1})",
	  .fix = "use --tcp-established on dump and restore" },
	{ .mode = "stream-damaged",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^lost #$", "^damaged #$" },
	  .title = "{1} bytes of the stream were lost or altered between "
		   "'{source.machine}' and '{target.machine}'" },
	{ .mode = "stream-damaged",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^stray #$" },
	  .title =
		  "'{target.machine}' did not continue the sequence numbers of "
		  "'{source.machine}': {1} segments are outside the stream" },
	{ .mode = "two-servers",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^two servers$" },
	  .title = "'{source.machine}' went on to answer after "
		   "'{target.machine}' had begun",
	  .fix = "do not restore when the dump failed or left the workload "
		 "running" },
	{ .mode = "client-reset",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^rst client #$", "^abort client #$" },
	  .title =
		  "the client reset the connection (frame {1}) on the way from "
		  "'{source.machine}' to '{target.machine}'",
	  .link = CRIU_ISSUE(1910) },
	{ .mode = "half-close-lost",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^wrong * direction that was closed is open again$" },
	  .title = "a direction that the client had closed on "
		   "'{source.machine}' is open again on '{target.machine}'",
	  .fix = "let segments with the mark 0xC114 pass on "
		 "'{target.machine}': by them criu closes it again",
	  .link = "https://criu.org/TCP_connection" },
	/* What was asked for at the end did not come either. */
	{ .mode = "target-silent",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .sure = SURE_LIKELY,
	  .patterns = { "^wrong *no end within # ms",
			"^wrong *no answer within # ms" },
	  .title = "the client was not answered any more after the restore on "
		   "'{target.machine}', although nobody closed or reset the "
		   "connection",
	  .fix = "look at routes, reverse-path filter and left-over lock rules "
		 "on '{target.machine}'",
	  .link = CRIU_ISSUE(2828) },
	{ .mode = "counter-went-back",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^wrong *count went back from * to *$" },
	  .title = "the workload restored on '{target.machine}' is older than "
		   "what its client has heard: its count went back from "
		   "{2} to {3}",
	  .fix = "end the original with its checkpoint, or keep its clients "
		 "from it from then on" },
	{ .mode = "wrong-answers",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^wrong *$" },
	  .title = "the workload restored on '{target.machine}' answers "
		   "wrongly: {1}" },
	{ .mode = "stands-still",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^still * at *$" },
	  .title = "the workload was restored on '{target.machine}' and does "
		   "not go on: {1} stays at {2}" },
	{ .mode = "target-silent",
	  .kind = CLUE_SYMPTOM,
	  .phases = MOVED,
	  .patterns = { "^silent target$", "^silent peer$" },
	  .title = "the service was not heard again from '{target.machine}' "
		   "after the restore",
	  .fix = "look at routes, reverse-path filter and left-over lock rules "
		 "on '{target.machine}'",
	  .link = CRIU_ISSUE(2828) },
};

const struct mode_rules catalogue_silent = { rules, ARRAY_SIZE(rules) };
