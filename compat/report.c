// SPDX-License-Identifier: Apache-2.0
/* report.c - the formats that results can be told in */
#include <string.h>

#include "base/mem.h"
#include "compat/report_formats.h"

const struct report_format report_formats[] = {
	{ "text", "for a terminal: grids, machines, causes", report_text },
	{ "json", "results.json, the fixed format for programs", report_json },
	{ "markdown", "tables for the summary of a CI job", report_markdown },
	{ "html", "one page: heat maps, causes, the story of each cell",
	  report_html },
	{ "csv", "one line for each cell, for spreadsheets", report_csv },
	{ "junit", "JUnit XML, for GitLab, Jenkins and others", report_junit },
	{ "tap", "Test Anything Protocol, version 13", report_tap },
	{ "github", "annotations of a GitHub Actions step", report_github },
	{ "kcidb", "KCIDB's submission format, for kernel CI", report_kcidb },
};
const size_t n_report_formats = ARRAY_SIZE(report_formats);

const struct report_format *report_format_find(const char *name)
{
	for (size_t i = 0; i < n_report_formats; i++) {
		if (strcmp(report_formats[i].name, name) == 0)
			return &report_formats[i];
	}
	return NULL;
}
