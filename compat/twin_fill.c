// SPDX-License-Identifier: Apache-2.0
/* twin_fill.c - what of all there is comes nearest to a real host */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/twin.h"

#define MIB (UINT64_C(1) << 20)
#define MEMORY_STEP (128 * MIB) /* MemTotal is what the kernel left of it */
#define MEMORY_MIN (256 * MIB)
#define USUAL_FLAVOUR "cloud-amd64"
#define RANKS 4
#define FAR 1000

static const char said[] = "the file of machines says so";

static const char *fact(const struct machine *machine, const char *key)
{
	return facts_get(&machine->twin->host, key);
}

/* What a profile does not tell need not be the same. */
static void differs_if_told(struct machine *machine, const char *item,
			    const char *key, const char *is, const char *why)
{
	const char *host = fact(machine, key);

	if (host)
		twin_differs(machine->twin, item, host, is, why);
}

static unsigned distance(unsigned a, unsigned b)
{
	return a > b ? a - b : b - a;
}

static bool is_nearer(const unsigned *a, const unsigned *b)
{
	size_t i = 0;

	while (i < RANKS - 1 && a[i] == b[i])
		i++;
	return a[i] < b[i];
}

/** struct version - 6.1.192 */
struct version {
	unsigned part[3];
};

static struct version version_of(const char *text)
{
	struct version version = { 0 };

	for (size_t i = 0; text && i < ARRAY_SIZE(version.part); i++) {
		uint64_t number = 0;

		if (!str_take_u64(&text, 10, &number))
			break;
		version.part[i] = number < FAR ? (unsigned)number : FAR;
		if (*text++ != '.')
			break;
	}
	return version;
}

/* --- The kernel ------------------------------------------------------------------ */

/* How many series there were before it: majors end with one minor or another. */
static unsigned series_of(struct version version)
{
	static const unsigned last_minor[] = {
		[3] = 19, [4] = 20, [5] = 19, [6] = 19
	};
	unsigned series = version.part[1];

	for (unsigned major = 3; major < version.part[0]; major++)
		series += 1 + (major < ARRAY_SIZE(last_minor) ?
				       last_minor[major] :
				       last_minor[6]);
	return series;
}

/* "cloud-amd64" of "6.1.0-56-cloud-amd64" */
static const char *flavour_of(const char *release)
{
	for (const char *dash = strchr(release, '-'); dash;
	     dash = strchr(dash + 1, '-'))
		if (isalpha((unsigned char)dash[1]))
			return dash + 1;
	return "";
}

static unsigned flavour_rank(const char *release, const char *host_release)
{
	const char *flavour = flavour_of(release ? release : "");

	if (str_eq(flavour, flavour_of(host_release)))
		return 0;
	return str_eq(flavour, USUAL_FLAVOUR) ? 1 : 2;
}

static void rank_kernel(const struct machine *machine,
			const struct twin_kernel *kernel, unsigned *ranks)
{
	const char *release = fact(machine, "kernel");
	struct version is = version_of(kernel->version);
	struct version host = version_of(fact(machine, "kernel_version"));

	ranks[0] = !str_eq(kernel->release, release);
	ranks[1] = distance(series_of(is), series_of(host));
	ranks[2] = flavour_rank(kernel->release, release);
	ranks[3] = distance(is.part[2], host.part[2]);
}

static const struct twin_kernel *nearest_kernel(const struct machine *machine,
						const struct twin_menu *menu)
{
	const struct twin_kernel *best = NULL;
	unsigned ranks[RANKS], best_ranks[RANKS] = { 0 };

	for (size_t i = 0; i < menu->n_kernels; i++) {
		rank_kernel(machine, &menu->kernels[i], ranks);
		if (best && is_nearer(best_ranks, ranks))
			continue;
		best = &menu->kernels[i];
		memcpy(best_ranks, ranks, sizeof(ranks));
	}
	return best;
}

static void fill_kernel(struct machine *machine, const struct twin_menu *menu)
{
	struct kernel_ref *kernel = &machine->kernel;
	const char *host = fact(machine, "kernel");
	const struct twin_kernel *best;

	if (kernel->name || kernel->image || kernel->debs.n) {
		twin_differs(machine->twin, "kernel", host,
			     kernel->name  ? kernel->name :
			     kernel->image ? kernel->image :
					     kernel->debs.v[0],
			     said);
		return;
	}
	best = nearest_kernel(machine, menu);
	kernel->name = xstrdup(best->name);
	if (!str_eq(best->release, host))
		twin_differs(machine->twin, "kernel", host, best->name,
			     "of the kernels that Debian's suites have this is "
			     "the nearest");
}

/* --- The userland ---------------------------------------------------------------- */

/* By how much versions differ, the first part that does counting most. */
static unsigned version_rank(const char *a, const char *b)
{
	struct version x = version_of(a), y = version_of(b);

	for (unsigned i = 0; i < ARRAY_SIZE(x.part); i++)
		if (x.part[i] != y.part[i])
			return (3 - i) * FAR + distance(x.part[i], y.part[i]);
	return 0;
}

static void rank_userland(const struct machine *machine,
			  const struct twin_userland *userland, unsigned *ranks)
{
	const char *criu = fact(machine, "criu");

	ranks[0] = criu ? version_rank(userland->criu, criu) : 0;
	ranks[1] = version_rank(userland->glibc, fact(machine, "glibc"));
	ranks[2] = !str_eq(userland->name, fact(machine, "userland"));
	ranks[3] = 0;
}

static const struct twin_userland *
nearest_userland(const struct machine *machine, const struct twin_menu *menu)
{
	const struct twin_userland *best = NULL;
	unsigned ranks[RANKS], best_ranks[RANKS] = { 0 };

	for (size_t i = 0; i < menu->n_userlands; i++) {
		rank_userland(machine, &menu->userlands[i], ranks);
		if (best && is_nearer(best_ranks, ranks))
			continue;
		best = &menu->userlands[i];
		memcpy(best_ranks, ranks, sizeof(ranks));
	}
	return best;
}

/* Without a network nobody says what a userland will have. */
static const char *known(const char *version)
{
	return version ? version : "not known";
}

static void fill_userland(struct machine *machine, const struct twin_menu *menu)
{
	static const char nearest[] =
		"of the userlands of vm-images/userlands.yaml this is the "
		"nearest";
	const char *criu = fact(machine, "criu");
	const struct twin_userland *best;

	if (machine->userland) {
		differs_if_told(machine, "userland", "userland",
				machine->userland, said);
		return;
	}
	best = nearest_userland(machine, menu);
	machine->userland = xstrdup(best->name);
	differs_if_told(machine, "userland", "userland", best->name, nearest);
	differs_if_told(machine, "glibc", "glibc", known(best->glibc), nearest);
	twin_differs(machine->twin, "CRIU", criu, known(best->criu),
		     criu ? nearest : "no machine goes without");
}

/* --- The rest -------------------------------------------------------------------- */

static uint64_t between(uint64_t low, uint64_t value, uint64_t high)
{
	return value < low ? low : value > high ? high : value;
}

static void fill_memory(struct machine *machine, const struct twin_menu *menu)
{
	uint64_t kib = 0, host;
	CLEANUP_FREE char *there = NULL;
	CLEANUP_FREE char *here = NULL;
	bool given = machine->memory_bytes > 0;

	(void)menu;
	if (!str_u64(fact(machine, "memory_kib"), &kib) ||
	    kib > UINT64_MAX / 1024 - MEMORY_STEP)
		kib = 0;
	host = (kib * 1024 + MEMORY_STEP - 1) / MEMORY_STEP * MEMORY_STEP;
	if (!given)
		machine->memory_bytes =
			between(MEMORY_MIN, host, TWIN_MEMORY_MAX);
	there = bind_format_size(host);
	here = bind_format_size(machine->memory_bytes);
	twin_differs(machine->twin, "memory", there, here,
		     given ? said :
			     "twins get from 256M to 1G, more by 'memory'");
}

static void fill_vcpus(struct machine *machine, const struct twin_menu *menu)
{
	CLEANUP_FREE char *here = NULL;
	bool given = machine->vcpus > 0;
	uint64_t host = 1;

	(void)menu;
	if (!str_u64(fact(machine, "vcpus"), &host))
		host = 1;
	if (!given)
		machine->vcpus = between(1, host, TWIN_VCPUS_MAX);
	here = xasprintf("%" PRIu64, machine->vcpus);
	differs_if_told(machine, "vcpus", "vcpus", here,
			given ? said : "twins get at most 2, more by 'vcpus'");
}

/* Kernels from 5.8 on take them from their command line. */
static const char *const sysctls[] = {
	"kernel.pid_max",    "net.ipv4.tcp_timestamps",
	"net.ipv4.tcp_sack", "net.ipv4.tcp_window_scaling",
	"net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
};

static void fill_sysctls(struct machine *machine, const struct twin_menu *menu)
{
	CLEANUP_FREE char *given = TAKE(machine->cmdline);
	struct strbuf buf;

	(void)menu;
	strbuf_open(&buf);
	for (size_t i = 0; i < ARRAY_SIZE(sysctls); i++) {
		CLEANUP_FREE char *key = xasprintf("sysctl.%s", sysctls[i]);
		const char *value = fact(machine, key);

		if (value && bind_matches("^[0-9]+( [0-9]+)*$", value))
			(void)fprintf(buf.f, "%s=\"%s\" ", key, value);
	}
	(void)fputs(given ? given : "", buf.f);
	machine->cmdline = str_trim(strbuf_take(&buf));
}

static void fill_cpu(struct machine *machine, const struct twin_menu *menu)
{
	(void)menu;
	twin_fill_cpu(machine);
}

void twin_fill(struct machine *machine, const struct twin_menu *menu)
{
	static void (*const items[])(struct machine *,
				     const struct twin_menu *) = {
		fill_kernel, fill_userland, fill_cpu,
		fill_memory, fill_vcpus,    fill_sysctls,
	};

	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		items[i](machine, menu);
}
