// SPDX-License-Identifier: Apache-2.0
/* cli.c - the commands of crmatrix */
#include "runner/cli.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "runner/log.h"

static const struct command commands[] = {
	{ "run", "run cells: migrate every scenario over every pair", cmd_run },
	{ "resume", "finish a run that was cut short", cmd_resume },
	{ "report", "show a run as text, JSON, Markdown, JUnit, ...",
	  cmd_report },
	{ "explain", "tell the whole story of one cell", cmd_explain },
	{ "repro", "run one cell again, or pack it for somebody else",
	  cmd_repro },
	{ "bisect", "with which kernel or CRIU a cell began to fail",
	  cmd_bisect },
	{ "compare", "say what broke between two runs; the gate of a CI",
	  cmd_compare },
	{ "merge", "join shards that were run apart", cmd_merge },
	{ "ask", "may it move from A to B? for scripts and schedulers",
	  cmd_ask },
	{ "history", "many runs: what broke when, what is flaky", cmd_history },
	{ "profile", "write down what this host, or a live workload, is",
	  cmd_profile },
	{ "predict", "say what will fail before anything is stopped",
	  cmd_predict },
	{ "analyze", "say which connections of a capture survived",
	  cmd_analyze },
	{ "list", "list machines, scenarios or cells", cmd_list },
	{ "schema", "print the JSON Schema of the input files", cmd_schema },
	{ "images", "build, list, verify or prune images", cmd_images },
	{ "doctor", "say what this host lacks, and what mends it", cmd_doctor },
};

const char *cli_nearest(const char *word, const char *const *names)
{
	/* Two slips, or a third of a long word. */
	size_t best_distance = strlen(word) / 3 + 1;
	const char *best = NULL;

	if (best_distance < 2)
		best_distance = 2;
	for (; *names; names++) {
		size_t distance = str_distance(word, *names);

		if (str_starts(*names, word) && strlen(word) >= 2)
			distance = 1;
		if (distance < best_distance + (best ? 0 : 1)) {
			best_distance = distance;
			best = *names;
		}
	}
	return best;
}

static void print_help(FILE *out)
{
	(void)fprintf(out,
		      "Usage: crmatrix COMMAND [OPTION]...\n\n"
		      "May this workload be checkpointed on machine A and "
		      "restored on machine B?\n"
		      "Asks pairs of real VMs, and answers with evidence.\n\n"
		      "Commands:\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		(void)fprintf(out, "  %-10s %s\n", commands[i].name,
			      commands[i].help);
	(void)fprintf(out,
		      "\n'crmatrix COMMAND --help' tells a command's options.\n"
		      "\nExit status: 0 every cell as expected, 1 some cell "
		      "failed or passed\nunexpectedly, 2 usage or input error, "
		      "3 some cell broken or not run.\n");
}

static int refuse(const char *word)
{
	const char *names[ARRAY_SIZE(commands) + 1] = { NULL };
	const char *nearest;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		names[i] = commands[i].name;
	nearest = cli_nearest(word, names);
	if (nearest)
		log_err(NULL, "no command '%s' (did you mean '%s'?)", word,
			nearest);
	else
		log_err(NULL, "no command '%s' (see 'crmatrix --help')", word);
	return CLI_USAGE;
}

int cli_main(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return CLI_USAGE;
	}
	if (str_eq(argv[1], "--help") || str_eq(argv[1], "-h")) {
		print_help(stdout);
		return CLI_OK;
	}
	if (str_eq(argv[1], "--version")) {
		(void)printf("crmatrix %s\nbuilt with %s\n", CRMATRIX_VERSION,
			     CRMATRIX_BUILT_WITH);
		return CLI_OK;
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (str_eq(argv[1], commands[i].name))
			return commands[i].main(argc - 1, argv + 1);
	return refuse(argv[1]);
}
