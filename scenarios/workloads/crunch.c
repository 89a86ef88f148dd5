// SPDX-License-Identifier: Apache-2.0
/* crunch.c - a long computation: many threads, much memory, one right result */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/mix.h"

/*
 * DOC: The computation
 * Memory full of words, each thread has a part of it. In a round every word that
 * begins a cache line is mixed with the round's number and with the same word of
 * the thread before, as it was when the round began: so threads depend on each
 * other, and one that lost a store or ran a round alone changes all that follows.
 * The result is a digest over all words, also those never touched again.
 */
#define THREADS_MAX 256
#define LINE 8 /* words */

struct job {
	uint64_t *words;
	size_t part; /* words of a thread */
	size_t threads;
	uint64_t rounds;
	uint64_t digests[THREADS_MAX];
	uint64_t *edges[2]; /* by the round's parity: what the next thread reads */
	pthread_barrier_t barrier;
};

struct worker {
	pthread_t thread;
	struct job *job;
	size_t index;
};

static void fill(const struct job *job, size_t index)
{
	size_t i, from = index * job->part;

	for (i = from; i < from + job->part; i++)
		job->words[i] = mix64(i + 1);
}

static void compute(struct job *job, size_t index, uint64_t round)
{
	size_t before = (index + job->threads - 1) % job->threads;
	uint64_t carry = job->edges[round & 1][before];
	size_t i, from = index * job->part;

	for (i = from; i < from + job->part; i += LINE) {
		carry = mix64(job->words[i] ^ (carry + round));
		job->words[i] = carry;
	}
	job->edges[~round & 1][index] = carry;
}

static uint64_t digest(const struct job *job, size_t index)
{
	size_t i, from = index * job->part;
	uint64_t d = index;

	for (i = from; i < from + job->part; i++)
		d = (d << 7 | d >> 57) ^ job->words[i];
	return d;
}

static void *work(void *arg)
{
	const struct worker *w = arg;
	struct job *job = w->job;
	uint64_t round;

	fill(job, w->index);
	for (round = 0; round < job->rounds; round++) {
		(void)pthread_barrier_wait(&job->barrier);
		compute(job, w->index, round);
		/* One line a round: what it says only grows. */
		if (w->index == 0)
			dprintf(STDOUT_FILENO, "round=%llu\n",
				(unsigned long long)round);
	}
	job->digests[w->index] = digest(job, w->index);
	return NULL;
}

static void prepare(struct job *job, size_t mib)
{
	size_t bytes = mib << 20;

	job->part = bytes / sizeof(uint64_t) / job->threads / LINE * LINE;
	job->words = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (job->words == MAP_FAILED)
		err(GUEST_TROUBLE, "mmap");
	job->edges[0] = calloc(job->threads, sizeof(uint64_t));
	job->edges[1] = calloc(job->threads, sizeof(uint64_t));
	if (!job->edges[0] || !job->edges[1] ||
	    pthread_barrier_init(&job->barrier, NULL, (unsigned)job->threads))
		err(GUEST_TROUBLE, "prepare");
}

static void run(struct job *job)
{
	static struct worker workers[THREADS_MAX];
	uint64_t all = 0;
	size_t i;

	for (i = 0; i < job->threads; i++) {
		workers[i].job = job;
		workers[i].index = i;
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			err(GUEST_TROUBLE, "pthread_create");
	}
	for (i = 0; i < job->threads; i++) {
		(void)pthread_join(workers[i].thread, NULL);
		all = mix64(all ^ job->digests[i]);
	}
	dprintf(STDOUT_FILENO, "result=%016llx\n", (unsigned long long)all);
}

static size_t number(const char *text, size_t max)
{
	char *end = NULL;
	unsigned long value = strtoul(text, &end, 10);

	if (!value || value > max || *end)
		errx(GUEST_USAGE, "'%s' is not a number from 1 to %zu", text,
		     max);
	return value;
}

int main(int argc, char **argv)
{
	static struct job job;

	if (argc != 4)
		errx(GUEST_USAGE, "usage: crunch THREADS MIB ROUNDS");
	job.threads = number(argv[1], THREADS_MAX);
	job.rounds = number(argv[3], 1000000);
	prepare(&job, number(argv[2], 65536));
	run(&job);
	/* Whoever looks for it finds that it lives, and is done. */
	for (;;)
		(void)pause();
}
