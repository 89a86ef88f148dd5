// SPDX-License-Identifier: Apache-2.0
/* witness.c - testimonies, and what the peer says */
#include "compat/witness.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "compat/stamp.h"

void testimony_release(struct testimony *testimony)
{
	free(testimony->why);
	str_list_release(&testimony->symptoms);
	for (size_t i = 0; i < testimony->n_remarks; i++)
		cause_release(&testimony->remarks[i]);
	free(testimony->remarks);
	memset(testimony, 0, sizeof(*testimony));
}

void testimony_absent(struct testimony *testimony, const char *fmt, ...)
{
	va_list ap;

	if (testimony->says != WITNESS_OK)
		return;
	testimony->says = WITNESS_ABSENT;
	va_start(ap, fmt);
	testimony->why = xvasprintf(fmt, ap);
	va_end(ap);
}

void testimony_bad(struct testimony *testimony, enum phase phase,
		   const char *fmt, ...)
{
	va_list ap;

	if (testimony->says == WITNESS_BAD)
		return;
	testimony->says = WITNESS_BAD;
	testimony->phase = phase;
	free(testimony->why);
	va_start(ap, fmt);
	testimony->why = xvasprintf(fmt, ap);
	va_end(ap);
}

void testimony_saw(struct testimony *testimony, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	str_list_take(&testimony->symptoms, xvasprintf(fmt, ap));
	va_end(ap);
}

static bool answered_after(const struct observation *obs)
{
	uint64_t restore_ns = stamp_of(obs, "restore-begin");

	return obs->peer.first_after_ns != UNMEASURED &&
	       (restore_ns == UNMEASURED ||
		obs->peer.first_after_ns >= restore_ns);
}

static void check_peer(const struct obs_peer *peer, struct testimony *t)
{
	if (peer->errors) {
		const char *first = peer->first_error ? peer->first_error :
							"not said which";

		testimony_bad(t, PHASE_VERIFY,
			      "%" PRIu64 " wrong answers, the first: %s",
			      peer->errors, first);
		testimony_saw(t, "wrong %s", first);
	}
	if (peer->reconnects) {
		testimony_bad(t, PHASE_RESUME,
			      "it lost its connection, and connected anew: "
			      "%" PRIu64,
			      peer->reconnects);
		testimony_saw(t, "reconnects %" PRIu64, peer->reconnects);
	}
	if (peer->exit != 0)
		testimony_bad(t, PHASE_VERIFY,
			      peer->exit == -1 ? "it did not end by itself" :
						 "it ended with status %d",
			      peer->exit);
}

/* Exit status of a peer that could not start, see runner/peer.h */
#define PEER_EXIT_NOT_STARTED 2

void witness_peer(const struct cell *cell, const struct observation *obs,
		  struct testimony *ret_testimony)
{
	struct testimony *t = ret_testimony;

	*t = (struct testimony){ .says = WITNESS_OK };
	t->needed = cell->scenario->peer.kind != PEER_NONE;
	if (!t->needed) {
		testimony_absent(t, "the scenario has no peer");
		return;
	}
	if (!obs->peer.present ||
	    (obs->peer.exit == PEER_EXIT_NOT_STARTED && !obs->peer.answers)) {
		testimony_absent(t, obs->peer.present ?
					    "the peer could not start" :
					    "no peer was running");
		return;
	}
	if (!answered_after(obs)) {
		testimony_bad(t, PHASE_RESUME, "no answer after the restore");
		testimony_saw(t, "silent peer");
	}
	check_peer(&obs->peer, t);
}
