// SPDX-License-Identifier: Apache-2.0
/* options.c - command lines by tables, which also make --help */
#include "runner/options.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "runner/cli.h"
#include "runner/log.h"

/* getopt's value of the option of row i is FIRST_VALUE + i. */
#define FIRST_VALUE 256
#define HELP_COLUMN 28
#define HELP_WIDTH 80

static const struct option_def common_defs[] = {
	{ "verbose", 'v', OPTION_FLAG, 0, .help = "say every step" },
	{ "quiet", 'q', OPTION_FLAG, 0,
	  .help = "say warnings and errors only" },
	{ "help", 'h', OPTION_FLAG, 0, .help = "show this and end" },
};
enum { COMMON_VERBOSE, COMMON_QUIET, COMMON_HELP, COMMON_COUNT };
static_assert(ARRAY_SIZE(common_defs) == COMMON_COUNT,
	      "common_defs[] doesn't match its enum");

static const struct option_def *def_at(const struct options *options, size_t i)
{
	return i < options->n ? &options->defs[i] :
				&common_defs[i - options->n];
}

static size_t def_count(const struct options *options)
{
	return options->n + COMMON_COUNT;
}

static bool takes_argument(const struct option_def *def)
{
	return def->type != OPTION_FLAG;
}

/* --- Values ------------------------------------------------------------- */

static int read_uint(const struct option_def *def, const char *text,
		     uint64_t *out, struct err *err)
{
	uint64_t max = def->max ? def->max : UINT64_MAX;
	uintmax_t value;
	char *end;

	errno = 0;
	value = strtoumax(text, &end, 10);
	if (*text < '0' || *text > '9' || *end)
		return err_set(err, ERR_INPUT, 0, "'%s' is not a number", text);
	if (errno || value < def->min || value > max)
		return err_set(err, ERR_INPUT, 0,
			       "%s is not within %" PRIu64 " and %" PRIu64,
			       text, def->min, max);
	*out = value;
	return 0;
}

static int read_enum(const struct option_def *def, const char *text, int *out,
		     struct err *err)
{
	CLEANUP_FREE char *known = NULL;
	struct str_list names = { 0 };

	for (int i = 0; def->names[i]; i++) {
		if (str_eq(def->names[i], text)) {
			*out = i;
			str_list_release(&names);
			return 0;
		}
		str_list_add(&names, def->names[i]);
	}
	known = str_list_join(&names, ", ");
	str_list_release(&names);
	return err_set(err, ERR_INPUT, 0, "'%s' is none of: %s", text, known);
}

static int take_value(const struct option_def *def, const char *text,
		      char *args, struct err *err)
{
	void *member = args + def->offset;

	switch (def->type) {
	case OPTION_FLAG:
		*(bool *)member = true;
		return 0;
	case OPTION_STR:
		*(const char **)member = text;
		return 0;
	case OPTION_UINT:
		return read_uint(def, text, member, err);
	case OPTION_LIST:
		str_list_split(member, text, ",");
		return 0;
	case OPTION_ENUM:
		return read_enum(def, text, member, err);
	case OPTION_TYPE_COUNT:
		break;
	}
	assert(!"a type of option that does not exist");
	return -1;
}

/* --- Parsing ------------------------------------------------------------ */

struct getopt_tables {
	struct option *longs;
	char *shorts;
};

static void getopt_tables_release(struct getopt_tables *tables)
{
	free(tables->longs);
	free(tables->shorts);
}

static struct getopt_tables make_tables(const struct options *options)
{
	size_t n = def_count(options);
	struct getopt_tables tables = {
		.longs = xcalloc(n + 1, sizeof(struct option)),
		.shorts = xcalloc(2 * n + 2, 1),
	};
	char *shorts = tables.shorts;

	*shorts++ = ':'; /* a missing argument is told apart */
	for (size_t i = 0; i < n; i++) {
		const struct option_def *def = def_at(options, i);

		tables.longs[i] = (struct option){
			.name = def->name,
			.has_arg = takes_argument(def) ? required_argument :
							 no_argument,
			.val = FIRST_VALUE + (int)i,
		};
		if (def->letter)
			*shorts++ = def->letter;
		if (def->letter && takes_argument(def))
			*shorts++ = ':';
	}
	return tables;
}

/* Row of what getopt_long() found: by value for a long name, else by letter. */
static size_t def_index(const struct options *options, int found)
{
	size_t n = def_count(options);

	if (found >= FIRST_VALUE)
		return (size_t)(found - FIRST_VALUE);
	for (size_t i = 0; i < n; i++)
		if (def_at(options, i)->letter == found)
			return i;
	return n;
}

static const char *nearest_option(const struct options *options,
				  const char *word)
{
	CLEANUP_FREE const char **names =
		xcalloc(def_count(options) + 1, sizeof(*names));

	for (size_t i = 0; i < def_count(options); i++)
		names[i] = def_at(options, i)->name;
	return cli_nearest(word, names);
}

static int refuse(const struct options *options, int found, const char *word,
		  struct err *err)
{
	CLEANUP_FREE char *name = xstrdup(word);
	const char *nearest;

	if (found == ':')
		return err_set(err, ERR_INPUT, 0, "'%s' wants a value", word);
	if (optopt >= FIRST_VALUE)
		return err_set(err, ERR_INPUT, 0, "'%s' takes no value", word);
	if (optopt)
		return err_set(err, ERR_INPUT, 0, "unknown option '-%c'",
			       optopt);
	name[strcspn(name, "=")] = '\0';
	nearest = nearest_option(options, name + strspn(name, "-"));
	return err_set(err, ERR_INPUT, 0,
		       nearest ? "unknown option '%s' (did you mean '--%s'?)" :
				 "unknown option '%s'",
		       name, nearest);
}

static int take_option(const struct options *options, size_t i, char *args,
		       bool *ret_help, struct err *err)
{
	const struct option_def *def = def_at(options, i);

	if (i < options->n) {
		if (take_value(def, optarg, args, err) == 0)
			return 0;
		return err_wrap(err, "--%s", def->name);
	}
	if (i - options->n == COMMON_HELP)
		*ret_help = true;
	else
		log_set_level(i - options->n == COMMON_VERBOSE ?
				      LOG_LEVEL_DEBUG :
				      LOG_LEVEL_WARN);
	return 0;
}

static int check_operands(const struct options *options, size_t n, char **v,
			  struct err *err)
{
	if (n < options->min_operands)
		return err_set(err, ERR_INPUT, 0, "expected %s",
			       options->operands);
	if (n > options->max_operands)
		return err_set(err, ERR_INPUT, 0, "'%s' is one too many",
			       v[options->max_operands]);
	return 0;
}

int options_read(const struct options *options, int argc, char **argv,
		 void *args, struct operands *ret_operands, bool *ret_help,
		 struct err *err)
{
	CLEANUP(getopt_tables_release)
	struct getopt_tables tables = make_tables(options);
	bool help = false;
	int found;

	optind = 0; /* glibc: begin anew */
	opterr = 0;
	while ((found = getopt_long(argc, argv, tables.shorts, tables.longs,
				    NULL)) != -1) {
		size_t i = def_index(options, found);

		if (found == '?' || found == ':')
			return refuse(options, found, argv[optind - 1], err);
		if (take_option(options, i, args, &help, err) < 0)
			return -1;
	}
	if (!help && check_operands(options, (size_t)(argc - optind),
				    argv + optind, err) < 0)
		return -1;
	*ret_operands =
		(struct operands){ argv + optind, (size_t)(argc - optind) };
	*ret_help = help;
	return 0;
}

bool options_parse(const struct options *options, int argc, char **argv,
		   void *args, struct operands *ret_operands, int *ret_status)
{
	struct err err = ERR_INIT;
	bool help = false;

	if (options_read(options, argc, argv, args, ret_operands, &help, &err) <
	    0) {
		log_err(NULL, "%s: %s (see 'crmatrix %s --help')",
			options->command, err.msg, options->command);
		options_release(options, args);
		*ret_status = CLI_USAGE;
		return false;
	}
	if (!help)
		return true;
	options_help(options, stdout);
	options_release(options, args);
	*ret_status = CLI_OK;
	return false;
}

void options_release(const struct options *options, void *args)
{
	for (size_t i = 0; i < options->n; i++) {
		const struct option_def *def = &options->defs[i];
		void *member = (char *)args + def->offset;

		if (def->type == OPTION_LIST)
			str_list_release(member);
	}
}

/* --- Help --------------------------------------------------------------- */

/* @text, broken between words, its lines beginning in column @indent. The
 * first begins where the cursor is, @column. */
static void print_wrapped(FILE *out, const char *text, int column, int indent)
{
	int width = indent;

	if (column >= indent)
		(void)fprintf(out, "\n%*s", indent, "");
	else
		(void)fprintf(out, "%*s", indent - column, "");
	while (*text) {
		int len = (int)strcspn(text, " ");

		if (width > indent && width + 1 + len > HELP_WIDTH) {
			(void)fprintf(out, "\n%*s", indent, "");
			width = indent;
		} else if (width > indent) {
			width += fprintf(out, " ");
		}
		width += fprintf(out, "%.*s", len, text);
		text += len;
		text += strspn(text, " ");
	}
	(void)fputc('\n', out);
}

static void print_option(const struct option_def *def, FILE *out)
{
	char letter[] = { '-', def->letter, ',', '\0' };
	CLEANUP_FREE char *names = NULL;
	CLEANUP_FREE char *arg = NULL;
	int column;

	if (takes_argument(def) && !def->arg && def->names) {
		struct str_list words = { 0 };

		for (int i = 0; def->names[i]; i++)
			str_list_add(&words, def->names[i]);
		arg = str_list_join(&words, "|");
		str_list_release(&words);
	} else if (def->arg) {
		arg = xstrdup(def->arg);
	}
	names = xasprintf("--%s%s%s", def->name, arg ? " " : "",
			  arg ? arg : "");
	column = fprintf(out, "  %-3s %s ", def->letter ? letter : "", names);
	print_wrapped(out, def->help, column, HELP_COLUMN);
}

void options_help(const struct options *options, FILE *out)
{
	(void)fprintf(out, "Usage: crmatrix %s [OPTION]...%s%s\n\n%s\n\n",
		      options->command, options->operands ? " " : "",
		      options->operands ? options->operands : "",
		      options->summary);
	(void)fprintf(out, "Options:\n");
	for (size_t i = 0; i < def_count(options); i++)
		print_option(def_at(options, i), out);
	if (options->footer)
		(void)fprintf(out, "\n%s\n", options->footer);
}
