// SPDX-License-Identifier: Apache-2.0
/* archive.h - a dump that is kept in the run's folder and restored on many targets */
#ifndef RUNNER_ARCHIVE_H
#define RUNNER_ARCHIVE_H

#include "runner/cell.h"

/*
 * DOC: An archive
 * RUN/archives/SCENARIO.SOURCE (and #N of a repetition) has
 *	images.tar	images, $STATE and state, as they lay in the guest
 *	archive.json	{"schema": "crmatrix/archive/1", "scenario": S, "source": S,
 *			 "pid": N, "images": {"file": "images.tar", "bytes": N,
 *			 "sha256": HEX}}
 *	observation.json  what was seen of the source's half, with its facts; of a dump
 *			that failed this is all, with the logs
 *	dump.log, stats-dump, console-source.log
 * It is made by the first cell that wants it, under another name until it is whole;
 * a broken attempt leaves none. NAME.lock is held meanwhile: other workers wait.
 */

#define ARCHIVE_IMAGES "images.tar"

/** archive_run() - cell_run() of a cell whose mode is MODE_ARCHIVE: the source's half
 * unless there is an archive, then the target's */
void archive_run(const struct cell_opts *opts, struct observation *ret_obs);

/** archive_save() - At the end of the source's half: note what lies in its folder */
WARN_UNUSED
int archive_save(const char *dir, const struct cell *cell, long pid,
		 struct err *err);

/** archive_load() - The images of a folder, whose digest must be right; owned */
WARN_UNUSED
int archive_load(const char *dir, char **ret_tar, size_t *ret_len,
		 long *ret_pid, struct err *err);

#endif
