// SPDX-License-Identifier: Apache-2.0
/* obstacles.c - a workload that has what criu may stumble over */

/*
 * DOC: Theory of operation
 * --with NAME[=ARGUMENT], any number of times, gives the process one thing more:
 * an open file, a kind of socket, a mapping, a child. When it has all of them it
 * draws a number that exists nowhere but in its memory and goes on to print,
 * every 20 ms, a line "id=HEX n=COUNT". Each line is one write: whoever reads the
 * output takes the last but one, which is whole.
 *
 * It has no network of its own, so that nothing of it fails for that reason.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/obstacles.h"

#define TICK_NS 20000000
#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const struct obstacles *const kinds[] = {
	&obstacles_files,   &obstacles_handles, &obstacles_memory,
	&obstacles_sockets, &obstacles_tasks,
};

static int usage(void)
{
	(void)fputs("Usage: obstacles [--with NAME[=ARGUMENT]]...\n", stderr);
	for (size_t k = 0; k < N_KINDS; k++) {
		for (size_t i = 0; i < kinds[k]->n; i++)
			(void)fprintf(stderr, "\t%s%s%s\n", kinds[k]->v[i].name,
				      kinds[k]->v[i].arg ? "=" : "",
				      kinds[k]->v[i].arg ? kinds[k]->v[i].arg :
							   "");
	}
	return GUEST_USAGE;
}

static const struct obstacle *find(const char *name, size_t len)
{
	for (size_t k = 0; k < N_KINDS; k++) {
		for (size_t i = 0; i < kinds[k]->n; i++) {
			const struct obstacle *obstacle = &kinds[k]->v[i];

			if (strlen(obstacle->name) == len &&
			    memcmp(obstacle->name, name, len) == 0)
				return obstacle;
		}
	}
	return NULL;
}

static int make(const char *word)
{
	size_t len = strcspn(word, "=");
	const struct obstacle *obstacle = find(word, len);
	const char *arg = word[len] ? word + len + 1 : NULL;

	if (!obstacle || !obstacle->arg != !arg)
		return usage();
	obstacle->make(arg);
	return GUEST_OK;
}

static _Noreturn void go_on(void)
{
	struct timespec tick = { .tv_nsec = TICK_NS };
	uint64_t id = guest_nonce(), n = 0;

	for (;;) {
		struct text t = { .n = 0 };

		text_str(&t, "id=");
		text_hex(&t, id);
		text_str(&t, " n=");
		text_u64(&t, ++n);
		text_str(&t, "\n");
		if (write(STDOUT_FILENO, t.s, t.n) != (ssize_t)t.n)
			exit(GUEST_TROUBLE);
		nanosleep(&tick, NULL);
	}
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i += 2) {
		int status;

		if (strcmp(argv[i], "--with") != 0 || i + 1 == argc)
			return usage();
		status = make(argv[i + 1]);
		if (status != GUEST_OK)
			return status;
	}
	go_on();
}
