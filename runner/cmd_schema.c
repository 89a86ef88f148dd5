// SPDX-License-Identifier: Apache-2.0
/* cmd_schema.c - 'crmatrix schema': JSON Schemas for editors and other tools */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "compat/schema.h"
#include "compat/verdict.h"
#include "runner/cli.h"
#include "runner/log.h"
#include "runner/options.h"

struct args {
	const char *out;
};

static const struct option_def defs[] = {
	{ "out", 'o', OPTION_STR, offsetof(struct args, out), .arg = "DIR",
	  .help = "write each to DIR/NAME.schema.json" },
};

static const struct options options = {
	.command = "schema",
	.summary = "Print a JSON Schema: of a kind of file that crmatrix reads "
		   "(scenario,\nmachines, matrix) or of what a command "
		   "prints with --json; all with -o.",
	.operands = "[NAME]",
	.max_operands = 1,
	.defs = defs,
	.n = ARRAY_SIZE(defs),
	.footer = "For an editor, begin a scenario with\n"
		  "  # yaml-language-server: "
		  "$schema=DIR/scenario.schema.json",
};

static char *schema_text(const char *name)
{
	json_t *schema = schema_make(name);
	char *text = json_dumps(schema, JSON_INDENT(2));
	char *line = xasprintf("%s\n", text);

	free(text);
	json_decref(schema);
	return line;
}

static int write_one(const char *dir, const char *name, struct err *err)
{
	char *path CLEANUP_FREE = xasprintf("%s/%s.schema.json", dir, name);
	char *text CLEANUP_FREE = schema_text(name);

	return file_write(path, text, strlen(text), err);
}

static int write_all(const char *dir, const char *only, struct err *err)
{
	if (file_mkdirs(dir, err))
		return -1;
	for (const char *const *name = schema_names; *name; name++)
		if ((!only || !strcmp(only, *name)) &&
		    write_one(dir, *name, err))
			return -1;
	return 0;
}

static char *all_names(void)
{
	CLEANUP(str_list_release) struct str_list list = { 0 };

	for (const char *const *name = schema_names; *name; name++)
		str_list_add(&list, *name);
	return str_list_join(&list, ", ");
}

static int complain_name(const char *name)
{
	const char *nearest = cli_nearest(name, schema_names);
	char *names CLEANUP_FREE = all_names();

	if (nearest)
		log_err(NULL, "no schema '%s', did you mean '%s'?", name,
			nearest);
	else
		log_err(NULL, "no schema '%s': %s", name, names);
	return CLI_USAGE;
}

int cmd_schema(int argc, char **argv)
{
	struct args args = { 0 };
	struct operands operands = { 0 };
	struct err err = ERR_INIT;
	char *text CLEANUP_FREE = NULL;
	const char *name;
	int status = CLI_OK;

	if (!options_parse(&options, argc, argv, &args, &operands, &status))
		return status;
	name = operands.n ? operands.v[0] : NULL;
	if (name && name_index(schema_names, name) < 0)
		return complain_name(name);
	if (!name && !args.out) {
		text = all_names();
		log_err(NULL, "which one: %s?", text);
		return CLI_USAGE;
	}
	if (!args.out) {
		text = schema_text(name);
		(void)fputs(text, stdout);
		return CLI_OK;
	}
	if (!write_all(args.out, name, &err))
		return CLI_OK;
	log_err(NULL, "%s", err.msg);
	return CLI_BROKEN;
}
