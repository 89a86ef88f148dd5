// SPDX-License-Identifier: Apache-2.0
/* cmd_doctor.c - crmatrix doctor */
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "runner/cli.h"
#include "runner/doctor.h"
#include "runner/log.h"
#include "runner/options.h"

struct args {
	bool json;
};

static const struct option_def defs[] = {
	{ "json", 0, OPTION_FLAG, offsetof(struct args, json),
	  .help = "print JSON" },
};

static const struct options options = {
	.command = "doctor",
	.summary = "Say what this host lacks to run cells, and the commands "
		   "that mend it.",
	.defs = defs,
	.n = ARRAY_SIZE(defs),
	.footer = "Exit status: 0 nothing is missing, 3 something is.",
};

int cmd_doctor(int argc, char **argv)
{
	struct args args = { 0 };
	struct operands operands;
	struct doctor_report report;
	int status;

	if (!options_parse(&options, argc, argv, &args, &operands, &status))
		return status;
	doctor_examine(&report);
	if (args.json) {
		json_t *json = doctor_to_json(&report);

		(void)json_dumpf(json, stdout, JSON_INDENT(2));
		(void)putchar('\n');
		json_decref(json);
	} else {
		doctor_print(&report, stdout, term_color(STDOUT_FILENO));
	}
	status = doctor_healthy(&report) ? CLI_OK : CLI_BROKEN;
	doctor_report_release(&report);
	return status;
}
