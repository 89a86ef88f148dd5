// SPDX-License-Identifier: Apache-2.0
/* test_bind.c - every type arrives in its struct; files and later errors */
#include <stdlib.h>
#include <string.h>

#include "tests/lib/testing.h"
#include "tests/unit/base/bind_thing.h"

static const char full[] = "text: 12\n"
			   "version: 6.10\n"
			   "flag: false\n"
			   "number: 99\n"
			   "duration: 2s\n"
			   "size: 512K\n"
			   "color: red\n"
			   "list: [a, b]\n"
			   "map: {b: 1, a: '2'}\n"
			   "colors: {blue: sky}\n"
			   "inner: true\n"
			   "inners:\n"
			   "  - run: x\n"
			   "  - {wait: y, within: 1m}\n"
			   "named:\n"
			   "  one: {value: 1}\n"
			   "  two: {value: 2}\n";

START_TEST(every_type_arrives_in_its_member)
{
	struct bind_diags diags = { 0 };
	struct thing t = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(bind(full, &t, &diags, &err), &err);
	ck_assert_str_eq(t.text, "12");
	ck_assert_str_eq(t.version, "6.10");
	ck_assert(!t.flag);
	ck_assert_uint_eq(t.number, 99);
	ck_assert_uint_eq(t.duration_ns, 2 * NS_PER_S);
	ck_assert_uint_eq(t.size_bytes, UINT64_C(512) << 10);
	ck_assert_int_eq(t.color, 0);
	ck_assert_uint_eq(t.list.n, 2);
	ck_assert_str_eq(bind_map_get(&t.map, "a"), "2");
	ck_assert_str_eq(t.map.v[0].key, "b");
	ck_assert_ptr_null(bind_map_get(&t.map, "c"));
	ck_assert_str_eq(t.inner.run, "true");
	ck_assert_uint_eq(t.inner.within_ns, 5 * NS_PER_S);
	ck_assert_uint_eq(t.n_inners, 2);
	ck_assert_str_eq(t.inners[1].wait, "y");
	ck_assert_uint_eq(t.inners[1].pos.line, 14);
	ck_assert_uint_eq(t.inners[1].pos.col, 5);
	ck_assert_uint_eq(t.n_named, 2);
	ck_assert_str_eq(t.named[1].name, "two");
	ck_assert_uint_eq(diags.n, 0);
	bind_release(&thing_table, &t);
	ck_assert_ptr_null(t.text);
	ck_assert_uint_eq(t.n_named, 0);
	bind_diags_release(&diags);
}
END_TEST

START_TEST(what_is_absent_takes_its_default)
{
	struct bind_diags diags = { 0 };
	struct thing t = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(bind("text: a", &t, &diags, &err), &err);
	ck_assert(t.flag);
	ck_assert_uint_eq(t.number, 7);
	ck_assert_uint_eq(t.duration_ns, 250 * NS_PER_MS);
	ck_assert_uint_eq(t.size_bytes, 1 << 20);
	ck_assert_int_eq(t.color, 2);
	ck_assert_uint_eq(t.list.n, 0);
	ck_assert_uint_eq(t.inner.within_ns, 5 * NS_PER_S);
	bind_release(&thing_table, &t);
	bind_diags_release(&diags);
}
END_TEST

START_TEST(one_scalar_is_a_list_of_one)
{
	struct bind_diags diags = { 0 };
	struct thing t = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(bind("{text: a, list: b}", &t, &diags, &err), &err);
	ck_assert_uint_eq(t.list.n, 1);
	ck_assert_str_eq(t.list.v[0], "b");
	bind_release(&thing_table, &t);
	bind_diags_release(&diags);
}
END_TEST

START_TEST(an_alias_is_as_good_as_its_anchor)
{
	struct bind_diags diags = { 0 };
	struct thing t = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(bind("text: a\n"
			  "inners: [&i {run: x}, *i]\n",
			  &t, &diags, &err),
		     &err);
	ck_assert_str_eq(t.inners[1].run, "x");
	ck_assert_ptr_ne(t.inners[0].run, t.inners[1].run);
	bind_release(&thing_table, &t);
	bind_diags_release(&diags);
}
END_TEST

START_TEST(a_file_is_read_and_named)
{
	char *path = tmpdir_write("t.yaml", "text: a\nflag: x\n");
	struct bind_diags diags = { 0 };
	struct thing t = { 0 };
	struct err err = ERR_INIT;

	ck_assert_err(bind_file(path, &thing_table, &t, &diags, &err), &err,
		      ERR_INPUT, 2);
	ck_assert_str_eq(diags.file, path);
	ck_assert_str_eq(diags.v[0].source, "flag: x");
	bind_release(&thing_table, &t);
	bind_diags_release(&diags);
	ck_assert_err(bind_file("/nowhere", &thing_table, &t, &diags, &err),
		      &err, ERR_SYS, 2);
	ck_assert_uint_eq(diags.n, 0);
	bind_diags_release(&diags);
	free(path);
}
END_TEST

static const struct {
	const char *where;
	unsigned line, col;
} places[] = {
	{ "", 1, 1 },		{ "/text", 1, 7 },
	{ "/inner/run", 2, 8 }, { "/list/1", 3, 11 },
	{ "/list/9", 3, 7 },	{ "/named/one/value", 5, 16 },
	{ "/named/two", 5, 3 }, { "/list/x", 3, 7 },
};

START_TEST(later_errors_find_their_place)
{
	char *path = tmpdir_write("t.yaml", "text: a\n"
					    "inner: b\n"
					    "list: [a, b]\n"
					    "named:\n"
					    "  one: {value: 1}\n");
	struct bind_diags diags = { 0 };

	bind_diags_at(&diags, path, "/named/one", NULL, "first");
	bind_diags_at(&diags, path, places[_i].where, "do", "no %s", "good");
	for (size_t i = 0; i < diags.n; i++) {
		if (!strcmp(diags.v[i].msg, "first"))
			continue;
		ck_assert_str_eq(diags.v[i].msg, "no good");
		ck_assert_uint_eq(diags.v[i].pos.line, places[_i].line);
		ck_assert_uint_eq(diags.v[i].pos.col, places[_i].col);
		ck_assert_ptr_nonnull(diags.v[i].source);
	}
	ck_assert_uint_eq(diags.n, 2);
	bind_diags_release(&diags);
	free(path);
}
END_TEST

START_TEST(a_later_error_of_no_file_has_no_place)
{
	struct bind_diags diags = { 0 };

	bind_diags_at(&diags, "/nowhere", "/a", NULL, "gone");
	ck_assert_uint_eq(diags.v[0].pos.line, 0);
	ck_assert_ptr_null(diags.v[0].source);
	bind_diags_release(&diags);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("base/bind");
	TCase *tcase = tcase_create("bind");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, every_type_arrives_in_its_member);
	tcase_add_test(tcase, what_is_absent_takes_its_default);
	tcase_add_test(tcase, one_scalar_is_a_list_of_one);
	tcase_add_test(tcase, an_alias_is_as_good_as_its_anchor);
	tcase_add_test(tcase, a_file_is_read_and_named);
	tcase_add_loop_test(tcase, later_errors_find_their_place, 0,
			    ARRAY_SIZE(places));
	tcase_add_test(tcase, a_later_error_of_no_file_has_no_place);
	suite_add_tcase(suite, tcase);
	return suite;
}
