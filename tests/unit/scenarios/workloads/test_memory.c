// SPDX-License-Identifier: Apache-2.0
/* test_memory.c - the memory writer from outside: its size, its rate, its check */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

#define MIB_PAGES UINT64_C(256)

static int run(const char *mode, uint16_t port, char **ret_output)
{
	CLEANUP_FREE char *path = rig_program_path("memory");
	char text[8];
	const char *argv[] = { path, mode, "127.0.0.1", text, NULL };

	(void)snprintf(text, sizeof(text), "%u", port);
	return rig_run(argv, ret_output);
}

static uint64_t number(const char *output, const char *key)
{
	CLEANUP_FREE char *label = xasprintf("\n%s=", key);
	const char *at = strstr(output, label);

	ck_assert_msg(at != NULL, "no '%s' in '%s'", key, output);
	return strtoull(at + strlen(label), NULL, 10);
}

/* Asks until @key has come to @least. */
static char *await(uint16_t port, const char *key, uint64_t least)
{
	uint64_t deadline_ns = clock_now_ns() + RIG_PATIENCE_MS * NS_PER_MS;
	char *said = NULL;

	do {
		ck_assert_uint_lt(clock_now_ns(), deadline_ns);
		free(said);
		ck_assert_int_eq(run("--probe", port, &said), 0);
	} while (number(said, key) < least);
	return said;
}

static void start(struct rig_program *program, const char *mib,
		  const char *percent)
{
	ck_assert_int_eq(setenv("MEMORY_MIB", mib, 1), 0);
	ck_assert_int_eq(setenv("DIRTY_PERCENT", percent, 1), 0);
	rig_program_start(program, "memory", 0);
}

START_TEST(it_has_the_size_that_it_is_given)
{
	CLEANUP_FREE char *said = NULL;
	struct rig_program memory;

	start(&memory, "3", "0");
	ck_assert_int_eq(run("--probe", memory.port, &said), 0);
	ck_assert_uint_eq(number(said, "pages"), 3 * MIB_PAGES);
	ck_assert_uint_eq(number(said, "dirtied"), 0);
	rig_program_stop(&memory);
}
END_TEST

/* On a busy machine it gets to less, never to more. */
START_TEST(it_rewrites_no_more_than_its_rate_and_tells_it)
{
	CLEANUP_FREE char *said = NULL;
	struct rig_program memory;

	start(&memory, "4", "50");
	said = await(memory.port, "dirty_rate", 1);
	ck_assert_uint_le(number(said, "dirty_rate"), 4 * MIB_PAGES / 2);
	ck_assert_uint_ge(number(said, "dirtied"), number(said, "dirty_rate"));
	rig_program_stop(&memory);
}
END_TEST

/* Also pages that are rewritten while the others are still compared. */
START_TEST(all_pages_are_compared_when_asked)
{
	CLEANUP_FREE char *before = NULL;
	CLEANUP_FREE char *after = NULL;
	CLEANUP_FREE char *said = NULL;
	struct rig_program memory;

	start(&memory, "8", "100");
	ck_assert_int_eq(run("--verify", memory.port, &before), 1);
	ck_assert_has(before, "wrong: not all pages were compared");
	ck_assert_int_eq(kill(memory.pid, SIGUSR1), 0);
	free(await(memory.port, "checks", 1));
	said = await(memory.port, "checked", 8 * MIB_PAGES);
	ck_assert_uint_eq(number(said, "wrong_pages"), 0);
	ck_assert_int_eq(run("--verify", memory.port, &after), 0);
	ck_assert_has(after, "ok: each page is as it was written last");
	rig_program_stop(&memory);
}
END_TEST

/* Where its memory is: the largest mapping that it has. */
static unsigned long memory_of(pid_t pid)
{
	CLEANUP_FREE char *path = xasprintf("/proc/%d/maps", (int)pid);
	CLEANUP_FREE char *maps = NULL;
	unsigned long largest = 0, at = 0;
	char *line, *rest;
	struct err err;

	ck_assert_ok(file_read(path, 1 << 20, &maps, NULL, &err), &err);
	for (line = strtok_r(maps, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *end;
		unsigned long from = strtoul(line, &end, 16);
		unsigned long to = strtoul(end + 1, &end, 16);

		if (str_starts(end, " rw-p") && to - from > largest) {
			largest = to - from;
			at = from;
		}
	}
	return at;
}

/* A page that was lost on the way has no word of its own any more. */
START_TEST(a_page_that_was_lost_is_noticed)
{
	CLEANUP_FREE char *said = NULL;
	CLEANUP_FREE char *path = NULL;
	struct rig_program memory;
	char zeros[4096] = { 0 };
	FILE *f;

	start(&memory, "8", "0");
	path = xasprintf("/proc/%d/mem", (int)memory.pid);
	f = fopen(path, "r+e");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(
		fseek(f, (long)memory_of(memory.pid) + 5 * 4096L, SEEK_SET), 0);
	ck_assert_uint_eq(fwrite(zeros, 1, sizeof(zeros), f), sizeof(zeros));
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(kill(memory.pid, SIGUSR1), 0);
	free(await(memory.port, "checks", 1));
	free(await(memory.port, "checked", 8 * MIB_PAGES));
	ck_assert_int_eq(run("--verify", memory.port, &said), 1);
	ck_assert_has(said, "wrong: a page is not as it was written last");
	rig_program_stop(&memory);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("scenarios/workloads/memory");
	TCase *tcase = tcase_create("memory");

	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, it_has_the_size_that_it_is_given);
	tcase_add_test(tcase, it_rewrites_no_more_than_its_rate_and_tells_it);
	tcase_add_test(tcase, all_pages_are_compared_when_asked);
	tcase_add_test(tcase, a_page_that_was_lost_is_noticed);
	suite_add_tcase(suite, tcase);
	return suite;
}
