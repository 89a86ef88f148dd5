// SPDX-License-Identifier: Apache-2.0
/* test_cache.c - built things, kept by a digest of all they were built from */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "runner/cache.h"
#include "runner/images_store.h"
#include "runner/saves.h"
#include "tests/lib/testing.h"

#define A_KEY "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/** struct shop - A cache, and builds in it that are counted */
struct shop {
	struct cache cache;
	struct cache_recipe recipe;
	json_t *inputs;
	int built;
	bool fail;
	struct str_list said;
};

static struct shop shop;

static void note(void *arg, const char *line)
{
	(void)arg;
	str_list_add(&shop.said, line);
}

static int build(void *arg, const char *dir, struct err *err)
{
	struct shop *s = arg;
	CLEANUP_FREE char *big = xasprintf("%s/big", dir);
	CLEANUP_FREE char *small = xasprintf("%s/small", dir);

	s->built++;
	if (file_write(big, "0123456789", 10, err))
		return -1;
	if (s->fail)
		return err_set(err, ERR_CHILD, 1, "no luck");
	return file_write(small, "x", 1, err);
}

static void setup(void)
{
	struct err err = ERR_INIT;

	tmpdir_setup();
	shop = (struct shop){ 0 };
	ck_assert_ok(cache_open(tmpdir_path(), &shop.cache, &err), &err);
	shop.cache.say = note;
	shop.inputs = json_pack("{s:s,s:i}", "suite", "bookworm", "n", 1);
	shop.recipe = (struct cache_recipe){ .kind = "root",
					     .name = "bookworm",
					     .inputs = shop.inputs,
					     .build = build,
					     .arg = &shop };
}

static void teardown(void)
{
	json_decref(shop.inputs);
	str_list_release(&shop.said);
	cache_release(&shop.cache);
	tmpdir_teardown();
}

/* Get the one entry; the caller releases it. */
static struct cache_entry get(void)
{
	struct cache_entry entry = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(cache_get(&shop.cache, &shop.recipe, &entry, &err), &err);
	return entry;
}

static void overwrite(const struct cache_entry *entry, const char *name,
		      const char *text)
{
	CLEANUP_FREE char *path = cache_entry_path(entry, name);
	struct err err = ERR_INIT;

	ck_assert_ptr_nonnull(path);
	ck_assert_ok(file_write(path, text, strlen(text), &err), &err);
}

START_TEST(test_builds_once)
{
	struct cache_entry first = get();
	struct cache_entry second = get();

	ck_assert_int_eq(shop.built, 1);
	ck_assert_str_eq(first.dir, second.dir);
	ck_assert_str_eq(second.kind, "root");
	ck_assert_str_eq(second.name, "bookworm");
	ck_assert_uint_eq(second.n, 2);
	ck_assert_uint_eq(cache_entry_bytes(&second), 11);
	ck_assert_ptr_null(cache_entry_path(&second, "other"));
	ck_assert(json_equal(second.inputs, shop.inputs));
	cache_entry_release(&first);
	cache_entry_release(&second);
}
END_TEST

START_TEST(test_keys_follow_kind_and_inputs)
{
	json_t *same = json_pack("{s:i,s:s}", "n", 1, "suite", "bookworm");
	json_t *other = json_pack("{s:i,s:s}", "n", 2, "suite", "bookworm");
	char key[DIGEST_HEX], again[DIGEST_HEX];

	cache_key("root", shop.inputs, key);
	cache_key("root", same, again);
	ck_assert_str_eq(key, again);
	cache_key("root", other, again);
	ck_assert_str_ne(key, again);
	cache_key("kernel", same, again);
	ck_assert_str_ne(key, again);
	json_decref(same);
	json_decref(other);
}
END_TEST

START_TEST(test_failed_build_leaves_nothing)
{
	struct cache_entry entry = { 0 };
	struct cache_entries all CLEANUP(cache_entries_release) = { 0 };
	struct str_list unreadable CLEANUP(str_list_release) = { 0 };
	struct err err = ERR_INIT;

	shop.fail = true;
	ck_assert_err(cache_get(&shop.cache, &shop.recipe, &entry, &err), &err,
		      ERR_CHILD, 1);
	ck_assert_str_eq(err.msg, "root 'bookworm': no luck");
	ck_assert_ptr_null(entry.dir);
	ck_assert_ok(cache_list(&shop.cache, &all, &unreadable, &err), &err);
	ck_assert_uint_eq(all.n + unreadable.n, 0);
	shop.fail = false;
	entry = get();
	ck_assert_int_eq(shop.built, 2);
	cache_entry_release(&entry);
}
END_TEST

START_TEST(test_cut_file_is_built_anew)
{
	struct cache_entry entry = get();

	overwrite(&entry, "big", "012");
	cache_entry_release(&entry);
	entry = get();
	ck_assert_int_eq(shop.built, 2);
	ck_assert_uint_eq(shop.said.n, 1);
	ck_assert_has(shop.said.v[0], "big has 3 bytes instead of 10");
	cache_entry_release(&entry);
}
END_TEST

START_TEST(test_changed_file_of_same_size_is_built_anew)
{
	struct cache_entry entry = get();

	overwrite(&entry, "big", "0123456780");
	cache_entry_release(&entry);
	entry = get();
	ck_assert_int_eq(shop.built, 2);
	ck_assert_has(shop.said.v[0], "big has another digest");
	cache_entry_release(&entry);
}
END_TEST

START_TEST(test_lost_file_is_built_anew)
{
	struct cache_entry entry = get();
	CLEANUP_FREE char *path = cache_entry_path(&entry, "small");

	ck_assert_int_eq(unlink(path), 0);
	cache_entry_release(&entry);
	entry = get();
	ck_assert_int_eq(shop.built, 2);
	cache_entry_release(&entry);
}
END_TEST

START_TEST(test_damaged_description_is_built_anew)
{
	struct cache_entry entry = get();
	CLEANUP_FREE char *path = xasprintf("%s/entry.json", entry.dir);
	struct err err = ERR_INIT;

	ck_assert_ok(file_write(path, "{", 1, &err), &err);
	cache_entry_release(&entry);
	entry = get();
	ck_assert_int_eq(shop.built, 2);
	cache_entry_release(&entry);
}
END_TEST

START_TEST(test_copied_cache_is_taken_by_digest)
{
	struct cache_entry entry = get();

	/* As a copy would: same content, another time. */
	overwrite(&entry, "big", "0123456789");
	cache_entry_release(&entry);
	entry = get();
	ck_assert_int_eq(shop.built, 1);
	ck_assert_uint_eq(shop.said.n, 0);
	cache_entry_release(&entry);
}
END_TEST

START_TEST(test_verify_names_each_fault)
{
	struct cache_entry entry = get();
	struct str_list faults CLEANUP(str_list_release) = { 0 };

	cache_verify(&entry, &faults);
	ck_assert_uint_eq(faults.n, 0);
	overwrite(&entry, "big", "0123456780");
	cache_verify(&entry, &faults);
	ck_assert_uint_eq(faults.n, 1);
	ck_assert_has(faults.v[0], "/big' has SHA-256 ");
	cache_entry_release(&entry);
}
END_TEST

/* Hold a key's lock for a moment in another process, as a builder would. */
static pid_t hold_lock(const char *key)
{
	CLEANUP_FREE char *path =
		xasprintf("%s/images/%s.lock", shop.cache.dir, key);
	int fd = open(path, O_RDWR | O_CREAT, 0644);
	const struct timespec moment = { .tv_nsec = 200000000 };
	pid_t pid;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)nanosleep(&moment, NULL);
		_exit(0);
	}
	(void)close(fd);
	return pid;
}

START_TEST(test_second_process_waits_and_says_so)
{
	char key[DIGEST_HEX];
	struct cache_entry entry;
	pid_t pid;

	cache_key("root", shop.inputs, key);
	pid = hold_lock(key);
	entry = get();
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_uint_eq(shop.said.n, 1);
	ck_assert_str_eq(shop.said.v[0], "waiting for another process that "
					 "builds root 'bookworm'");
	cache_entry_release(&entry);
}
END_TEST

START_TEST(test_entry_in_use_is_not_removed)
{
	struct cache_entry entry = get();
	struct err err = ERR_INIT;
	pid_t pid = hold_lock(entry.key);

	ck_assert_err(cache_remove(&shop.cache, &entry, &err), &err, ERR_SYS,
		      EWOULDBLOCK);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_ok(cache_remove(&shop.cache, &entry, &err), &err);
	ck_assert(!file_exists(entry.dir));
	cache_entry_release(&entry);
}
END_TEST

START_TEST(test_sweep_removes_leftovers_only)
{
	static const char *const leftovers[] = { ".new", ".damaged",
						 ".removed" };
	struct cache_entry entry = get();
	struct str_list names CLEANUP(str_list_release) = { 0 };
	CLEANUP_FREE char *images = tmpdir_join("images");
	struct err err = ERR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(leftovers); i++) {
		CLEANUP_FREE char *dir =
			xasprintf("%s/" A_KEY "%s", images, leftovers[i]);

		ck_assert_ok(file_mkdirs(dir, &err), &err);
	}
	ck_assert_ok(cache_sweep(&shop.cache, &err), &err);
	ck_assert_ok(file_list(images, &names, &err), &err);
	for (size_t i = 0; i < names.n; i++)
		ck_assert_msg(str_starts(names.v[i], entry.key), "%s",
			      names.v[i]);
	ck_assert(file_exists(entry.dir));
	cache_entry_release(&entry);
}
END_TEST

START_TEST(test_answers_are_remembered)
{
	json_t *answer = json_pack("[s,s]", "a 1", "b 2");
	json_t *again;
	struct err err = ERR_INIT;

	ck_assert_ptr_null(cache_recall(&shop.cache, A_KEY));
	ck_assert_ok(cache_remember(&shop.cache, A_KEY, answer, &err), &err);
	again = cache_recall(&shop.cache, A_KEY);
	ck_assert(json_equal(again, answer));
	json_decref(again);
	json_decref(answer);
}
END_TEST

START_TEST(test_store_lists_images_and_saves)
{
	struct cache_entry entry = get();
	struct store store CLEANUP(store_release) = { 0 };
	CLEANUP_FREE char *save = tmpdir_join("vm/" A_KEY);
	CLEANUP_FREE char *temp = NULL;
	CLEANUP_FREE char *state = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(saves_begin(save, &temp, &err), &err);
	state = xasprintf("%s/state", temp);
	ck_assert_ok(file_write(state, "s", 1, &err), &err);
	ck_assert_ok(saves_keep(temp, save, "bookworm-6.1", &err), &err);
	ck_assert_ok(store_load(&shop.cache, &store, &err), &err);
	ck_assert_uint_eq(store.n, 2);
	ck_assert_str_eq(store.v[0].kind, "root");
	ck_assert_str_eq(store.v[1].kind, SAVES_KIND);
	ck_assert_uint_gt(store.v[1].used_ns, 0);
	for (size_t i = 0; i < store.n; i++)
		ck_assert_ok(store_remove(&shop.cache, &store.v[i], &err),
			     &err);
	ck_assert(!file_exists(save));
	ck_assert(!file_exists(entry.dir));
	cache_entry_release(&entry);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("cache");
	TCase *tcase = tcase_create("cache");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_builds_once);
	tcase_add_test(tcase, test_keys_follow_kind_and_inputs);
	tcase_add_test(tcase, test_failed_build_leaves_nothing);
	tcase_add_test(tcase, test_cut_file_is_built_anew);
	tcase_add_test(tcase, test_changed_file_of_same_size_is_built_anew);
	tcase_add_test(tcase, test_lost_file_is_built_anew);
	tcase_add_test(tcase, test_damaged_description_is_built_anew);
	tcase_add_test(tcase, test_copied_cache_is_taken_by_digest);
	tcase_add_test(tcase, test_verify_names_each_fault);
	tcase_add_test(tcase, test_second_process_waits_and_says_so);
	tcase_add_test(tcase, test_entry_in_use_is_not_removed);
	tcase_add_test(tcase, test_sweep_removes_leftovers_only);
	tcase_add_test(tcase, test_answers_are_remembered);
	tcase_add_test(tcase, test_store_lists_images_and_saves);
	suite_add_tcase(suite, tcase);
	return suite;
}
