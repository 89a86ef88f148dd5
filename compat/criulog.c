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

/* Message of a line that is an error or a warning, else NULL. */
static const char *parse_line(const char *line, enum criu_level *ret_level)
{
	const char *s = parse_level(skip_pid(skip_stamp(line)), ret_level);

	return s ? skip_place(s) : NULL;
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
	enum criu_level level = CRIU_ERROR;
	char *line = str_utf8_clean(bytes,
				    len < CRIU_LINE_MAX ? len : CRIU_LINE_MAX);
	const char *text = parse_line(line, &level);
	struct criu_line *entry;

	if (!text || is_full(log, level)) {
		free(line);
		return text != NULL;
	}
	entry = VEC_PUSH(log->v, log->n);
	entry->level = level;
	entry->weight = weigh(text);
	entry->number = number;
	entry->line = line;
	entry->text = text;
	return false;
}

/* Cheap look before a line is copied: most of a log is neither. */
static bool may_complain(const char *bytes, size_t len)
{
	return memmem(bytes, len, "Error (", strlen("Error (")) ||
	       memmem(bytes, len, "Warn  (", strlen("Warn  ("));
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
					   enum criu_weight weight)
{
	for (size_t i = 0; i < log->n; i++) {
		if (log->v[i].level == CRIU_ERROR && log->v[i].weight == weight)
			return &log->v[i];
	}
	return NULL;
}

const struct criu_line *criu_log_causal(const struct criu_log *log)
{
	const struct criu_line *line = first_error(log, CRIU_CAUSAL);

	return line ? line : first_error(log, CRIU_GENERIC);
}

void criu_log_release(struct criu_log *log)
{
	for (size_t i = 0; i < log->n; i++)
		free(log->v[i].line);
	free(log->v);
	*log = (struct criu_log){ 0 };
}
