// SPDX-License-Identifier: Apache-2.0
/* fake_http.c - a web server with the pages of the HTTP client, wrong in one way */
#include "tests/lib/fake_http.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

static bool wrong_now(const struct fake_http *f, enum http_fault fault)
{
	return f->fault == fault && f->requests == FAKE_HTTP_WRONG_AT;
}

static char *page_of(uint64_t last)
{
	struct strbuf text;

	strbuf_open(&text);
	for (uint64_t n = 1; n <= last; n++)
		(void)fprintf(text.f, "%" PRIu64 "\n", n);
	return strbuf_take(&text);
}

static void spoil(const struct fake_http *f, char **page)
{
	size_t len = strlen(*page);

	if (wrong_now(f, HTTP_WRONG_BYTE))
		(*page)[len / 2] ^= 1;
	if (wrong_now(f, HTTP_SHORT))
		(*page)[len - 1] = '\0';
	if (wrong_now(f, HTTP_LONG) || f->fault == HTTP_OTHER) {
		char *more = xasprintf("%s!", *page);

		free(*page);
		*page = more;
	}
}

static void put(int fd, const char *text, size_t len)
{
	(void)send(fd, text, len, MSG_NOSIGNAL);
}

/* Whether the connection goes on. */
static bool answer(const struct fake_http *f, int fd, uint64_t last)
{
	CLEANUP_FREE char *page = page_of(last);
	CLEANUP_FREE char *head = NULL;
	bool closes = wrong_now(f, HTTP_CLOSES);
	size_t len;

	spoil(f, &page);
	len = strlen(page);
	head = xasprintf("HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n",
			 wrong_now(f, HTTP_MISSING) ? "404 Not Found" :
						      "200 OK",
			 len, closes ? "Connection: close\r\n" : "");
	put(fd, head, strlen(head));
	if (wrong_now(f, HTTP_CUT)) {
		put(fd, page, len / 2);
		return false;
	}
	put(fd, page, len);
	return !closes;
}

static bool serve_request(struct fake_http *f, int fd, const char *text)
{
	struct linger now = { .l_onoff = 1 };
	uint64_t last = strtoull(text + strlen("GET /"), NULL, 10);

	f->requests++;
	if (wrong_now(f, HTTP_MUTE))
		return true;
	if (wrong_now(f, HTTP_RST)) {
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		return false;
	}
	return answer(f, fd, last);
}

/* One request at a time is what this client sends. */
static void serve_connection(struct fake_http *f, int fd)
{
	char text[1024];
	size_t have = 0;
	ssize_t n;

	while ((n = recv(fd, text + have, sizeof(text) - 1 - have, 0)) > 0) {
		have += (size_t)n;
		text[have] = '\0';
		if (!strstr(text, "\r\n\r\n"))
			continue;
		have = 0;
		if (!serve_request(f, fd, text))
			return;
	}
}

static void *serve(void *fake)
{
	struct fake_http *f = fake;
	int fd;

	while ((fd = accept4(f->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		serve_connection(f, fd);
		close(fd);
	}
	return NULL;
}

void fake_http_start(struct fake_http *fake, enum http_fault fault)
{
	*fake = (struct fake_http){ .fault = fault };
	fake->listener = rig_listen(SOCK_STREAM, &fake->port);
	ck_assert_int_eq(pthread_create(&fake->thread, NULL, serve, fake), 0);
}

void fake_http_stop(struct fake_http *fake)
{
	/* Wakes the thread up, which close(2) would not. */
	(void)shutdown(fake->listener, SHUT_RDWR);
	ck_assert_int_eq(pthread_join(fake->thread, NULL), 0);
	close(fake->listener);
}
