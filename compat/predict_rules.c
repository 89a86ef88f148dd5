// SPDX-License-Identifier: Apache-2.0
/* predict_rules.c - what goes wrong between two machines, whatever is moved */
#include "base/mem.h"
#include "base/str.h"
#include "compat/predict.h"

#define CRIU_ISSUE(n) "https://github.com/checkpoint-restore/criu/issues/" #n

/* Instruction sets of user space as /proc/cpuinfo names them; what kernels make
 * up (rep_good, cpuid) and what only they use says nothing. */
const char *const predict_instructions[] = {
	"fpu",
	"cx8",
	"cmov",
	"mmx",
	"fxsr",
	"sse",
	"sse2",
	"pni",
	"ssse3",
	"fma",
	"cx16",
	"sse4_1",
	"sse4_2",
	"sse4a",
	"movbe",
	"popcnt",
	"aes",
	"pclmulqdq",
	"xsave",
	"xsaveopt",
	"xsavec",
	"avx",
	"f16c",
	"rdrand",
	"lahf_lm",
	"abm",
	"3dnowprefetch",
	"rdtscp",
	"fma4",
	"xop",
	"tbm",
	"fsgsbase",
	"bmi1",
	"avx2",
	"bmi2",
	"erms",
	"rtm",
	"avx512f",
	"avx512dq",
	"rdseed",
	"adx",
	"avx512ifma",
	"clflushopt",
	"clwb",
	"avx512cd",
	"sha_ni",
	"avx512bw",
	"avx512vl",
	"avx512vbmi",
	"avx512_vbmi2",
	"gfni",
	"vaes",
	"vpclmulqdq",
	"avx512_vnni",
	"avx512_bitalg",
	"avx512_vpopcntdq",
	"movdiri",
	"movdir64b",
	"fsrm",
	"serialize",
	"amx_bf16",
	"avx512_fp16",
	"amx_tile",
	"amx_int8",
	"avx_vnni",
	"avx512_bf16",
	NULL,
};

char *predict_lacking(const struct facts *source, const struct facts *target)
{
	CLEANUP(str_list_release) struct str_list has = { 0 };
	CLEANUP(str_list_release) struct str_list there = { 0 };
	CLEANUP(str_list_release) struct str_list lacking = { 0 };
	const char *ours = facts_get(source, "cpu_flags");
	const char *theirs = facts_get(target, "cpu_flags");

	if (!ours || !theirs)
		return NULL;
	str_list_split(&has, ours, " ");
	str_list_split(&there, theirs, " ");
	for (const char *const *name = predict_instructions; *name; name++)
		if (str_list_has(&has, *name) && !str_list_has(&there, *name))
			str_list_add(&lacking, *name);
	return lacking.n ? str_list_join(&lacking, " ") : NULL;
}

static bool lacks_instructions(const struct predict_pair *pair)
{
	CLEANUP_FREE char *lacking =
		predict_lacking(pair->source, pair->target);

	return lacking != NULL;
}

static bool no_criu_on_source(const struct predict_pair *pair)
{
	const char *criu = facts_get(pair->source, "criu");

	return !criu || !*criu;
}

static bool no_criu_on_target(const struct predict_pair *pair)
{
	const char *criu = facts_get(pair->target, "criu");

	return !criu || !*criu;
}

static bool differs(const struct predict_pair *pair, const char *fact)
{
	const char *ours = facts_get(pair->source, fact);
	const char *theirs = facts_get(pair->target, fact);

	return ours && theirs && !str_eq(ours, theirs);
}

static bool arch_differs(const struct predict_pair *pair)
{
	return differs(pair, "arch");
}

static bool cgroup_differs(const struct predict_pair *pair)
{
	return differs(pair, "cgroup");
}

static const struct predict_rule rules[] = {
	{ .mode = "architecture",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESTORE,
	  .applies = arch_differs,
	  .fact = "arch",
	  .sentence = "'{source.machine}' is {source.arch}, "
		      "'{target.machine}' {target.arch}" },
	{ .mode = "criu-missing",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_DUMP,
	  .applies = no_criu_on_source,
	  .fact = "criu",
	  .sentence = "'{source.machine}' has no CRIU",
	  .fix = "install criu on '{source.machine}'" },
	{ .mode = "criu-missing",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESTORE,
	  .applies = no_criu_on_target,
	  .fact = "criu",
	  .sentence = "'{target.machine}' has no CRIU",
	  .fix = "install criu on '{target.machine}'" },
	{ .mode = "vdso-layout",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_DUMP,
	  .when = { { "source.criu", "<4.1" },
		    { "source.kernel_version", ">=6.13" } },
	  .fact = "kernel_version",
	  .sentence = "CRIU {source.criu} does not know the vDSO of kernel "
		      "{source.kernel} on '{source.machine}'",
	  .fix = "use CRIU 4.1 or newer on '{source.machine}'",
	  .link = CRIU_ISSUE(2532) },
	{ .mode = "rseq-not-dumpable",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_DUMP,
	  .when = { { "source.kernel_version", "<5.13" },
		    { "source.glibc", ">=2.35" } },
	  .fact = "kernel_version",
	  .sentence = "kernel {source.kernel} on '{source.machine}' cannot "
		      "tell CRIU where glibc {source.glibc} registered rseq",
	  .fix = "use kernel 5.13 or newer, or start the workload with "
		 "GLIBC_TUNABLES=glibc.pthread.rseq=0",
	  .link = CRIU_ISSUE(2070) },
	{ .mode = "rseq-size",
	  .says = FORETOLD_RISK,
	  .phase = PHASE_RESTORE,
	  .when = { { "source.rseq_bytes", ">32" },
		    { "source.glibc", ">=2.40" },
		    { "target.criu", ">=3.17,<4.0" } },
	  .fact = "rseq_bytes",
	  .sentence = "glibc {source.glibc} on '{source.machine}' registers "
		      "an rseq area of {source.rseq_bytes} bytes, CRIU "
		      "{target.criu} on '{target.machine}' knows 32",
	  .fix = "use CRIU 4.0 or newer on '{target.machine}'",
	  .link = "https://github.com/checkpoint-restore/criu/pull/2850" },
	{ .mode = "xsave-too-large",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_DUMP,
	  .when = { { "source.xsave_bytes", ">4096" },
		    { "source.criu", "<3.19" } },
	  .fact = "xsave_bytes",
	  .sentence = "the xsave area of '{source.machine}' has "
		      "{source.xsave_bytes} bytes, CRIU {source.criu} takes "
		      "4096",
	  .fix = "use CRIU 3.19 or newer, or disable AMX",
	  .link = CRIU_ISSUE(2835) },
	{ .mode = "vdso-layout",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESTORE,
	  .when = { { "target.criu", "<4.1" },
		    { "target.kernel_version", ">=6.13" } },
	  .fact = "kernel_version",
	  .sentence = "CRIU {target.criu} does not know the vDSO of kernel "
		      "{target.kernel} on '{target.machine}'",
	  .fix = "use CRIU 4.1 or newer on '{target.machine}'",
	  .link = CRIU_ISSUE(2532) },
	{ .mode = "xsave-missing",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESTORE,
	  .when = { { "source.xsave_bytes", ">0" },
		    { "target.xsave_bytes", "0" } },
	  .fact = "xsave_bytes",
	  .sentence = "images of '{source.machine}' hold an xsave frame, and "
		      "the CPU of '{target.machine}' has no xsave",
	  .fix = "give both machines the same CPU model",
	  .link = "https://criu.org/Cpuinfo" },
	{ .mode = "instruction-missing",
	  .says = FORETOLD_RISK,
	  .phase = PHASE_RESUME,
	  .applies = lacks_instructions,
	  .fact = "cpu_model",
	  .sentence = "the CPU of '{target.machine}' lacks what that of "
		      "'{source.machine}' has: {lacking}; code chosen for it "
		      "dies of SIGILL",
	  .fix = "give both the same CPU model, or start the workload without "
		 "them (GLIBC_TUNABLES=glibc.cpu.hwcaps=...)",
	  .link = "https://criu.org/Cpuinfo" },
	{ .mode = "image-newer-than-criu",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESUME,
	  .when = { { "source.criu", ">=4.2" }, { "target.criu", "<4.2" } },
	  .fact = "criu",
	  .sentence = "CRIU {target.criu} on '{target.machine}' reads memory "
		      "images of CRIU {source.criu} as empty",
	  .fix = "use a CRIU on '{target.machine}' that is not older",
	  .link = CRIU_ISSUE(2847) },
	{ .mode = "cgroup-differs",
	  .says = FORETOLD_RISK,
	  .phase = PHASE_RESTORE,
	  .applies = cgroup_differs,
	  .fact = "cgroup",
	  .sentence = "'{source.machine}' has {source.cgroup} for cgroups, "
		      "'{target.machine}' {target.cgroup}",
	  .fix = "restore with --manage-cgroups=ignore",
	  .link = CRIU_ISSUE(2366) },
	{ .mode = "lsm-label",
	  .says = FORETOLD_RISK,
	  .phase = PHASE_RESTORE,
	  .when = { { "source.lsm", "*selinux*" },
		    { "target.lsm", "!*selinux*" } },
	  .fact = "lsm",
	  .sentence = "tasks of '{source.machine}' have SELinux labels, and "
		      "'{target.machine}' has no SELinux",
	  .link = CRIU_ISSUE(1267) },
	{ .mode = "capabilities",
	  .says = FORETOLD_RISK,
	  .phase = PHASE_RESTORE,
	  .when = { { "source.sysctl.kernel.cap_last_cap",
		      ">target.sysctl.kernel.cap_last_cap" } },
	  .fact = "sysctl.kernel.cap_last_cap",
	  .sentence = "the kernel of '{source.machine}' has capabilities that "
		      "that of '{target.machine}' does not know",
	  .fix = "use CRIU 3.19 or newer on '{target.machine}'",
	  .link = CRIU_ISSUE(684) },
};

const struct predict_rules predict_machines = { rules, ARRAY_SIZE(rules) };
