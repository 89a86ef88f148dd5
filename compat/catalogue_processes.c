// SPDX-License-Identifier: Apache-2.0
/* catalogue_processes.c - modes of what criu has to be told of a process */
#include "base/mem.h"
#include "compat/catalogue.h"

static const struct mode_rule rules[] = {
	{ .mode = "pid-taken", /* told by a step that restores by itself */
	  .kind = CLUE_OUTPUT,
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Can't fork for #: File exists" },
	  .title = "pid {1} of the workload from '{source.machine}' is taken "
		   "by another process where it was to be restored",
	  .fix = "restore each in a pid namespace of its own",
	  .link = "https://criu.org/Pid_restore" },
	{ .mode = "mount-external",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "mnt: No mapping for * mountpoint" },
	  .title = "the workload's mount namespace from '{source.machine}' has "
		   "a mount from outside, and the restore on "
		   "'{target.machine}' was not told what it is there",
	  .fix = "name it on both sides: --external mnt[PATH]:NAME, then "
		 "--external mnt[NAME]:PATH",
	  .link = "https://criu.org/External_bind_mounts" },
	{ .mode = "cgroup-refused",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "cg: Failed writing * to *: *" },
	  .title = "kernel {target.kernel} on '{target.machine}' refuses {1} "
		   "for {2} ({3}), which CRIU {source.criu} has found on "
		   "'{source.machine}'",
	  .fix = "make the cgroup before the restore, or use "
		 "--manage-cgroups=ignore",
	  .link = "https://criu.org/CGroups" },
	{ .mode = "cgroup-lost", /* told by a step that looks */
	  .kind = CLUE_OUTPUT,
	  .phases = IN(PHASE_RESUME),
	  .patterns = { "^cgroup lost: was *, is *$" },
	  .title =
		  "the workload was in cgroup {1} on '{source.machine}' and is "
		  "in {2} on '{target.machine}'",
	  .fix = "use --manage-cgroups on dump and restore",
	  .link = "https://criu.org/CGroups" },
	{ .mode = "cgroup-limits-lost", /* likewise */
	  .kind = CLUE_OUTPUT,
	  .phases = IN(PHASE_RESUME),
	  .patterns = { "^cgroup limits lost: were *, are *$" },
	  .title = "limits of the workload's cgroup were {1} on "
		   "'{source.machine}' and are {2} on '{target.machine}': CRIU "
		   "{source.criu} makes the cgroup (v2), but not these",
	  .fix = "set them on '{target.machine}' before the restore, as "
		 "container engines do",
	  .link = "https://criu.org/CGroups" },
	{ .mode = "file-locks",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "Some file locks are hold by dumping tasks!" },
	  .title =
		  "the workload on '{source.machine}' holds file locks, and the "
		  "dump was not told to take them along",
	  .fix = "use --file-locks on dump and restore",
	  .link = "https://criu.org/CLI/opt/--file-locks" },
};

const struct mode_rules catalogue_processes = { rules, ARRAY_SIZE(rules) };
