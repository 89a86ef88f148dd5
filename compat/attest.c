// SPDX-License-Identifier: Apache-2.0
/* attest.c - holds a machine as asked for against its guest's facts */
#include <ctype.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/twin.h"

#define PACKAGE_PREFIX "/linux-image-"
#define MEMORY_PERCENT 85 /* kernel and firmware keep some for themselves */

static void note(struct str_list *notes, char *text)
{
	str_list_take(notes, text);
}

/* Length of the dotted digits that @name begins with: 4 of "6.12-rt". */
static size_t version_length(const char *name)
{
	size_t n = 0;

	while (isdigit((unsigned char)name[n]) ||
	       (n > 0 && name[n] == '.' && isdigit((unsigned char)name[n + 1])))
		n++;
	return n;
}

/* "6.1" is kept by "6.1.192" and not by "6.12". */
static bool version_kept(const char *asked, size_t len, const char *got)
{
	return !strncmp(asked, got, len) && !isdigit((unsigned char)got[len]);
}

/* The package linux-image-6.1.0-56-cloud-amd64 holds the kernel that calls itself
 * 6.1.0-56-cloud-amd64; a metapackage's name has two numbers, or none. */
static bool package_kept(const char *package, const struct facts *facts,
			 const char *version)
{
	const char *kernel = facts_get(facts, "kernel");
	size_t len = version_length(package), dots = 0;

	for (size_t i = 0; i < len; i++)
		dots += package[i] == '.';
	if (dots >= 2 && kernel)
		return !fnmatch(package, kernel, 0);
	return !len || version_kept(package, len, version);
}

static void attest_kernel(const struct machine *machine,
			  const struct facts *facts, struct str_list *notes)
{
	const char *asked = machine->kernel.name;
	const char *package = asked ? strstr(asked, PACKAGE_PREFIX) : NULL;
	const char *got = facts_get(facts, "kernel_version");
	size_t len = asked ? version_length(asked) : 0;
	bool kept = true;

	if (got && package)
		kept = package_kept(package + strlen(PACKAGE_PREFIX), facts,
				    got);
	else if (got && len)
		kept = version_kept(asked, len, got);
	if (!got)
		note(notes, xasprintf("kernel: the guest did not say its "
				      "version"));
	else if (!kept)
		note(notes,
		     xasprintf("kernel: asked for %s, got %s", asked, got));
}

/* libvirt and the kernel disagree on some names, and on '.' for '_'. */
static const struct {
	const char *libvirt, *kernel;
} flag_names[] = {
	{ "pclmuldq", "pclmulqdq" }, { "sse3", "pni" },
	{ "ffxsr", "fxsr_opt" },     { "i64", "lm" },
	{ "sha-ni", "sha_ni" },	     { "spec-ctrl", "ibrs" },
};

static char *flag_of(const char *feature)
{
	char *flag;

	for (size_t i = 0; i < ARRAY_SIZE(flag_names); i++)
		if (!strcmp(feature, flag_names[i].libvirt))
			return xstrdup(flag_names[i].kernel);
	flag = xstrdup(feature);
	for (char *c = flag; *c; c++)
		if (*c == '.' || *c == '-')
			*c = '_';
	return flag;
}

static void attest_features(const struct machine *machine,
			    const struct facts *facts, struct str_list *notes)
{
	struct str_list flags CLEANUP(str_list_release) = { 0 };
	const char *text = facts_get(facts, "cpu_flags");

	if (!text)
		return;
	str_list_split(&flags, text, " ");
	for (size_t i = 0; i < machine->cpu_features.n; i++) {
		const char *feature = machine->cpu_features.v[i];
		char *flag CLEANUP_FREE = flag_of(feature + 1);
		bool wanted = feature[0] == '+';

		if (str_list_has(&flags, flag) == wanted)
			continue;
		note(notes, xasprintf("cpu: asked for %s, but the guest %s %s",
				      feature, wanted ? "lacks" : "has", flag));
	}
}

static bool number_of(const struct facts *facts, const char *key,
		      uint64_t *ret_value)
{
	return str_u64(facts_get(facts, key), ret_value);
}

static void attest_memory(const struct machine *machine,
			  const struct facts *facts, struct str_list *notes)
{
	uint64_t asked_kib = machine->memory_bytes / 1024;
	uint64_t got_kib = 0;

	if (!number_of(facts, "memory_kib", &got_kib) ||
	    got_kib >= asked_kib / 100 * MEMORY_PERCENT)
		return;
	note(notes,
	     xasprintf("memory: asked for %" PRIu64 " MiB, got %" PRIu64 " MiB",
		       asked_kib / 1024, got_kib / 1024));
}

static void attest_vcpus(const struct machine *machine,
			 const struct facts *facts, struct str_list *notes)
{
	uint64_t got = 0;

	if (number_of(facts, "vcpus", &got) && got != machine->vcpus)
		note(notes, xasprintf("vcpus: asked for %" PRIu64 ", got "
				      "%" PRIu64,
				      machine->vcpus, got));
}

static void attest_criu(const struct machine *machine,
			const struct facts *facts, struct str_list *notes)
{
	const char *criu = facts_get(facts, "criu");

	if (!criu || !*criu)
		note(notes, xasprintf("userland: asked for '%s' with CRIU, but "
				      "the guest has none",
				      machine->userland));
}

void machine_attest(const struct machine *machine, const struct facts *facts,
		    struct str_list *ret_notes)
{
	attest_kernel(machine, facts, ret_notes);
	if (machine->twin)
		twin_attest(machine->twin, facts, ret_notes);
	else
		attest_features(machine, facts, ret_notes);
	attest_memory(machine, facts, ret_notes);
	attest_vcpus(machine, facts, ret_notes);
	attest_criu(machine, facts, ret_notes);
}
