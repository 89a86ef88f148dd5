// SPDX-License-Identifier: Apache-2.0
/* log.c - what the tool says on stderr */
#include "runner/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

static const struct {
	const char *word;
	const char *color;
} levels[] = {
	[LOG_LEVEL_ERROR] = { "error: ", "\033[1;31m" },
	[LOG_LEVEL_WARN] = { "warning: ", "\033[1;33m" },
	[LOG_LEVEL_INFO] = { "", "" },
	[LOG_LEVEL_DEBUG] = { "debug: ", "\033[2m" },
};
static_assert(ARRAY_SIZE(levels) == LOG_LEVEL_COUNT,
	      "levels[] doesn't match enum log_level");

/* The only global of the tool. */
static enum log_level max_level = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
	max_level = level;
}

enum log_level log_get_level(void)
{
	return max_level;
}

static bool env_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

static bool smart_terminal(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term && *term && !str_eq(term, "dumb");
}

bool term_color(int fd)
{
	return smart_terminal(fd) && !env_set("NO_COLOR");
}

bool term_live(int fd)
{
	return smart_terminal(fd) && !env_set("CI");
}

PRINTF(3, 0)
static void say(enum log_level level, const char *who, const char *fmt,
		va_list ap)
{
	int saved = errno;
	CLEANUP_FREE char *raw = NULL;
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE char *line = NULL;
	struct err ignored;
	bool color;

	if (level > max_level)
		return;
	raw = xvasprintf(fmt, ap);
	text = str_utf8_clean(raw, strlen(raw));
	color = *levels[level].color && term_color(STDERR_FILENO);
	line = xasprintf("%s: %s%s%s%s\n", who ? who : "crmatrix",
			 color ? levels[level].color : "", levels[level].word,
			 color ? "\033[0m" : "", text);
	if (fd_write_all(STDERR_FILENO, line, strlen(line), &ignored) < 0)
		max_level = LOG_LEVEL_ERROR; /* nobody listens */
	errno = saved;
}

#define LOG_FUNCTION(name, level)                        \
	void name(const char *who, const char *fmt, ...) \
	{                                                \
		va_list ap;                              \
                                                         \
		va_start(ap, fmt);                       \
		say(level, who, fmt, ap);                \
		va_end(ap);                              \
	}

LOG_FUNCTION(log_err, LOG_LEVEL_ERROR)
LOG_FUNCTION(log_warn, LOG_LEVEL_WARN)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)
