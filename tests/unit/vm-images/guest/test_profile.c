// SPDX-License-Identifier: Apache-2.0
/* test_profile.c - this very process, and what it has just got */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/machine.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

static uint64_t number(const struct facts *facts, const char *key)
{
	const char *text = facts_get(facts, key);
	uint64_t value = 0;

	ck_assert_msg(text && str_u64(text, &value), "'%s' is no number", key);
	return value;
}

static int run(pid_t pid, char **ret_output)
{
	CLEANUP_FREE char *path = rig_program_path("agent");
	CLEANUP_FREE char *number = xasprintf("%d", (int)pid);
	const char *argv[] = { path, "--profile", number, NULL };

	return rig_run(argv, ret_output);
}

static void look_at(pid_t pid, struct facts *facts)
{
	CLEANUP_FREE char *output = NULL;
	struct err err = ERR_INIT;

	ck_assert_int_eq(run(pid, &output), 0);
	ck_assert_ok(facts_parse(output, strlen(output), facts, &err), &err);
}

static void look(struct facts *facts)
{
	look_at(getpid(), facts);
}

START_TEST(a_process_is_told_with_what_it_runs)
{
	CLEANUP(facts_release) struct facts facts = { 0 };

	look(&facts);
	ck_assert_has(facts_get(&facts, "exe"), "test_profile");
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

/* What a restore will want to find, and what it will not set again. */
START_TEST(what_a_restore_needs_is_listed)
{
	CLEANUP(facts_release) struct facts facts = { 0 };
	CLEANUP_FREE char *path = tmpdir_write("with blank", "12345");
	struct sockaddr_in addr = { .sin_family = AF_INET };
	int fd = open(path, O_RDWR | O_CLOEXEC);
	int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int on = 1, timeout = 30000;
	socklen_t len = sizeof(addr);
	CLEANUP_FREE char *bound = NULL;

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(tcp, (void *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(listen(tcp, 4), 0);
	ck_assert_int_eq(getsockname(tcp, (void *)&addr, &len), 0);
	ck_assert_int_eq(setsockopt(tcp, IPPROTO_TCP, TCP_USER_TIMEOUT,
				    &timeout, sizeof(timeout)),
			 0);
	ck_assert_int_eq(
		setsockopt(udp, IPPROTO_UDP, UDP_CORK, &on, sizeof(on)), 0);
	ck_assert_int_eq(prctl(PR_SET_TIMERSLACK, 123456UL), 0);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	look(&facts);
	bound = xasprintf("0100007F:%04X", ntohs(addr.sin_port));
	ck_assert_has(facts_get(&facts, "files"), "/with\\040blank:5:100644");
	ck_assert_has(facts_get(&facts, "tcp_bound"), bound);
	ck_assert_uint_eq(number(&facts, "file_locks"), 1);
	ck_assert_has(facts_get(&facts, "lost_attributes"), "timer_slack");
	/* Only root may have copies of the sockets of its parent. */
	if (geteuid() == 0) {
		ck_assert_has(facts_get(&facts, "lost_options"),
			      "user_timeout");
		ck_assert_uint_eq(number(&facts, "udp_corked"), 1);
	}
	close(fd);
	close(tcp);
	close(udp);
}
END_TEST

START_TEST(a_unix_socket_whose_other_end_is_elsewhere_is_told)
{
	CLEANUP(facts_release) struct facts facts = { 0 };
	int inside[2], outside[2], pipe_fds[2];
	pid_t looked_at = 0;
	char byte;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, outside), 0);
	ck_assert_int_eq(pipe(pipe_fds), 0);
	looked_at = fork();
	if (looked_at == 0) {
		close(outside[1]);
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, inside) ||
		    write(pipe_fds[1], "x", 1) != 1)
			_exit(1);
		(void)pause();
	}
	ck_assert_int_eq(read(pipe_fds[0], &byte, 1), 1);
	look_at(looked_at, &facts);
	kill(looked_at, SIGKILL);
	ck_assert_int_eq(waitpid(looked_at, NULL, 0), looked_at);
	ck_assert_uint_ge(number(&facts, "unix_sockets"), 3);
	/* A kernel may be without unix_diag. */
	if (facts_get(&facts, "unix_streams_outside"))
		ck_assert_uint_eq(number(&facts, "unix_streams_outside"), 1);
}
END_TEST

/* As a container: a root of its own, with one folder of the machine. */
static bool contain(const char *root, const char *shared)
{
	CLEANUP_FREE char *data = xasprintf("%s/data", root);

	if (unshare(CLONE_NEWNS) && unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return false;
	(void)mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	return !mount("tmpfs", root, "tmpfs", 0, NULL) && !mkdir(data, 0755) &&
	       !mount(shared, data, NULL, MS_BIND, NULL) && !chroot(root) &&
	       !chdir("/");
}

/* Its descriptor of @outside is from before it had a root of its own. */
static pid_t contained(const char *root, const char *shared,
		       const char *outside)
{
	int pipe_fds[2];
	char byte = '\0';
	pid_t child;

	ck_assert_int_eq(pipe(pipe_fds), 0);
	child = fork();
	if (child == 0) {
		int fd = open(outside, O_RDONLY | O_CLOEXEC);
		bool ready = fd >= 0 && contain(root, shared);

		if (write(pipe_fds[1], ready ? "y" : "n", 1) == 1)
			(void)pause();
		_exit(1);
	}
	ck_assert_int_eq(read(pipe_fds[0], &byte, 1), 1);
	/* Not where a sandbox forbids namespaces. */
	if (byte == 'y')
		return child;
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	return -1;
}

START_TEST(what_is_mounted_from_the_machine_is_told)
{
	CLEANUP(facts_release) struct facts facts = { 0 };
	CLEANUP_FREE char *root = tmpdir_join("root");
	CLEANUP_FREE char *shared = tmpdir_join("shared");
	CLEANUP_FREE char *outside = tmpdir_write("outside", "text");
	CLEANUP_FREE char *whole = NULL;
	pid_t child;

	ck_assert_int_eq(mkdir(root, 0755), 0);
	ck_assert_int_eq(mkdir(shared, 0755), 0);
	whole = realpath(shared, NULL);
	child = contained(root, shared, outside);
	if (child < 0)
		return;
	look_at(child, &facts);
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	ck_assert_str_eq(facts_get(&facts, "mount_sources"), whole);
	ck_assert_uint_ge(number(&facts, "unmounted_files"), 1);
}
END_TEST

START_TEST(keys_of_a_session_are_counted)
{
	CLEANUP(facts_release) struct facts before = { 0 };
	CLEANUP(facts_release) struct facts after = { 0 };

	look(&before);
	/* Not where a sandbox forbids keyrings. */
	if (!facts_get(&before, "session_keyrings") ||
	    syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ||
	    syscall(SYS_add_key, "user", "probed", "secret", 6UL,
		    KEY_SPEC_SESSION_KEYRING) < 0)
		return;
	look(&after);
	ck_assert_uint_eq(number(&after, "session_keyrings"),
			  number(&before, "session_keyrings") + 1);
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
	/* And the one that looks. */
	ck_assert_uint_eq(number(&facts, "processes"), 3);
	ck_assert_uint_ge(number(&facts, "max_pid"), (uint64_t)child);
}
END_TEST

START_TEST(a_process_that_is_not_there_is_an_error)
{
	CLEANUP_FREE char *output = NULL;
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	ck_assert_int_eq(run(child, &output), 1);
	free(TAKE(output));
	ck_assert_int_eq(run(-1, &output), 1);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("vm-images/guest/profile");
	TCase *tcase = tcase_create("processes");

	tcase_add_test(tcase, a_process_is_told_with_what_it_runs);
	tcase_add_test(tcase, sockets_are_counted_by_kind_and_state);
	tcase_add_test(tcase, timers_and_maps_are_counted);
	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, removed_files_are_told_apart);
	tcase_add_test(tcase, what_a_restore_needs_is_listed);
	tcase_add_test(tcase,
		       a_unix_socket_whose_other_end_is_elsewhere_is_told);
	tcase_add_test(tcase, what_is_mounted_from_the_machine_is_told);
	tcase_add_test(tcase, keys_of_a_session_are_counted);
	tcase_add_test(tcase, children_belong_to_it);
	tcase_add_test(tcase, a_process_that_is_not_there_is_an_error);
	suite_add_tcase(suite, tcase);
	return suite;
}
