// SPDX-License-Identifier: Apache-2.0
/* catalogue_kernel.c - modes in which kernel, glibc and CRIU do not fit */
#include "base/mem.h"
#include "compat/catalogue.h"

#define CRIU_ISSUE(n) "https://github.com/checkpoint-restore/criu/issues/" #n

static const struct mode_rule rules[] = {
	{ .mode = "vdso-layout",
	  .patterns = { "Unexpected rt vDSO area bounds",
			"Failed to fill self vdso symtable",
			"kerndat_vdso_fill_symtable failed" },
	  .title =
		  "CRIU {side.criu} on '{side.machine}' does not know the vDSO "
		  "layout of kernel {side.kernel}",
	  .fix = "use CRIU 4.1 or newer on '{side.machine}', or a kernel "
		 "before 6.13",
	  .link = CRIU_ISSUE(2532) },
	{ .mode = "vdso-missing",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Task had vdso, restorer doesn't",
			"vDSO isn't provided by kernel, but exists in images",
			"Can't find vDSO area in image" },
	  .title = "the workload was dumped with a vDSO on kernel "
		   "{source.kernel}, and kernel {target.kernel} on "
		   "'{target.machine}' provides none",
	  .fix = "boot '{target.machine}' with vdso=1",
	  .link = CRIU_ISSUE(2622) },
	{ .mode = "rseq-not-dumpable",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "# has rseq but kernel lacks get_rseq_conf feature" },
	  .title = "kernel {source.kernel} on '{source.machine}' cannot say "
		   "where glibc {source.glibc} registered its rseq area",
	  .fix = "use a kernel from 5.13 on, or start the workload with "
		 "GLIBC_TUNABLES=glibc.pthread.rseq=0",
	  .link = CRIU_ISSUE(2070) },
	{ .mode = "rseq-missing",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "rseq: can't restore as kernel doesn't support it" },
	  .title =
		  "the workload uses rseq (kernel {source.kernel}), and kernel "
		  "{target.kernel} on '{target.machine}' has no rseq",
	  .fix = "enable CONFIG_RSEQ on '{target.machine}', or start the "
		 "workload with GLIBC_TUNABLES=glibc.pthread.rseq=0" },
	{ .mode = "image-newer-than-criu",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "vdso: ELF header magic mismatch" },
	  .when = { { "source.criu", ">=4.2" }, { "target.criu", "<4.2" } },
	  .title = "CRIU {target.criu} on '{target.machine}' reads the memory "
		   "images of CRIU {source.criu} as empty, the vDSO in them "
		   "too",
	  .fix = "use a CRIU on '{target.machine}' that is not older than the "
		 "source's",
	  .link = CRIU_ISSUE(2847) },
	{ .mode = "image-newer-than-criu",
	  .phases = IN(PHASE_RESTORE),
	  .weak = true,
	  .patterns = { "^# killed by signal 11" },
	  .when = { { "source.criu", ">=4.2" }, { "target.criu", "<4.2" } },
	  .title = "CRIU {target.criu} on '{target.machine}' reads the memory "
		   "images of CRIU {source.criu} as empty, and the workload "
		   "dies of it",
	  .fix = "use a CRIU on '{target.machine}' that is not older than the "
		 "source's",
	  .link = CRIU_ISSUE(2847) },
	{ .mode = "rseq-size",
	  .phases = IN(PHASE_RESTORE),
	  .weak = true,
	  .patterns = { "^# killed by signal 11" },
	  .when = { { "source.glibc", ">=2.40" }, { "target.criu", "<4.0" } },
	  .title = "CRIU {target.criu} on '{target.machine}' expects a smaller "
		   "rseq area than glibc {source.glibc} registers",
	  .fix = "use CRIU 4.0 or newer, or start the workload with "
		 "GLIBC_TUNABLES=glibc.pthread.rseq=0",
	  .link = "https://github.com/checkpoint-restore/criu/pull/2850" },
	{ .mode = "guard-pages",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Can't splice pages to pipe (-14/",
			"Can't splice all pages to pipe (#/#)" },
	  .when = { { "source.kernel_version", ">=6.13" } },
	  .title = "CRIU {source.criu} on '{source.machine}' cannot read guard "
		   "pages, which kernel {source.kernel} offers and the "
		   "workload uses",
	  .fix = "use CRIU 4.2 or newer with a kernel from 6.16 on",
	  .link = CRIU_ISSUE(2626) },
	{ .mode = "guard-pages",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "MADV_GUARD_INSTALL) failed with #" },
	  .title = "the workload uses guard pages (kernel {source.kernel}), "
		   "which kernel {target.kernel} on '{target.machine}' does "
		   "not have",
	  .fix = "use kernel 6.13 or newer on '{target.machine}'",
	  .link = CRIU_ISSUE(2626) },
	{ .mode = "timer-ids",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Can't create posix timer - #",
			"Unexpected timer id #" },
	  .when = { { "target.kernel_version", ">=6.15" },
		    { "target.criu", "<4.2" } },
	  .title = "CRIU {target.criu} on '{target.machine}' cannot give POSIX "
		   "timers their ids back on kernel {target.kernel}",
	  .fix = "use CRIU 4.2 or newer on '{target.machine}'",
	  .link = CRIU_ISSUE(2634) },
	{ .mode = "mount-propagation",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Failed to make mount # slave: Invalid argument" },
	  .title = "CRIU {target.criu} on '{target.machine}' sets mount "
		   "propagation in a way that kernel {target.kernel} refuses",
	  .fix = "use CRIU 4.1.1 or newer, or --mntns-compat-mode",
	  .link = CRIU_ISSUE(2694) },
	{ .mode = "socket-options",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Can't get 1:16 opt: Operation not supported",
			"Can't get 1:34 opt: Operation not supported" },
	  .title = "CRIU {source.criu} on '{source.machine}' asks every socket "
		   "for options that kernel {source.kernel} has for unix "
		   "sockets alone (SO_PASSCRED, SO_PASSSEC)",
	  .fix = "use CRIU 4.2 or newer on '{source.machine}', or a kernel "
		 "before 6.16",
	  .link = CRIU_ISSUE(2705) },
	{ .mode = "socket-buf-lock",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Can't set 1:72 (len #): Protocol not available" },
	  .title = "sockets dumped on kernel {source.kernel} carry an option "
		   "(SO_BUF_LOCK) that kernel {target.kernel} on "
		   "'{target.machine}' does not have",
	  .fix = "use kernel 5.15 or newer on '{target.machine}'",
	  .link = "https://github.com/OpenLiberty/open-liberty/issues/23368" },
	{ .mode = "socket-options",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Can't set #:# (len #): Protocol not available",
			"Can't set #:# (len #): Operation not supported" },
	  .title = "a socket dumped on kernel {source.kernel} carries option "
		   "{1}:{2}, which kernel {target.kernel} on "
		   "'{target.machine}' does not take",
	  .fix = "use a kernel on '{target.machine}' that is not older than "
		 "the source's" },
	{ .mode = "soft-dirty-missing",
	  .patterns = { "Tracking memory is not available" },
	  .title = "kernel {side.kernel} on '{side.machine}' cannot track "
		   "changed memory (CONFIG_MEM_SOFT_DIRTY)",
	  .fix = "leave out pre-dumps and --track-mem, or use a kernel with "
		 "CONFIG_MEM_SOFT_DIRTY=y",
	  .link = CRIU_ISSUE(2649) },
	{ .mode = "sock-diag-missing",
	  .patterns = { "Diag module missing (#)",
			"Sockets (family # proto #) are not collected",
			"Sockects collect procedure family * proto "
			"IPPROTO_TCP: -2",
			"Sockects collect procedure family * proto "
			"IPPROTO_UDP: -2" },
	  .title = "kernel {side.kernel} on '{side.machine}' lacks a socket "
		   "diagnosis module",
	  .fix = "load tcp_diag, udp_diag, inet_diag, unix_diag, netlink_diag "
		 "and af_packet_diag on '{side.machine}'",
	  .link = CRIU_ISSUE(3002) },
	{ .mode = "udplite-missing",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Sockects collect procedure family * proto "
			"IPPROTO_UDPLITE: -2" },
	  .title = "kernel {source.kernel} on '{source.machine}' has no "
		   "UDP-Lite, and CRIU {source.criu} gives up a workload with "
		   "a network namespace of its own for it",
	  .fix = "keep the workload in the host's network namespace, or use a "
		 "kernel before 7.1 on '{source.machine}'",
	  .link = CRIU_ISSUE(3002) },
	{ .mode = "capabilities",
	  .patterns = { "Kernel reports more capabilities than this CRIU "
			"supports" },
	  .title = "kernel {side.kernel} has capabilities that CRIU "
		   "{side.criu} on '{side.machine}' does not know",
	  .fix = "use a newer CRIU on '{side.machine}'",
	  .link = CRIU_ISSUE(684) },
	{ .mode = "mm-map-refused",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "sys_prctl(PR_SET_MM, PR_SET_MM_MAP) failed with #" },
	  .title = "kernel {target.kernel} on '{target.machine}' refused the "
		   "workload's memory layout (error {1})",
	  .fix = "restore as root with all capabilities; a static PIE needs a "
		 "newer CRIU",
	  .link = CRIU_ISSUE(1507) },
};

const struct mode_rules catalogue_kernel = { rules, ARRAY_SIZE(rules) };
