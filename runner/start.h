// SPDX-License-Identifier: Apache-2.0
/* start.h - a plan run: images, workers, a folder, the matrix at the end */
#ifndef RUNNER_START_H
#define RUNNER_START_H

#include "runner/accel.h"
#include "runner/baseline.h"
#include "runner/rundir.h"

/**
 * struct start_opts - How to run
 * @out:	Folder of the run, NULL: the usual place
 * @jobs:	Labs side by side, 0: as many as fit
 * @accel:	enum accel
 * @connect:	URI of a libvirt, NULL: the embedded one
 * @before:	Run to compare with, empty: none
 * @hold:	Hold each cell for commands from stdin, one after the other
 * @shard:	Which part of a plan this is; 0 of 0: all of it
 * @silent:	Print no matrix and no hint how to go on: it is part of something
 */
struct start_opts {
	const char *out;
	uint64_t jobs;
	int accel;
	const char *connect;
	bool hold;
	struct baseline before;
	struct shard_ref shard;
	bool silent;
};

/** start_failed() - Say the error; Return: the exit status, by whose fault it is */
int start_failed(const struct err *err);

/** start_run() - Run a plan, which has cells, in a new folder; prints the matrix
 * Return: the exit status */
int start_run(const struct start_opts *opts, const struct plan *plan,
	      struct err *err);

/** start_again() - Run what is left of a run; likewise */
int start_again(const struct start_opts *opts, struct rundir *run,
		const struct plan *plan, struct err *err);

#endif
