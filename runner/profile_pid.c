// SPDX-License-Identifier: Apache-2.0
/* profile_pid.c - what a live process tree has, asked of the program that also
 * tells it of the guests */
#include "runner/profile_pid.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/child.h"
#include "runner/datadir.h"

#define WITHIN_NS (60 * NS_PER_S)

/* @stdin_fd: 0: nothing is read */
static int ask(const char *option, const char *word, int stdin_fd,
	       struct facts *ret_facts, struct err *err)
{
	CLEANUP_FREE char *program = datadir_guest("agent");
	const char *argv[] = { program, option, word, NULL };
	struct child_opts opts = { .argv = argv,
				   .stdin_fd = stdin_fd,
				   .any_status = true,
				   .deadline_ns = clock_now_ns() + WITHIN_NS };
	CLEANUP(child_result_release) struct child_result result = { 0 };

	if (child_run(&opts, &result, err))
		return -1;
	if (result.status)
		return err_set(err, ERR_INPUT, 0, "%s",
			       result.err ? str_trim(result.err) : program);
	return facts_parse(result.out, result.out_len, ret_facts, err);
}

int profile_pid(pid_t pid, struct facts *ret_facts, struct err *err)
{
	CLEANUP_FREE char *word = xasprintf("%d", (int)pid);

	return ask("--profile", word, 0, ret_facts, err);
}
