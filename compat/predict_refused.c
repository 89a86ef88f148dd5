// SPDX-License-Identifier: Apache-2.0
/* predict_refused.c - what a live workload has and criu does not dump as it is */
#include "base/mem.h"
#include "base/str.h"
#include "compat/predict.h"

/* Few have it, and it is the workload's alone. */
#define RARE_AT(when)                                          \
	.says = FORETOLD_FAIL, .phase = (when), .quiet = true, \
	.of_workload = true
#define RARE RARE_AT(PHASE_DUMP)
#define CRIU_ISSUE(n) "https://github.com/checkpoint-restore/criu/issues/" #n

/* Those of the internet's families are a mode of their own. */
static bool has_other_families(const struct predict_pair *pair)
{
	const char *all = facts_get(pair->workload, "other_sockets");
	const char *inet = facts_get(pair->workload, "other_inet");

	return all && (!inet || str_version_cmp(all, inet) > 0);
}

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
	  .applies = has_other_families,
	  .fact = "other_sockets",
	  .sentence = "{workload.other_sockets} of its sockets are of what "
		      "criu has no image for: {workload.other_protocols}",
	  .fix = "close them before the dump" },
	{ .mode = "socket-protocol",
	  RARE,
	  .workload = { { "other_inet", ">0" } },
	  .fact = "other_protocols",
	  .sentence = "it has internet sockets of protocols that criu has no "
		      "image for: {workload.other_protocols}",
	  .fix = "close them before the dump",
	  .link = CRIU_ISSUE(2557) },
	{ .mode = "file-kind",
	  RARE,
	  .when = { { "source.criu", "<4.1" } },
	  .workload = { { "pidfds", ">0" } },
	  .fact = "pidfds",
	  .sentence = "it has {workload.pidfds} pidfds open, which CRIU "
		      "{source.criu} on '{source.machine}' cannot dump",
	  .fix = "use CRIU 4.1 or newer" },
	{ .mode = "image-version",
	  RARE_AT(PHASE_RESTORE),
	  .when = { { "source.criu", ">=4.1" }, { "target.criu", "<4.1" } },
	  .workload = { { "pidfds", ">0" } },
	  .fact = "pidfds",
	  .sentence = "it has {workload.pidfds} pidfds open, of which CRIU "
		      "{target.criu} on '{target.machine}' knows nothing",
	  .fix = "use CRIU 4.1 or newer on '{target.machine}'" },
	{ .mode = "file-without-mount",
	  RARE,
	  .workload = { { "unmounted_files", ">0" } },
	  .fact = "unmounted_files",
	  .sentence = "{workload.unmounted_files} of its open files are on "
		      "nothing that is mounted where it is (message queues, "
		      "secret memory, files from outside its mount namespace)",
	  .fix = "close them before the dump, or start it with its output in "
		 "a pipe or in /dev/null" },
	{ .mode = "device-mapping",
	  RARE,
	  .workload = { { "mapped_devices", "?*" } },
	  .fact = "mapped_devices",
	  .sentence = "it has devices mapped into its memory: "
		      "{workload.mapped_devices}",
	  .fix = "unmap them before the dump, or use CRIU's plugin for them",
	  .link = CRIU_ISSUE(1873) },
	{ .mode = "guard-pages",
	  RARE,
	  .when = { { "source.criu", "<4.2" } },
	  .workload = { { "guard_pages", "yes" } },
	  .fact = "guard_pages",
	  .sentence = "it has light guard pages, which CRIU {source.criu} "
		      "cannot dump",
	  .fix = "use CRIU 4.2 or newer on '{source.machine}'",
	  .link = CRIU_ISSUE(2626) },
	{ .mode = "memory-shared",
	  RARE,
	  .workload = { { "shared_memory", "yes" } },
	  .fact = "shared_memory",
	  .sentence = "processes of it share their memory, and are no "
		      "threads of each other (CLONE_VM)",
	  .fix = "wait until a vfork is over, or let it use threads" },
	{ .mode = "nested-namespace",
	  RARE,
	  .workload = { { "nested_namespaces", "?*" } },
	  .fact = "nested_namespaces",
	  .sentence = "processes of it are in namespaces that are not those "
		      "of its first one: {workload.nested_namespaces}",
	  .fix = "dump from the process that is the first in them" },
	{ .mode = "mount-external",
	  RARE,
	  .workload = { { "host_root", "yes" },
			{ "dump_options", "lacks external" } },
	  .fact = "namespace.mnt",
	  .sentence = "its mount namespace holds the machine's own file "
		      "systems, which criu cannot make again by itself",
	  .fix = "declare them: --external mnt[PATH]:NAME on dump, "
		 "--external mnt[NAME]:PATH on restore",
	  .link = "https://criu.org/External_bind_mounts" },
	{ .mode = "network-device",
	  RARE_AT(PHASE_RESTORE),
	  .workload = { { "network", "dumped" },
			{ "net_devices", "?*" },
			{ "dump_options", "lacks empty-ns" } },
	  .fact = "net_devices",
	  .sentence = "its network namespace has devices that criu does not "
		      "make by itself: {workload.net_devices}",
	  .fix = "keep them out of the images: --empty-ns net with an action "
		 "script",
	  .link = "https://criu.org/CLI/opt/--empty-ns" },
	{ .mode = "network-lock",
	  RARE,
	  .workload = { { "lock_tools", "lacks iptables" },
			{ "tcp_established", ">0" },
			{ "dump_options",
			  "has tcp-established,!*network-lock*" } },
	  .fact = "lock_tools",
	  .sentence = "criu holds its connections by iptables, which "
		      "'{source.machine}' has not",
	  .fix = "install iptables, or use --network-lock of what is there",
	  .link = "https://criu.org/CLI/opt/--network-lock" },
	{ .mode = "udplite-missing",
	  RARE,
	  .when = { { "source.kernel_version", ">=7.1" } },
	  .workload = { { "namespace.net", "own" } },
	  .fact = "namespace.net",
	  .sentence = "it has a network namespace of its own, where CRIU asks "
		      "for UDP-Lite sockets, and kernel {source.kernel} has "
		      "none",
	  .fix = "use a kernel before 7.1 on '{source.machine}'",
	  .link = CRIU_ISSUE(3002) },
	{ .mode = "sock-diag-missing",
	  RARE,
	  .workload = { { "sock_diag", "no" }, { "inet_sockets", ">0" } },
	  .fact = "sock_diag",
	  .sentence = "the kernel of '{source.machine}' does not tell of "
		      "sockets: a module for sock_diag is missing",
	  .fix = "load inet_diag, tcp_diag, udp_diag and unix_diag",
	  .link = CRIU_ISSUE(3002) },
	{ .mode = "udp-corked",
	  RARE,
	  .workload = { { "udp_corked", ">0" } },
	  .fact = "udp_corked",
	  .sentence = "a datagram of it is unfinished (UDP_CORK)",
	  .fix = "let it finish the datagram before the dump" },
	{ .mode = "unix-peer-outside",
	  RARE,
	  .workload = { { "unix_streams_outside", ">0" },
			{ "dump_options", "lacks external" } },
	  .fact = "unix_streams_outside",
	  .sentence = "it is connected to other processes by "
		      "{workload.unix_streams_outside} unix streams, and "
		      "they are not dumped with it",
	  .fix = "close them before the dump, or declare them: "
		 "--external unix[INODE]",
	  .link = "https://criu.org/External_UNIX_socket" },
	{ .mode = "unix-peer-outside",
	  RARE,
	  .workload = { { "unix_datagrams_outside", ">0" },
			{ "dump_options", "lacks external,lacks "
					  "ext-unix-sk" } },
	  .fact = "unix_datagrams_outside",
	  .sentence = "it is connected to other processes by "
		      "{workload.unix_datagrams_outside} unix datagram "
		      "sockets, and they are not dumped with it",
	  .fix = "dump and restore with --ext-unix-sk",
	  .link = "https://criu.org/External_UNIX_socket" },
	{ .mode = "watch-handle",
	  .says = FORETOLD_RISK,
	  .phase = PHASE_DUMP,
	  .quiet = true,
	  .of_workload = true,
	  .workload = { { "overlay_watches", ">0" },
			{ "dump_options", "lacks irmap-scan-path" } },
	  .fact = "overlay_watches",
	  .sentence = "it watches {workload.overlay_watches} files on "
		      "overlayfs, which criu does not find again unless they "
		      "are where it looks (/etc, /var/spool, /var/log)",
	  .fix = "dump with --force-irmap and --irmap-scan-path",
	  .link = CRIU_ISSUE(136) },
	{ .mode = "file-locks",
	  RARE,
	  .workload = { { "file_locks", ">0" },
			{ "dump_options", "lacks file-locks" } },
	  .fact = "file_locks",
	  .sentence = "it holds locks on files ({workload.file_locks}), and "
		      "criu dump is to be told so",
	  .fix = "dump and restore with --file-locks, where nobody else has "
		 "the files",
	  .link = "https://criu.org/CLI/opt/--file-locks" },
	{ .mode = "not-root",
	  .says = FORETOLD_RISK,
	  .phase = PHASE_DUMP,
	  .quiet = true,
	  .of_workload = true,
	  .workload = { { "criu_script", "yes" } },
	  .fact = "criu_script",
	  .sentence = "what is called criu on '{source.machine}' is a script, "
		      "and as whom that runs it is not known",
	  .fix = "dump as root by criu itself",
	  .link = CRIU_ISSUE(684) },
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
