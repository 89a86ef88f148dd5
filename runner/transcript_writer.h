// SPDX-License-Identifier: Apache-2.0
/* transcript_writer.h - the peer's log as it is written; see transcript.h */
#ifndef RUNNER_TRANSCRIPT_WRITER_H
#define RUNNER_TRANSCRIPT_WRITER_H

#include <stdint.h>

#include "base/err.h"

/**
 * struct transcript - A transcript being written
 * @fd:		Opened for appending, owned
 * @errors:	Events "error" and "close" so far
 * @write_errno: First failed write, 0: none; what was not written is lost
 * @end_status:	Not 0: a failed write ends the process with it at once
 */
struct transcript {
	int fd;
	uint64_t errors;
	int write_errno;
	int end_status;
};

/** transcript_open() - Append to @path, which is created when absent */
WARN_UNUSED
int transcript_open(const char *path, struct transcript *ret_transcript,
		    struct err *err);
void transcript_release(struct transcript *t);

/*
 * Each call is one line, stamped now and written at once by a single write(2),
 * so that a killed peer loses at most the last one.
 */

/** transcript_event() - "connect" or "done" */
void transcript_event(struct transcript *t, const char *event);
/** transcript_number() - "send N" or "answer N" */
void transcript_number(struct transcript *t, const char *event, uint64_t n);
/** transcript_error() - "error N TEXT": a wrong answer, counted */
void transcript_error(struct transcript *t, uint64_t n, const char *fmt, ...)
	PRINTF(3, 4);
/** transcript_close() - "close TEXT": an end not asked for, counted */
void transcript_close(struct transcript *t, const char *fmt, ...) PRINTF(2, 3);

#endif
