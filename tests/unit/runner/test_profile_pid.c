// SPDX-License-Identifier: Apache-2.0
/* test_profile_pid.c - this very process, and what it has just got */
#include "runner/profile_pid.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/testing.h"

static uint64_t number(const struct facts *facts, const char *key)
{
	const char *text = facts_get(facts, key);
	uint64_t value = 0;

	ck_assert_msg(text && str_u64(text, &value), "'%s' is no number", key);
	return value;
}

static void look(struct facts *facts)
{
	struct err err = ERR_INIT;

	ck_assert_ok(profile_pid(getpid(), facts, &err), &err);
}

START_TEST(a_process_is_told_with_what_it_runs)
{
	CLEANUP(facts_release) struct facts facts = { 0 };

	look(&facts);
	ck_assert_has(facts_get(&facts, "exe"), "test_profile_pid");
	ck_assert_uint_ge(number(&facts, "max_pid"), (uint64_t)getpid());
	ck_assert_uint_gt(number(&facts, "rss_kib"), 0);
	ck_assert_str_eq(facts_get(&facts, "system_files"), "yes");
	ck_assert_has(facts_get(&facts, "mapped_files"), "libc");
	ck_assert_str_eq(facts_get(&facts, "namespace.net"), "host");
	ck_assert_ptr_nonnull(facts_get(&facts, "limit.open_files"));
}
END_TEST

/* A listening socket, one that has connected to it, and nobody has accepted. */
static void connect_unaccepted(int fds[2])
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	fds[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(fds[0], (void *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(listen(fds[0], 4), 0);
	ck_assert_int_eq(getsockname(fds[0], (void *)&addr, &len), 0);
	ck_assert_int_eq(connect(fds[1], (void *)&addr, sizeof(addr)), 0);
}

START_TEST(sockets_are_counted_by_kind_and_state)
{
	CLEANUP(facts_release) struct facts before = { 0 };
	CLEANUP(facts_release) struct facts after = { 0 };
	int tcp[2], pair[2], udp, netlink, mptcp;

	look(&before);
	connect_unaccepted(tcp);
	udp = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
	mptcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 262);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	look(&after);
	ck_assert_uint_eq(number(&after, "tcp_listening"),
			  number(&before, "tcp_listening") + 1);
	ck_assert_uint_eq(number(&after, "tcp_established"),
			  number(&before, "tcp_established") + 1);
	ck_assert_uint_eq(number(&after, "in_flight"),
			  number(&before, "in_flight") + 1);
	ck_assert_uint_eq(number(&after, "unix_sockets"),
			  number(&before, "unix_sockets") + 2);
	/* netlink's is known, and an UDP socket that is bound to nothing. */
	ck_assert_uint_eq(number(&after, "other_sockets"),
			  number(&before, "other_sockets") + (mptcp >= 0));
	if (mptcp >= 0)
		ck_assert_has(facts_get(&after, "other_protocols"), "MPTCP");
	close(tcp[0]);
	close(tcp[1]);
	close(pair[0]);
	close(pair[1]);
	close(udp);
	close(netlink);
	close(mptcp);
}
END_TEST

START_TEST(timers_and_maps_are_counted)
{
	CLEANUP(facts_release) struct facts facts = { 0 };
	struct sigevent none = { .sigev_notify = SIGEV_NONE };
	int fd = memfd_create("a memfd", MFD_CLOEXEC);
	timer_t timer;
	void *map;

	ck_assert_int_eq(timer_create(CLOCK_MONOTONIC, &none, &timer), 0);
	ck_assert_int_eq(ftruncate(fd, 4096), 0);
	map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(map, MAP_FAILED);
	look(&facts);
	ck_assert_uint_eq(number(&facts, "posix_timers"), 1);
	ck_assert_uint_eq(number(&facts, "memfd_maps"), 1);
	munmap(map, 4096);
	timer_delete(timer);
	close(fd);
}
END_TEST

/* One whose name is gone, and one that has another. */
START_TEST(removed_files_are_told_apart)
{
	CLEANUP(facts_release) struct facts before = { 0 };
	CLEANUP(facts_release) struct facts after = { 0 };
	CLEANUP_FREE char *ghost = tmpdir_write("ghost", "12345");
	CLEANUP_FREE char *name = tmpdir_write("name", "1");
	CLEANUP_FREE char *other = tmpdir_join("other");
	int fds[2];

	look(&before);
	fds[0] = open(ghost, O_RDONLY | O_CLOEXEC);
	fds[1] = open(name, O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(link(name, other), 0);
	ck_assert_int_eq(unlink(ghost) | unlink(name), 0);
	look(&after);
	ck_assert_uint_eq(number(&after, "deleted_files"),
			  number(&before, "deleted_files") + 2);
	ck_assert_uint_eq(number(&after, "linked_files"), 1);
	ck_assert_uint_ge(number(&after, "ghost_bytes"), 5);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

START_TEST(children_belong_to_it)
{
	CLEANUP(facts_release) struct facts facts = { 0 };
	pid_t child = fork();

	if (child == 0) {
		(void)pause();
		_exit(0);
	}
	look(&facts);
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	ck_assert_uint_eq(number(&facts, "processes"), 2);
	ck_assert_uint_ge(number(&facts, "max_pid"), (uint64_t)child);
}
END_TEST

START_TEST(a_process_that_is_not_there_is_an_error)
{
	struct facts facts = { 0 };
	struct err err = ERR_INIT;
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	ck_assert_err(profile_pid(child, &facts, &err), &err, ERR_INPUT, 0);
	ck_assert_err(profile_pid(-1, &facts, &err), &err, ERR_INPUT, 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/profile_pid");
	TCase *tcase = tcase_create("processes");

	tcase_add_test(tcase, a_process_is_told_with_what_it_runs);
	tcase_add_test(tcase, sockets_are_counted_by_kind_and_state);
	tcase_add_test(tcase, timers_and_maps_are_counted);
	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, removed_files_are_told_apart);
	tcase_add_test(tcase, children_belong_to_it);
	tcase_add_test(tcase, a_process_that_is_not_there_is_an_error);
	suite_add_tcase(suite, tcase);
	return suite;
}
