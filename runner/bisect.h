// SPDX-License-Identifier: Apache-2.0
/* bisect.h - a bisection's folder: begun, read, gone on with run by run */
#ifndef RUNNER_BISECT_H
#define RUNNER_BISECT_H

#include "compat/bisection.h"
#include "runner/start.h"

/*
 * DOC: A bisection's folder
 *	bisect.json		what was asked: the cell, the row, how sure to be
 *	runs/N-LABEL/R/		run R of the Nth candidate: the folder of a run
 *	runs/N-LABEL/refused	why it cannot be booted
 *
 * Nothing else is kept: what is known is read from the runs, judged anew. So going
 * on is what is done after each run anyhow.
 */

/** bisect_begin() - Make the folder, which must be new or empty; ERR_INPUT */
WARN_UNUSED
int bisect_begin(const char *folder, const struct bisection *bisection,
		 struct err *err);

/** bisect_open() - Read what was asked, and what is known by now; ERR_INPUT when it
 * is no bisection */
WARN_UNUSED
int bisect_open(const char *folder, struct bisection *ret_bisection,
		struct err *err);

/**
 * bisect_go() - Run what is to be run, until there is an answer
 * @start:	How to run; .out and .silent are set here
 *
 * Return: the exit status: bisect_exit() of the answer, or of the run that ended it
 */
int bisect_go(const char *folder, struct bisection *bisection,
	      const struct start_opts *start, struct err *err);

#endif
