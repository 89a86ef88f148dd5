// SPDX-License-Identifier: Apache-2.0
/* terminal.c - how reports are printed where stdout leads to */
#include "runner/terminal.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/str.h"
#include "runner/log.h"

struct report_opts terminal_report_opts(const char *run_dir)
{
	struct report_opts opts = { .run_dir = run_dir,
				    .tool = program_invocation_name };
	struct winsize size;

	(void)setlocale(LC_CTYPE, "");
	opts.utf8 = str_eq(nl_langinfo(CODESET), "UTF-8");
	opts.color = term_color(STDOUT_FILENO);
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		opts.width = size.ws_col;
	return opts;
}
