// SPDX-License-Identifier: Apache-2.0
/* log.h - what the tool says on stderr */
#ifndef RUNNER_LOG_H
#define RUNNER_LOG_H

#include <stdbool.h>

#include "base/err.h"

/**
 * enum log_level - How much is said
 * @LOG_LEVEL_ERROR:	Only what makes the tool fail
 * @LOG_LEVEL_WARN:	And what was worked around (--quiet)
 * @LOG_LEVEL_INFO:	And what goes on (default)
 * @LOG_LEVEL_DEBUG:	And every step (--verbose)
 */
enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_COUNT
};

void log_set_level(enum log_level level);
enum log_level log_get_level(void);

/**
 * log_err(), log_warn(), log_info(), log_debug() - Say one thing
 * @who:	Prefix: the cell's id and step; NULL: the program's name
 *
 * One line, in one write(2), so that processes do not cut each other's; what
 * could change a terminal's state is replaced. Keeps errno.
 */
void log_err(const char *who, const char *fmt, ...) PRINTF(2, 3);
void log_warn(const char *who, const char *fmt, ...) PRINTF(2, 3);
void log_info(const char *who, const char *fmt, ...) PRINTF(2, 3);
void log_debug(const char *who, const char *fmt, ...) PRINTF(2, 3);

/** term_color() - Whether colours are welcome on this descriptor: a terminal
 * that is not dumb, and no NO_COLOR */
bool term_color(int fd);

/** term_live() - Whether a line may be redrawn on it: as term_color() without
 * regard to NO_COLOR, and no CI */
bool term_live(int fd);

#endif
