// SPDX-License-Identifier: Apache-2.0
/* selfprobe.c - a workload that looks at itself for what a move may take away */

/*
 * DOC: Theory of operation
 * Each group of GROUP... (all, when none is named) sets what it looks after to
 * something unusual. Then, every 50 ms, all of it is read back and printed as one
 * line "id=HEX n=COUNT KEY=VALUE...", by one write: whoever reads the output takes
 * the last but one line, which is whole. What changes over a move was lost by it;
 * a scenario names the keys that must stay in 'same'.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/selfprobe.h"

#define TICK_NS 50000000
#define LINE_MAX_ 4096
#define N_GROUPS (sizeof(groups) / sizeof(groups[0]))

static const struct selfprobes *const groups[] = {
	&selfprobes_clocks,   &selfprobes_files,  &selfprobes_memory,
	&selfprobes_process,  &selfprobes_queues, &selfprobes_sockets,
	&selfprobes_security,
};
static bool chosen[N_GROUPS];

static struct {
	size_t n;
	char s[LINE_MAX_];
} line;

static void add(const struct text *t)
{
	if (line.n + t->n > sizeof(line.s))
		return;
	for (size_t i = 0; i < t->n; i++)
		line.s[line.n++] = t->s[i];
}

static void add_probe(const struct selfprobe *probe)
{
	struct text t = { .n = 0 };

	text_str(&t, " ");
	text_str(&t, probe->key);
	text_str(&t, "=");
	probe->tell(&t);
	add(&t);
}

static void add_head(uint64_t id, uint64_t n)
{
	struct text t = { .n = 0 };

	text_str(&t, "id=");
	text_hex(&t, id);
	text_str(&t, " n=");
	text_u64(&t, n);
	add(&t);
}

static void add_all(void)
{
	for (size_t g = 0; g < N_GROUPS; g++)
		for (size_t i = 0; chosen[g] && i < groups[g]->n; i++)
			add_probe(&groups[g]->v[i]);
	add(&(struct text){ .n = 1, .s = "\n" });
}

static void prepare(void)
{
	for (size_t g = 0; g < N_GROUPS; g++)
		for (size_t i = 0; chosen[g] && i < groups[g]->n; i++)
			if (groups[g]->v[i].prepare)
				groups[g]->v[i].prepare();
}

static _Noreturn void go_on(void)
{
	struct timespec tick = { .tv_nsec = TICK_NS };
	uint64_t id = guest_nonce(), n = 0;

	for (;;) {
		line.n = 0;
		add_head(id, ++n);
		add_all();
		if (write(STDOUT_FILENO, line.s, line.n) != (ssize_t)line.n)
			guest_die("stdout");
		nanosleep(&tick, NULL);
	}
}

static bool choose(const char *name)
{
	for (size_t g = 0; g < N_GROUPS; g++) {
		if (strcmp(groups[g]->group, name) == 0) {
			chosen[g] = true;
			return true;
		}
	}
	return false;
}

static int usage(void)
{
	(void)fputs("Usage: selfprobe [GROUP]...\nGroups:", stderr);
	for (size_t g = 0; g < N_GROUPS; g++)
		(void)fprintf(stderr, " %s", groups[g]->group);
	(void)fputs("\n", stderr);
	return GUEST_USAGE;
}

int main(int argc, char **argv)
{
	for (size_t g = 0; g < N_GROUPS; g++)
		chosen[g] = argc == 1;
	for (int i = 1; i < argc; i++)
		if (!choose(argv[i]))
			return usage();
	prepare();
	go_on();
}
