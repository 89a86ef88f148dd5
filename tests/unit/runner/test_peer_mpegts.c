// SPDX-License-Identifier: Apache-2.0
/* test_peer_mpegts.c - what the viewer of a film sees, and what it reports */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "runner/peer_client.h"
#include "tests/lib/film.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

/* Half of the film comes at once, and the imagined player buffers a second. */
#define STALL_MS 2500

/** struct server - Sends one film to whoever comes first */
struct server {
	struct film film;
	const char *head;
	bool stalls, ends;
	int listener, open;
	uint16_t port;
	pthread_t thread;
};

static struct server server;
static struct peer_rig rig;

static void put(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

		if (n < 0)
			return;
		at += n;
		len -= (size_t)n;
	}
}

static void *serve(void *arg)
{
	struct server *s = arg;
	size_t half = s->film.len / 2 / 188 * 188;
	char request[2048];
	int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return NULL;
	(void)!recv(fd, request, sizeof(request), 0);
	put(fd, s->head, strlen(s->head));
	put(fd, s->film.bytes, half);
	if (s->stalls)
		rig_pause(STALL_MS);
	put(fd, s->film.bytes + half, s->film.len - half);
	if (!s->ends)
		(void)!recv(fd, request, sizeof(request), 0); /* its end */
	close(fd);
	return NULL;
}

#define OK_HEAD "HTTP/1.0 200 OK\r\nConnection: close\r\n\r\n"

static void start(enum film_fault fault)
{
	film_make(&server.film, "2", fault);
	server.head = server.head ? server.head : OK_HEAD;
	server.listener = rig_listen(SOCK_STREAM, &server.port);
	ck_assert_int_eq(pthread_create(&server.thread, NULL, serve, &server),
			 0);
	rig_start(&rig, PEER_MPEGTS, server.port, 1);
}

static void finish(void)
{
	rig_join(&rig);
	(void)shutdown(server.listener, SHUT_RDWR);
	ck_assert_int_eq(pthread_join(server.thread, NULL), 0);
	close(server.listener);
}

static void setup(void)
{
	tmpdir_setup();
	server = (struct server){ 0 };
}

static void teardown(void)
{
	film_release(&server.film);
	rig_release(&rig);
	tmpdir_teardown();
}

static const struct {
	const char *name;
	const char *reported;
	size_t errors;
} faults[FILM_FAULTS] = {
	[FILM_WHOLE] = { "whole", " done\n", 0 },
	[FILM_BIT] = { "a bit", "error 30 picture 30 of ", 1 },
	[FILM_LEFT_OUT] = { "left out",
			    "error 31 picture 31 came, 1 before it did not",
			    1 },
	[FILM_TWICE] = { "twice", "error 30 picture 30 came after 30", 1 },
	[FILM_PACKET] = { "a packet", "continuity counter of PID 257 is ", 2 },
	[FILM_SYNC] = { "sync", "no packet begins where one must", 3 },
	[FILM_STRANGER] = { "no number",
			    "error 30 a picture came that is not of the film",
			    2 },
};

START_TEST(a_fault_is_reported)
{
	start((enum film_fault)_i);
	rig_await(&rig, " answer 48\n");
	rig_stop(&rig);
	finish();
	ck_assert_msg(strstr(rig.text, faults[_i].reported) &&
			      rig_count(&rig, "error") == faults[_i].errors,
		      "%s: not as '%s' in:\n%s", faults[_i].name,
		      faults[_i].reported, rig.text);
	ck_assert_int_eq(rig.exit,
			 faults[_i].errors ? PEER_EXIT_WRONG : PEER_EXIT_RIGHT);
	ck_assert_uint_eq(rig_count(&rig, "connect"), 1);
	ck_assert_has(rig.text, " late 0\n");
	ck_assert_uint_eq(rig_count(&rig, "late"), 1);
}
END_TEST

START_TEST(a_stall_makes_one_picture_late_and_two_are_kept)
{
	CLEANUP_FREE char *before = tmpdir_join("picture-before.bmp");
	CLEANUP_FREE char *after = tmpdir_join("picture-after.bmp");
	CLEANUP_FREE char *one = NULL, *other = NULL;
	struct err err = ERR_INIT;
	size_t len = 0;

	server.stalls = true;
	start(FILM_WHOLE);
	rig_await(&rig, " answer 48\n");
	rig_stop(&rig);
	finish();
	ck_assert_has(rig.text, " late 1\n");
	ck_assert_uint_eq(rig_count(&rig, "late"), 2);
	ck_assert_ok(file_read(before, 1 << 20, &one, &len, &err), &err);
	ck_assert_ok(file_read(after, 1 << 20, &other, &len, &err), &err);
	ck_assert_uint_eq(len, 54 + 1024 + 320 * 240);
	ck_assert(memcmp(one, other, 54) == 0 && memcmp(one, other, len) != 0);
}
END_TEST

START_TEST(a_film_that_ends_was_not_to_end)
{
	server.ends = true;
	start(FILM_WHOLE);
	finish();
	ck_assert_has(rig_tail(&rig), " close end of the film\n");
	ck_assert_int_eq(rig.exit, PEER_EXIT_WRONG);
}
END_TEST

START_TEST(without_a_film_it_does_not_start)
{
	server.head = "HTTP/1.0 404 Not Found\r\n\r\n";
	start(FILM_WHOLE);
	finish();
	ck_assert_int_eq(rig.exit, PEER_EXIT_NOT_STARTED);
	ck_assert_has(rig.text, "404");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/peer_mpegts");
	TCase *tcase = tcase_create("viewer");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, a_fault_is_reported, 0,
			    (int)ARRAY_SIZE(faults));
	tcase_add_test(tcase, a_stall_makes_one_picture_late_and_two_are_kept);
	tcase_add_test(tcase, a_film_that_ends_was_not_to_end);
	tcase_add_test(tcase, without_a_film_it_does_not_start);
	suite_add_tcase(suite, tcase);
	return suite;
}
