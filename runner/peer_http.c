// SPDX-License-Identifier: Apache-2.0
/* peer_http.c - the client of a web server: one connection, kept alive */

/*
 * DOC: Theory of operation
 * One easy handle of libcurl asks for one page after another over the one
 * connection that it keeps. The server has the pages /1, /100 and /10000; page N
 * is the numbers from 1 to N, one a line, so that each byte of every answer is
 * known beforehand.
 *
 * When a kept connection turns out to be dead, libcurl makes another one and
 * asks again, and its user does not learn of it. Here that is an error: the
 * number of connects that a request took, and the local port, tell.
 *
 * "send N" is our Nth request, "answer N" the whole and right answer to it.
 */
#include <inttypes.h>
#include <poll.h>
#include <string.h>

#include "base/mem.h"
#include "runner/curl_api.h"
#include "runner/peer_client.h"

/* Between two attempts to connect. */
#define RETRY_NS (50 * NS_PER_MS)
#define STATUS_OK 200

static const struct curl_api *http;

static const uint64_t pages[] = { 1, 100, 10000 };

/**
 * struct page - One answer as it comes in, held against what it must be
 * @last:	Its last number
 * @number:	The number whose line is under way
 * @line, @len, @at: That line, its length, and what of it has come
 * @bytes:	All that came
 * @wrong:	Some byte differs, the first at @wrong_at
 */
struct page {
	uint64_t last, number;
	char line[24];
	size_t len, at;
	uint64_t bytes;
	bool wrong;
	uint64_t wrong_at;
};

/**
 * struct client - What was asked, and over what
 * @asked:	Requests so far
 * @local_port:	Of the one connection, 0: none yet
 * @deadline_ns: When answers are not waited for any longer
 * @stopped:	Told to finish
 * @lost:	The connection broke, or nothing more can be learned
 */
struct client {
	const struct peer_opts *opts;
	struct transcript *log;
	CURL *curl;
	uint64_t asked;
	long local_port;
	uint64_t deadline_ns;
	bool stopped, lost;
	struct page page;
	char error[CURL_ERROR_SIZE];
};

static void client_release(struct client *c)
{
	if (http)
		http->curl_easy_cleanup(c->curl);
}

static void next_line(struct page *page)
{
	page->number++;
	page->at = 0;
	page->len = page->number > page->last ?
			    0 :
			    (size_t)snprintf(page->line, sizeof(page->line),
					     "%" PRIu64 "\n", page->number);
}

static void page_begin(struct page *page, uint64_t last)
{
	*page = (struct page){ .last = last };
	next_line(page);
}

static bool page_whole(const struct page *page)
{
	return !page->wrong && page->len == 0;
}

static void take_byte(struct page *page, char byte)
{
	bool right = page->at < page->len && page->line[page->at] == byte;

	if (!right && !page->wrong) {
		page->wrong = true;
		page->wrong_at = page->bytes;
	}
	page->bytes++;
	if (++page->at == page->len)
		next_line(page);
}

static size_t on_body(char *bytes, size_t size, size_t n, void *arg)
{
	struct client *c = arg;

	for (size_t i = 0; i < size * n; i++)
		take_byte(&c->page, bytes[i]);
	return size * n;
}

/* Asked by libcurl all the time; anything but 0 ends the request. */
static int on_progress(void *arg, curl_off_t down_all, curl_off_t down,
		       curl_off_t up_all, curl_off_t up)
{
	struct client *c = arg;

	(void)down_all, (void)down, (void)up_all, (void)up;
	if (!c->stopped && peer_wait(-1, 0, c->opts->stop_fd, 0)) {
		c->stopped = true;
		c->deadline_ns = peer_deadline_ns(c->opts);
	}
	return clock_now_ns() >= c->deadline_ns;
}

static bool set_up(struct client *c)
{
	CURL *curl = c->curl = http->curl_easy_init();

	/* Nothing of the user's environment decides what is on the wire. */
	return curl && !http->curl_easy_setopt(curl, CURLOPT_PROXY, "") &&
	       !http->curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
				       (long)CURL_HTTP_VERSION_1_1) &&
	       !http->curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) &&
	       !http->curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, c->error) &&
	       !http->curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body) &&
	       !http->curl_easy_setopt(curl, CURLOPT_WRITEDATA, c) &&
	       !http->curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION,
				       on_progress) &&
	       !http->curl_easy_setopt(curl, CURLOPT_XFERINFODATA, c) &&
	       !http->curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
}

static bool set_url(const struct client *c)
{
	bool v6 = strchr(c->opts->service, ':') != NULL;
	CLEANUP_FREE char *url = xasprintf(
		"http://%s%s%s:%u/%" PRIu64, v6 ? "[" : "", c->opts->service,
		v6 ? "]" : "", (unsigned int)c->opts->port, c->page.last);

	return !http->curl_easy_setopt(c->curl, CURLOPT_URL, url);
}

/* Whether the answer came over the connection that was there before. */
static void judge_connection(struct client *c)
{
	long connects = 0, port = 0;

	(void)http->curl_easy_getinfo(c->curl, CURLINFO_NUM_CONNECTS,
				      &connects);
	(void)http->curl_easy_getinfo(c->curl, CURLINFO_LOCAL_PORT, &port);
	if (connects)
		transcript_event(c->log, "connect");
	if (c->local_port && (connects || port != c->local_port))
		transcript_error(c->log, c->asked,
				 "another connection: from port %ld, before "
				 "%ld",
				 port, c->local_port);
	c->local_port = port;
}

static long status_of(const struct client *c)
{
	long status = 0;

	(void)http->curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

static void judge_answer(struct client *c)
{
	const struct page *page = &c->page;
	long status = status_of(c);

	if (status != STATUS_OK)
		transcript_error(c->log, c->asked, "page %" PRIu64 ": HTTP %ld",
				 page->last, status);
	else if (page->wrong)
		transcript_error(c->log, c->asked,
				 "page %" PRIu64 ": byte %" PRIu64 " is wrong",
				 page->last, page->wrong_at);
	else if (!page_whole(page))
		transcript_error(c->log, c->asked,
				 "page %" PRIu64 ": it ends after %" PRIu64
				 " bytes",
				 page->last, page->bytes);
	else
		transcript_number(c->log, "answer", c->asked);
}

static CURLcode request(struct client *c)
{
	page_begin(&c->page, pages[c->asked % ARRAY_SIZE(pages)]);
	if (!set_url(c))
		return CURLE_OUT_OF_MEMORY;
	return http->curl_easy_perform(c->curl);
}

static const char *why(const struct client *c, CURLcode code)
{
	return *c->error ? c->error : http->curl_easy_strerror(code);
}

static void ask(struct client *c)
{
	CURLcode code;

	c->asked++;
	transcript_number(c->log, "send", c->asked);
	code = request(c);
	if (code == CURLE_ABORTED_BY_CALLBACK) {
		transcript_error(c->log, c->asked,
				 "not answered within %" PRIu64
				 " ms after the stop",
				 peer_patience_ms(c->opts));
		c->lost = true;
	} else if (code) {
		transcript_close(c->log, "%s", why(c, code));
		c->lost = true;
	} else {
		judge_connection(c);
		judge_answer(c);
		c->lost = c->log->errors >= PEER_ERRORS_MAX;
	}
}

/* Refusals are retried; what the first page came over is kept. */
static int begin(struct client *c, struct err *err)
{
	uint64_t deadline_ns = peer_deadline_ns(c->opts);
	CURLcode code = CURLE_COULDNT_CONNECT;

	c->deadline_ns = deadline_ns;
	while (code == CURLE_COULDNT_CONNECT && !c->stopped &&
	       clock_now_ns() < deadline_ns) {
		code = request(c);
		if (code == CURLE_COULDNT_CONNECT)
			c->stopped = peer_wait(-1, 0, c->opts->stop_fd,
					       clock_now_ns() + RETRY_NS);
	}
	if (code)
		return err_set(err, ERR_INPUT, 0, "ask %s:%u: %s",
			       c->opts->service, (unsigned int)c->opts->port,
			       why(c, code));
	if (status_of(c) != STATUS_OK || !page_whole(&c->page))
		return err_set(err, ERR_INPUT, 0,
			       "%s:%u has not the pages that are asked for",
			       c->opts->service, (unsigned int)c->opts->port);
	judge_connection(c);
	if (!c->stopped)
		c->deadline_ns = UINT64_MAX;
	return 0;
}

int peer_http(const struct peer_opts *opts, struct transcript *log)
{
	CLEANUP(client_release) struct client c = { .opts = opts, .log = log };
	struct peer_addr addr;
	struct err err = ERR_INIT;

	if (peer_addr_of(opts, &addr, &err) || curl_api_load(&http, &err))
		return peer_not_started(log, &err);
	if (!set_up(&c)) {
		(void)err_set(&err, ERR_INPUT, 0, "libcurl does not start");
		return peer_not_started(log, &err);
	}
	if (begin(&c, &err))
		return peer_not_started(log, &err);
	do {
		ask(&c);
		if (!c.lost && !c.stopped)
			c.stopped =
				peer_wait(-1, 0, opts->stop_fd,
					  clock_now_ns() + opts->interval_ns);
	} while (!c.lost && !c.stopped);
	/* Over the same connection, the service must still be there. */
	if (!c.lost) {
		c.deadline_ns = peer_deadline_ns(opts);
		ask(&c);
	}
	return peer_end(log);
}
