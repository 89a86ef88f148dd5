// SPDX-License-Identifier: Apache-2.0
/* doctor.h - what this host lacks, why it matters, and what mends it */
#ifndef RUNNER_DOCTOR_H
#define RUNNER_DOCTOR_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/**
 * enum doctor_status - What a check found
 * @DOCTOR_OK:	    As it must be
 * @DOCTOR_NOTE:    Good to know; nothing to mend
 * @DOCTOR_MISSING: Must be mended
 * @DOCTOR_UNASKED: Does not matter here; not reported
 */
enum doctor_status {
	DOCTOR_OK,
	DOCTOR_NOTE,
	DOCTOR_MISSING,
	DOCTOR_UNASKED,
	DOCTOR_STATUS_COUNT
};

/**
 * struct doctor_check - One thing the host should have
 * @name:	Short, stable
 * @probe:	Looks; @ret_found is one line of what is there, owned
 * @why:	What it is needed for
 * @mend:	Command that brings it; "vm-images/..." is a script of ours; NULL
 *		when there is none
 */
struct doctor_check {
	const char *name;
	enum doctor_status (*probe)(char **ret_found);
	const char *why;
	const char *mend;
};

/** struct doctor_finding - @found is owned */
struct doctor_finding {
	const struct doctor_check *check;
	enum doctor_status status;
	char *found;
};

struct doctor_report {
	struct doctor_finding *v;
	size_t n;
};

/** doctor_checks() - The table; the tools, the host, what it can bear */
const struct doctor_check *doctor_checks(size_t *ret_n);

/** doctor_examine() - Do all checks that matter here */
void doctor_examine(struct doctor_report *ret_report);
void doctor_report_release(struct doctor_report *report);

/** doctor_healthy() - Whether nothing is missing */
bool doctor_healthy(const struct doctor_report *report);

void doctor_print(const struct doctor_report *report, FILE *out, bool color);

/** doctor_to_json() - {"schema":"crmatrix/doctor/1","healthy":true,"checks":
 * [{"name","status":"ok|note|missing","found","why","mend":text|null}]}; new
 * reference */
json_t *doctor_to_json(const struct doctor_report *report);

#endif
