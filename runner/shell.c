// SPDX-License-Identifier: Apache-2.0
/* shell.c - commands for the guests of a cell that is held, line by line */
#include "runner/shell.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "runner/events.h"

static const char *const sides[] = { "source", "target" };

static void greet(const json_t *held, FILE *out)
{
	(void)fprintf(out,
		      "\n%s is held after '%s' (%s). Both guests are open: "
		      "each line is run by sh in one of\nthem, with what "
		      "commands of a scenario find in their environment; "
		      "evidence so far: %s\n"
		      "  source, target   change sides\n"
		      "  exit             go on: the cell is ended, and all "
		      "is cleaned up\n",
		      events_text(held, "cell"), events_text(held, "step"),
		      events_text(held, "phase"), events_text(held, "dir"));
}

static void print_answer(const json_t *answer, FILE *out)
{
	const char *trouble = events_text(answer, "trouble");
	json_int_t status = json_integer_value(json_object_get(answer, "exit"));

	(void)fputs(events_text(answer, "out"), out);
	(void)fputs(events_text(answer, "log"), out);
	if (*trouble)
		(void)fprintf(out, "[%s]\n", trouble);
	else if (status)
		(void)fprintf(out, "[ended with %" JSON_INTEGER_FORMAT "]\n",
			      status);
}

static int run_line(int fd, const char *side, const char *line, FILE *out,
		    struct err *err)
{
	CLEANUP_FREE char *clean = str_utf8_clean(line, strlen(line));
	json_t *answer = NULL;
	int rc;

	if (events_send(fd,
			json_pack("{s:s, s:s, s:s}", "do", "exec", "on", side,
				  "command", clean),
			err))
		return -1;
	rc = events_receive(fd, &answer, err);
	if (rc == 0)
		return err_set(err, ERR_GUEST, 0, "the lab is gone");
	if (rc < 0)
		return -1;
	print_answer(answer, out);
	json_decref(answer);
	return 0;
}

/* Changes @side when the line says so. */
static bool is_side(const char *line, const char **side)
{
	for (size_t i = 0; i < ARRAY_SIZE(sides); i++) {
		if (!str_eq(line, sides[i]))
			continue;
		*side = sides[i];
		return true;
	}
	return false;
}

static int read_lines(int fd, FILE *in, FILE *out, struct err *err)
{
	const char *side = "target";
	CLEANUP_FREE char *line = NULL;
	size_t size = 0;

	for (;;) {
		(void)fprintf(out, "%s# ", side);
		(void)fflush(out);
		if (getline(&line, &size, in) < 0)
			break;
		(void)str_trim(line);
		if (str_eq(line, "exit"))
			return 0;
		if (*line && !is_side(line, &side) &&
		    run_line(fd, side, line, out, err))
			return -1;
	}
	(void)fputc('\n', out);
	return 0;
}

int shell_talk(int fd, const json_t *held, FILE *in, FILE *out, struct err *err)
{
	greet(held, out);
	if (read_lines(fd, in, out, err))
		return -1;
	return events_send(fd, json_pack("{s:s}", "do", "release"), err);
}
