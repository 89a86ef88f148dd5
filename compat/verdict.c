// SPDX-License-Identifier: Apache-2.0
/* verdict.c - the fixed words as text */
#include "compat/verdict.h"

#include <string.h>

#include "base/mem.h"

const char *const verdict_names[] = {
	[VERDICT_PASS] = "pass",     [VERDICT_FAIL] = "fail",
	[VERDICT_XFAIL] = "xfail",   [VERDICT_XPASS] = "xpass",
	[VERDICT_SKIP] = "skip",     [VERDICT_BROKEN] = "broken",
	[VERDICT_NOTRUN] = "notrun", [VERDICT_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(verdict_names) == VERDICT_COUNT + 1,
	      "verdict_names[] doesn't match enum verdict");

const char *const phase_names[] = {
	[PHASE_BOOT] = "boot",	     [PHASE_START] = "start",
	[PHASE_DUMP] = "dump",	     [PHASE_TRANSFER] = "transfer",
	[PHASE_RESTORE] = "restore", [PHASE_RESUME] = "resume",
	[PHASE_VERIFY] = "verify",   [PHASE_NONE] = "none",
	[PHASE_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(phase_names) == PHASE_COUNT + 1,
	      "phase_names[] doesn't match enum phase");

const char *const witness_names[] = {
	[WITNESS_OK] = "ok",
	[WITNESS_BAD] = "bad",
	[WITNESS_ABSENT] = "absent",
	[WITNESS_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(witness_names) == WITNESS_COUNT + 1,
	      "witness_names[] doesn't match enum witness");

const char *const sure_names[] = {
	[SURE_CERTAIN] = "certain",
	[SURE_LIKELY] = "likely",
	[SURE_NONE] = "none",
	[SURE_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(sure_names) == SURE_COUNT + 1,
	      "sure_names[] doesn't match enum sure");

int name_index(const char *const *names, const char *name)
{
	for (int i = 0; name && names[i]; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}
