// SPDX-License-Identifier: Apache-2.0
/* datadir.h - where the recipes, scenarios and guest programs are */
#ifndef RUNNER_DATADIR_H
#define RUNNER_DATADIR_H

/*
 * DOC: Data
 * In this order: $CRMATRIX_DATA; the source tree when the program lies in its
 * build folder; share/crmatrix beside the bin folder that the program is in;
 * the PREFIX it was built for.
 */

/** datadir_path() - "vm-images/setup.sh" -> its path; owned by the caller. The
 * file may be absent */
char *datadir_path(const char *relative);

/** datadir_guest() - Path of a static guest program, "init"; caller owns */
char *datadir_guest(const char *name);

#endif
