// SPDX-License-Identifier: Apache-2.0
/* crunch.c - a long computation: many threads, much memory, one right result */

/*
 * DOC: Theory of operation
 * Memory full of words, each thread has a part of it. In a round every word x becomes
 * A x + e, where e is what the last word of the thread before was when the round
 * began: so all words change, and all threads depend on each other. One that lost a
 * store, saw an old page or ran a round alone changes all that follows.
 *
 * It computes until SIGUSR1 tells it to end with the round under way, however quick
 * or slow the machine is; then it says how many rounds there were, and a digest over
 * all words in their order. The same follows from the number of rounds alone, by
 * algebra instead of work, see expect(): that is the right result.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/mix.h"

#define THREADS_MAX 256
#define MIB_MAX 65536
#define ROUNDS_MAX UINT64_C(1000000000000)
#define A UINT64_C(6364136223846793005)
#define DIGEST UINT64_C(0x9e3779b97f4a7c15)

static struct job {
	uint64_t nonce;
	uint64_t *words;
	size_t part; /* words of a thread */
	size_t threads;
	_Atomic uint64_t end; /* rounds in all; set by the first thread */
	uint64_t digests[THREADS_MAX];
	uint64_t edges[2][THREADS_MAX]; /* last words, by the round's parity */
	pthread_barrier_t barrier;
} job;

static volatile sig_atomic_t told;

static void on_usr1(int number)
{
	(void)number;
	told = 1;
}

static uint64_t first_value(uint64_t i)
{
	return mix64(i + 1);
}

static size_t before(size_t index)
{
	return (index + job.threads - 1) % job.threads;
}

/* --- The work ------------------------------------------------------------- */

static void say(uint64_t rounds, const uint64_t *result)
{
	struct text t;

	t.n = 0;
	text_str(&t, "nonce=");
	text_hex(&t, job.nonce);
	text_str(&t, " rounds=");
	text_u64(&t, rounds);
	if (result) {
		text_str(&t, " result=");
		text_hex(&t, *result);
	}
	text_str(&t, "\n");
	if (write(STDOUT_FILENO, t.s, t.n) < 0)
		_exit(GUEST_TROUBLE);
}

static void fill(size_t index)
{
	size_t i, from = index * job.part, to = from + job.part;

	for (i = from; i < to; i++)
		job.words[i] = first_value(i);
	job.edges[0][index] = job.words[to - 1];
}

static void compute(size_t index, uint64_t round)
{
	const uint64_t e = job.edges[round & 1][before(index)];
	size_t i, from = index * job.part, to = from + job.part;

	for (i = from; i < to; i++)
		job.words[i] = A * job.words[i] + e;
	job.edges[~round & 1][index] = job.words[to - 1];
}

static uint64_t digest(size_t index)
{
	size_t i, from = index * job.part, to = from + job.part;
	uint64_t d = index;

	for (i = from; i < to; i++)
		d = d * DIGEST + job.words[i];
	return d;
}

static void *work(void *arg)
{
	const size_t index = (size_t)((uint64_t *)arg - job.digests);
	uint64_t round;

	fill(index);
	for (round = 0;; round++) {
		/* Who is not here yet is in the round before. */
		if (index == 0 && told)
			job.end = round;
		(void)pthread_barrier_wait(&job.barrier);
		if (round >= job.end)
			break;
		if (index == 0 && round > 0)
			say(round, NULL);
		compute(index, round);
	}
	job.digests[index] = digest(index);
	return NULL;
}

static uint64_t combine(void)
{
	uint64_t all = 0;

	for (size_t i = 0; i < job.threads; i++)
		all = mix64(all ^ job.digests[i]);
	return all;
}

static _Noreturn void serve(void)
{
	struct sigaction action = { .sa_handler = on_usr1 };
	static pthread_t threads[THREADS_MAX];
	uint64_t result;
	size_t i;

	job.nonce = guest_nonce();
	job.end = UINT64_MAX;
	job.words = mmap(NULL, job.threads * job.part * sizeof(*job.words),
			 PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);
	if (job.words == MAP_FAILED)
		guest_die("mmap");
	if (sigaction(SIGUSR1, &action, NULL) ||
	    pthread_barrier_init(&job.barrier, NULL, (unsigned)job.threads))
		guest_die("set up");
	for (i = 0; i < job.threads; i++) {
		if (pthread_create(&threads[i], NULL, work, &job.digests[i]))
			guest_die("pthread_create");
	}
	for (i = 0; i < job.threads; i++)
		(void)pthread_join(threads[i], NULL);
	result = combine();
	say(job.end, &result);
	for (;;)
		(void)pause();
}

/* --- The same by algebra -------------------------------------------------- */

/* @x = @x * @y, of polynomials in z, where z to the number of threads is 1. */
static void multiply(uint64_t *x, const uint64_t *y)
{
	uint64_t product[THREADS_MAX] = { 0 };

	for (size_t i = 0; i < job.threads; i++)
		for (size_t k = 0; k < job.threads; k++)
			product[(i + k) % job.threads] += x[i] * y[k];
	memcpy(x, product, sizeof(product));
}

/* @x = @base to the @n; @base is lost. */
static void power(uint64_t *base, uint64_t n, uint64_t *x)
{
	memset(x, 0, THREADS_MAX * sizeof(*x));
	x[0] = 1;
	for (; n; n >>= 1) {
		if (n & 1)
			multiply(x, base);
		multiply(base, base);
	}
}

/*
 * In a round the last words of all threads become (A + z) times what they were, with
 * z for "of the thread before". What the edges brought is the same for each word of a
 * thread: what its last word is, less what it were without them.
 */
static void expect(uint64_t rounds)
{
	uint64_t coupled[THREADS_MAX] = { 0 }, alone[THREADS_MAX] = { 0 };
	uint64_t p[THREADS_MAX], a[THREADS_MAX];

	coupled[0] = alone[0] = A;
	coupled[1 % job.threads] += 1;
	power(coupled, rounds, p);
	power(alone, rounds, a);
	for (size_t j = 0; j < job.threads; j++) {
		uint64_t d = j, brought = 0;
		size_t i, k = j, from = j * job.part, to = from + job.part;

		for (i = 0; i < job.threads; i++, k = before(k))
			brought += p[i] * first_value((k + 1) * job.part - 1);
		brought -= a[0] * first_value(to - 1);
		for (i = from; i < to; i++)
			d = d * DIGEST + (a[0] * first_value(i) + brought);
		job.digests[j] = d;
	}
	(void)printf("%016llx\n", (unsigned long long)combine());
}

static uint64_t number(const char *text, uint64_t max)
{
	char *end = NULL;
	unsigned long long value = strtoull(text, &end, 10);

	if (*text >= '0' && *text <= '9' && value && value <= max && !*end)
		return value;
	(void)fprintf(stderr, "crunch: '%s' is not a number from 1 to %llu\n",
		      text, (unsigned long long)max);
	exit(GUEST_USAGE);
}

int main(int argc, char **argv)
{
	const bool expects = argc == 5 && strcmp(argv[1], "--expect") == 0;

	if (argc != 3 && !expects) {
		(void)fputs("usage: crunch THREADS MIB\n"
			    "       crunch --expect THREADS MIB ROUNDS\n",
			    stderr);
		return GUEST_USAGE;
	}
	job.threads = number(argv[argc == 3 ? 1 : 2], THREADS_MAX);
	job.part = (number(argv[argc == 3 ? 2 : 3], MIB_MAX) << 20) /
		   sizeof(*job.words) / job.threads;
	if (!expects)
		serve();
	expect(number(argv[4], ROUNDS_MAX));
	return GUEST_OK;
}
