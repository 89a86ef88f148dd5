// SPDX-License-Identifier: Apache-2.0
/* doctor.c - examining the host and telling what was found */
#include "runner/doctor.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "runner/datadir.h"

static const struct {
	const char *name; /* in JSON */
	const char *word; /* for people */
	const char *color;
} statuses[] = {
	[DOCTOR_OK] = { "ok", "ok", "\033[32m" },
	[DOCTOR_NOTE] = { "note", "note", "" },
	[DOCTOR_MISSING] = { "missing", "MISSING", "\033[1;31m" },
	[DOCTOR_UNASKED] = { "unasked", "-", "" },
};
static_assert(ARRAY_SIZE(statuses) == DOCTOR_STATUS_COUNT,
	      "statuses[] doesn't match enum doctor_status");

void doctor_examine(struct doctor_report *ret_report)
{
	struct doctor_report report = { 0 };
	size_t n;
	const struct doctor_check *checks = doctor_checks(&n);

	for (size_t i = 0; i < n; i++) {
		char *found = NULL;
		enum doctor_status status = checks[i].probe(&found);

		if (status == DOCTOR_UNASKED)
			free(found);
		else
			*VEC_PUSH(report.v, report.n) =
				(struct doctor_finding){ &checks[i], status,
							 found };
	}
	*ret_report = report;
}

void doctor_report_release(struct doctor_report *report)
{
	for (size_t i = 0; i < report->n; i++)
		free(report->v[i].found);
	free(report->v);
	*report = (struct doctor_report){ 0 };
}

bool doctor_healthy(const struct doctor_report *report)
{
	for (size_t i = 0; i < report->n; i++)
		if (report->v[i].status == DOCTOR_MISSING)
			return false;
	return true;
}

/* The command as it is to be typed; owned, NULL when there is none. */
static char *mend_of(const struct doctor_finding *finding)
{
	const char *mend = finding->check->mend;

	if (!mend || finding->status != DOCTOR_MISSING)
		return NULL;
	return str_starts(mend, "vm-images/") ? datadir_path(mend) :
						xstrdup(mend);
}

void doctor_print(const struct doctor_report *report, FILE *out, bool color)
{
	for (size_t i = 0; i < report->n; i++) {
		const struct doctor_finding *finding = &report->v[i];
		CLEANUP_FREE char *mend = mend_of(finding);

		(void)fprintf(out, "%s%-7s%s  %-15s  %s\n",
			      color ? statuses[finding->status].color : "",
			      statuses[finding->status].word,
			      color ? "\033[0m" : "", finding->check->name,
			      finding->found);
		if (finding->status == DOCTOR_MISSING)
			(void)fprintf(out, "%9sneeded for: %s\n", "",
				      finding->check->why);
		if (mend)
			(void)fprintf(out, "%9sto mend it: %s\n", "", mend);
	}
	(void)fprintf(out, "\n%s\n",
		      doctor_healthy(report) ?
			      "This host has all it needs." :
			      "Something is missing: see above.");
}

json_t *doctor_to_json(const struct doctor_report *report)
{
	json_t *checks = json_array();

	for (size_t i = 0; i < report->n; i++) {
		const struct doctor_finding *finding = &report->v[i];
		CLEANUP_FREE char *mend = mend_of(finding);
		CLEANUP_FREE char *found =
			str_utf8_clean(finding->found, strlen(finding->found));

		(void)json_array_append_new(
			checks, json_pack("{s:s, s:s, s:s, s:s, s:s?}", "name",
					  finding->check->name, "status",
					  statuses[finding->status].name,
					  "found", found, "why",
					  finding->check->why, "mend", mend));
	}
	return json_pack("{s:s, s:b, s:o}", "schema", "crmatrix/doctor/1",
			 "healthy", doctor_healthy(report), "checks", checks);
}
