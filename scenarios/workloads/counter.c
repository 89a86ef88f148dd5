// SPDX-License-Identifier: Apache-2.0
/* counter.c - a count, a nonce and a chain that live in memory alone */

/*
 * DOC: Theory of operation
 * --serve counts, see counting.h, beside a ballast that is filled from the nonce:
 * a page of it that comes back empty, old or from elsewhere is noticed.
 */
#include "scenarios/workloads/counting.h"
#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/mix.h"

#define BALLAST_WORDS (16 * COUNTING_PAGE / sizeof(uint64_t))

static _Alignas(COUNTING_PAGE) uint64_t ballast[BALLAST_WORDS];
static _Alignas(COUNTING_PAGE) uint64_t ballast_nonce;

/* What the whole ballast must come to, or what it does come to. */
static uint64_t ballast_sum(uint64_t of_nonce, const uint64_t *words)
{
	uint64_t sum = of_nonce;
	size_t i;

	for (i = 0; i < BALLAST_WORDS; i++)
		sum = mix64(sum ^ (words ? words[i] : mix64(of_nonce ^ i)));
	return sum;
}

static void begin(uint64_t nonce)
{
	size_t i;

	ballast_nonce = nonce;
	for (i = 0; i < BALLAST_WORDS; i++)
		ballast[i] = mix64(nonce ^ i);
}

static void probe(struct text *t)
{
	text_key_hex(t, "memory", ballast_sum(ballast_nonce, ballast));
}

static _Noreturn void serve(const union guest_addr *addr)
{
	static const struct counting counting = { .begin = begin,
						  .probe = probe };

	counting_serve(addr, &counting);
}

static int verify(const char *answer)
{
	uint64_t of_nonce, memory;
	bool ok;

	if (!guest_field_u64(answer, "nonce", 16, &of_nonce) ||
	    !guest_field_u64(answer, "memory", 16, &memory)) {
		guest_check(false, "", "no nonce or memory in the answer");
		return GUEST_WRONG;
	}
	ok = counting_fits(answer, of_nonce);
	ok &= guest_check(
		memory == ballast_sum(of_nonce, NULL),
		"the memory holds what belongs to the nonce",
		"the memory holds something else than belongs to the nonce");
	return ok ? GUEST_OK : GUEST_WRONG;
}

int main(int argc, char **argv)
{
	static const struct guest_program program = {
		.name = "counter",
		.serve = serve,
		.verify = verify,
	};

	return guest_main(&program, argc, argv);
}
