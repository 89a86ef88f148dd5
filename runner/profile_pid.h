// SPDX-License-Identifier: Apache-2.0
/* profile_pid.h - what a live process tree has, read from /proc */
#ifndef RUNNER_PROFILE_PID_H
#define RUNNER_PROFILE_PID_H

#include <sys/types.h>

#include "base/err.h"
#include "compat/profile.h"

/**
 * profile_pid() - Facts of a process and all its descendants
 * @pid:	Its root
 * @ret_facts:	As compat/predict.h lists them and more: programs, files,
 *		namespaces; what could not be read is not told
 * @err:	ERR_INPUT: there is no such process, or it may not be looked at
 *
 * Nothing is stopped: what changes meanwhile may be told as it was or as it is.
 */
WARN_UNUSED
int profile_pid(pid_t pid, struct facts *ret_facts, struct err *err);

/**
 * profile_counterpart() - What this host has, or lacks, of a workload
 * @workload:	As profile_pid() told them elsewhere
 * @moved:	Paths and addresses that will have come along, blank-separated
 * @ret_facts:	Those that begin with "there."
 */
WARN_UNUSED
int profile_counterpart(const struct facts *workload, const char *moved,
			struct facts *ret_facts, struct err *err);

/** profile_read() - A file as 'crmatrix profile' writes it; what is wrong in it is
 * told on stderr */
WARN_UNUSED
int profile_read(const char *path, struct profile *ret_profile,
		 struct err *err);

#endif
