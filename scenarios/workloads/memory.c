// SPDX-License-Identifier: Apache-2.0
/* memory.c - so much memory, rewritten at a set rate, each page known by heart */

/*
 * DOC: Theory of operation
 * --serve counts, see counting.h, and has MEMORY_MIB of memory (default 64), of
 * which it rewrites DIRTY_PERCENT a second (default 10), page after page, round
 * and round: so many distinct pages get dirty, whatever the time looked at.
 *
 * All words of a page follow from the nonce, the page's number and how often it was
 * written. SIGUSR1 has all pages compared, some at each tick, while it goes on to
 * write. A probe tells how many were written, and how quickly over the latest
 * second: what was asked for is one thing, what a busy machine lets it do another.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "scenarios/workloads/counting.h"
#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/mix.h"

#define NS_PER_S UINT64_C(1000000000)
#define WORDS (COUNTING_PAGE / sizeof(uint64_t))
#define MIB_MAX 65536
/* A page that must be fetched first takes its time, and somebody may wait for an
 * answer: no more than this is spent on either at a time. */
#define BUSY_NS (UINT64_C(2) * COUNTING_TICK_NS)
/* Behind by more than this, as after a migration, it does not catch up. */
#define TICKS_AT_ONCE UINT64_C(8)
#define STEP UINT64_C(0x9e3779b97f4a7c15)

static struct memory {
	uint64_t nonce;
	uint64_t *words;
	uint32_t *written; /* how often, by page */
	uint64_t pages;
	uint64_t rate; /* pages a second asked for */
	uint64_t next; /* to be written */
	uint64_t dirtied;
	uint64_t due_ns; /* up to when all that was due is written */
	uint64_t second_ns, second_dirtied, seen_rate;
	uint64_t checks, checked; /* passes begun; pages of the latest */
	uint64_t wrong;
} memory;

static volatile sig_atomic_t asked; /* SIGUSR1 came so often */

static void on_usr1(int number)
{
	(void)number;
	asked = asked + 1;
}

/* Not by the vDSO, which a program that was restored elsewhere may not have. */
static uint64_t now_ns(void)
{
	struct timespec ts;

	(void)syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

static uint64_t first_word(uint64_t page)
{
	return mix64(memory.nonce ^ mix64(page << 32 | memory.written[page]));
}

static void fill(uint64_t page)
{
	uint64_t *words = memory.words + page * WORDS;
	uint64_t value = first_word(page);

	for (size_t i = 0; i < WORDS; i++, value += STEP)
		words[i] = value;
}

static bool is_right(uint64_t page)
{
	const uint64_t *words = memory.words + page * WORDS;
	uint64_t value = first_word(page);
	uint64_t differs = 0;

	for (size_t i = 0; i < WORDS; i++, value += STEP)
		differs |= words[i] ^ value;
	return !differs;
}

static void write_next(void)
{
	memory.wrong += !is_right(memory.next);
	memory.written[memory.next]++;
	fill(memory.next);
	memory.next = (memory.next + 1) % memory.pages;
	memory.dirtied++;
}

static void write_due(void)
{
	const uint64_t at_once = TICKS_AT_ONCE * COUNTING_TICK_NS;
	uint64_t now = now_ns();
	uint64_t span = now - memory.due_ns;
	uint64_t n = (span < at_once ? span : at_once) * memory.rate / NS_PER_S;

	if (n == 0)
		return;
	memory.due_ns = now;
	while (n-- && now_ns() - now < BUSY_NS)
		write_next();
	if (now - memory.second_ns < NS_PER_S)
		return;
	memory.seen_rate = (memory.dirtied - memory.second_dirtied) * NS_PER_S /
			   (now - memory.second_ns);
	memory.second_ns = now;
	memory.second_dirtied = memory.dirtied;
}

static void check_some(void)
{
	uint64_t began = now_ns();

	if (memory.checks < (uint64_t)asked && memory.checked == memory.pages) {
		memory.checks++;
		memory.checked = 0;
	}
	while (memory.checked < memory.pages && now_ns() - began < BUSY_NS)
		memory.wrong += !is_right(memory.checked++);
}

static void tick(void)
{
	write_due();
	check_some();
}

static uint64_t setting(const char *name, uint64_t otherwise, uint64_t max)
{
	const char *text = getenv(name);
	char *end;
	unsigned long value;

	if (!text)
		return otherwise;
	value = strtoul(text, &end, 10);
	if (end == text || *end || value > max) {
		(void)fprintf(stderr, "%s: not a number up to %lu: '%s'\n",
			      name, (unsigned long)max, text);
		exit(GUEST_USAGE);
	}
	return value;
}

static void *room(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		guest_die("mmap");
	/* Of a huge page all is dirty when one word is. */
	if (madvise(p, bytes, MADV_NOHUGEPAGE))
		guest_die("madvise");
	return p;
}

static void begin(uint64_t nonce)
{
	struct sigaction action = { .sa_handler = on_usr1 };
	uint64_t mib = setting("MEMORY_MIB", 64, MIB_MAX);

	memory.nonce = nonce;
	memory.pages = mib * (1 << 20) / COUNTING_PAGE;
	memory.checked = memory.pages;
	memory.rate = setting("DIRTY_PERCENT", 10, 100) * memory.pages / 100;
	memory.words = room(memory.pages * COUNTING_PAGE);
	memory.written = room(memory.pages * sizeof(*memory.written));
	for (uint64_t page = 0; page < memory.pages; page++)
		fill(page);
	memory.due_ns = now_ns();
	memory.second_ns = memory.due_ns;
	if (sigaction(SIGUSR1, &action, NULL))
		guest_die("sigaction");
}

static void probe(struct text *t)
{
	text_key_u64(t, "pages", memory.pages);
	text_key_u64(t, "dirtied", memory.dirtied);
	text_key_u64(t, "dirty_rate", memory.seen_rate);
	text_key_u64(t, "checks", memory.checks);
	text_key_u64(t, "checked", memory.checked);
	text_key_u64(t, "wrong_pages", memory.wrong);
}

static _Noreturn void serve(const union guest_addr *addr)
{
	static const struct counting counting = { .begin = begin,
						  .tick = tick,
						  .probe = probe };

	counting_serve(addr, &counting);
}

static bool all_checked(const char *answer)
{
	uint64_t pages = 0, checks = 0, checked = 0, wrong = 0;
	bool told = guest_field_u64(answer, "pages", 10, &pages) &&
		    guest_field_u64(answer, "checks", 10, &checks) &&
		    guest_field_u64(answer, "checked", 10, &checked) &&
		    guest_field_u64(answer, "wrong_pages", 10, &wrong);

	return guest_check(told && checks && checked == pages,
			   "all pages were compared",
			   "not all pages were compared") &&
	       guest_check(wrong == 0, "each page is as it was written last",
			   "a page is not as it was written last");
}

static int verify(const char *answer)
{
	uint64_t nonce;

	if (!guest_field_u64(answer, "nonce", 16, &nonce)) {
		guest_check(false, "", "no nonce in the answer");
		return GUEST_WRONG;
	}
	return counting_fits(answer, nonce) & all_checked(answer) ? GUEST_OK :
								    GUEST_WRONG;
}

int main(int argc, char **argv)
{
	static const struct guest_program program = {
		.name = "memory",
		.serve = serve,
		.verify = verify,
	};

	return guest_main(&program, argc, argv);
}
