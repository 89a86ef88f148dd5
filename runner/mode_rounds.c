// SPDX-License-Identifier: Apache-2.0
/* mode_rounds.c - rounds of criu pre-dump, for modes that dump */
#include "runner/mode_rounds.h"

#include "base/clock.h"
#include "base/mem.h"
#include "compat/rounds.h"
#include "runner/cell_internal.h"
#include "runner/evidence.h"
#include "runner/script.h"
#include "runner/transport.h"

static char *stats_name(size_t round)
{
	return xasprintf("stats-pre-dump-%zu", round);
}

static int pre_dump(struct cell_run *run, size_t round, struct err *err)
{
	const struct scenario *s = run->scenario;
	CLEANUP_FREE char *name = xasprintf("pre-dump %zu", round);
	CLEANUP_FREE char *stats = stats_name(round);
	struct deed deed = { .phase = PHASE_DUMP,
			     .name = name,
			     .on = NODE_SOURCE,
			     .script = script_pre_dump(s, round),
			     .within_ns = s->limits.dump_ns,
			     .evidence = stats };

	run->images_on = NODE_SOURCE;
	return deed_do(run, &deed, NULL, err);
}

static int one_round(struct cell_run *run, size_t round, struct err *err)
{
	struct obs_round done = { .began_ns = clock_now_ns(),
				  .sent_bytes = UNMEASURED };
	CLEANUP_FREE char *stats = stats_name(round);
	uint64_t before = evidence_transfer_bytes();
	int rc = transport_prepare(run, round, err);

	if (rc == CELL_GO_ON)
		rc = pre_dump(run, round, err);
	if (rc == CELL_GO_ON)
		rc = transport_bring(run, round, err);
	if (rc != CELL_GO_ON)
		return rc;
	done.ended_ns = clock_now_ns();
	if (before != UNMEASURED)
		done.sent_bytes = evidence_transfer_bytes() - before;
	evidence_read_stats(run, stats, &done.criu);
	*VEC_PUSH(run->obs->rounds, run->obs->n_rounds) = done;
	return CELL_GO_ON;
}

int mode_rounds(struct cell_run *run, struct err *err)
{
	const struct pre_dump *rules = &run->scenario->migration.pre_dump;
	struct observation *obs = run->obs;
	enum rounds_end end;
	int rc = CELL_GO_ON;

	if (rules->rounds == 0)
		return CELL_GO_ON;
	do {
		rc = one_round(run, obs->n_rounds + 1, err);
		end = rounds_decide(rules, obs->rounds, obs->n_rounds);
	} while (rc == CELL_GO_ON && end == ROUNDS_GO_ON);
	if (rc == CELL_GO_ON)
		obs->rounds_end = (int)end;
	return rc;
}
