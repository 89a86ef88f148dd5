// SPDX-License-Identifier: Apache-2.0
/* selfprobe_clocks.c - clocks that went back, or far ahead, between two looks */
#include <cpuid.h>
#include <stdint.h>
#include <time.h>
#include <x86intrin.h>

#include "scenarios/workloads/selfprobe.h"

/* Longer than any migration may take. */
#define FAR_S 1200

/** struct watched - A clock, when it was last looked at, and what it did since */
struct watched {
	clockid_t clock;
	int64_t last_s;
	const char *did;
};

static struct watched wall = { .clock = CLOCK_REALTIME };
static struct watched monotonic = { .clock = CLOCK_MONOTONIC };
static struct watched boot = { .clock = CLOCK_BOOTTIME };

static int64_t now_s(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts) < 0)
		guest_die("clock_gettime");
	return ts.tv_sec;
}

static void begin(struct watched *w)
{
	w->last_s = now_s(w->clock);
	w->did = "steady";
}

static void tell(struct text *t, struct watched *w)
{
	int64_t now = now_s(w->clock);

	if (now < w->last_s)
		w->did = "back";
	if (now - w->last_s > FAR_S)
		w->did = "ahead";
	w->last_s = now;
	text_str(t, w->did);
}

static void set_wall(void)
{
	begin(&wall);
}

static void tell_wall(struct text *t)
{
	tell(t, &wall);
}

static void set_monotonic(void)
{
	begin(&monotonic);
}

static void tell_monotonic(struct text *t)
{
	tell(t, &monotonic);
}

static void set_boot(void)
{
	begin(&boot);
}

static void tell_boot(struct text *t)
{
	tell(t, &boot);
}

/* Programs that time themselves by the counter of the CPU trust that it grows. */
static uint64_t last_count;
static const char *counter_did = "steady";

static void set_counter(void)
{
	last_count = __rdtsc();
}

static void tell_counter(struct text *t)
{
	uint64_t now = __rdtsc();

	if (now < last_count)
		counter_did = "back";
	last_count = now;
	text_str(t, counter_did);
}

static const struct selfprobe table[] = {
	{ "clock_wall", set_wall, tell_wall },
	{ "clock_monotonic", set_monotonic, tell_monotonic },
	{ "clock_boot", set_boot, tell_boot },
	{ "clock_tsc", set_counter, tell_counter },
};

const struct selfprobes selfprobes_clocks = {
	"clocks", table, sizeof(table) / sizeof(table[0])
};
