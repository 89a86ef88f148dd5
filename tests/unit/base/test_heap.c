// SPDX-License-Identifier: Apache-2.0
/* test_heap.c - what the allocator keeps for itself */
#include "base/heap.h"

#include <malloc.h>

#include "base/mem.h"
#include "tests/lib/testing.h"

/* The second block of its size is what glibc would keep. */
START_TEST(large_blocks_are_given_back)
{
	size_t before;

	heap_give_back();
	free(xcalloc(1, 1));
	before = mallinfo2().arena;
	for (int i = 0; i < 3; i++) {
		char *block = xcalloc(1, 4 << 20);

		block[i] = 1;
		ck_assert_uint_eq(mallinfo2().arena, before);
		free(block);
	}
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("heap");
	TCase *tcase = tcase_create("heap");

	tcase_add_test(tcase, large_blocks_are_given_back);
	suite_add_tcase(suite, tcase);
	return suite;
}
