// SPDX-License-Identifier: Apache-2.0
/* profile.h - what a live process tree has, and what another machine has of it */
#ifndef GUEST_PROFILE_H
#define GUEST_PROFILE_H

/**
 * profile_workload() - Print facts of a process and all its descendants
 * @pid:	Its root
 *
 * As "key=value" lines, by /proc, sock_diag and copies of its sockets; what could
 * not be read is not told. Nothing is stopped: what changes meanwhile may be told
 * as it was or as it is. compat/predict.h lists the facts.
 *
 * Return: exit status; 1 when there is no such process or it may not be looked at
 */
int profile_workload(const char *pid);

/**
 * profile_counterpart() - Print what this machine has, or lacks, of a workload
 * @moved:	Blank-separated, escaped as in /proc/mounts: files, folders and
 *		addresses that will have come along by then
 *
 * The workload's facts are read from stdin. What is told begins with "there.".
 *
 * Return: exit status
 */
int profile_counterpart(const char *moved);

#endif
