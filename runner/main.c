// SPDX-License-Identifier: Apache-2.0
/* main.c - the program: standard descriptors in order, then the command */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runner/capture.h"
#include "runner/cli.h"
#include "runner/client.h"
#include "runner/log.h"

/* A closed stdin, stdout or stderr would be given to the next file opened. */
static void fill_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		(void)close(fd);
}

/* A process of a lab, started by the tool itself; -1: it is a command. */
static int internal_main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], CLI_CAPTURE) == 0)
		return capture_main(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], CLI_PEER) == 0)
		return client_main(argc - 1, argv + 1);
	return -1;
}

int main(int argc, char **argv)
{
	int status;

	fill_descriptors();
	(void)signal(SIGPIPE, SIG_IGN);
	status = internal_main(argc, argv);
	if (status >= 0)
		return status;
	status = cli_main(argc, argv);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (errno == EPIPE) /* as if the signal had not been ignored */
		return 128 + SIGPIPE;
	log_err(NULL, "cannot write to stdout: %s", strerror(errno));
	return status ? status : CLI_BROKEN;
}
