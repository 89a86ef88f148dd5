// SPDX-License-Identifier: Apache-2.0
/* bundle.h - one cell with all that was seen of it, to be handed on */
#ifndef RUNNER_BUNDLE_H
#define RUNNER_BUNDLE_H

#include "base/err.h"

/*
 * DOC: A bundle
 * A tar.gz of one folder, which is a run's folder with one cell (plan.json, run.json,
 * machines/, cells/): report and explain read it. Beside that:
 *	README		what this is, and the story of the cell
 *	reproduce.sh	by hand, without crmatrix
 *	files/		what the workload, or a kernel of one's own, is made of;
 *			plan.json names them relative to the folder
 *	images/KEY/	what the machines booted: packages with versions, digests
 *	scenario.yaml	as it was written
 */

/**
 * bundle_pack() - Make one
 * @run:	A run's folder
 * @cell:	Id of the cell
 * @file:	The archive; whole or not at all
 *
 * Return: 0, or -1; ERR_INPUT when the run has no such cell, or a file of the
 * workload is no longer there
 */
WARN_UNUSED
int bundle_pack(const char *run, const char *cell, const char *file,
		struct err *err);

/**
 * bundle_unpack() - Take one apart; it may be a stranger's
 * @file:	The archive
 * @into:	An empty folder
 * @ret_run:	The run's folder in it, whose paths are absolute now; owned
 *
 * Return: 0, or -1; ERR_INPUT when that is no bundle, or something in it is no
 * regular file or leads out of it
 */
WARN_UNUSED
int bundle_unpack(const char *file, const char *into, char **ret_run,
		  struct err *err);

#endif
