// SPDX-License-Identifier: Apache-2.0
/* test_pages.c - a command is given a connection, and its cork is taken off */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

#define FD 9

/** struct criu - What has a connection to us, and does with it what a test does
 * @agent:	Ends when its stdin does
 * @sock:	The other end of @served, that of the command itself */
struct criu {
	pid_t agent;
	int in, served, sock;
};

static void be_agent(const int in[2], const int out[2], uint16_t port)
{
	CLEANUP_FREE char *path = rig_program_path("agent");
	CLEANUP_FREE char *number = xasprintf("%d", port);

	(void)dup2(in[0], STDIN_FILENO);
	(void)dup2(out[1], STDOUT_FILENO);
	(void)close(in[1]);
	(void)close(out[0]);
	execl(path, path, "--pages", "127.0.0.1", number, "9", "sh", "-c",
	      "echo $$; cat; exit 7", (char *)NULL);
	_exit(1);
}

static int take_fd(int out)
{
	char text[16] = "";
	int pidfd, sock;

	ck_assert_int_gt(read(out, text, sizeof(text) - 1), 0);
	pidfd = (int)syscall(SYS_pidfd_open, strtol(text, NULL, 10), 0);
	sock = (int)syscall(SYS_pidfd_getfd, pidfd, FD, 0);
	ck_assert_int_ge(sock, 0);
	(void)close(pidfd);
	return sock;
}

static struct criu start(void)
{
	struct criu criu = { 0 };
	int in[2], out[2];
	uint16_t port;
	int listener = rig_listen(SOCK_STREAM, &port);

	ck_assert_int_eq(pipe(in) | pipe(out), 0);
	criu.agent = fork();
	if (criu.agent == 0)
		be_agent(in, out, port);
	(void)close(in[0]);
	(void)close(out[1]);
	criu.in = in[1];
	criu.served = accept(listener, NULL, NULL);
	ck_assert_int_ge(criu.served, 0);
	criu.sock = take_fd(out[0]);
	(void)close(out[0]);
	(void)close(listener);
	return criu;
}

static int end(const struct criu *criu)
{
	int status;

	(void)close(criu->in);
	ck_assert_int_eq(waitpid(criu->agent, &status, 0), criu->agent);
	(void)close(criu->served);
	(void)close(criu->sock);
	return WEXITSTATUS(status);
}

static void set(int sock, int option)
{
	int on = 1;

	ck_assert_int_eq(setsockopt(sock, IPPROTO_TCP, option, &on, sizeof(on)),
			 0);
}

static bool is_corked(int sock)
{
	int on = 0;
	socklen_t len = sizeof(on);

	ck_assert_int_eq(getsockopt(sock, IPPROTO_TCP, TCP_CORK, &on, &len), 0);
	return on;
}

/* As criu does before it has the answer to its first question. */
START_TEST(the_cork_is_taken_off_when_the_command_has_sent)
{
	struct criu criu = start();
	char byte;

	set(criu.sock, TCP_CORK);
	ck_assert_int_eq(send(criu.sock, "x", 1, 0), 1);
	set(criu.sock, TCP_NODELAY);
	ck_assert_int_eq(recv(criu.served, &byte, 1, 0), 1);
	for (int ms = 0; ms < RIG_PATIENCE_MS && is_corked(criu.sock); ms++)
		(void)poll(NULL, 0, 1);
	ck_assert(!is_corked(criu.sock));
	ck_assert_int_eq(end(&criu), 7);
}
END_TEST

START_TEST(until_then_it_stays)
{
	struct criu criu = start();

	set(criu.sock, TCP_CORK);
	ck_assert_int_eq(end(&criu), 7);
}
END_TEST

START_TEST(who_does_not_listen_is_named_as_criu_does)
{
	CLEANUP_FREE char *path = rig_program_path("agent");
	CLEANUP_FREE char *command = NULL;
	CLEANUP_FREE char *wanted = NULL;
	CLEANUP_FREE char *output = NULL;
	const char *argv[] = { "sh", "-c", NULL, NULL };
	uint16_t port;
	int listener = rig_listen(SOCK_STREAM, &port);

	(void)close(listener);
	command = xasprintf("%s --pages 127.0.0.1 %d 9 true 2>&1", path, port);
	wanted = xasprintf("\nCan't connect to server 127.0.0.1:%d\n", port);
	argv[2] = command;
	ck_assert_int_eq(rig_run(argv, &output), 1);
	ck_assert_has(output, wanted);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("pages");
	TCase *tc = tcase_create("connections");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, the_cork_is_taken_off_when_the_command_has_sent);
	tcase_add_test(tc, until_then_it_stays);
	tcase_add_test(tc, who_does_not_listen_is_named_as_criu_does);
	suite_add_tcase(suite, tc);
	return suite;
}
