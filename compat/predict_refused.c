// SPDX-License-Identifier: Apache-2.0
/* predict_refused.c - what a live workload has and criu does not dump as it is */
#include "base/mem.h"
#include "compat/predict.h"

/* Few have it, and it is the workload's alone. */
#define RARE                                                       \
	.says = FORETOLD_FAIL, .phase = PHASE_DUMP, .quiet = true, \
	.of_workload = true

static const struct predict_rule rules[] = {
	{ .mode = "io-uring",
	  RARE,
	  .workload = { { "odd_file_names", "*io_uring*" } },
	  .fact = "odd_file_names",
	  .sentence = "it has an io_uring, which criu cannot dump",
	  .fix = "start it without io_uring, or set kernel.io_uring_disabled" },
	{ .mode = "file-kind",
	  RARE,
	  .workload = { { "odd_file_names", "!*io_uring*" },
			{ "odd_files", ">0" } },
	  .fact = "odd_files",
	  .sentence = "it has files open that criu cannot dump: "
		      "{workload.odd_file_names}",
	  .fix = "close them before the dump",
	  .link = "https://criu.org/External_files" },
	{ .mode = "mptcp",
	  RARE,
	  .workload = { { "other_protocols", "*MPTCP*" } },
	  .fact = "other_protocols",
	  .sentence = "it uses MPTCP, which criu cannot dump",
	  .fix = "for Go programs: GODEBUG=multipathtcp=0",
	  .link = "https://github.com/checkpoint-restore/criu/issues/2655" },
	{ .mode = "socket-family",
	  RARE,
	  .workload = { { "other_protocols", "!*MPTCP*" },
			{ "other_sockets", ">0" } },
	  .fact = "other_sockets",
	  .sentence = "{workload.other_sockets} of its sockets are of what "
		      "criu has no image for: {workload.other_protocols}",
	  .fix = "close them before the dump" },
	{ .mode = "link-remap",
	  RARE,
	  .workload = { { "linked_files", ">0" },
			{ "dump_options", "lacks link-remap" } },
	  .fact = "linked_files",
	  .sentence = "files that it has open live on by another name "
		      "({workload.linked_files})",
	  .fix = "dump with --link-remap and move the link_remap file too",
	  .link = "https://criu.org/Invisible_files" },
	{ .mode = "ghost-too-large",
	  RARE,
	  .workload = { { "ghost_bytes", ">1048576" },
			{ "dump_options", "lacks ghost-limit" } },
	  .fact = "ghost_bytes",
	  .sentence = "a file that it has open was removed, and with "
		      "{workload.ghost_bytes} bytes it is larger than what "
		      "criu takes into the images",
	  .fix = "dump with --ghost-limit above that size",
	  .link = "https://criu.org/Invisible_files" },
	{ .mode = "sysv-shm",
	  RARE,
	  .workload = { { "sysv_shm", "yes" }, { "namespace.ipc", "host" } },
	  .fact = "sysv_shm",
	  .sentence = "it has System V shared memory, which only moves with "
		      "an IPC namespace of its own",
	  .fix = "start it in one (unshare --ipc, or a container)" },
	{ .mode = "leaderless-threads",
	  RARE,
	  .workload = { { "leaderless", "yes" } },
	  .fact = "leaderless",
	  .sentence = "a process of it lives on in threads after its first "
		      "thread has ended",
	  .fix = "let the first thread wait for the others" },
	{ .mode = "traced",
	  RARE,
	  .workload = { { "traced", "yes" } },
	  .fact = "traced",
	  .sentence = "a debugger or tracer is at it, and criu must be",
	  .fix = "detach it before the dump" },
	{ .mode = "shell-job",
	  RARE,
	  .workload = { { "tty", "yes" },
			{ "dump_options", "lacks shell-job" } },
	  .fact = "tty",
	  .sentence = "it has a terminal of a shell, and criu dump is to be "
		      "told so",
	  .fix = "start it by setsid with its output in files, or use "
		 "--shell-job on dump and restore",
	  .link = "https://criu.org/Simple_loop" },
	{ .mode = "uprobes",
	  RARE,
	  .workload = { { "uprobes", "yes" },
			{ "dump_options", "lacks allow-uprobes" } },
	  .fact = "uprobes",
	  .sentence = "a tracer has put probes into it",
	  .fix = "detach the tracer, or use --allow-uprobes of CRIU 4.2" },
};

const struct predict_rules predict_refused = { rules, ARRAY_SIZE(rules) };
