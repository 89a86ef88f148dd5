// SPDX-License-Identifier: Apache-2.0
/* terminal.h - how reports are printed where stdout leads to */
#ifndef RUNNER_TERMINAL_H
#define RUNNER_TERMINAL_H

#include "compat/results.h"

/** terminal_report_opts() - Colours and width if stdout is a terminal; UTF-8 by
 * the locale; @run_dir is borrowed */
struct report_opts terminal_report_opts(const char *run_dir);

#endif
