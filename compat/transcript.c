// SPDX-License-Identifier: Apache-2.0
/* transcript.c - the peer's log, and what it adds up to */
#include "compat/transcript.h"

#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

/*
 * struct sum - The transcript as far as it was read
 * @line:	Number of the current line
 * @began_ns, @now_ns: Instants of the first and of the current event
 * @answer_ns:	Last right answer, UNMEASURED before the first
 * @gap_ns:	Longest gap so far that counts
 * @dump_ns, @restored_ns: Limits of what counts
 */
struct sum {
	struct obs_peer *peer;
	size_t line;
	uint64_t began_ns, now_ns;
	uint64_t answer_ns;
	uint64_t gap_ns;
	uint64_t dump_ns, restored_ns;
};

/* struct text - A part of the transcript */
struct text {
	const char *at;
	size_t n;
};

static void note_error(struct sum *sum, const char *what, struct text detail)
{
	CLEANUP_FREE char *clean = NULL;
	uint64_t into_ns = 0;

	if (sum->peer->errors++ > 0)
		return;
	if (sum->began_ns != UNMEASURED)
		into_ns = sum->now_ns - sum->began_ns;
	clean = str_utf8_clean(detail.at, detail.n < 200 ? detail.n : 200);
	sum->peer->first_error =
		xasprintf("line %zu, %.3f s after the first: %s%s%s", sum->line,
			  (double)into_ns / (double)NS_PER_S, what,
			  *clean ? " " : "", clean);
}

/* Cut the first word off @text; the blank after it goes too. */
static struct text take_word(struct text *text)
{
	const char *blank = memchr(text->at, ' ', text->n);
	struct text word = { text->at, text->n };

	if (blank)
		word.n = (size_t)(blank - text->at);
	text->at += word.n + (blank ? 1 : 0);
	text->n -= word.n + (blank ? 1 : 0);
	return word;
}

static bool parse_number(struct text word, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (word.n == 0)
		return false;
	for (size_t i = 0; i < word.n; i++) {
		unsigned int digit = (unsigned int)word.at[i] - '0';

		if (digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return false;
	}
	*ret_value = value;
	return true;
}

/* --- Events --------------------------------------------------------------- */

static void on_nothing(struct sum *sum, struct text rest)
{
	(void)sum;
	(void)rest;
}

static void on_send(struct sum *sum, struct text rest)
{
	(void)rest;
	sum->peer->requests++;
}

/* Two consecutive answers: keep the longest time between such in which the
 * workload may have been away. */
static void note_gap(struct sum *sum, uint64_t from_ns, uint64_t to_ns)
{
	if (sum->dump_ns == UNMEASURED || to_ns <= sum->dump_ns ||
	    from_ns >= sum->restored_ns || to_ns - from_ns < sum->gap_ns)
		return;
	sum->gap_ns = to_ns - from_ns;
	sum->peer->last_before_ns = from_ns;
	sum->peer->first_after_ns = to_ns;
}

static void note_stall(struct obs_peer *peer, uint64_t stall_ns)
{
	if (peer->stall_ns == UNMEASURED || stall_ns > peer->stall_ns)
		peer->stall_ns = stall_ns;
}

static void on_answer(struct sum *sum, struct text rest)
{
	(void)rest;
	sum->peer->answers++;
	if (sum->answer_ns != UNMEASURED) {
		note_stall(sum->peer, sum->now_ns - sum->answer_ns);
		note_gap(sum, sum->answer_ns, sum->now_ns);
	}
	sum->answer_ns = sum->now_ns;
}

static void on_error(struct sum *sum, struct text rest)
{
	note_error(sum, "error", rest);
}

static void on_reconnect(struct sum *sum, struct text rest)
{
	(void)rest;
	sum->peer->reconnects++;
}

static void on_close(struct sum *sum, struct text rest)
{
	note_error(sum, "close", rest);
}

static void on_late(struct sum *sum, struct text rest)
{
	(void)parse_number(take_word(&rest), &sum->peer->late);
}

static const struct event {
	const char *name;
	bool numbered; /* N must follow */
	void (*take)(struct sum *sum, struct text rest);
} events[] = {
	{ "connect", false, on_nothing },     { "send", true, on_send },
	{ "answer", true, on_answer },	      { "error", false, on_error },
	{ "reconnect", false, on_reconnect }, { "close", false, on_close },
	{ "done", false, on_nothing },	      { "late", true, on_late },
};

/* --- Lines ---------------------------------------------------------------- */

static const struct event *find_event(struct text word)
{
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (strlen(events[i].name) == word.n &&
		    memcmp(events[i].name, word.at, word.n) == 0)
			return &events[i];
	return NULL;
}

/* The clock of the line; it may not go back. */
static bool take_instant(struct sum *sum, struct text word)
{
	uint64_t at_ns;

	if (!parse_number(word, &at_ns) || at_ns == UNMEASURED ||
	    at_ns < sum->now_ns)
		return false;
	if (sum->began_ns == UNMEASURED)
		sum->began_ns = at_ns;
	sum->now_ns = at_ns;
	return true;
}

static void take_line(struct sum *sum, struct text line)
{
	struct text rest = line;
	struct text at = take_word(&rest);
	const struct event *event = find_event(take_word(&rest));
	struct text number = rest;
	uint64_t n;

	if (event && event->numbered && !parse_number(take_word(&number), &n))
		event = NULL;
	if (event && take_instant(sum, at))
		event->take(sum, rest);
	else
		note_error(sum, "not understood:", line);
}

/* --- The whole ------------------------------------------------------------ */

static void sum_lines(struct sum *sum, const char *text, size_t len)
{
	const char *end = len ? memchr(text, '\n', len) : NULL;

	while (end) {
		struct text line = { text, (size_t)(end - text) };

		sum->line++;
		take_line(sum, line);
		len -= line.n + 1;
		text = end + 1;
		end = memchr(text, '\n', len);
	}
}

void transcript_sum(const char *text, size_t len, uint64_t dump_ns,
		    uint64_t restored_ns, struct obs_peer *ret_peer)
{
	struct sum sum = {
		.peer = ret_peer,
		.began_ns = UNMEASURED,
		.answer_ns = UNMEASURED,
		.dump_ns = dump_ns,
		.restored_ns = restored_ns,
	};

	*ret_peer = (struct obs_peer){
		.present = true,
		.late = UNMEASURED,
		.stall_ns = UNMEASURED,
		.last_before_ns = UNMEASURED,
		.first_after_ns = UNMEASURED,
		.exit = ret_peer->exit,
	};
	sum_lines(&sum, text, len);
	if (dump_ns != UNMEASURED && sum.answer_ns != UNMEASURED &&
	    sum.answer_ns < restored_ns) {
		ret_peer->last_before_ns = sum.answer_ns;
		ret_peer->first_after_ns = UNMEASURED;
	}
}
