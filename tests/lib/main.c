// SPDX-License-Identifier: Apache-2.0
/* main.c - the main() of every unit test binary: runs its test_suite() */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/testing.h"

static int usage(const char *program, FILE *out, int status)
{
	(void)fprintf(out,
		      "Usage: %s [-v] [--tap]\n"
		      "  -v     name every test, not only those that fail\n"
		      "  --tap  print TAP instead, for other programs\n"
		      "CK_FORK=no keeps all tests in one process (debugger);\n"
		      "CK_RUN_CASE=NAME runs one test case;\n"
		      "UPDATE_GOLDEN=1 rewrites the expected files.\n",
		      program);
	return status;
}

int main(int argc, char **argv)
{
	enum print_output verbosity = CK_NORMAL;
	SRunner *runner;
	int failed;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-v") == 0) {
			verbosity = CK_VERBOSE;
		} else if (strcmp(argv[i], "--tap") == 0) {
			(void)setenv("CK_TAP_LOG_FILE_NAME", "-", 1);
			verbosity = CK_SILENT;
		} else {
			int ok = strcmp(argv[i], "--help") == 0;

			return usage(argv[0], ok ? stdout : stderr, ok ? 0 : 2);
		}
	}
	runner = srunner_create(test_suite());
	srunner_run_all(runner, verbosity);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
