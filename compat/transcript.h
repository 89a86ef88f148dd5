// SPDX-License-Identifier: Apache-2.0
/* transcript.h - the peer's log, and what it adds up to */
#ifndef COMPAT_TRANSCRIPT_H
#define COMPAT_TRANSCRIPT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "compat/observation.h"

/*
 * DOC: Format
 * One event a line: "NS EVENT [N [TEXT]]\n", NS being CLOCK_MONOTONIC of the
 * host when it happened. Written line by line, so that a killed peer loses at
 * most the last one; a cut last line is ignored.
 *
 *	123456789 connect
 *	123460000 send 1
 *	123470000 answer 1
 *	123475000 late 1
 *	123480000 error 2 answer 2 came twice
 *	123490000 reconnect
 *	123500000 close end of file while the workload should live
 *	123510000 done
 *
 * "answer" is one right answer (or piece of the stream) that proves progress,
 * N its number; "late" says how many answers came later than they were of use, up
 * to there (who never says so, not even 0, does not measure it); "error" a wrong
 * one; "close" an end that the peer did not ask
 * for; "done" the peer's own end after SIGTERM, all being well up to there.
 */

/**
 * transcript_sum() - What a transcript adds up to
 * @text:	Its bytes, any; malformed lines count as errors
 * @dump_ns:	When the dump began, UNMEASURED when it never did: then no gap
 *		is computed
 * @restored_ns: When the restore ended, UNMEASURED when it never did
 * @ret_peer:	.exit is left as it was; all else is filled
 *
 * .last_before_ns and .first_after_ns are the two consecutive answers around
 * the longest gap that overlaps the time from @dump_ns to @restored_ns. Without
 * an answer after @restored_ns, the gap is still open: .last_before_ns is the
 * last answer and .first_after_ns UNMEASURED, as both are without any answer.
 * "error" and "close" events are errors too. A line older than the one before
 * it is malformed.
 */
void transcript_sum(const char *text, size_t len, uint64_t dump_ns,
		    uint64_t restored_ns, struct obs_peer *ret_peer);

#endif
