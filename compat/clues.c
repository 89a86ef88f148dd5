// SPDX-License-Identifier: Apache-2.0
/* clues.c - the lines that a failure left behind */
#include <string.h>

#include "base/mem.h"
#include "compat/criulog.h"
#include "compat/diagnosis.h"
#include "compat/stamp.h"

#define LINE_LEN_MAX 512
#define CONSOLE_LINES_MAX 200
#define OUTPUT_LINES_MAX 50

void clues_release(struct clues *clues)
{
	for (size_t i = 0; i < clues->n; i++) {
		free(clues->v[i].text);
		free(clues->v[i].line);
	}
	free(clues->v);
	*clues = (struct clues){ 0 };
}

static struct clue *add(struct clues *clues, enum clue_kind kind, char *text)
{
	struct clue *clue = VEC_PUSH(clues->v, clues->n);

	clue->kind = kind;
	clue->text = text;
	clue->first = clues->n == 1;
	return clue;
}

static void add_criu_line(struct clues *clues, const struct criu_line *line,
			  const char *file)
{
	struct clue *clue = add(clues, CLUE_CRIU, xstrdup(line->text));

	clue->line = xstrdup(line->line);
	clue->file = file;
	clue->number = line->number;
}

/* After the restore only what criu passed over then may be the cause. */
static void add_telling(struct clues *clues, const char *text, const char *file)
{
	CLEANUP(criu_log_release) struct criu_log log = { 0 };

	if (!text)
		return;
	criu_log_parse(text, strlen(text), &log);
	for (size_t i = 0; i < log.n; i++) {
		if (log.v[i].weight == CRIU_TELLING)
			add_criu_line(clues, &log.v[i], file);
	}
}

/* The causal error leads; what is benign is left out. */
static void add_criu(struct clues *clues, const char *text, const char *file)
{
	CLEANUP(criu_log_release) struct criu_log log = { 0 };
	const struct criu_line *causal;

	if (!text)
		return;
	criu_log_parse(text, strlen(text), &log);
	causal = criu_log_causal(&log);
	if (causal)
		add_criu_line(clues, causal, file);
	for (size_t i = 0; i < log.n; i++) {
		if (&log.v[i] != causal && log.v[i].level == CRIU_ERROR &&
		    criu_may_cause(log.v[i].weight))
			add_criu_line(clues, &log.v[i], file);
	}
}

static bool is_trap(const char *line, size_t len)
{
	static const char *const words[] = {
		"traps: ",	"segfault", "Out of memory: ",
		"Kernel panic", "BUG: ",    "Oops: ",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (memmem(line, len, words[i], strlen(words[i])))
			return true;
	}
	return false;
}

static bool any_line(const char *line, size_t len)
{
	(void)line;
	return len > 0;
}

/** struct text - A log of which some lines are wanted */
struct text {
	enum clue_kind kind;
	const char *bytes;
	const char *file;
	size_t max;
	bool (*wanted)(const char *line, size_t len);
};

static void add_text(struct clues *clues, const struct text *text)
{
	const char *s = text->bytes ? text->bytes : "";
	size_t number = 0, kept = 0;

	while (*s && kept < text->max) {
		size_t len = strcspn(s, "\n");

		number++;
		if (text->wanted(s, len)) {
			size_t whole = len - (s[len - 1] == '\r');
			size_t n = whole < LINE_LEN_MAX ? whole : LINE_LEN_MAX;
			struct clue *clue =
				add(clues, text->kind, str_utf8_clean(s, n));

			clue->line = xstrdup(clue->text);
			clue->file = text->file;
			clue->number = number;
			kept++;
		}
		s += len + (s[len] == '\n');
	}
}

static void add_console(struct clues *clues, const char *bytes,
			const char *file)
{
	struct text text = { .kind = CLUE_KERNEL,
			     .bytes = bytes,
			     .file = file,
			     .max = CONSOLE_LINES_MAX,
			     .wanted = is_trap };

	add_text(clues, &text);
}

static void add_output(struct clues *clues, const struct observation *obs)
{
	for (size_t i = 0; i < obs->n_steps; i++) {
		const struct obs_step *step = &obs->steps[i];
		struct text text = { .kind = CLUE_OUTPUT,
				     .bytes = step->output,
				     .file = step->name,
				     .max = OUTPUT_LINES_MAX,
				     .wanted = any_line };

		if (!step_failed(step))
			continue;
		add_text(clues, &text);
		return;
	}
}

static const char *log_name(const char *name, const char *otherwise)
{
	return name ? name : otherwise;
}

void clues_collect(const struct observation *obs, enum phase phase,
		   const struct criu_logs *logs,
		   const struct str_list *symptoms, struct clues *ret_clues)
{
	static const struct criu_logs none;

	*ret_clues = (struct clues){ 0 };
	if (!logs)
		logs = &none;
	if (phase == PHASE_DUMP) {
		add_criu(ret_clues, logs->dump,
			 log_name(obs->dump_log, "dump.log"));
		add_criu(ret_clues, logs->page_server, "page-server.log");
	}
	if (phase == PHASE_RESTORE)
		add_criu(ret_clues, logs->restore,
			 log_name(obs->restore_log, "restore.log"));
	if (phase > PHASE_RESTORE)
		add_telling(ret_clues, logs->restore,
			    log_name(obs->restore_log, "restore.log"));
	if (phase <= PHASE_DUMP)
		add_console(ret_clues, logs->source_kernel,
			    "console-source.log");
	else
		add_console(ret_clues, logs->target_kernel,
			    "console-target.log");
	for (size_t i = 0; symptoms && i < symptoms->n; i++)
		(void)add(ret_clues, CLUE_SYMPTOM, xstrdup(symptoms->v[i]));
	add_output(ret_clues, obs);
}
