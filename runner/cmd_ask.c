// SPDX-License-Identifier: Apache-2.0
/* cmd_ask.c - crmatrix ask */
#include <stdio.h>

#include "base/mem.h"
#include "compat/ask.h"
#include "compat/ask_archive.h"
#include "runner/cli.h"
#include "runner/log.h"
#include "runner/options.h"
#include "runner/rundir.h"
#include "runner/terminal.h"

/** enum ask_format - How an answer is given */
enum ask_format {
	ASK_TEXT,
	ASK_JSON,
	ASK_LIST,
	ASK_K8S,
	ASK_NOMAD,
	ASK_FORMAT_COUNT
};

static const char *const format_names[] = {
	[ASK_TEXT] = "text", [ASK_JSON] = "json",   [ASK_LIST] = "list",
	[ASK_K8S] = "k8s",   [ASK_NOMAD] = "nomad", [ASK_FORMAT_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(format_names) == ASK_FORMAT_COUNT + 1,
	      "format_names[] doesn't match enum ask_format");

struct ask_args {
	struct question question;
	const char *archive;
	int format;
	bool json;
};

#define QUESTION_AT(member)                    \
	(offsetof(struct ask_args, question) + \
	 offsetof(struct question, member))

static const struct option_def defs[] = {
	{ "from", 0, OPTION_STR, QUESTION_AT(from), .arg = "MACHINE",
	  .help = "where it runs" },
	{ "to", 0, OPTION_STR, QUESTION_AT(to), .arg = "MACHINE",
	  .help = "where it is to run" },
	{ "scenario", 's', OPTION_STR, QUESTION_AT(scenario), .arg = "S",
	  .help = "what is to move (default: all but controls)" },
	{ "archive", 0, OPTION_STR, offsetof(struct ask_args, archive),
	  .arg = "FILE",
	  .help = "a container's checkpoint (of Podman, of the kubelet, or an "
		  "OCI image of one): where may it be restored?" },
	{ "json", 0, OPTION_FLAG, offsetof(struct ask_args, json),
	  .help = "print JSON ('crmatrix schema ask')" },
	{ "format", 'f', OPTION_ENUM, offsetof(struct ask_args, format),
	  .names = format_names,
	  .help = "an answer, or as rules: allowed moves a line each, "
		  "Kubernetes labels and node affinity, Nomad constraints" },
};

static const struct options options = {
	.command = "ask",
	.summary = "May it move? As a run found it; RUN is its folder or its "
		   "results.json.",
	.operands = "RUN",
	.min_operands = 1,
	.max_operands = 1,
	.defs = defs,
	.n = ARRAY_SIZE(defs),
	.footer =
		"Exit status: 0 yes: it moved whenever it was tried; 1 no: it "
		"did not, at least\nonce; 2 usage or input error; 3 not known: "
		"it was not tried, or nobody could\ntell. Rules (list, k8s, "
		"nomad) allow what is yes, and end with 0. "
		"With\n--archive and without --to it is 0 when it may be restored "
		"somewhere.",
};

/* @ret_status: of an answer */
static int give(const struct answers *answers, enum ask_format format,
		const struct report_opts *opts, int *ret_status,
		struct err *err)
{
	json_t *json;

	switch (format) {
	case ASK_LIST:
		placement_list(answers, stdout);
		return 0;
	case ASK_NOMAD:
		placement_nomad(answers, stdout);
		return 0;
	case ASK_K8S:
		return placement_k8s(answers, stdout, err);
	case ASK_JSON:
		json = ask_json(answers);
		(void)json_dumpf(json, stdout, RESULTS_JSON_FLAGS);
		(void)fputc('\n', stdout);
		json_decref(json);
		break;
	case ASK_TEXT:
	case ASK_FORMAT_COUNT:
		ask_print(answers, opts, stdout);
		break;
	}
	*ret_status = answer_exit(answers_sum(answers));
	return 0;
}

/* --from is found by what the archive tells, --to may be any. */
static int answer_archive(const struct ask_args *args,
			  const struct results *results,
			  const struct report_opts *opts, bool as_json,
			  int *ret_status, struct err *err)
{
	struct checkpoint checkpoint CLEANUP(checkpoint_release) = { 0 };
	struct archive_answers answers CLEANUP(archive_answers_release) = { 0 };

	if (checkpoint_read(args->archive, &checkpoint, err) ||
	    ask_archive(&checkpoint, results, &args->question, &answers, err))
		return -1;
	if (as_json) {
		json_t *json = archive_answers_json(&answers);

		(void)json_dumpf(json, stdout, RESULTS_JSON_FLAGS);
		(void)fputc('\n', stdout);
		json_decref(json);
	} else {
		archive_answers_print(&answers, opts, stdout);
	}
	*ret_status = answer_exit(archive_answers_sum(&answers));
	return 0;
}

static int ask_run(const struct ask_args *args, const char *run,
		   int *ret_status, struct err *err)
{
	struct results results CLEANUP(results_release) = { 0 };
	struct answers answers CLEANUP(answers_release) = { 0 };
	struct report_opts opts = terminal_report_opts(run);
	int format = args->json ? ASK_JSON : args->format;

	if (args->archive && format > ASK_JSON)
		return err_set(err, ERR_INPUT, 0,
			       "ask: --archive has an answer, as text or json; "
			       "rules are of a whole run");
	if (!args->archive && format <= ASK_JSON &&
	    !(args->question.from && args->question.to))
		return err_set(err, ERR_INPUT, 0,
			       "ask: --from and --to say between which "
			       "machines");
	if (rundir_read_results(run, &results, err))
		return -1;
	if (args->archive)
		return answer_archive(args, &results, &opts, format == ASK_JSON,
				      ret_status, err);
	if (ask(&results, &args->question, &answers, err))
		return -1;
	return give(&answers, (enum ask_format)format, &opts, ret_status, err);
}

int cmd_ask(int argc, char **argv)
{
	struct ask_args args = { 0 };
	struct operands operands = { 0 };
	struct err err = ERR_INIT;
	int status = CLI_OK;

	if (!options_parse(&options, argc, argv, &args, &operands, &status))
		return status;
	if (!ask_run(&args, operands.v[0], &status, &err))
		return status;
	log_err(NULL, "%s", err.msg);
	return CLI_USAGE;
}
