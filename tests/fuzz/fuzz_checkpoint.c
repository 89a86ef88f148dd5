// SPDX-License-Identifier: Apache-2.0
/* fuzz_checkpoint.c - any bytes as a checkpoint archive */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

#include "compat/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct machine_result machine = { .kernel = NULL };
	struct checkpoint checkpoint;
	struct err err;
	json_t *json;

	if (checkpoint_parse("archive", data, size, &checkpoint, &err))
		return 0;
	(void)checkpoint_is_from(&checkpoint, &machine);
	json = checkpoint_to_json(&checkpoint);
	if (!json)
		abort();
	json_decref(json);
	checkpoint_release(&checkpoint);
	return 0;
}
