// SPDX-License-Identifier: Apache-2.0
/* criulog.h - what CRIU's logs complain of, and which complaint came first */
#ifndef COMPAT_CRIULOG_H
#define COMPAT_CRIULOG_H

#include <stdbool.h>
#include <stddef.h>

/* At most so many complaints are kept of one log, the first ones, and so many
 * bytes of each: memory is bounded whatever the log holds. */
#define CRIU_ERRORS_MAX 200
#define CRIU_WARNINGS_MAX 50
#define CRIU_LINE_MAX 512

enum criu_level { CRIU_ERROR, CRIU_WARN };

/**
 * enum criu_weight - What a complaint is worth
 * @CRIU_CAUSAL:  It may be the cause
 * @CRIU_GENERIC: It says that something failed, what failed was said before
 * @CRIU_BENIGN:  It comes in successful runs as well
 * @CRIU_TELLING: No error to criu, which goes on, but the cause of what follows:
 *		  that an image is not there without which nothing can be restored
 * @CRIU_HINT:	  A warning that is the cause when no error says more
 */
enum criu_weight {
	CRIU_CAUSAL,
	CRIU_GENERIC,
	CRIU_BENIGN,
	CRIU_TELLING,
	CRIU_HINT
};

/**
 * struct criu_line - One error or warning
 * @number:	Line in the log, 1-based
 * @line:	The whole line, cleaned and cut, owned
 * @text:	Its message without stamp, pid, level and place; points into @line
 */
struct criu_line {
	enum criu_level level;
	enum criu_weight weight;
	size_t number;
	char *line;
	const char *text;
};

/**
 * struct criu_log - The complaints of one log, in its order
 * @cut:	It was not read to its end, or not all warnings were kept
 */
struct criu_log {
	struct criu_line *v;
	size_t n;
	bool cut;
};

/**
 * criu_log_parse() - Collect the complaints of a log
 * @text:	Any bytes
 *
 * Understood are "(SS.uuuuuu) " + optional "  PID: " or "pie: PID: " + "Error "
 * or "Warn  " + "(FILE:LINE): " + message, and the few that are telling, as errors;
 * all other lines are passed over.
 */
void criu_log_parse(const char *text, size_t len, struct criu_log *ret_log);

/** criu_log_causal() - The first error or telling line that may be the cause; else
 * the first hint; else the first
 * generic one; NULL when there is none. Borrowed */
const struct criu_line *criu_log_causal(const struct criu_log *log);

/** criu_may_cause() - Whether a line of that weight may be the cause */
bool criu_may_cause(enum criu_weight weight);

void criu_log_release(struct criu_log *log);

#endif
