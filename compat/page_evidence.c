// SPDX-License-Identifier: Apache-2.0
/* page_evidence.c - what a cell's folder holds, and excerpts of its logs */
#include <string.h>

#include "base/mem.h"
#include "base/shape.h"
#include "compat/page_internal.h"

/* Lines before and after one that matters; of a log's end; bytes of a line. */
#define LINES_AROUND 10
#define LINES_TAIL 8
#define LINE_MAX_BYTES 300

const char *const page_log_names[] = {
	[PAGE_DUMP] = "dump.log",
	[PAGE_RESTORE] = "restore.log",
	[PAGE_CONSOLE_SOURCE] = "console-source.log",
	[PAGE_CONSOLE_TARGET] = "console-target.log",
	[PAGE_TRANSCRIPT] = "transcript",
	[PAGE_PEER] = "peer.log",
};

void page_evidence_release(struct page_evidence *evidence)
{
	if (evidence->has_obs)
		observation_release(&evidence->obs);
	for (size_t i = 0; i < PAGE_LOG_COUNT; i++)
		free(evidence->logs[i]);
	for (size_t i = 0; i < evidence->n_pictures; i++) {
		free(evidence->pictures[i].name);
		free(evidence->pictures[i].bytes);
	}
	free(evidence->pictures);
	free(evidence->svg);
	str_list_release(&evidence->files);
	*evidence = (struct page_evidence){ 0 };
}

/** struct window - Lines of a log that are shown, 1-based; 0: none */
struct window {
	size_t first, last;
	size_t mark;
};

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; *text; n++) {
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return n;
}

/* "dump.log:123" -> 123 when it is of that log, else 0 */
static size_t cited_line(const struct result *cell, const char *log)
{
	const char *file = cell->cause ? cell->cause->file : NULL;
	uint64_t line;

	if (!file || !str_starts(file, log) || file[strlen(log)] != ':' ||
	    !str_u64(file + strlen(log) + 1, &line))
		return 0;
	return line;
}

/* The transcript's first event that is no good: compat/transcript.h. */
static size_t first_trouble(const char *text)
{
	static const char *const events[] = { " error ", " reconnect",
					      " close " };

	for (size_t n = 1; *text; n++) {
		size_t len = strcspn(text, "\n");
		CLEANUP_FREE char *line = xstrndup(text, len);

		for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
			if (strstr(line, events[i]))
				return n;
		}
		text += len + (text[len] == '\n');
	}
	return 0;
}

static bool is_bad(const struct result *cell)
{
	return cell->verdict == VERDICT_FAIL ||
	       cell->verdict == VERDICT_XFAIL ||
	       cell->verdict == VERDICT_BROKEN;
}

static struct window window_of(const struct result *cell, enum page_log log,
			       const char *text)
{
	size_t lines = count_lines(text);
	struct window w = { .mark = cited_line(cell, page_log_names[log]) };

	if (!w.mark && log == PAGE_TRANSCRIPT)
		w.mark = first_trouble(text);
	if (w.mark > lines)
		w.mark = 0;
	if (w.mark) {
		w.first = w.mark > LINES_AROUND ? w.mark - LINES_AROUND : 1;
		w.last = w.mark + LINES_AROUND;
	} else if (is_bad(cell) && lines &&
		   (log == PAGE_DUMP || log == PAGE_RESTORE ||
		    log == PAGE_PEER)) {
		w.first = lines > LINES_TAIL ? lines - LINES_TAIL + 1 : 1;
		w.last = lines;
	}
	if (w.last > lines)
		w.last = lines;
	return w;
}

static json_t *lines_of(const char *text, const struct window *w)
{
	json_t *lines = json_array();

	for (size_t n = 1; *text && n <= w->last; n++) {
		size_t len = strcspn(text, "\n");
		size_t shown = len < LINE_MAX_BYTES ? len : LINE_MAX_BYTES;

		if (n >= w->first) {
			CLEANUP_FREE char *line = xstrndup(text, shown);

			(void)json_array_append_new(lines, shape_text(line));
		}
		text += len + (text[len] == '\n');
	}
	return lines;
}

json_t *page_excerpts(const struct result *cell,
		      const struct page_evidence *evidence)
{
	json_t *excerpts = json_array();

	for (size_t i = 0; i < PAGE_LOG_COUNT; i++) {
		const char *text = evidence->logs[i];
		struct window w = { 0 };

		if (text)
			w = window_of(cell, (enum page_log)i, text);
		if (!w.first)
			continue;
		(void)json_array_append_new(
			excerpts, json_pack("{s:s, s:I, s:I, s:o}", "name",
					    page_log_names[i], "first",
					    (json_int_t)w.first, "mark",
					    (json_int_t)w.mark, "lines",
					    lines_of(text, &w)));
	}
	return excerpts;
}
