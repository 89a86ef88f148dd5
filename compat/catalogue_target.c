// SPDX-License-Identifier: Apache-2.0
/* catalogue_target.c - modes of what the target lacks or does not grant */
#include "base/mem.h"
#include "compat/catalogue.h"

#define WHEN_CR_FAILS "https://criu.org/When_C/R_fails"

static const struct mode_rule rules[] = {
	{ .mode = "unix-peer-missing",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "unix: Can't connect # socket" },
	  .title = "what a unix socket of the workload was connected to on "
		   "'{source.machine}' does not answer on "
		   "'{target.machine}'",
	  .fix = "start that service on '{target.machine}' before the restore, "
		 "with the same path",
	  .link = "https://criu.org/External_UNIX_socket" },
	{ .mode = "unix-peer-missing",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "unix: External socket found in image" },
	  .title = "a unix socket of the workload was connected to a process "
		   "of '{source.machine}' that stayed there, and the restore "
		   "on '{target.machine}' was not told to look for another",
	  .fix = "use --ext-unix-sk on restore too",
	  .link = "https://criu.org/External_UNIX_socket" },
	{ .mode = "watched-file-missing",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "fsnotify: Unable to open *: No such file or "
			"directory" },
	  .title = "{1}, which the workload watched on '{source.machine}', is "
		   "not there on '{target.machine}'",
	  .fix = "move the file with the images ('state' of the scenario)",
	  .link = WHEN_CR_FAILS },
	{ .mode = "aio-limit",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Ring setup failed with #" },
	  .title = "'{target.machine}' does not grant the ring for "
		   "asynchronous I/O that the workload has on "
		   "'{source.machine}' (error {1})",
	  .fix = "raise fs.aio-max-nr on '{target.machine}'" },
	{ .mode = "memory-refused",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Can't restore * mapping with 0xfffffffffffffff4",
			"Can't restore * mapping with fffffffffffffff4",
			"Can't mmap shmem * size=#: Cannot allocate memory" },
	  .title = "'{target.machine}' ({target.memory_kib} KiB) does not map "
		   "memory that the workload had on '{source.machine}' "
		   "({source.memory_kib} KiB): too much is promised already, "
		   "or there are too few huge pages",
	  .fix = "compare vm.nr_hugepages, vm.overcommit_memory and the memory "
		 "of both machines",
	  .link = "https://github.com/checkpoint-restore/criu/issues/2364" },
	{ .mode = "namespace-refused",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Can't unshare *: No space left on device",
			"Can't fork for #: No space left on device" },
	  .title = "'{target.machine}' grants no more namespaces of a kind "
		   "that the workload had on '{source.machine}'",
	  .fix = "raise user.max_*_namespaces on '{target.machine}'" },
	{ .mode = "privilege-missing",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Unable to create a new time namespace: Operation not "
			"permitted",
			"Unable to restore capabilities: #" },
	  .title = "criu on '{target.machine}' lacks a capability that it "
		   "needs to restore what the workload had on "
		   "'{source.machine}'",
	  .fix = "run criu restore as root with all capabilities",
	  .link = "https://criu.org/CLI/opt/--unprivileged" },
	{ .mode = "network-device",
	  .phases = IN(PHASE_DUMP) | IN(PHASE_RESTORE),
	  .patterns = { "a macvlan parent for * is required",
			"Unsupported link *" },
	  .title = "criu cannot make device {1} of the workload's network "
		   "namespace on '{source.machine}' again on "
		   "'{target.machine}' by itself",
	  .fix = "keep devices out of the images: --empty-ns net with an "
		 "action script, or an external namespace",
	  .link = "https://criu.org/CLI/opt/--empty-ns" },
	{ .mode = "lsm-missing",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "* LSM specified but * not supported by kernel" },
	  .title = "kernel {target.kernel} on '{target.machine}' does not "
		   "enforce {1}, which the restore was told to set a label of",
	  .fix = "boot '{target.machine}' with that security module, or "
		 "restore without --lsm-profile" },
	{ .mode = "cpuinfo-missing",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "^No cpuinfo.img image$" },
	  .title = "the restore on '{target.machine}' was told to compare CPUs "
		   "(--cpu-cap), and the images from '{source.machine}' say "
		   "nothing of theirs",
	  .fix = "use --cpu-cap on dump too",
	  .link = "https://criu.org/Cpuinfo" },
	{ .mode = "image-missing",
	  .phases = IN(PHASE_RESTORE) | IN(PHASE_RESUME) | IN(PHASE_VERIFY),
	  .patterns = { "^No * image$" },
	  .title = "image file {1} of '{source.machine}' did not reach "
		   "'{target.machine}'",
	  .fix = "look at the transfer; compare the images on both sides",
	  .link = "https://github.com/checkpoint-restore/criu/issues/1873" },
	{ .mode = "image-missing",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "No entry for *-file-ID *", "Can't read pages data" },
	  .title = "an image file of '{source.machine}' did not reach "
		   "'{target.machine}' whole",
	  .fix = "look at the transfer; compare the images on both sides",
	  .link = "https://github.com/checkpoint-restore/criu/issues/1873" },
};

const struct mode_rules catalogue_target = { rules, ARRAY_SIZE(rules) };
