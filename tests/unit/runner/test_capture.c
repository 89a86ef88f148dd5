// SPDX-License-Identifier: Apache-2.0
/* test_capture.c - each frame once, from where it came, in order */
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "compat/capfile.h"
#include "compat/pcapng_notes.h"
#include "runner/capture.h"
#include "runner/cli.h"
#include "runner/net.h"
#include "runner/net_host.h"
#include "tests/lib/testing.h"

#define PORT 7000
#define TALKS 200

/* The capture's process is this program, started anew. */
__attribute__((constructor)) static void be_capture(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], CLI_CAPTURE) == 0)
		exit(capture_main(argc - 1, argv + 1));
}

enum { ONE, TWO, HOSTS };

/* struct side - A host, a socket in it, and who it is */
static struct side {
	const char *port;
	const char *mac;
	const char *ip;
	struct net_host *host;
	int fd;
} sides[HOSTS] = {
	{ "one-svc", "52:54:00:77:00:01", "10.77.0.11", NULL, -1 },
	{ "two-svc", "52:54:00:77:00:02", "10.77.0.12", NULL, -1 },
};

static int home;

static struct sockaddr_in address(const char *ip)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = htons(PORT) };

	ck_assert_int_eq(inet_pton(AF_INET, ip, &addr.sin_addr), 1);
	return addr;
}

static void open_side(struct side *side)
{
	const char *const ips[] = { side->ip, NULL };
	const struct net_host_opts opts = { side->port, "svc0", side->mac,
					    ips };
	struct sockaddr_in addr = address("0.0.0.0");
	struct err err = ERR_INIT;
	int on = 1;

	ck_assert_ok(net_host_open(&opts, &side->host, &err), &err);
	ck_assert_int_eq(setns(net_host_fd(side->host), CLONE_NEWNET), 0);
	side->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(setns(home, CLONE_NEWNET), 0);
	ck_assert_int_eq(setsockopt(side->fd, SOL_SOCKET, SO_BROADCAST, &on,
				    sizeof(on)),
			 0);
	ck_assert_int_eq(bind(side->fd, (struct sockaddr *)&addr, sizeof(addr)),
			 0);
}

/* Root of the user namespace, or a started program could do nothing there. */
static bool become_root(uid_t uid)
{
	CLEANUP_FREE char *map = xasprintf("0 %u 1", uid);
	CLEANUP_FD int fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);

	return write(fd, map, strlen(map)) == (ssize_t)strlen(map);
}

/* As in test_net.c: without a namespace of its own a test is skipped. */
static bool own_network(void)
{
	uid_t uid = geteuid();

	if (unshare(CLONE_NEWNET) == 0)
		return true;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 && become_root(uid))
		return true;
	(void)printf("skipped: no network namespace can be made here\n");
	return false;
}

static bool open_sides(void)
{
	struct err err = ERR_INIT;

	if (!own_network())
		return false;
	home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(home, 0);
	ck_assert_ok(net_bridge("svc0", NULL, &err), &err);
	for (int i = 0; i < HOSTS; i++)
		open_side(&sides[i]);
	return true;
}

static void close_sides(void)
{
	struct err err = ERR_INIT;

	for (int i = 0; i < HOSTS; i++) {
		close(sides[i].fd);
		ck_assert_ok(net_host_close(TAKE(sides[i].host), &err), &err);
	}
	close(home);
}

static void speak(const struct side *from, const char *ip, size_t len)
{
	static const char bytes[2000] = "what is said";
	struct sockaddr_in to = address(ip);

	ck_assert_int_eq(sendto(from->fd, bytes, len, 0, (struct sockaddr *)&to,
				sizeof(to)),
			 (ssize_t)len);
}

static void hear(const struct side *at, size_t len)
{
	char bytes[4000];

	ck_assert_int_eq(recv(at->fd, bytes, sizeof(bytes), 0), (ssize_t)len);
}

/* Questions and answers of growing length, the first of them to all. */
static void converse(void)
{
	for (size_t i = 0; i < TALKS; i++) {
		speak(&sides[ONE], i ? sides[TWO].ip : "10.77.0.255", 1 + i);
		hear(&sides[TWO], 1 + i);
		if (i == 0) /* who speaks to all hears it too */
			hear(&sides[ONE], 1);
		speak(&sides[TWO], sides[ONE].ip, 1000 + i);
		hear(&sides[ONE], 1000 + i);
	}
}

static uint64_t capture_them(const char *path)
{
	const struct capture_device devices[] = { { "one-svc", "one" },
						  { "two-svc", "two" } };
	struct capture *capture;
	struct err err = ERR_INIT;
	uint64_t drops;

	ck_assert_ok(capture_start(devices, HOSTS, path, &capture, &err), &err);
	ck_assert_ok(capture_await(capture, &err), &err);
	converse();
	ck_assert_ok(capture_stop(capture, &drops, &err), &err);
	ck_assert_ok(pcapng_finish(path, NULL, 0, &err), &err);
	return drops;
}

/* struct seen - What a capture has of one interface */
struct seen {
	size_t talks;
	size_t arps;
};

static void take_frame(const struct capframe *frame, struct seen *seen)
{
	uint8_t mac[6] = { 0x52, 0x54, 0,
			   0x77, 0,    (uint8_t)(frame->interface + 1) };

	ck_assert_uint_lt(frame->interface, HOSTS);
	ck_assert_uint_ge(frame->cap_len, 14);
	ck_assert_uint_eq(frame->cap_len, frame->len);
	/* From the host whose port it is. */
	ck_assert_mem_eq(frame->bytes + 6, mac, 6);
	seen += frame->interface;
	if (frame->bytes[12] == 0x08 && frame->bytes[13] == 0x06)
		seen->arps++;
	if (frame->bytes[12] == 0x08 && frame->bytes[13] == 0x00)
		seen->talks++;
}

START_TEST(each_frame_is_captured_once_where_it_comes_from)
{
	CLEANUP_FREE char *path = NULL;
	struct seen seen[HOSTS] = { { 0 } };
	struct capfile *file;
	struct capframe frame;
	struct err err = ERR_INIT;
	uint64_t last_ns = 0;
	int rc;

	if (!open_sides())
		return;
	path = tmpdir_join("service.pcapng");
	ck_assert_uint_eq(capture_them(path), 0);
	ck_assert_ok(capfile_open(path, &file, &err), &err);
	while ((rc = capfile_next(file, &frame, &err)) == 1) {
		ck_assert_uint_ge(frame.at_ns, last_ns);
		last_ns = frame.at_ns;
		take_frame(&frame, seen);
	}
	ck_assert_ok(rc, &err);
	for (size_t i = 0; i < HOSTS; i++) {
		const struct capfile_interface *iface =
			capfile_interface(file, i);

		ck_assert_uint_eq(seen[i].talks, TALKS);
		/* One asks who the other is, or both do: no more. */
		ck_assert_uint_ge(seen[i].arps, 1);
		ck_assert_uint_le(seen[i].arps, 2);
		ck_assert_str_eq(iface->name, sides[i].port);
		ck_assert_str_eq(iface->description, i ? "two" : "one");
		ck_assert_uint_ge(iface->received, iface->frames);
	}
	ck_assert_uint_eq(capfile_drops(file), 0);
	capfile_close(file);
	close_sides();
}
END_TEST

START_TEST(a_device_that_is_not_there_is_named)
{
	const struct capture_device devices[] = { { "nothing", "nobody" } };
	CLEANUP_FREE char *path = tmpdir_join("service.pcapng");
	struct capture *capture;
	struct err err = ERR_INIT;

	if (!own_network())
		return;
	ck_assert_ok(capture_start(devices, 1, path, &capture, &err), &err);
	ck_assert_int_eq(capture_await(capture, &err), -1);
	ck_assert_int_eq(err.domain, ERR_CHILD);
	ck_assert_has(err.msg, "nothing");
	capture_free(capture);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/capture");
	TCase *tcase = tcase_create("capture");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, each_frame_is_captured_once_where_it_comes_from);
	tcase_add_test(tcase, a_device_that_is_not_there_is_named);
	suite_add_tcase(suite, tcase);
	return suite;
}
