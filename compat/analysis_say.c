// SPDX-License-Identifier: Apache-2.0
/* analysis_say.c - sentences with their words filled in */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/analysis_case.h"

#define WORD_MAX 32

/* --- Words for the moments ------------------------------------------------ */

static const struct mark_word {
	const char *name;
	enum analysis_mark mark;
} mark_words[] = {
	{ "first", MARK_FIRST },
	{ "old-last", MARK_OLD_LAST },
	{ "takeover", MARK_TAKEOVER },
	{ "claim-back", MARK_CLAIM_BACK },
	{ "now-data", MARK_NOW_DATA },
	{ "rst", MARK_RST },
	{ "client-fin", MARK_CLIENT_FIN },
	{ "server-fin", MARK_SERVER_FIN },
	{ "syn", MARK_SYN_AGAIN },
	{ "damaged", MARK_DAMAGED },
	{ "lost", MARK_LOST },
	{ "stray", MARK_STRAY },
	{ "ack-back", MARK_ACK_BACK },
	{ "zero", MARK_ZERO_WINDOW },
	{ "storm", MARK_STORM },
	{ "unanswered", MARK_UNANSWERED },
	{ "icmp", MARK_ICMP },
	{ "last", MARK_LAST },
	{ "next", MARK_NEXT },
};

static const char *const who_said[] = {
	[WHO_CLIENT] = "the client",   [WHO_SOURCE] = "the source",
	[WHO_TARGET] = "the target",   [WHO_OTHER] = "another host",
	[WHO_SERVICE] = "the service",
};
static_assert(ARRAY_SIZE(who_said) == WHO_COUNT,
	      "who_said[] doesn't match enum analysis_who");

static void say_who(FILE *f, const struct analysis_case *c,
		    const struct wire_event *event)
{
	enum analysis_who who = analysis_who_of(c, event);
	char mac[18];

	wire_mac_format(&event->mac, mac);
	(void)fputs(who_said[who], f);
	if (who != WHO_CLIENT && who != WHO_SERVICE)
		(void)fprintf(f, " (%s)", mac);
}

static void say_time(FILE *f, uint64_t ns)
{
	if (ns == WIRE_UNKNOWN)
		(void)fputs("an unknown time", f);
	else if (ns < NS_PER_S)
		(void)fprintf(f, "%.1f ms", (double)ns / NS_PER_MS);
	else
		(void)fprintf(f, "%.3f s", (double)ns / NS_PER_S);
}

/* ", 1.203 s after the source's last segment", where that is so. */
static void say_after(FILE *f, const struct analysis_case *c,
		      const struct wire_event *event)
{
	struct wire_event last;

	if (!analysis_mark_event(c, MARK_OLD_LAST, &last) ||
	    last.frame >= event->frame || event->at_ns == WIRE_UNKNOWN ||
	    event->at_ns < last.at_ns)
		return;
	(void)fputs(", ", f);
	say_time(f, event->at_ns - last.at_ns);
	(void)fprintf(f, " after the last segment of %s",
		      who_said[analysis_who_of(c, &last)]);
}

static bool say_mark(FILE *f, const struct analysis_case *c, const char *word)
{
	size_t len = strcspn(word, ".");
	const struct mark_word *found = NULL;
	struct wire_event event = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(mark_words); i++)
		if (strlen(mark_words[i].name) == len &&
		    !strncmp(mark_words[i].name, word, len))
			found = &mark_words[i];
	if (!found)
		return false;
	(void)analysis_mark_event(c, found->mark, &event);
	if (str_eq(word + len, ".by"))
		say_who(f, c, &event);
	else if (str_eq(word + len, ".after"))
		say_after(f, c, &event);
	else
		(void)fprintf(f, "frame %" PRIu64, event.frame);
	return true;
}

/* --- Words for hosts and figures ------------------------------------------ */

static void say_host(FILE *f, const struct analysis_case *c,
		     const struct wire_host *host)
{
	struct wire_event event = { .from_server = true };

	if (host)
		event.mac = host->mac;
	say_who(f, c, &event);
}

static void say_old(FILE *f, const struct analysis_case *c)
{
	say_host(f, c, c->old);
}

static void say_now(FILE *f, const struct analysis_case *c)
{
	say_host(f, c, c->now);
}

/* "took over in frame 12" of the host that did. */
static void say_now_first(FILE *f, const struct analysis_case *c)
{
	(void)fprintf(f, "frame %" PRIu64, c->now ? c->now->first_frame : 0);
}

static void say_count(FILE *f, uint64_t n, const char *what)
{
	(void)fprintf(f, "%" PRIu64 " %s%s", n, what, n == 1 ? "" : "s");
}

static void say_damaged(FILE *f, const struct analysis_case *c)
{
	say_count(f,
		  c->conn->side[WIRE_CLIENT].damaged +
			  c->conn->side[WIRE_SERVER].damaged,
		  "byte");
}

static void say_lost(FILE *f, const struct analysis_case *c)
{
	say_count(f,
		  c->conn->side[WIRE_CLIENT].lost_bytes +
			  c->conn->side[WIRE_SERVER].lost_bytes,
		  "byte");
}

static void say_stray(FILE *f, const struct analysis_case *c)
{
	say_count(f, c->conn->side[WIRE_SERVER].stray, "segment");
}

static void say_storm(FILE *f, const struct analysis_case *c)
{
	say_count(f, c->conn->storm, "ACK");
}

static void say_asked(FILE *f, const struct analysis_case *c)
{
	say_count(f, c->conn->unanswered, "segment");
}

static void say_drops(FILE *f, const struct analysis_case *c)
{
	say_count(f, c->report->drops, "frame");
}

static void say_arp(FILE *f, const struct analysis_case *c)
{
	say_count(f, c->report->arp_unanswered, "time");
}

static void say_waited(FILE *f, const struct analysis_case *c)
{
	say_time(f, c->waited_ns);
}

static void say_unanswered_for(FILE *f, const struct analysis_case *c)
{
	say_time(f, c->conn->unanswered_ns);
}

static void say_blackout(FILE *f, const struct analysis_case *c)
{
	say_time(f, c->conn->move.blackout_ns);
}

static void say_closed_window(FILE *f, const struct analysis_case *c)
{
	say_time(f, c->conn->last_ns - c->conn->first_zero_window.at_ns);
}

static void say_icmp_type(FILE *f, const struct analysis_case *c)
{
	(void)fprintf(f, "ICMP%s type %" PRIu64 " code %" PRIu64,
		      c->conn->icmp.v6 ? "v6" : "", c->conn->icmp.type,
		      c->conn->icmp.code);
}

static void say_next_client(FILE *f, const struct analysis_case *c)
{
	char text[64];

	wire_addr_format(&c->conn->next_client, text);
	(void)fputs(text, f);
}

static void say_attempt(FILE *f, const struct analysis_case *c)
{
	(void)fputs(c->conn->side[WIRE_SERVER].rst ? "refused" : "not answered",
		    f);
}

static void say_hz(FILE *f, const struct analysis_case *c)
{
	(void)fprintf(f, "%" PRIu64 " instead of %" PRIu64, c->now->ts_hz,
		      c->old->ts_hz);
}

/* What a kept connection cost, and what could not be seen of it. */
static void say_cost(FILE *f, const struct analysis_case *c)
{
	const struct wire_move *move = &c->conn->move;
	uint64_t repeated = c->conn->side[WIRE_CLIENT].unchecked +
			    c->conn->side[WIRE_SERVER].unchecked;
	struct wire_event back;

	if (move->tail_ns != WIRE_UNKNOWN) {
		(void)fputs(", the old rate back after ", f);
		say_time(f, move->tail_ns);
	}
	if (analysis_mark_event(c, MARK_CLAIM_BACK, &back) && !c->returned)
		(void)fprintf(f,
			      "; though frame %" PRIu64 " says that the first "
			      "host has the address too",
			      back.frame);
	if (repeated) {
		(void)fputs("; ", f);
		say_count(f, repeated, "repeated byte");
		(void)fputs(" could not be compared", f);
	}
}

static const struct word {
	const char *name;
	void (*say)(FILE *f, const struct analysis_case *c);
} words[] = {
	{ "old", say_old },
	{ "now", say_now },
	{ "now-first", say_now_first },
	{ "n.damaged", say_damaged },
	{ "n.lost", say_lost },
	{ "n.stray", say_stray },
	{ "n.storm", say_storm },
	{ "n.asked", say_asked },
	{ "n.drops", say_drops },
	{ "n.arp", say_arp },
	{ "t.waited", say_waited },
	{ "t.unanswered", say_unanswered_for },
	{ "t.blackout", say_blackout },
	{ "t.closed", say_closed_window },
	{ "icmp-type", say_icmp_type },
	{ "next-client", say_next_client },
	{ "attempt", say_attempt },
	{ "hz", say_hz },
	{ "cost", say_cost },
};

static bool say_word(FILE *f, const struct analysis_case *c, const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!str_eq(words[i].name, word))
			continue;
		words[i].say(f, c);
		return true;
	}
	return say_mark(f, c, word);
}

char *analysis_say(const struct analysis_case *c, const char *sentence)
{
	struct strbuf buf;

	strbuf_open(&buf);
	while (*sentence) {
		size_t plain = strcspn(sentence, "{");
		char word[WORD_MAX] = "";
		size_t len;

		(void)fwrite(sentence, 1, plain, buf.f);
		sentence += plain;
		if (!*sentence)
			break;
		len = strcspn(sentence, "}");
		assert(len < sizeof(word) && sentence[len] == '}');
		memcpy(word, sentence + 1, len - 1);
		if (!say_word(buf.f, c, word))
			assert(!"a word that sentences do not have");
		sentence += len + 1;
	}
	return strbuf_take(&buf);
}
