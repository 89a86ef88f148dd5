// SPDX-License-Identifier: Apache-2.0
/* criulog.c - what CRIU's logs complain of, and which complaint came first */
#include "compat/criulog.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/pattern.h"

/** struct known - Messages that are not the cause, and what they are instead */
struct known {
	const char *pattern;
	enum criu_weight weight;
};

static const struct known known[] = {
	/* Helpers that CRIU runs to find out what the host can do, and its
	 * removal of lock rules that only exist on the other host. */
	{ "^exited, status=#$", CRIU_BENIGN },
	{ "^Iptables configuration failed", CRIU_BENIGN },
	{ "No parent image found, though parent directory is set",
	  CRIU_BENIGN },
	{ "Unable to restore freezer state", CRIU_BENIGN },
	{ "^Pre-resume script ret code", CRIU_BENIGN },
	{ "^Post-resume script ret code", CRIU_BENIGN },
	{ "Can't keep kdat cache", CRIU_BENIGN },
	{ "^tun: Unable to create tun: No such file or directory$",
	  CRIU_BENIGN },
	{ "^rlimit: Can't setup RLIMIT_NOFILE for self", CRIU_BENIGN },
	/* It looks for watched files in places that most machines lack. */
	{ "^irmap: Can't stat ", CRIU_BENIGN },
	{ "^handle_device_vma plugin failed", CRIU_GENERIC },
	{ "^Unable to detach from #: No such process", CRIU_GENERIC },
	{ "Dumping FAILED.", CRIU_GENERIC },
	{ "Pre-dumping FAILED.", CRIU_GENERIC },
	{ "Restoring FAILED.", CRIU_GENERIC },
	{ "Killing processes because of failure on restore", CRIU_GENERIC },
	{ "Could not initialize kernel features detection", CRIU_GENERIC },
	{ "^# exited, status=#$", CRIU_GENERIC },
	{ "^# killed by signal 9: ", CRIU_GENERIC },
	{ "^Restorer fail #$", CRIU_GENERIC },
	{ "^Unable to open fd=# id=", CRIU_GENERIC },
	{ "^Dump files (pid: #) failed", CRIU_GENERIC },
	{ "^Dump core (pid: #) failed", CRIU_GENERIC },
	{ "^`- Can't open vma", CRIU_GENERIC },
	{ "One of more action scripts failed", CRIU_GENERIC },
};

/* Without these files there is nothing to restore; others may be absent. Reading
 * pages, 0 is the end of the file: before PR 2899 criu tries again for ever. */
static const char *const telling[] = {
	"^No inventory.img image$", "^No pstree.img image$",
	"^No files.img image$",	    "^No cpuinfo.img image$",
	"^No core-#.img image$",    "^No mm-#.img image$",
	"^No pagemap-#.img image$", "^No pages-#.img image$",
	"^No fdinfo-#.img image$",  "^`- returned 0$",
};

static const char *const hints[] = {
	"^Unable to interrupt task: # (Operation not permitted)$",
	/* In a namespace of the workload's own that is the end, and in the host's
	 * it is not: criu 3.17 to 4.2, collect_err(). */
	"Sockects collect procedure family * proto IPPROTO_TCP: -2",
	"Sockects collect procedure family * proto IPPROTO_UDP: -2",
	"Sockects collect procedure family * proto IPPROTO_UDPLITE: -2",
};

static bool is_one_of(const char *const *patterns, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++) {
		if (pattern_match(patterns[i], text, NULL))
			return true;
	}
	return false;
}

static bool is_remarkable(const char *text, enum criu_weight *ret_weight)
{
	if (is_one_of(telling, ARRAY_SIZE(telling), text))
		*ret_weight = CRIU_TELLING;
	else if (is_one_of(hints, ARRAY_SIZE(hints), text))
		*ret_weight = CRIU_HINT;
	else
		return false;
	return true;
}

static enum criu_weight weigh(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (pattern_match(known[i].pattern, text, NULL))
			return known[i].weight;
	}
	return CRIU_CAUSAL;
}

static const char *skip_blanks(const char *s)
{
	while (*s == ' ')
		s++;
	return s;
}

static const char *skip_digits(const char *s)
{
	while (isdigit((unsigned char)*s))
		s++;
	return s;
}

/* "(00.015620) "; from the hundredth second on the bracket overwrites a
 * digit, so only its beginning and end are looked at. */
static const char *skip_stamp(const char *s)
{
	const char *end;

	if (*s != '(' || !isdigit((unsigned char)s[1]))
		return s;
	end = strchr(s, ')');
	return end ? skip_blanks(end + 1) : s;
}

/* "  1234: " or "pie: 1234: " */
static const char *skip_pid(const char *s)
{
	const char *from = skip_blanks(s);
	const char *end;

	if (str_starts(from, "pie: "))
		from += strlen("pie: ");
	end = skip_digits(from);
	if (end == from || *end != ':')
		return from;
	return skip_blanks(end + 1);
}

/* "(criu/vdso.c:381): " and what follows; NULL when it is not that. */
static const char *skip_place(const char *s)
{
	const char *end;

	if (*s != '(')
		return NULL;
	end = strstr(s, "): ");
	return end ? end + strlen("): ") : NULL;
}

static const char *parse_level(const char *s, enum criu_level *ret_level)
{
	static const char *const words[] = {
		[CRIU_ERROR] = "Error ",
		[CRIU_WARN] = "Warn ",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (str_starts(s, words[i])) {
			*ret_level = (enum criu_level)i;
			return skip_blanks(s + strlen(words[i]));
		}
	}
	return NULL;
}

/* Message of a line that complains or tells, else NULL. */
static const char *parse_line(const char *line, struct criu_line *entry)
{
	const char *said = skip_pid(skip_stamp(line));
	const char *s = parse_level(said, &entry->level);
	const char *text = s ? skip_place(s) : said;

	if (text && is_remarkable(text, &entry->weight)) {
		entry->level = CRIU_ERROR;
		return text;
	}
	if (!s || !text)
		return NULL;
	entry->weight = weigh(text);
	return text;
}

/* Warnings get a share of the room only, so that they leave some to errors. */
static bool is_full(const struct criu_log *log, enum criu_level level)
{
	size_t n = 0;

	for (size_t i = 0; i < log->n; i++)
		n += log->v[i].level == level;
	return n == (level == CRIU_WARN ? CRIU_WARNINGS_MAX : CRIU_ERRORS_MAX);
}

/* Whether there was no room for it. */
static bool add_line(struct criu_log *log, const char *bytes, size_t len,
		     size_t number)
{
	char *line = str_utf8_clean(bytes,
				    len < CRIU_LINE_MAX ? len : CRIU_LINE_MAX);
	struct criu_line entry = { .level = CRIU_ERROR,
				   .number = number,
				   .line = line };

	entry.text = parse_line(line, &entry);
	if (!entry.text || is_full(log, entry.level)) {
		free(line);
		return entry.text != NULL;
	}
	*VEC_PUSH(log->v, log->n) = entry;
	return false;
}

/* Cheap look before a line is copied: most of a log is nothing of it. */
static bool may_complain(const char *bytes, size_t len)
{
	static const char *const words[] = { "Error (", "Warn  (", " image",
					     "`- returned 0",
					     "Sockects collect " };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (memmem(bytes, len, words[i], strlen(words[i])))
			return true;
	}
	return false;
}

void criu_log_parse(const char *text, size_t len, struct criu_log *ret_log)
{
	const char *end = text + len;
	size_t number = 0;

	*ret_log = (struct criu_log){ 0 };
	while (text < end && !is_full(ret_log, CRIU_ERROR)) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((nl ? nl : end) - text);

		number++;
		if (may_complain(text, n))
			ret_log->cut |= add_line(ret_log, text, n, number);
		text += nl ? n + 1 : n;
	}
	ret_log->cut |= text < end;
}

static const struct criu_line *first_error(const struct criu_log *log,
					   bool (*is_meant)(enum criu_weight))
{
	for (size_t i = 0; i < log->n; i++) {
		if (log->v[i].level == CRIU_ERROR && is_meant(log->v[i].weight))
			return &log->v[i];
	}
	return NULL;
}

bool criu_may_cause(enum criu_weight weight)
{
	return weight == CRIU_CAUSAL || weight == CRIU_TELLING;
}

static bool is_hint(enum criu_weight weight)
{
	return weight == CRIU_HINT;
}

static bool is_generic(enum criu_weight weight)
{
	return weight == CRIU_GENERIC;
}

const struct criu_line *criu_log_causal(const struct criu_log *log)
{
	const struct criu_line *line = first_error(log, criu_may_cause);

	if (!line)
		line = first_error(log, is_hint);
	return line ? line : first_error(log, is_generic);
}

void criu_log_release(struct criu_log *log)
{
	for (size_t i = 0; i < log->n; i++)
		free(log->v[i].line);
	free(log->v);
	*log = (struct criu_log){ 0 };
}
