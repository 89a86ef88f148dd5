// SPDX-License-Identifier: Apache-2.0
/* test_script_reboot.c - images and state on a disk that outlives a reboot */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "runner/script.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

static char hostile[] = "a b'; touch harm; $(touch harm)";

static struct scenario service(void)
{
	return (struct scenario){ .workload = { .port = 7 },
				  .migration = { .mode = MODE_REBOOT } };
}

static size_t place(const char *text, const char *part)
{
	const char *at = strstr(text, part);

	ck_assert_msg(at != NULL, "'%s' is not in:\n%s", part, text);
	return (size_t)(at - text);
}

static void check_syntax(const char *text)
{
	const char *argv[] = { "sh", "-n", "-c", text, NULL };
	CLEANUP_FREE char *output = NULL;

	ck_assert_msg(rig_run(argv, &output) == 0, "%s\n%s", output, text);
}

/* What is left mounted would be cut off in the middle of a write. */
START_TEST(the_disk_is_unmounted_when_all_is_on_it)
{
	char *words[] = { hostile };
	struct scenario s = service();
	CLEANUP_FREE char *word = str_shell_quote(hostile);
	CLEANUP_FREE char *halt = NULL;

	s.workload.state = (struct str_list){ words, 1 };
	halt = script_halt(&s);
	ck_assert_uint_lt(place(halt, "--give $DEV $SERVICE"),
			  place(halt, word));
	ck_assert_uint_lt(place(halt, word), place(halt, "umount $IMAGES"));
	check_syntax(halt);
}
END_TEST

/* Then nobody answers for the address before there is a socket to be restored. */
START_TEST(the_address_comes_when_the_images_are_there)
{
	struct scenario s = service();
	CLEANUP_FREE char *keep = script_keep();
	CLEANUP_FREE char *rise = script_rise(&s);

	ck_assert_has(keep, "mount --bind /run/kept/images $IMAGES");
	ck_assert_uint_lt(place(rise, "mount --bind /run/kept/images $IMAGES"),
			  place(rise, "--mark\ntransfer-end\n"));
	ck_assert_uint_lt(place(rise, "--mark\ntransfer-end\n"),
			  place(rise, "--take\neth0\n10.77.0.100\n"));
	check_syntax(keep);
	check_syntax(rise);
}
END_TEST

START_TEST(an_unguarded_takeover_lifts_the_guard_of_the_boot)
{
	struct scenario s = service();
	CLEANUP_FREE char *guarded = script_rise(&s);
	CLEANUP_FREE char *unguarded = NULL;

	s.migration.takeover = TAKEOVER_UNGUARDED;
	unguarded = script_rise(&s);
	ck_assert(!testing_contains(guarded, "--lift $SERVICE"));
	ck_assert_uint_lt(place(unguarded, "--lift $SERVICE"),
			  place(unguarded, "--take\neth0\n10.77.0.100\n"));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/script_reboot");
	TCase *texts = tcase_create("texts");

	tcase_add_test(texts, the_disk_is_unmounted_when_all_is_on_it);
	tcase_add_test(texts, the_address_comes_when_the_images_are_there);
	tcase_add_test(texts,
		       an_unguarded_takeover_lifts_the_guard_of_the_boot);
	suite_add_tcase(suite, texts);
	return suite;
}
