// SPDX-License-Identifier: Apache-2.0
/* jsonfile.c - JSON files of a run: whole or absent */
#include "runner/jsonfile.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"

#define JSON_MAX (256UL << 20)

int jsonfile_write(const char *path, json_t *json, struct err *err)
{
	CLEANUP_FREE char *text = json_dumps(json, RESULTS_JSON_FLAGS);

	json_decref(json);
	assert(text);
	return file_write(path, text, strlen(text), err);
}

int jsonfile_read(const char *path, json_t **ret_json, struct err *err)
{
	CLEANUP_FREE char *text = NULL;
	json_error_t why;
	size_t len;

	if (file_read(path, JSON_MAX, &text, &len, err))
		return -1;
	*ret_json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	if (!*ret_json)
		return err_set(err, ERR_PARSE, why.line, "%s:%d:%d: %s", path,
			       why.line, why.column, why.text);
	return 0;
}

int jsonfile_run_info(const char *path, struct run_info *ret_info,
		      struct err *err)
{
	CLEANUP_FREE char *file = xasprintf("%s/run.json", path);
	json_t *json = NULL;

	if (jsonfile_read(file, &json, err))
		return -1;
	run_info_from_json(json, ret_info);
	json_decref(json);
	return 0;
}
