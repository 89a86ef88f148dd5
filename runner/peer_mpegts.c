// SPDX-License-Identifier: Apache-2.0
/* peer_mpegts.c - who watches a film over HTTP, picture by picture */

/*
 * DOC: Theory of operation
 * One request by libcurl, answered by an MPEG transport stream without an end.
 * Its pictures are those of scenarios/workloads/frame.h: each tells its number,
 * and what it must be to the last bit is known. They have to come in order, none
 * twice and none left out, and the continuity counters of the stream must agree.
 *
 * A player is imagined that buffers a second. When a picture is not there in
 * time it waits for it, and plays on from there: that picture was late.
 *
 * "answer N" is picture N. The pictures before and after the longest stall are
 * left beside the transcript.
 */
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/mpegts.h"
#include "runner/curl_api.h"
#include "runner/peer_client.h"
#include "runner/picture.h"
#include "scenarios/workloads/frame.h"

/* Between two attempts to connect. */
#define RETRY_NS (50 * NS_PER_MS)
#define STATUS_OK 200
#define BUFFER_NS NS_PER_S
#define PICTURE_NS (NS_PER_S / FRAME_RATE)
#define FILM_PATH "film.ts"

static const struct curl_api *http;

/**
 * struct viewer - What was seen of the film
 * @fd:		Of the connection, -1: none yet; libcurl's
 * @next:	The picture that must come, -1: any
 * @last_ns:	When the one before came
 * @due_ns:	When the player would show it
 * @late:	Pictures that were not there then
 * @stall_ns, @stall_end: The longest wait, and the picture that ended it
 * @lost:	Nothing more can be learned
 */
struct viewer {
	const struct peer_opts *opts;
	struct transcript *log;
	CURL *curl;
	int fd;
	struct mpegts ts;
	int64_t next;
	uint64_t last_ns, due_ns, late;
	uint64_t stall_ns;
	uint32_t stall_end;
	bool stopped, lost;
	char error[CURL_ERROR_SIZE];
};

static void viewer_release(struct viewer *v)
{
	if (http)
		http->curl_easy_cleanup(v->curl);
	mpegts_release(&v->ts);
}

static void wrong(struct viewer *v, uint64_t n, const char *what)
{
	transcript_error(v->log, n, "%s", what);
	v->lost = v->log->errors >= PEER_ERRORS_MAX;
}

static uint64_t expected(const struct viewer *v)
{
	return v->next > 0 ? (uint64_t)v->next : 0;
}

/* --- Pictures -------------------------------------------------------------- */

static bool same_bits(const uint8_t *bytes, size_t len, uint32_t n,
		      size_t *ret_at)
{
	static struct frame frame;
	size_t at = 0;

	frame_make(&frame, n);
	while (at < len && at < frame.n && bytes[at] == frame.bytes[at])
		at++;
	*ret_at = at;
	return at == len && at == frame.n;
}

static void check_order(struct viewer *v, uint32_t n)
{
	CLEANUP_FREE char *what = NULL;

	if (v->next >= 0 && n != v->next)
		what = n > v->next ?
			       xasprintf("picture %" PRIu32 " came, %" PRId64
					 " before it did not",
					 n, n - v->next) :
			       xasprintf("picture %" PRIu32
					 " came after %" PRId64,
					 n, v->next - 1);
	if (what)
		wrong(v, n, what);
	v->next = (int64_t)n + 1;
}

static void play(struct viewer *v, uint32_t n, uint64_t now_ns)
{
	uint64_t waited_ns = now_ns - v->last_ns;

	if (!v->last_ns) {
		v->due_ns = now_ns + BUFFER_NS;
	} else if (waited_ns > v->stall_ns) {
		v->stall_ns = waited_ns;
		v->stall_end = n;
	}
	if (now_ns > v->due_ns) {
		transcript_number(v->log, "late", ++v->late);
		v->due_ns = now_ns;
	}
	v->due_ns += PICTURE_NS;
	v->last_ns = now_ns;
}

static void on_picture(void *arg, const uint8_t *bytes, size_t len)
{
	struct viewer *v = arg;
	int32_t n = frame_number(bytes, len);
	CLEANUP_FREE char *what = NULL;
	size_t at;

	if (n < 0) {
		wrong(v, expected(v), "a picture came that is not of the film");
		return;
	}
	if (!same_bits(bytes, len, (uint32_t)n, &at)) {
		what = xasprintf("picture %" PRId32 " of %zu bytes differs "
				 "from byte %zu on",
				 n, len, at);
		wrong(v, (uint64_t)n, what);
		v->next = n + 1;
		return;
	}
	check_order(v, (uint32_t)n);
	transcript_number(v->log, "answer", (uint64_t)n);
	play(v, (uint32_t)n, clock_now_ns());
}

static void on_fault(void *arg, const char *what)
{
	struct viewer *v = arg;

	wrong(v, expected(v), what);
}

/* --- The request ----------------------------------------------------------- */

static size_t on_body(char *bytes, size_t size, size_t n, void *arg)
{
	struct viewer *v = arg;

	mpegts_feed(&v->ts, bytes, size * n);
	return v->lost ? 0 : size * n;
}

/* The film has no end: what comes after the viewer's own is answered by resets,
 * so that is to be on the wire first. */
static void stop(struct viewer *v)
{
	v->stopped = true;
	if (v->fd >= 0)
		(void)shutdown(v->fd, SHUT_WR);
}

static int on_socket(void *arg, curl_socket_t fd, curlsocktype purpose)
{
	struct viewer *v = arg;

	(void)purpose;
	v->fd = fd;
	return CURL_SOCKOPT_OK;
}

/* Asked by libcurl once a second at least; anything but 0 ends the request. */
static int on_progress(void *arg, curl_off_t down_all, curl_off_t down,
		       curl_off_t up_all, curl_off_t up)
{
	struct viewer *v = arg;

	(void)down_all, (void)down, (void)up_all, (void)up;
	if (peer_wait(-1, 0, v->opts->stop_fd, 0))
		stop(v);
	return v->stopped;
}

/* When the stream begins, not only that somebody listens. */
static size_t on_header(char *bytes, size_t size, size_t n, void *arg)
{
	struct viewer *v = arg;

	if (str_starts(bytes, "HTTP/") && !v->last_ns) {
		transcript_event(v->log, "connect");
		transcript_number(v->log, "late", 0);
	}
	return size * n;
}

static bool set_up(struct viewer *v)
{
	CURL *curl = v->curl = http->curl_easy_init();
	bool v6 = strchr(v->opts->service, ':') != NULL;
	CLEANUP_FREE char *url = xasprintf("http://%s%s%s:%u/" FILM_PATH,
					   v6 ? "[" : "", v->opts->service,
					   v6 ? "]" : "",
					   (unsigned int)v->opts->port);

	/* Nothing of the user's environment decides what is on the wire. */
	return curl && !http->curl_easy_setopt(curl, CURLOPT_PROXY, "") &&
	       !http->curl_easy_setopt(curl, CURLOPT_URL, url) &&
	       !http->curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) &&
	       !http->curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L) &&
	       !http->curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, v->error) &&
	       !http->curl_easy_setopt(curl, CURLOPT_SOCKOPTFUNCTION,
				       on_socket) &&
	       !http->curl_easy_setopt(curl, CURLOPT_SOCKOPTDATA, v) &&
	       !http->curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION,
				       on_header) &&
	       !http->curl_easy_setopt(curl, CURLOPT_HEADERDATA, v) &&
	       !http->curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body) &&
	       !http->curl_easy_setopt(curl, CURLOPT_WRITEDATA, v) &&
	       !http->curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION,
				       on_progress) &&
	       !http->curl_easy_setopt(curl, CURLOPT_XFERINFODATA, v) &&
	       !http->curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
}

/* Refusals are retried, for a server may say that it is ready too early. */
static CURLcode watch(struct viewer *v)
{
	uint64_t deadline_ns = peer_deadline_ns(v->opts);
	CURLcode code;

	do {
		code = http->curl_easy_perform(v->curl);
		if (code != CURLE_COULDNT_CONNECT)
			break;
		v->stopped = peer_wait(-1, 0, v->opts->stop_fd,
				       clock_now_ns() + RETRY_NS);
	} while (!v->stopped && clock_now_ns() < deadline_ns);
	return code;
}

/* --- What is kept ---------------------------------------------------------- */

static void keep_picture(const struct viewer *v, const char *name, uint32_t n)
{
	CLEANUP_FREE char *folder = xstrdup(v->opts->transcript);
	CLEANUP_FREE char *path = NULL;
	char *slash = strrchr(folder, '/');
	struct err err = ERR_INIT;

	if (slash)
		*slash = '\0';
	path = xasprintf("%s/%s.bmp", slash ? folder : ".", name);
	if (picture_write(path, n, &err))
		transcript_error(v->log, n, "%s", err.msg);
}

static void keep_pictures(const struct viewer *v)
{
	if (!v->stall_ns)
		return;
	keep_picture(v, "picture-before", v->stall_end - 1);
	keep_picture(v, "picture-after", v->stall_end);
}

int peer_mpegts(const struct peer_opts *opts, struct transcript *log)
{
	CLEANUP(viewer_release)
	struct viewer v = { .opts = opts,
			    .log = log,
			    .fd = -1,
			    .next = -1,
			    .ts = { .on_picture = on_picture,
				    .on_fault = on_fault } };
	struct err err = ERR_INIT;
	CURLcode code;

	v.ts.arg = &v;
	if (curl_api_load(&http, &err))
		return peer_not_started(log, &err);
	if (!set_up(&v))
		return err_set(&err, ERR_INPUT, 0, "libcurl does not start"),
		       peer_not_started(log, &err);
	code = watch(&v);
	if (!v.stopped && !v.lost && !v.last_ns) {
		(void)err_set(&err, ERR_INPUT, 0, "watch %s:%u: %s",
			      opts->service, (unsigned int)opts->port,
			      *v.error ? v.error :
					 http->curl_easy_strerror(code));
		return peer_not_started(log, &err);
	}
	if (!v.stopped && !v.lost)
		transcript_close(log, "%s",
				 code ? http->curl_easy_strerror(code) :
					"end of the film");
	keep_pictures(&v);
	return peer_end(log);
}
