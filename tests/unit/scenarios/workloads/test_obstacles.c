// SPDX-License-Identifier: Apache-2.0
/* test_obstacles.c - a process gets what it is told to have, and goes on */
#include <string.h>

#include "base/mem.h"
#include "tests/lib/guest_lines.h"
#include "tests/lib/testing.h"

/* Those that need neither root nor a special kernel. */
static const char *const everywhere[] = {
	"file=data",
	"folder=inside",
	"mapped=data",
	"unlinked=5000",
	"linked-elsewhere=data",
	"replaced=data",
	"device=/dev/null",
	"pidfd",
	"touched=1",
	"reserved=1",
	"stream=6",
	"datagram=17",
	"listener=127.0.0.1:0",
	"unix-listener=socket",
	"pair",
	"threads=2",
	"leaderless-child",
	"timers=3",
	"shared-memory-child",
};

START_TEST(it_has_it_and_goes_on)
{
	const char *argv[] = { "obstacles", "--with", everywhere[_i], NULL };
	CLEANUP(str_list_release) struct str_list lines = { 0 };
	size_t id;

	ck_assert_int_eq(guest_lines(tmpdir_path(), argv, 3, &lines), -1);
	ck_assert_uint_eq(lines.n, 3);
	ck_assert_has(lines.v[0], "id=");
	ck_assert_has(lines.v[0], " n=1");
	ck_assert_has(lines.v[2], " n=3");
	id = strcspn(lines.v[0], " ");
	ck_assert_int_eq(strncmp(lines.v[0], lines.v[2], id), 0);
}
END_TEST

/** struct refused - Arguments that mean nothing */
struct refused {
	const char *argv[4];
};

static const struct refused refused[] = {
	{ { "obstacles", "--with", "none" } },
	{ { "obstacles", "--with", "pair=1" } },
	{ { "obstacles", "--with", "file" } },
	{ { "obstacles", "--with" } },
	{ { "obstacles", "--with", "threads=many" } },
	{ { "obstacles", "--without", "pair" } },
};

START_TEST(what_it_does_not_know_is_refused)
{
	CLEANUP(str_list_release) struct str_list lines = { 0 };

	ck_assert_int_eq(
		guest_lines(tmpdir_path(), refused[_i].argv, 1, &lines), 2);
	ck_assert_uint_eq(lines.n, 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("workloads/obstacles");
	TCase *tcase = tcase_create("program");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_loop_test(tcase, it_has_it_and_goes_on, 0,
			    ARRAY_SIZE(everywhere));
	tcase_add_loop_test(tcase, what_it_does_not_know_is_refused, 0,
			    ARRAY_SIZE(refused));
	suite_add_tcase(suite, tcase);
	return suite;
}
