// SPDX-License-Identifier: Apache-2.0
/* catalogue_cpu.c - modes in which the CPUs do not fit */
#include "base/mem.h"
#include "compat/catalogue.h"

#define CRIU_ISSUE(n) "https://github.com/checkpoint-restore/criu/issues/" #n
#define CPUINFO_PAGE "https://criu.org/Cpuinfo"

static const struct mode_rule rules[] = {
	{ .mode = "xsave-missing",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "FPU xsave area present, but host cpu doesn't support "
			"it" },
	  .title = "the image holds an xsave frame of '{source.machine}' "
		   "({source.cpu_model}), and the CPU of '{target.machine}' "
		   "({target.cpu_model}) has no xsave",
	  .fix = "give both machines the same CPU model, or disable xsave on "
		 "'{source.machine}'",
	  .link = CPUINFO_PAGE },
	{ .mode = "xsave-frame",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Corruption in * area (expected # but # obtained)" },
	  .title = "the image's xsave frame of '{source.machine}' lacks bytes "
		   "of {1} that the CPU of '{target.machine}' "
		   "({target.cpu_model}) needs: {3} of {2}",
	  .fix = "give both machines the same CPU model",
	  .link = CRIU_ISSUE(1171) },
	{ .mode = "xsave-too-large",
	  .patterns = { "Can't set FPU registers for #: Bad address" },
	  .title = "the xsave frame of '{side.machine}' ({side.xsave_bytes} "
		   "bytes) is larger than CRIU {side.criu} can take",
	  .fix = "use CRIU 3.19 or newer, or disable amx-tile",
	  .link = CRIU_ISSUE(2835) },
	{ .mode = "cpu-fpu",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "FPU feature required by image is not supported on host",
			"CPU xfeatures has unsupported bits (*)",
			"CPU xsave size mismatch (#/#)",
			"CPU xsave max size mismatch (#/#)" },
	  .title = "--cpu-cap: the FPU of '{target.machine}' "
		   "({target.cpu_model}) is not that of '{source.machine}' "
		   "({source.cpu_model})",
	  .fix = "give both machines the same CPU model, or check less with "
		 "--cpu-cap=ins",
	  .link = CPUINFO_PAGE },
	{ .mode = "cpu-instructions",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "CPU instruction capabilities do not match run time",
			"CPU capabilities do not match run time" },
	  .title = "--cpu-cap: the CPU of '{target.machine}' "
		   "({target.cpu_model}) lacks instructions of "
		   "'{source.machine}' ({source.cpu_model})",
	  .fix = "give both machines the same CPU model",
	  .link = CPUINFO_PAGE },
	{ .mode = "architecture",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Core march mismatch #" },
	  .title = "'{source.machine}' ({source.arch}) and '{target.machine}' "
		   "({target.arch}) are not of one architecture",
	  .link = CRIU_ISSUE(453) },
	{ .mode = "instruction-missing",
	  .kind = CLUE_KERNEL,
	  .phases = IN(PHASE_RESTORE) | IN(PHASE_RESUME) | IN(PHASE_VERIFY),
	  .patterns = { "traps: *[#] trap invalid opcode" },
	  .when = { { "source.cpu_flags", "not-within target.cpu_flags" } },
	  .title = "{1} ran into an instruction that it chose for the CPU of "
		   "'{source.machine}' ({source.cpu_model}) and that the CPU "
		   "of '{target.machine}' ({target.cpu_model}) does not have",
	  .fix = "give both machines the same CPU model, or mask the features "
		 "with GLIBC_TUNABLES=glibc.cpu.hwcaps before the start; "
		 "--cpu-cap=all on dump and restore tells before the move",
	  .link = "https://github.com/containers/podman/issues/17496" },
};

const struct mode_rules catalogue_cpu = { rules, ARRAY_SIZE(rules) };
