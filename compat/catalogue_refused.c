// SPDX-License-Identifier: Apache-2.0
/* catalogue_refused.c - modes of what a workload has and CRIU does not dump */
#include "base/mem.h"
#include "compat/catalogue.h"

#define CRIU_ISSUE(n) "https://github.com/checkpoint-restore/criu/issues/" #n
#define WHEN_CR_FAILS "https://criu.org/When_C/R_fails"

static const struct mode_rule rules[] = {
	{ .mode = "unix-peer-outside",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "unix: External socket is used" },
	  .title = "a unix socket of the workload on '{source.machine}' is "
		   "connected to a process that is not dumped with it",
	  .fix = "dump that process too; a datagram socket, as of a logger, "
		 "can go with --ext-unix-sk on dump and restore",
	  .link = "https://criu.org/External_UNIX_socket" },
	{ .mode = "unix-peer-outside",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Can't dump half of stream unix connection" },
	  .title = "a process that is not dumped has the other end of a unix "
		   "stream of the workload on '{source.machine}', and "
		   "--ext-unix-sk is for datagrams alone",
	  .fix = "dump that process too, or let the workload close the stream",
	  .link = "https://criu.org/External_UNIX_socket" },
	{ .mode = "socket-family",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Unknown socket collected (family #)" },
	  .title = "the workload on '{source.machine}' has a socket of address "
		   "family {1}, which CRIU {source.criu} does not know",
	  .fix = "close it before the dump (38 is AF_ALG, 40 AF_VSOCK)",
	  .link = WHEN_CR_FAILS },
	{ .mode = "udp-corked",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Can't dump corked dgram socket *" },
	  .title = "a UDP socket of the workload on '{source.machine}' holds "
		   "an unfinished datagram (UDP_CORK or MSG_MORE)",
	  .fix = "dump again a little later" },
	{ .mode = "io-uring",
	  .phases = IN(PHASE_DUMP),
	  .sure = SURE_LIKELY,
	  .patterns = { "send_fds failed (-22)" },
	  .title = "kernel {source.kernel} on '{source.machine}' does not hand "
		   "out a file of the workload, as it does with those of "
		   "io_uring alone, and CRIU {source.criu} cannot dump one",
	  .fix = "start the workload without io_uring, or set "
		 "kernel.io_uring_disabled on '{source.machine}'",
	  .link = WHEN_CR_FAILS },
	{ .mode = "io-uring",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Unknown shit # (anon_inode:[io_uring])" },
	  .title = "the workload on '{source.machine}' has the rings of an "
		   "io_uring in its memory, which CRIU {source.criu} cannot "
		   "dump",
	  .fix = "set kernel.io_uring_disabled on '{source.machine}' before "
		 "it starts",
	  .link = WHEN_CR_FAILS },
	{ .mode = "file-without-mount",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Can't lookup mount=# for fd=# path=*" },
	  .title = "file {2} of the workload on '{source.machine}' ({3}) is on "
		   "a file system that is mounted nowhere: a POSIX message "
		   "queue, or memory of memfd_secret",
	  .fix = "close it before the dump",
	  .link = WHEN_CR_FAILS },
	{ .mode = "ghost-too-large",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Can't dump ghost file * of # size" },
	  .title = "{1} on '{source.machine}' was removed while the workload "
		   "has it open, and with {2} bytes it is larger than what "
		   "CRIU takes into the images",
	  .fix = "dump with --ghost-limit above that size",
	  .link = "https://criu.org/Invisible_files" },
	{ .mode = "watch-handle",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "fsnotify: *Can't dump that handle" },
	  .title = "the workload on '{source.machine}' watches a file "
		   "(inotify or fanotify) that CRIU {source.criu} cannot "
		   "find again by its handle, as on overlayfs",
	  .fix = "dump with --force-irmap and --irmap-scan-path, or let the "
		 "workload watch a file on another file system",
	  .link = CRIU_ISSUE(136) },
	{ .mode = "device-mapping",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Can't handle non-regular mapping on #'s map *" },
	  .title = "process {1} on '{source.machine}' has a device mapped into "
		   "its memory (at {2}), which CRIU {source.criu} cannot dump "
		   "without a plugin",
	  .fix = "unmap it before the dump, or use CRIU's plugin for it",
	  .link = CRIU_ISSUE(1873) },
	/* The kernel puts these instructions on the last page of all. */
	{ .mode = "uprobes",
	  .phases = IN(PHASE_DUMP),
	  .sure = SURE_LIKELY,
	  .patterns = { "Unsupported mapping found 00007fffffffe000-" },
	  .title = "somebody probes a program of the workload on "
		   "'{source.machine}' (uprobes, by perf or bpftrace), and "
		   "CRIU {source.criu} does not know the page that the kernel "
		   "{source.kernel} adds for that",
	  .fix = "remove the probes before the dump, or use CRIU 4.2 or newer "
		 "with --allow-uprobes on both sides",
	  .link = "https://criu.org/CLI/opt/--allow-uprobes" },
	{ .mode = "sysv-shm",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Task # with SysVIPC shmem map @* doesn't live in IPC "
			"ns" },
	  .title = "process {1} on '{source.machine}' has System V shared "
		   "memory attached, which only moves with an IPC namespace "
		   "of its own",
	  .fix = "start the workload in an IPC namespace of its own (unshare "
		 "--ipc, or a container)",
	  .link = WHEN_CR_FAILS },
	{ .mode = "memory-shared",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Can't make VM id for #" },
	  .title = "process {1} on '{source.machine}' shares its memory with "
		   "another process (clone with CLONE_VM, or vfork), which "
		   "CRIU {source.criu} cannot dump",
	  .fix = "dump when no vfork is under way; threads are fine",
	  .link = WHEN_CR_FAILS },
	{ .mode = "leaderless-threads",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Zombies with threads are not supported" },
	  .title = "a process of the workload on '{source.machine}' lives on "
		   "in threads after its first thread has ended",
	  .fix = "let the first thread wait for the others",
	  .link = WHEN_CR_FAILS },
	{ .mode = "traced",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "^Unable to interrupt task: # (Operation not "
			"permitted)$" },
	  .title = "process {1} on '{source.machine}' is being traced by "
		   "another program (a debugger, strace), and a process has "
		   "one tracer only",
	  .fix = "detach the tracer before the dump",
	  .link = WHEN_CR_FAILS },
	{ .mode = "nested-namespace",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Can't dump nested * namespace for #" },
	  .title = "process {2} on '{source.machine}' is in a {1} namespace "
		   "other than that of the workload's first process, or in "
		   "one that CRIU {source.criu} cannot make again",
	  .fix = "make the namespace before the workload's first process "
		 "starts, or dump from its first process on",
	  .link = "https://criu.org/Namespaces" },
	{ .mode = "mount-external",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "FS mnt * dev * unsupported id #" },
	  .title = "the workload's mount namespace on '{source.machine}' has "
		   "{1} on a device of the host, which CRIU cannot make "
		   "again by itself",
	  .fix = "declare it on both sides: --external mnt[PATH]:NAME on dump, "
		 "--external mnt[NAME]:PATH on restore",
	  .link = "https://criu.org/External_bind_mounts" },
	{ .mode = "mount-external",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "#:* doesn't have a proper root mount" },
	  .title = "{2} in the workload's mount namespace on "
		   "'{source.machine}' is bound from outside of it",
	  .fix = "declare it on both sides: --external mnt[PATH]:NAME on dump, "
		 "--external mnt[NAME]:PATH on restore",
	  .link = "https://criu.org/External_bind_mounts" },
	{ .mode = "write-execute-denied",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "mmap(PROT_WRITE | PROT_EXEC) failed for #" },
	  .title = "kernel {source.kernel} on '{source.machine}' does not let "
		   "memory of process {1} be written and executed, which CRIU "
		   "needs to look at it from inside (SELinux' execmem)",
	  .fix = "allow execmem to the workload on '{source.machine}'",
	  .link = CRIU_ISSUE(323) },
	{ .mode = "not-root",
	  .kind = CLUE_OUTPUT,
	  .phases = IN(PHASE_DUMP) | IN(PHASE_RESTORE),
	  .patterns = { "Can't create log file *: Permission denied",
			"You need to be root to run this command",
			"Running as non-root requires '--unprivileged'",
			"CRIU needs to have the CAP_SYS_ADMIN or the CAP_"
			"CHECKPOINT_RESTORE" },
	  .title = "criu on '{side.machine}' was not run as root",
	  .fix = "run it as root",
	  .link = CRIU_ISSUE(684) },
	{ .mode = "script-failed",
	  .phases = IN(PHASE_DUMP) | IN(PHASE_RESTORE),
	  .patterns = { "Script * exited with #" },
	  .title = "the action script {1} failed on '{side.machine}' ({2}), "
		   "and criu does not go on without it",
	  .fix = "look at what the script does; its exit status must be 0",
	  .link = "https://criu.org/Action_scripts" },
};

const struct mode_rules catalogue_refused = { rules, ARRAY_SIZE(rules) };
