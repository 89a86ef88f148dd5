// SPDX-License-Identifier: Apache-2.0
/* sandbox.h - a process in namespaces of its own, which die with it */
#ifndef RUNNER_SANDBOX_H
#define RUNNER_SANDBOX_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * DOC: Theory of operation
 * The caller clones a process into new PID, mount and network namespaces (and a
 * user namespace when the caller is not root). That process is PID 1 there; it
 * only reaps and waits for the worker, its one child of ours. Whatever ends
 * the caller, SIGKILL included, makes the kernel kill PID 1 (PR_SET_PDEATHSIG),
 * and with PID 1 go all processes of the namespace: the worker, its QEMUs, peers
 * and captures. The network namespace takes bridges and taps along, the mount
 * namespace the mounts. Nothing is left to clean.
 */

/**
 * struct sandbox_opts - What the namespaces look like inside
 * @private_run:	Hide the host's /run behind an empty tmpfs; false for a
 *			worker that talks to a libvirtd of the host
 * @body:		The worker; its return value is its exit status
 * @arg:		Handed to @body
 * @keep, @n_keep:	Descriptors left open in the worker, ascending; all others
 *			over 2 are closed
 */
struct sandbox_opts {
	bool private_run;
	int (*body)(void *arg);
	void *arg;
	const int *keep;
	size_t n_keep;
};

/**
 * sandbox_start() - Start a worker in new namespaces
 * @ret_pid:	Its PID 1 as seen from here; to be waited for by the caller,
 *		SIGKILL to it ends all
 *
 * The caller must have one thread only.
 *
 * Return: 0, or -1 with ERR_SYS or, where the kernel or the account does not
 * allow it, ERR_MISSING saying what to do
 */
WARN_UNUSED
int sandbox_start(const struct sandbox_opts *opts, pid_t *ret_pid,
		  struct err *err);

#endif
