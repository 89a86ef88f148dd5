// SPDX-License-Identifier: Apache-2.0
/* report_json.c - results.json as a report */
#include "base/mem.h"
#include "compat/report_formats.h"

int report_json(const struct results *results, const struct report_opts *opts,
		FILE *out, struct err *err)
{
	json_t *json = results_to_json(results);
	int status = json_dumpf(json, out, RESULTS_JSON_FLAGS);

	(void)opts;
	json_decref(json);
	if (status || fputc('\n', out) == EOF)
		return err_errno(err, "write the report");
	return 0;
}
