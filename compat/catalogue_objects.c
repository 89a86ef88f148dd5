// SPDX-License-Identifier: Apache-2.0
/* catalogue_objects.c - modes of pids, files, sockets and terminals */
#include "base/mem.h"
#include "compat/catalogue.h"

#define CRIU_ISSUE(n) "https://github.com/checkpoint-restore/criu/issues/" #n

static const struct mode_rule rules[] = {
	{ .mode = "pid-taken",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Can't fork for #: File exists",
			"Pid # do not match expected #" },
	  .title = "pid {1} of the workload from '{source.machine}' is taken "
		   "by another process on '{target.machine}'",
	  .fix = "give the machines distinct ranges of pids, or restore in a "
		 "pid namespace of its own",
	  .link = CRIU_ISSUE(2779) },
	{ .mode = "pid-taken",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Unable to create a thread: -17",
			"Thread pid mismatch #/#" },
	  .title = "the id of a thread from '{source.machine}' is taken on "
		   "'{target.machine}'",
	  .fix = "give the machines distinct ranges of pids, or restore in a "
		 "pid namespace of its own",
	  .link = CRIU_ISSUE(1431) },
	{ .mode = "file-differs",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "File * has bad size # (expect #)" },
	  .title = "{1} has {2} bytes on '{target.machine}' (glibc "
		   "{target.glibc}) and had {3} on '{source.machine}' (glibc "
		   "{source.glibc})",
	  .fix = "give both machines the same userland, or move the file with "
		 "the images",
	  .link = CRIU_ISSUE(2367) },
	{ .mode = "file-differs",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "File * has bad build-ID" },
	  .title =
		  "{1} on '{target.machine}' (glibc {target.glibc}) is another "
		  "build than on '{source.machine}' (glibc {source.glibc})",
	  .fix = "give both machines the same userland",
	  .link = CRIU_ISSUE(2367) },
	{ .mode = "file-mode-differs",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "File * has bad mode # (expect #)" },
	  .title = "{1} has mode {2} on '{target.machine}' and had {3} on "
		   "'{source.machine}'",
	  .fix = "give the file the same mode, or restore with "
		 "--skip-file-rwx-check (CRIU 3.18 or newer)" },
	{ .mode = "file-missing",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Can't open file * on restore: No such file or "
			"directory" },
	  .title = "{1}, which the workload had open on '{source.machine}', is "
		   "not there on '{target.machine}'",
	  .fix = "move the file with the images ('state' of the scenario)",
	  .link = "https://criu.org/When_C/R_fails" },
	{ .mode = "link-remap",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Can't create link remap for *. Use " },
	  .title = "the workload on '{source.machine}' has {1} open, which "
		   "lives on although its name is gone (removed while it "
		   "has another one, or something is mounted over it)",
	  .fix = "dump with --link-remap and move the link_remap file too",
	  .link = "https://criu.org/Invisible_files" },
	{ .mode = "file-kind",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Can't dump file # of that type [#] (*" },
	  .title = "the workload on '{source.machine}' has a file open that "
		   "CRIU {source.criu} cannot dump ({3}",
	  .fix = "close it before the dump, or declare it --external",
	  .link = "https://criu.org/External_files" },
	{ .mode = "shell-job",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "The root process # is not a session leader",
			"Found dangling tty with sid #" },
	  .title = "the workload on '{source.machine}' belongs to a terminal",
	  .fix = "start it with setsid and its three standard files "
		 "redirected, or use --shell-job",
	  .link = "https://criu.org/Simple_loop" },
	{ .mode = "shell-job",
	  .kind = CLUE_OUTPUT,
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Task attached to shell terminal" },
	  .title = "the workload on '{source.machine}' belongs to a terminal",
	  .fix = "start it with setsid and its three standard files "
		 "redirected, or use --shell-job",
	  .link = "https://criu.org/Simple_loop" },
	{ .mode = "tcp-established",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Connected TCP socket, consider using "
			"--tcp-established option" },
	  .title = "the workload on '{source.machine}' has an established TCP "
		   "connection, and the dump was not told to take it along",
	  .fix = "use --tcp-established on dump and restore",
	  .link = "https://criu.org/TCP_connection" },
	{ .mode = "tcp-established",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Connected TCP socket in image" },
	  .title = "the image from '{source.machine}' holds an established TCP "
		   "connection, and the restore on '{target.machine}' was not "
		   "told to take it along",
	  .fix = "use --tcp-established on restore too",
	  .link = "https://criu.org/TCP_connection" },
	{ .mode = "tcp-close",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Need to set the --tcp-close options" },
	  .title = "dumped on '{source.machine}' with --tcp-close and restored "
		   "on '{target.machine}' without",
	  .fix = "use --tcp-close on restore too" },
	{ .mode = "in-flight-connection",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "In-flight connection (l) for *" },
	  .title = "a connection to '{source.machine}' was not yet accepted by "
		   "the workload",
	  .fix = "use --skip-in-flight (that connection is lost), or let the "
		 "workload accept it first" },
	{ .mode = "mptcp",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Unsupported proto 262 for socket" },
	  .title = "the workload on '{source.machine}' uses MPTCP, which CRIU "
		   "{source.criu} cannot dump",
	  .fix = "for Go programs: GODEBUG=multipathtcp=0",
	  .link = CRIU_ISSUE(2655) },
	{ .mode = "socket-protocol",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Unsupported proto # for socket" },
	  .title = "the workload on '{source.machine}' has a socket of IP "
		   "protocol {1}, which CRIU {source.criu} cannot dump",
	  .link = CRIU_ISSUE(2557) },
	{ .mode = "tcp-state",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Unknown inet socket * state #" },
	  .title = "a TCP socket of the workload on '{source.machine}' is in a "
		   "state ({2}) that CRIU {source.criu} cannot dump",
	  .fix = "dump again a little later" },
	{ .mode = "socket-changed",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "recv failed (#, want #)" },
	  .title = "a connection to '{source.machine}' had {2} bytes unread "
		   "when CRIU {source.criu} asked and {1} when it read them: "
		   "nobody had locked it",
	  .fix = "lock connections while they are dumped: --network-lock "
		 "iptables or nftables, or rules of your own" },
	{ .mode = "network-lock",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Locking network failed",
			"Failed to lock TCP "
			"connection",
			"Locking connection failed using nftables" },
	  .title = "CRIU {source.criu} could not lock the connections on "
		   "'{source.machine}' (kernel {source.kernel})",
	  .fix = "install iptables or use --network-lock nftables; the kernel "
		 "needs the mark match",
	  .link = CRIU_ISSUE(2339) },
	/* glibc's words, on stderr: criu's own log just ends. */
	{ .mode = "lock-too-many",
	  .kind = CLUE_OUTPUT,
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "bit out of range 0 - FD_SETSIZE on fd_set" },
	  .title = "CRIU {source.criu} on '{source.machine}' had more files "
		   "open than libnftables can wait for: it cannot lock so many "
		   "connections with nftables",
	  .fix = "use --network-lock iptables, or dump fewer connections at "
		 "once" },
	{ .mode = "address-missing",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Can't bind inet socket back: Cannot assign requested "
			"address",
			"Can't bind inet socket (id #): Cannot assign "
			"requested address" },
	  .title = "the address of the workload's socket on '{source.machine}' "
		   "is not there on '{target.machine}'",
	  .fix = "add the service's address on '{target.machine}' before the "
		 "restore (takeover)",
	  .link = CRIU_ISSUE(1598) },
	{ .mode = "port-taken",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Can't bind inet socket back: Address already in use",
			"Can't bind inet socket (id #): Address already in "
			"use" },
	  .title = "the port of the workload's socket on '{source.machine}' is "
		   "taken on '{target.machine}'",
	  .fix = "stop what listens there on '{target.machine}'" },
	{ .mode = "route-missing",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Can't connect inet socket back: Network is "
			"unreachable",
			"Can't connect inet socket back: No route to host" },
	  .title = "'{target.machine}' has no route to the client that "
		   "'{source.machine}' served",
	  .fix = "give both machines the same routes",
	  .link = CRIU_ISSUE(944) },
	{ .mode = "device-missing",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "couldn't find ifindex for *" },
	  .title = "the workload's socket is bound to device {1} of "
		   "'{source.machine}', which '{target.machine}' does not have",
	  .fix = "name the network devices alike" },
	{ .mode = "device-missing",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Can't set 1:25 (len #): No such device" },
	  .title = "the workload's socket is bound to a device of "
		   "'{source.machine}' that '{target.machine}' does not have",
	  .fix = "name the network devices alike" },
	{ .mode = "socket-queue",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Can't restore * queue data (#)" },
	  .title =
		  "'{target.machine}' does not take all bytes that were queued "
		  "in a TCP socket on '{source.machine}'",
	  .fix = "raise net.core.wmem_max, rmem_max and net.ipv4.tcp_mem on "
		 "'{target.machine}'",
	  .link = CRIU_ISSUE(953) },
	{ .mode = "socket-window",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Unable to set window parameters" },
	  .title = "kernel {target.kernel} on '{target.machine}' refused the "
		   "TCP window saved by kernel {source.kernel}" },
	{ .mode = "unix-path",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Can't bind id * ino # addr *" },
	  .title =
		  "the path of a unix socket from '{source.machine}' cannot be "
		  "bound on '{target.machine}': {3}",
	  .fix = "make its folder on '{target.machine}', and remove a socket "
		 "that is in the way" },
	{ .mode = "lsm-label",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "can't write lsm profile #",
			"mismatched lsm types and lsm profile specified" },
	  .title = "the security label of '{source.machine}' cannot be set on "
		   "'{target.machine}'",
	  .fix = "load the same profile on '{target.machine}', or restore with "
		 "--lsm-profile",
	  .link = CRIU_ISSUE(2033) },
};

const struct mode_rules catalogue_objects = { rules, ARRAY_SIZE(rules) };
