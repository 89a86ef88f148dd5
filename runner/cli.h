// SPDX-License-Identifier: Apache-2.0
/* cli.h - the commands of crmatrix */
#ifndef RUNNER_CLI_H
#define RUNNER_CLI_H

#include <stddef.h>

/**
 * enum cli_status - Exit status of every command; 128+n on signal n
 * @CLI_OK:	    Every cell as expected
 * @CLI_UNEXPECTED: Some cell failed, or passed unexpectedly
 * @CLI_USAGE:	    Usage or input error
 * @CLI_BROKEN:	    Some cell broken or not run; something of ours failed
 */
enum cli_status {
	CLI_OK = 0,
	CLI_UNEXPECTED = 1,
	CLI_USAGE = 2,
	CLI_BROKEN = 3,
};

/**
 * struct command - One command
 * @name:	As typed
 * @help:	One line for 'crmatrix --help'
 * @main:	argv[0] is @name; returns the exit status
 */
struct command {
	const char *name;
	const char *help;
	int (*main)(int argc, char **argv);
};

/* How the tool starts itself for a process of a lab; not for people. */
#define CLI_SELF "/proc/self/exe"
#define CLI_CAPTURE "internal-capture"
#define CLI_PEER "internal-peer"

int cmd_run(int argc, char **argv);
int cmd_resume(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_repro(int argc, char **argv);
int cmd_bisect(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_ask(int argc, char **argv);
int cmd_history(int argc, char **argv);
int cmd_predict(int argc, char **argv);
int cmd_profile(int argc, char **argv);
int cmd_analyze(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_schema(int argc, char **argv);
int cmd_images(int argc, char **argv);
int cmd_doctor(int argc, char **argv);

/** cli_main() - crmatrix as a function; returns the exit status */
int cli_main(int argc, char **argv);

/**
 * cli_nearest() - What someone who typed @word may have meant
 * @names:	NULL-terminated
 *
 * Return: one of @names, or NULL when none is near
 */
const char *cli_nearest(const char *word, const char *const *names);

#endif
