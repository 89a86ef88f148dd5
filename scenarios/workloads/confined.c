// SPDX-License-Identifier: Apache-2.0
/* confined.c - confined COMMAND...: run it under a seccomp filter that lets all pass */

/*
 * DOC: Theory of operation
 * As a service has one with SystemCallFilter=, and all in a container by default.
 * Nothing is refused by the filter itself; but the kernel shows filters only to
 * those that have none.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "scenarios/workloads/guest.h"

static int set_filter(void)
{
	struct sock_filter all[] = { BPF_STMT(BPF_RET | BPF_K,
					      SECCOMP_RET_ALLOW) };
	struct sock_fprog program = { 1, all };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* Who is not root may have one that he gains nothing by. */
static int confine(void)
{
	int rc = set_filter();

	if (rc == 0 || errno != EACCES)
		return rc;
	rc = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return rc ? rc : set_filter();
}

int main(int argc, char **argv)
{
	if (argc < 2 || argv[1][0] == '-') {
		(void)fputs("Usage: confined COMMAND...\n", stderr);
		return GUEST_USAGE;
	}
	if (confine()) {
		perror("confined: seccomp");
		return GUEST_TROUBLE;
	}
	(void)execvp(argv[1], argv + 1);
	perror(argv[1]);
	return GUEST_TROUBLE;
}
