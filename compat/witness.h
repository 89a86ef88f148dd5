// SPDX-License-Identifier: Apache-2.0
/* witness.h - what each of the three witnesses says of a cell; for judge.c */
#ifndef COMPAT_WITNESS_H
#define COMPAT_WITNESS_H

#include "base/str.h"
#include "compat/judge.h"
#include "compat/observation.h"
#include "compat/plan.h"
#include "compat/verdict.h"
#include "compat/wire.h"

/*
 * DOC: Symptoms
 * What a bad witness saw, in words that the catalogue's rules know:
 *
 *	unsteady KEY from A to B   changed although nothing had been moved yet
 *	changed KEY from A to B	   a key of 'same' differs after the move
 *	back KEY from A to B	   a key of 'grows' became smaller
 *	still KEY at A		   it did not grow after the restore
 *	rst WHO FRAME		   from a host without the socket; WHO is source,
 *				   target or client
 *	gone target FRAME	   likewise, but after the restore
 *	abort WHO FRAME		   a RST from one that has it
 *	fin WHO FRAME
 *	syn again FRAME
 *	lost BYTES, damaged BYTES
 *	stray SEGMENTS		   of the server, outside the stream
 *	two servers		   the source spoke after the target had begun
 *	silent target, silent peer no frame, no answer after the restore
 *	reconnects N		   the peer lost its connection
 *	dead TEXT		   no probe could be had of it after the restore
 *	wrong TEXT		   a wrong answer, by the peer or the verify
 */

/**
 * struct testimony - What one witness says
 * @needed:	The scenario has this witness: a pass needs its word
 * @why:	One sentence when it is bad or absent, NULL when ok
 * @phase:	Where it went wrong, when it is bad
 * @symptoms:	What it saw then
 * @remarks:	What it saw and lets pass, see struct result
 * @blame:	"source", "target" or "client" when it can tell, else NULL
 */
struct testimony {
	enum witness says;
	bool needed;
	char *why;
	enum phase phase;
	struct str_list symptoms;
	struct cause *remarks;
	size_t n_remarks;
	const char *blame;
};
void testimony_release(struct testimony *testimony);

void witness_workload(const struct cell *cell, const struct observation *obs,
		      struct testimony *ret_testimony);
void witness_peer(const struct cell *cell, const struct observation *obs,
		  struct testimony *ret_testimony);
/** witness_wire() - @wire is NULL without a capture */
void witness_wire(const struct cell *cell, const struct observation *obs,
		  const struct wire_report *wire,
		  struct testimony *ret_testimony);

/** witness_remark() - What analyze calls damage of the connection that was to
 * survive, though no rule of the wire's witness fails it
 * @name:	Which it is, "" of the only one
 *
 * Each mode is told once, of the first connection that has it.
 */
void witness_remark(const struct observation *obs,
		    const struct wire_report *wire,
		    const struct wire_mac *source,
		    const struct wire_mac *target, const char *name,
		    struct testimony *testimony);

/* How the witnesses of one cell write down what they find. */
void testimony_absent(struct testimony *testimony, const char *fmt, ...)
	PRINTF(2, 3);
/** testimony_bad() - The first why and phase stay; symptoms add up */
void testimony_bad(struct testimony *testimony, enum phase phase,
		   const char *fmt, ...) PRINTF(3, 4);
void testimony_saw(struct testimony *testimony, const char *fmt, ...)
	PRINTF(2, 3);

#endif
