// SPDX-License-Identifier: Apache-2.0
/* jsonfile.h - JSON files of a run: whole or absent */
#ifndef RUNNER_JSONFILE_H
#define RUNNER_JSONFILE_H

#include <jansson.h>

#include "base/err.h"
#include "runner/rundir.h"

/** jsonfile_write() - Write and free @json */
WARN_UNUSED
int jsonfile_write(const char *path, json_t *json, struct err *err);

/** jsonfile_read() - ERR_PARSE says file, line and what is wrong */
WARN_UNUSED
int jsonfile_read(const char *path, json_t **ret_json, struct err *err);

/** jsonfile_run_info() - run.json of the run folder @path */
WARN_UNUSED
int jsonfile_run_info(const char *path, struct run_info *ret_info,
		      struct err *err);

#endif
