// SPDX-License-Identifier: Apache-2.0
/* twin_cpu.c - the CPU model and features that come nearest to a real host's CPU */
#include "base/mem.h"
#include "base/str.h"
#include "compat/twin.h"

#define MARKS_MAX 4

/* Models of libvirt 9.0 by vendor, older ones first, with flags that the one before
 * them has not. Those without TSX: most hosts have it turned off. */
static const struct model {
	const char *vendor, *name;
	const char *marks[MARKS_MAX];
} models[] = {
	{ "GenuineIntel", "Conroe", { "ssse3" } },
	{ "GenuineIntel", "Penryn", { "sse4_1" } },
	{ "GenuineIntel", "Nehalem", { "sse4_2", "popcnt" } },
	{ "GenuineIntel", "Westmere", { "aes" } },
	{ "GenuineIntel", "SandyBridge", { "avx", "xsave" } },
	{ "GenuineIntel", "IvyBridge", { "f16c", "rdrand", "fsgsbase" } },
	{ "GenuineIntel", "Haswell-noTSX", { "avx2", "bmi2", "fma" } },
	{ "GenuineIntel", "Broadwell-noTSX", { "adx", "rdseed" } },
	{ "GenuineIntel", "Skylake-Client-noTSX-IBRS", { "xsavec", "xgetbv1" } },
	{ "GenuineIntel",
	  "Skylake-Server-noTSX-IBRS",
	  { "avx512f", "avx512bw", "clwb" } },
	{ "GenuineIntel", "Cascadelake-Server-noTSX", { "avx512_vnni" } },
	{ "GenuineIntel",
	  "Icelake-Server-noTSX",
	  { "avx512_vbmi2", "vaes", "gfni" } },
	{ "AuthenticAMD", "Opteron_G1", { "sse2" } },
	{ "AuthenticAMD", "Opteron_G2", { "cx16" } },
	{ "AuthenticAMD", "Opteron_G3", { "sse4a", "popcnt" } },
	{ "AuthenticAMD", "Opteron_G4", { "avx", "aes", "xsave" } },
	{ "AuthenticAMD", "Opteron_G5", { "f16c", "fma" } },
	{ "AuthenticAMD", "EPYC", { "avx2", "sha_ni", "xsavec" } },
	{ "AuthenticAMD", "EPYC-Rome", { "clwb", "rdpid" } },
	{ "AuthenticAMD", "EPYC-Milan", { "vaes", "invpcid", "fsrm" } },
};

/* What programs choose code by, what has room in an xsave area, and what CRIU
 * compares: as libvirt calls it, and as /proc/cpuinfo does where that differs. */
static const struct {
	const char *feature, *flag;
} features[] = {
	{ "ssse3", NULL },
	{ "sse4.1", "sse4_1" },
	{ "sse4.2", "sse4_2" },
	{ "sse4a", NULL },
	{ "popcnt", NULL },
	{ "abm", NULL },
	{ "movbe", NULL },
	{ "aes", NULL },
	{ "pclmuldq", "pclmulqdq" },
	{ "sha-ni", "sha_ni" },
	{ "gfni", NULL },
	{ "vaes", NULL },
	{ "vpclmulqdq", NULL },
	{ "xsave", NULL },
	{ "xsaveopt", NULL },
	{ "xsavec", NULL },
	{ "xgetbv1", NULL },
	{ "xsaves", NULL },
	{ "avx", NULL },
	{ "f16c", NULL },
	{ "fma", NULL },
	{ "fma4", NULL },
	{ "xop", NULL },
	{ "tbm", NULL },
	{ "avx2", NULL },
	{ "avx-vnni", "avx_vnni" },
	{ "bmi1", NULL },
	{ "bmi2", NULL },
	{ "adx", NULL },
	{ "rdrand", NULL },
	{ "rdseed", NULL },
	{ "rdpid", NULL },
	{ "rdtscp", NULL },
	{ "fsgsbase", NULL },
	{ "erms", NULL },
	{ "fsrm", NULL },
	{ "clflushopt", NULL },
	{ "clwb", NULL },
	{ "lahf_lm", NULL },
	{ "3dnowprefetch", NULL },
	{ "misalignsse", NULL },
	{ "hle", NULL },
	{ "rtm", NULL },
	{ "mpx", NULL },
	{ "pku", NULL },
	{ "umip", NULL },
	{ "pcid", NULL },
	{ "invpcid", NULL },
	{ "la57", NULL },
	{ "movdiri", NULL },
	{ "movdir64b", NULL },
	{ "avx512f", NULL },
	{ "avx512dq", NULL },
	{ "avx512ifma", NULL },
	{ "avx512cd", NULL },
	{ "avx512bw", NULL },
	{ "avx512vl", NULL },
	{ "avx512vbmi", NULL },
	{ "avx512vbmi2", "avx512_vbmi2" },
	{ "avx512vnni", "avx512_vnni" },
	{ "avx512bitalg", "avx512_bitalg" },
	{ "avx512-vpopcntdq", "avx512_vpopcntdq" },
	{ "avx512-bf16", "avx512_bf16" },
	{ "avx512-fp16", "avx512_fp16" },
	{ "avx512-vp2intersect", "avx512_vp2intersect" },
	{ "amx-tile", "amx_tile" },
	{ "amx-int8", "amx_int8" },
	{ "amx-bf16", "amx_bf16" },
};

static bool has_all(const struct str_list *flags, const char *const *marks)
{
	for (size_t i = 0; i < MARKS_MAX && marks[i]; i++)
		if (!str_list_has(flags, marks[i]))
			return false;
	return true;
}

static const char *model_of(const char *vendor, const struct str_list *flags)
{
	const char *name = "qemu64";

	for (size_t i = 0; i < ARRAY_SIZE(models); i++)
		if (str_eq(models[i].vendor, vendor) &&
		    has_all(flags, models[i].marks))
			name = models[i].name;
	return name;
}

/* Said of each, whatever the model has: models differ between versions. */
static void fill_features(const struct str_list *flags,
			  struct str_list *cpu_features)
{
	for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
		const char *feature = features[i].feature;
		const char *flag = features[i].flag ? features[i].flag :
						      feature;

		str_list_take(cpu_features,
			      xasprintf("%c%s",
					str_list_has(flags, flag) ? '+' : '-',
					feature));
	}
}

void twin_fill_cpu(struct machine *machine)
{
	struct twin *twin = machine->twin;
	struct str_list flags CLEANUP(str_list_release) = { 0 };
	const char *why =
		"of libvirt's models the nearest, and the host's features "
		"where QEMU offers them: the guest says which it got";

	if (machine->cpu)
		why = "the file of machines says so";
	str_list_split(&flags, facts_get(&twin->host, "cpu_flags"), " ");
	if (!machine->cpu) {
		machine->cpu = xstrdup(
			model_of(facts_get(&twin->host, "cpu_vendor"), &flags));
		if (!machine->cpu_features.n)
			fill_features(&flags, &machine->cpu_features);
	}
	twin_differs(twin, "CPU", facts_get(&twin->host, "cpu_model"),
		     machine->cpu, why);
}
