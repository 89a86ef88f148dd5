// SPDX-License-Identifier: Apache-2.0
/* test_carry.c - files and folders from one guest to the other */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

/* As a shell runs it in the test's folder: $A is the agent's program, $P a port. */
static int run_shell(const char *script, char **ret_output)
{
	CLEANUP_FREE char *path = rig_program_path("agent");
	CLEANUP_FREE char *agent = realpath(path, NULL);
	uint16_t port;
	int sock = rig_listen(SOCK_STREAM, &port);
	CLEANUP_FREE char *text =
		xasprintf("A=%s P='127.0.0.1 %u'; cd %s; exec 2>&1\n%s", agent,
			  (unsigned int)port, tmpdir_path(), script);
	const char *argv[] = { "sh", "-c", text, NULL };

	close(sock);
	return rig_run(argv, ret_output);
}

/* What is sent from "from" comes into "to"; then $sent and $received are known. */
#define CARRY(paths)                                                  \
	"mkdir -p from to\n"                                          \
	"(cd to && exec $A --receive $P) & receiver=$!\n"             \
	"(cd from && exec $A --send $P without " paths "); sent=$?\n" \
	"wait $receiver; received=$?\n"

#define LIST                                                                    \
	"list() { (cd $1 && find . -printf '%P %y %m %U %G %T@ %l %n %s\\n' | " \
	"sort && find . -type f -exec md5sum {} + | sort); }\n"

START_TEST(all_arrives_as_it_was)
{
	CLEANUP_FREE char *output = NULL;
	int status = run_shell(
		LIST
		"mkdir -p from/folder/below from/empty\n"
		"head -c 300000 /dev/urandom >from/folder/large\n"
		"echo text >from/folder/below/small; : >from/nothing\n"
		"chmod 4755 from/folder/below/small\n"
		"touch -d '2001-02-03 04:05:06.789' from/folder/large\n"
		"ln from/folder/large from/twin; ln -s below/small from/folder/link\n"
		"ln -s nowhere from/dangling; mkfifo -m 640 from/fifo\n"
		"touch -d 2002-02-02 from/folder; chmod 711 from/empty\n"
		"touch \"$(printf 'from/\\377\\376')\" from/$(printf %0200d 1)\n"
		"ln -s \"$(printf '\\377')\" from/folder/$(printf %0150d 2)\n"
		"mknod from/device c 1 3; chown 12:4000000 from/nothing\n"
		"touch -d 2003-03-03 from\n" CARRY(
			".") "echo $sent $received; list from >a; list to >b; diff a b && "
			     "[ to/twin -ef to/folder/large ] && echo same\n",
		&output);

	ck_assert_str_eq(output, "0 0\nsame\n");
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(one_folder_can_be_left_out)
{
	CLEANUP_FREE char *output = NULL;
	int status =
		run_shell("mkdir -p from/without/x from/y; : >from/z\n"
			  "mkdir to; cd from\n"
			  "(cd ../to && exec $A --receive $P) &\n"
			  "$A --send $P ./without . && wait && cd ../to && "
			  "find . | sort | tr '\\n' ' '\n",
			  &output);

	ck_assert_str_eq(output, ". ./y ./z ");
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(what_is_in_the_way_is_replaced)
{
	CLEANUP_FREE char *output = NULL;

	(void)run_shell(
		"mkdir -p from/a to/b/c to/d; echo new >from/f\n"
		"echo old >to/f; ln to/f kept; ln -s /nowhere from/d\n"
		": >to/a; mkdir from/b\n" CARRY(
			"f d a b") "echo $sent $received $(cat to/f kept)\n"
				   "[ -d to/a ] && [ -d to/b/c ] && readlink to/d\n",
		&output);
	ck_assert_str_eq(output, "0 0 new old\n/nowhere\n");
}
END_TEST

/* Folders on the way are made; a folder that is not empty stays. */
START_TEST(what_does_not_arrive_is_told_and_the_rest_taken)
{
	CLEANUP_FREE char *output = NULL;

	(void)run_shell(
		"mkdir -p from/x/y to/f/full; echo 1 >from/f; echo 2 >from/x/y/g\n" CARRY(
			"f x/y/g") "echo $sent $received $(cat to/x/y/g)\n",
		&output);
	ck_assert_str_eq(output, "f: Can't replace existing directory with "
				 "non-directory: Directory not empty\n0 1 2\n");
}
END_TEST

START_TEST(what_cannot_be_sent_is_told_and_the_rest_sent)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int sock = socket(AF_UNIX, SOCK_STREAM, 0);
	CLEANUP_FREE char *output = NULL;

	ck_assert_int_lt(snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/s",
				  tmpdir_path()),
			 sizeof(addr.sun_path));
	ck_assert_int_eq(bind(sock, (struct sockaddr *)&addr, sizeof(addr)), 0);
	(void)run_shell(
		"mkdir from; echo 2 >from/g; mv s from\n" CARRY(
			"absent s g") "echo $sent $received $(cat to/g) $(ls to)\n",
		&output);
	ck_assert_str_eq(output,
			 "absent: No such file or directory\n"
			 "s: s: pax format cannot archive sockets\n0 0 2 g\n");
	close(sock);
}
END_TEST

/* Of its own memory nobody has the first page. */
START_TEST(what_cannot_be_read_is_told)
{
	CLEANUP_FREE char *output = NULL;

	(void)run_shell("mkdir to\n"
			"(cd to && exec $A --receive $P) &\n"
			"cd / && $A --send $P without proc/self/mem\n"
			"echo $?; wait\n",
			&output);
	ck_assert_str_eq(output, "proc/self/mem: Input/output error\n0\n");
}
END_TEST

/* The kernel's own files say that they are longer, or empty. */
START_TEST(a_file_that_shrinks_or_grows_is_sent_with_its_first_length)
{
	CLEANUP_FREE char *output = NULL;

	(void)run_shell(
		"mkdir to; F=sys/devices/system/cpu/online\n"
		"(cd to && exec $A --receive $P) &\n"
		"cd / && $A --send $P without proc/version $F proc/uptime\n"
		"echo $?; wait; cd $OLDPWD/to; stat -c %s proc/* $F\n"
		"tr -d '\\0' <$F | diff - /$F && echo same\n",
		&output);
	ck_assert_str_eq(output, "0\n0\n0\n4096\nsame\n");
}
END_TEST

START_TEST(nothing_is_sent_too)
{
	CLEANUP_FREE char *output = NULL;

	(void)run_shell(CARRY("") "echo $sent $received $(ls to)\n", &output);
	ck_assert_str_eq(output, "0 0\n");
}
END_TEST

/* Whoever sends may be gone before all is there: of an archive with a file of one
 * block these first bytes arrive. */
static const struct cut {
	size_t len;
	const char *output;
} cuts[] = {
	{ 3, "receive: Unrecognized archive format\n1\n" },
	{ 700, "f: Truncated tar archive\n1\n" },
	{ 1024, "receive: cut short\n1\n" },
	{ 10240, "0\n" },
};

START_TEST(an_end_that_comes_too_early_is_a_failure)
{
	const struct cut *cut = &cuts[_i];
	CLEANUP_FREE char *output = NULL;
	CLEANUP_FREE char *script = xasprintf(
		"printf %%0512d 1 >f; tar -cf all f\n"
		"$A --receive $P & receiver=$!\n"
		"until bash -c 'head -c %zu all >/dev/tcp/127.0.0.1/'${P#* } "
		"2>/dev/null; do :; done; wait $receiver; echo $?\n",
		cut->len);

	(void)run_shell(script, &output);
	ck_assert_str_eq(output, cut->output);
}
END_TEST

/* As a round of pre-dump is, and in memory that was used before. */
START_TEST(the_last_path_is_the_last)
{
	CLEANUP_FREE char *output = NULL;

	(void)run_shell(
		"mkdir from to; echo 1 >from/f\n"
		"(cd to && exec $A --receive $P) &\n"
		"cd from; export GLIBC_TUNABLES=glibc.malloc.perturb=85\n"
		"$A --sequence \"--send\n${P% *}\n${P#* }\nwithout\nf\n\"\n"
		"echo $?; wait; cat ../to/f\n",
		&output);
	ck_assert_str_eq(output, "0\n1\n");
}
END_TEST

/* --- Several tools, one after the other ----------------------------------------- */

START_TEST(a_sequence_ends_with_the_first_that_fails)
{
	CLEANUP_FREE char *output = NULL;
	int status =
		run_shell("exec $A --sequence '--mark\none\n\n"
			  "--shell\necho a; printf %s \"b\\\\nc\"\\nexit 3\n\n"
			  "--mark\ntwo\n\n' 3>&1\n",
			  &output);

	ck_assert_str_eq(output, "one\na\nb\\nc");
	ck_assert_int_eq(status, 3);
}
END_TEST

START_TEST(a_folder_is_emptied_and_stays)
{
	CLEANUP_FREE char *output = NULL;
	int status = run_shell("mkdir -p f/a/b; : >f/.c; : >f/d\n"
			       "exec $A --sequence '--empty\nf\n\n--sync\nf\n\n"
			       "--shell\nfind f\n\n'\n",
			       &output);

	ck_assert_str_eq(output, "f\n");
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(without_its_network_a_tool_is_not_run)
{
	CLEANUP_FREE char *output = NULL;
	int status =
		run_shell("exec $A --in-net absent --mark x 3>&1\n", &output);

	ck_assert_str_eq(output, "absent: No such file or directory\n");
	ck_assert_int_eq(status, 1);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("vm-images/guest/carry");
	TCase *carry = tcase_create("carry");
	TCase *sequence = tcase_create("sequence");

	tcase_add_checked_fixture(carry, tmpdir_setup, tmpdir_teardown);
	tcase_set_timeout(carry, 60);
	tcase_add_test(carry, all_arrives_as_it_was);
	tcase_add_test(carry, one_folder_can_be_left_out);
	tcase_add_test(carry, what_is_in_the_way_is_replaced);
	tcase_add_test(carry, what_does_not_arrive_is_told_and_the_rest_taken);
	tcase_add_test(carry, what_cannot_be_sent_is_told_and_the_rest_sent);
	tcase_add_test(carry, what_cannot_be_read_is_told);
	tcase_add_test(carry, nothing_is_sent_too);
	tcase_add_test(carry, the_last_path_is_the_last);
	tcase_add_test(
		carry,
		a_file_that_shrinks_or_grows_is_sent_with_its_first_length);
	tcase_add_loop_test(carry, an_end_that_comes_too_early_is_a_failure, 0,
			    ARRAY_SIZE(cuts));
	suite_add_tcase(suite, carry);
	tcase_add_checked_fixture(sequence, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(sequence, a_sequence_ends_with_the_first_that_fails);
	tcase_add_test(sequence, a_folder_is_emptied_and_stays);
	tcase_add_test(sequence, without_its_network_a_tool_is_not_run);
	suite_add_tcase(suite, sequence);
	return suite;
}
