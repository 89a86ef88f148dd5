// SPDX-License-Identifier: Apache-2.0
/* progress.c - what a person sees while the work goes on */
#include "runner/progress.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/log.h"

#define SLOTS_MAX 64

struct progress {
	bool live;
	bool color;
	bool drawn;
	uint64_t began_ns;
	size_t total, done;
	size_t counts[VERDICT_COUNT];
	char *slots[SLOTS_MAX];
};

static const char *const verdict_colors[] = {
	[VERDICT_PASS] = "\033[32m",  [VERDICT_FAIL] = "\033[1;31m",
	[VERDICT_XFAIL] = "\033[33m", [VERDICT_XPASS] = "\033[1;35m",
	[VERDICT_SKIP] = "\033[2m",   [VERDICT_BROKEN] = "\033[1;36m",
	[VERDICT_NOTRUN] = "\033[2m",
};
static_assert(ARRAY_SIZE(verdict_colors) == VERDICT_COUNT,
	      "verdict_colors[] doesn't match enum verdict");

struct progress *progress_new(void)
{
	struct progress *p = xnew(struct progress);

	p->live = term_live(STDERR_FILENO);
	p->color = term_color(STDERR_FILENO);
	p->began_ns = clock_now_ns();
	return p;
}

static void erase(struct progress *p)
{
	if (p->drawn)
		(void)fputs("\r\033[K", stderr);
	p->drawn = false;
}

void progress_free(struct progress *p)
{
	if (!p)
		return;
	erase(p);
	for (size_t i = 0; i < SLOTS_MAX; i++)
		free(p->slots[i]);
	free(p);
}

static size_t columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || size.ws_col < 20)
		return 80;
	return size.ws_col;
}

static char *live_line(const struct progress *p)
{
	uint64_t s = (clock_now_ns() - p->began_ns) / NS_PER_S;
	struct strbuf buf;

	strbuf_open(&buf);
	(void)fprintf(buf.f, "[%" PRIu64 ":%02" PRIu64 "]", s / 60, s % 60);
	if (p->total)
		(void)fprintf(buf.f, " %zu/%zu", p->done, p->total);
	for (int v = 0; v < VERDICT_COUNT; v++)
		if (p->counts[v])
			(void)fprintf(buf.f, " %zu %s", p->counts[v],
				      verdict_names[v]);
	for (size_t i = 0; i < SLOTS_MAX; i++)
		if (p->slots[i])
			(void)fprintf(buf.f, " | %s", p->slots[i]);
	return strbuf_take(&buf);
}

static void draw(struct progress *p)
{
	CLEANUP_FREE char *line = NULL;

	if (!p->live)
		return;
	line = live_line(p);
	erase(p);
	(void)fprintf(stderr, "%.*s", (int)columns() - 1, line);
	(void)fflush(stderr);
	p->drawn = true;
}

void progress_total(struct progress *p, size_t total, size_t done)
{
	p->total = total;
	p->done = done;
	draw(p);
}

void progress_now(struct progress *p, size_t slot, const char *what)
{
	if (slot >= SLOTS_MAX)
		return;
	free(p->slots[slot]);
	p->slots[slot] = what ? xstrdup(what) : NULL;
	draw(p);
}

void progress_note(struct progress *p, const char *fmt, ...)
{
	CLEANUP_FREE char *raw = NULL;
	CLEANUP_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	raw = xvasprintf(fmt, ap);
	va_end(ap);
	/* Guests have their say in some of these. */
	text = str_utf8_clean(raw, strlen(raw));
	erase(p);
	(void)fprintf(stderr, "%s\n", text);
	draw(p);
}

static void put_result(const struct progress *p, const struct result *r,
		       bool again)
{
	const char *on = p->color ? verdict_colors[r->verdict] : "";
	const char *off = p->color ? "\033[0m" : "";

	(void)fprintf(stderr, "%*zu/%zu %s%-6s%s %s: %s -> %s", 3, p->done,
		      p->total, on, verdict_names[r->verdict], off, r->scenario,
		      r->source, r->target);
	if (r->wall_ns != UNMEASURED)
		(void)fprintf(stderr, "  %.1f s", (double)r->wall_ns / 1e9);
	if (r->verdict == VERDICT_PASS && r->service_ns != UNMEASURED)
		(void)fprintf(stderr, ", down %.0f ms",
			      (double)r->service_ns / 1e6);
	if (r->verdict != VERDICT_PASS && r->cause)
		(void)fprintf(stderr, "  %s", r->cause->mode);
	if (r->verdict == VERDICT_BROKEN && r->reason) {
		CLEANUP_FREE char *reason =
			str_utf8_clean(r->reason, strlen(r->reason));

		(void)fprintf(stderr, "  %s", reason);
	}
	if (again)
		(void)fprintf(stderr, " (attempt %" PRIu64 ", again)",
			      r->attempts);
	(void)fputc('\n', stderr);
}

void progress_cell(struct progress *p, const struct result *result, bool again)
{
	if (!again) {
		p->done++;
		p->counts[result->verdict]++;
	}
	erase(p);
	put_result(p, result, again);
	draw(p);
}
