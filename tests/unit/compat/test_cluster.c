// SPDX-License-Identifier: Apache-2.0
/* test_cluster.c - messages with one cause have one shape, others have not */
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "compat/cluster.h"
#include "tests/lib/testing.h"

/** struct shape_case - Two messages and whether their shape is one */
struct shape_case {
	const char *name;
	const char *a;
	const char *b;
	bool same;
};

static const struct shape_case cases[] = {
	{ "pids", "criu's first error: Can't make VM id for 20277",
	  "criu's first error: Can't make VM id for 301", true },
	{ "addresses", "Can't restore 0x7ff5c2637000 mapping with 0xfff4",
	  "Can't restore 0x7f1629c84000 mapping with 0xfff4", true },
	{ "addresses without a prefix", "on 20274's map 7f4944838000",
	  "on 20275's map 7f3d7b5f5000", true },
	{ "inodes", "Can't dump corked dgram socket 2a6e",
	  "Can't dump corked dgram socket 3a1", true },
	{ "paths", "Can't open file srv/a on restore: No such file",
	  "Can't open file /opt/b/c.so on restore: No such file", true },
	{ "paths with numbers", "Read 28 bytes from /run/images/core-1.img",
	  "Read 31 bytes from /run/images/mm-22.img", true },
	{ "machines", "'old' did not answer", "'new-6.12' did not answer",
	  true },
	{ "proportions", "is trimmed (12/0)", "is trimmed (4/123)", true },
	{ "other words", "Can't open cwd", "Can't open root", false },
	{ "a hexadecimal word is a word", "Can't add face", "Can't add feed",
	  false },
	{ "other errno", "bind 7: Address already in use",
	  "bind 7: Cannot assign requested address", false },
	{ "a path or none", "Can't open /a", "Can't open it", false },
	{ "a quote that does not end", "it's odd", "it's even", false },
	{ "nothing", "", "x", false },
};

START_TEST(what_differs_from_cell_to_cell_does_not_count)
{
	const struct shape_case *c = &cases[_i];
	CLEANUP_FREE char *a = cluster_shape(c->a);
	CLEANUP_FREE char *b = cluster_shape(c->b);

	ck_assert_msg((strcmp(a, b) == 0) == c->same,
		      "%s: got '%s' and '%s', wanted %s", c->name, a, b,
		      c->same ? "the same" : "others");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/cluster");
	TCase *tcase = tcase_create("shapes");

	tcase_add_loop_test(tcase,
			    what_differs_from_cell_to_cell_does_not_count, 0,
			    ARRAY_SIZE(cases));
	suite_add_tcase(suite, tcase);
	return suite;
}
