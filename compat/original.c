// SPDX-License-Identifier: Apache-2.0
/* original.c - what became of a workload that the source had kept */
#include "compat/original.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/stamp.h"

static bool was_answered(const struct observation *obs)
{
	return obs->peer.first_after_ns != UNMEASURED &&
	       obs->peer.first_after_ns >= obs->original.at_ns;
}

/* Why its peer does not agree; owned, NULL: it does. */
static char *objection(const struct observation *obs)
{
	const struct obs_peer *peer = &obs->peer;

	if (!peer->present)
		return NULL;
	if (peer->errors || peer->reconnects)
		return xasprintf("%s", peer->first_error ?
					       peer->first_error :
					       "the peer lost its connection");
	if (!was_answered(obs))
		return xstrdup("the peer got no answer any more");
	if (peer->exit != 0)
		return xasprintf("the peer ended with status %d", peer->exit);
	return NULL;
}

bool original_lost(const struct observation *obs)
{
	CLEANUP_FREE char *why = NULL;

	if (obs->original.fate == OBS_FATE_CONTINUED)
		why = objection(obs);
	return why || obs->original.fate == OBS_FATE_LOST;
}

static char *tell_continued(const struct observation *obs)
{
	CLEANUP_FREE char *why = objection(obs);
	uint64_t ns = stamp_span(obs->original.at_ns, obs->peer.first_after_ns);

	if (why)
		return xasprintf("continued after the failure, but %s", why);
	if (!obs->peer.present)
		return xstrdup("continued after the failure; no peer proves "
			       "that it serves");
	return xasprintf("went on after the failure: the peer was answered "
			 "again after %" PRIu64 " ms, on its connection, "
			 "nothing lost",
			 ns / NS_PER_MS);
}

char *original_tell(const struct observation *obs)
{
	switch ((enum obs_fate)obs->original.fate) {
	case OBS_FATE_KILLED:
		return xstrdup("killed when the target was seen to serve");
	case OBS_FATE_STOPPED:
		return xstrdup("still stopped: the target was not seen to "
			       "serve");
	case OBS_FATE_CONTINUED:
		return tell_continued(obs);
	case OBS_FATE_LOST:
		return xstrdup("lost: it was not there to go on with");
	case OBS_FATE_NONE:
		break;
	}
	return NULL;
}
