// SPDX-License-Identifier: Apache-2.0
/* fuzz_criulog.c - any bytes as logs of CRIU, as console and as output */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/criulog.h"
#include "compat/diagnosis.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(const char *bytes, size_t size)
{
	struct criu_log log;
	const struct criu_line *causal;

	criu_log_parse(bytes, size, &log);
	causal = criu_log_causal(&log);
	if (causal &&
	    (causal->level != CRIU_ERROR || causal->weight == CRIU_BENIGN))
		abort();
	if (log.n > CRIU_ERRORS_MAX + CRIU_WARNINGS_MAX)
		abort();
	criu_log_release(&log);
}

static void diagnose_all(const char *text)
{
	static char name[] = "a";
	struct machine machine = { .name = name };
	struct cell cell = { .id = name,
			     .source = &machine,
			     .target = &machine };
	struct criu_logs logs = { text, text, text, text, text };
	CLEANUP_FREE char *output = xstrdup(text);
	struct obs_step step = { .name = name, .exit = 1, .output = output };
	struct observation obs = { .steps = &step, .n_steps = 1 };

	for (int phase = 0; phase <= PHASE_NONE; phase++) {
		struct cause cause;

		if (diagnose(&cell, &obs, (enum phase)phase, &logs, &cause) &&
		    (!cause.mode || !cause.title))
			abort();
		cause_release(&cause);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_FREE char *text = xcalloc(size + 1, 1);

	memcpy(text, data, size);
	parse(text, size);
	diagnose_all(text);
	return 0;
}
