// SPDX-License-Identifier: Apache-2.0
/* guest_lines.h - guest programs that print lines, run for some of them */
#ifndef TESTS_LIB_GUEST_LINES_H
#define TESTS_LIB_GUEST_LINES_H

#include "base/str.h"

/**
 * guest_lines() - Run a guest program until it has printed @n lines, or ended
 * @folder:	Where it is run; NULL: here
 * @argv:	argv[0] is the program's name, NULL-terminated
 * @ret_lines:	Those lines, owned by the caller
 *
 * All that it started is killed then. Fails the test when it takes too long.
 *
 * Return: its exit status; -1 when it was still running
 */
int guest_lines(const char *folder, const char *const argv[], size_t n,
		struct str_list *ret_lines);

#endif
