// SPDX-License-Identifier: Apache-2.0
/* options.h - command lines by tables, which also make --help */
#ifndef RUNNER_OPTIONS_H
#define RUNNER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/str.h"

/*
 * DOC: How a command takes options
 *
 *	struct args {
 *		const char *out;
 *		bool json;
 *	};
 *	static const struct option_def defs[] = {
 *		{ "out", 'o', OPTION_STR, offsetof(struct args, out),
 *		  .arg = "DIR", .help = "folder of the run" },
 *		{ "json", 0, OPTION_FLAG, offsetof(struct args, json),
 *		  .help = "print JSON" },
 *	};
 *	static const struct options options = {
 *		.command = "report", .summary = "Show a finished run.",
 *		.operands = "RUN", .min_operands = 1, .max_operands = 1,
 *		.defs = defs, .n = ARRAY_SIZE(defs),
 *	};
 *
 *	int cmd_report(int argc, char **argv)
 *	{
 *		struct args args = { .out = "default" };
 *		struct operands operands;
 *		int status;
 *
 *		if (!options_parse(&options, argc, argv, &args, &operands,
 *				   &status))
 *			return status;
 *		...
 *
 * --help, --verbose and --quiet need no row: every command has them.
 */

/**
 * enum option_type - What an option's argument is and what it fills
 * @OPTION_FLAG: None -> bool, set to true
 * @OPTION_STR:	 Text -> const char *, borrowed from argv
 * @OPTION_UINT: Decimal, .min..max -> uint64_t
 * @OPTION_LIST: Words between commas; may be repeated -> struct str_list, to be
 *		 released by the caller
 * @OPTION_ENUM: One of .names -> int, its index
 */
enum option_type {
	OPTION_FLAG,
	OPTION_STR,
	OPTION_UINT,
	OPTION_LIST,
	OPTION_ENUM,
	OPTION_TYPE_COUNT
};

/**
 * struct option_def - One option
 * @name:	Long name, without dashes
 * @letter:	Short name, 0: none
 * @type:	See enum option_type
 * @offset:	Of the member to fill
 * @arg:	Name of its argument in --help; NULL for a flag
 * @help:	What it does, for --help; lower case, no full stop
 * @names:	For OPTION_ENUM, NULL-terminated
 * @min, @max:	For OPTION_UINT; both 0: no limits
 */
struct option_def {
	const char *name;
	char letter;
	enum option_type type;
	size_t offset;
	const char *arg;
	const char *help;
	const char *const *names;
	uint64_t min, max;
};

/**
 * struct options - What one command takes
 * @command:	Its name, as typed after "crmatrix"
 * @summary:	One or more sentences for --help
 * @operands:	What follows the options: "RUN CELL"; NULL: nothing
 * @min_operands, @max_operands: How many; @max_operands SIZE_MAX: any number
 * @defs, @n:	The options, in --help's order
 * @footer:	Text at the end of --help, or NULL
 */
struct options {
	const char *command;
	const char *summary;
	const char *operands;
	size_t min_operands, max_operands;
	const struct option_def *defs;
	size_t n;
	const char *footer;
};

/** struct operands - Arguments that are not options; borrowed from argv */
struct operands {
	char **v;
	size_t n;
};

/**
 * options_read() - Take a command line apart
 * @argv:	argv[0] is the command's name; reordered
 * @args:	The struct that the options fill; defaults are in it before
 * @ret_operands: What is left
 * @ret_help:	--help was given; nothing else counts then
 *
 * Sets the log level for --verbose and --quiet.
 *
 * Return: 0, or -1 with ERR_INPUT; @args may be half filled then
 */
WARN_UNUSED
int options_read(const struct options *options, int argc, char **argv,
		 void *args, struct operands *ret_operands, bool *ret_help,
		 struct err *err);

/**
 * options_parse() - options_read() for a command: prints --help or the error
 * @ret_status:	Set when the command is to end here: its exit status
 *
 * Return: whether to go on
 */
bool options_parse(const struct options *options, int argc, char **argv,
		   void *args, struct operands *ret_operands, int *ret_status);

/** options_help() - Print --help */
void options_help(const struct options *options, FILE *out);

/** options_release() - Release the lists in @args */
void options_release(const struct options *options, void *args);

#endif
