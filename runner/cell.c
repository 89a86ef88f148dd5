// SPDX-License-Identifier: Apache-2.0
/* cell.c - one attempt at one cell, stage by stage */
#include "runner/cell.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "runner/addresses.h"
#include "runner/archive.h"
#include "runner/cell_internal.h"
#include "runner/evidence.h"
#include "runner/mode.h"

/**
 * struct cell_stage - One line of the story of a cell
 * @half:	enum cell_half: in which of them, or in both
 * @extra:	Extra steps of this stage come before @fn; STAGE_COUNT: none
 * @phase:	What those count as
 */
static const struct cell_stage {
	int (*fn)(struct cell_run *run, struct err *err);
	enum cell_half half;
	enum stage extra;
	enum phase phase;
} stages[] = {
	{ stage_network, CELL_WHOLE, STAGE_COUNT, PHASE_BOOT },
	{ stage_capture, CELL_WHOLE, STAGE_COUNT, PHASE_BOOT },
	{ stage_boot, CELL_WHOLE, STAGE_COUNT, PHASE_BOOT },
	{ stage_capture_sees, CELL_WHOLE, STAGE_COUNT, PHASE_BOOT },
	{ stage_requires, CELL_WHOLE, STAGE_COUNT, PHASE_BOOT },
	{ stage_files, CELL_WHOLE, STAGE_COUNT, PHASE_START },
	{ stage_start, CELL_DUMP_HALF, STAGE_BEFORE_START, PHASE_START },
	{ stage_receiver, CELL_DUMP_HALF, STAGE_AFTER_START, PHASE_START },
	{ stage_peer, CELL_DUMP_HALF, STAGE_COUNT, PHASE_START },
	{ stage_facts, CELL_DUMP_HALF, STAGE_BEFORE_DUMP, PHASE_START },
	{ stage_rounds, CELL_DUMP_HALF, STAGE_COUNT, PHASE_DUMP },
	{ stage_dump, CELL_DUMP_HALF, STAGE_COUNT, PHASE_DUMP },
	{ stage_keep, CELL_DUMP_HALF, STAGE_AFTER_DUMP, PHASE_TRANSFER },
	{ stage_counterpart, CELL_RESTORE_HALF, STAGE_COUNT, PHASE_TRANSFER },
	{ stage_transfer, CELL_RESTORE_HALF, STAGE_COUNT, PHASE_TRANSFER },
	{ stage_restore, CELL_RESTORE_HALF, STAGE_BEFORE_RESTORE,
	  PHASE_RESTORE },
	{ stage_resume, CELL_RESTORE_HALF, STAGE_AFTER_RESTORE, PHASE_RESUME },
	{ stage_settle, CELL_RESTORE_HALF, STAGE_COUNT, PHASE_RESUME },
	{ stage_finish_peer, CELL_RESTORE_HALF, STAGE_AT_END, PHASE_VERIFY },
	{ stage_verify, CELL_RESTORE_HALF, STAGE_COUNT, PHASE_VERIFY },
};

static int run_stage(struct cell_run *run, const struct cell_stage *stage,
		     struct err *err)
{
	int rc = CELL_GO_ON;

	if (!(stage->half & run->half))
		return rc;
	if (stage->extra != STAGE_COUNT)
		rc = extra_steps(run, stage->extra, stage->phase, err);
	if (stage->extra == STAGE_BEFORE_DUMP && rc == CELL_GO_ON) {
		facts_begin(run);
		rc = probe(run, PROBE_DUMP, err);
	}
	if (rc == CELL_GO_ON && stage->fn)
		rc = stage->fn(run, err);
	return rc;
}

static int run_stages(struct cell_run *run, struct err *err)
{
	int rc = CELL_GO_ON;

	for (size_t i = 0; i < ARRAY_SIZE(stages) && rc == CELL_GO_ON; i++)
		rc = run_stage(run, &stages[i], err);
	return rc;
}

/* What had failed decides; what could be made good comes on top. */
static int run_to_end(struct cell_run *run, struct err *err)
{
	int rc = run_stages(run, err);

	return rc == CELL_STOP ? mode_do(run, DUTY_UNDO, err) : rc;
}

/* A receiver to whom nothing was sent is no step: nobody knows its end. */
static void forget_receiver(struct cell_run *run)
{
	struct observation *obs = run->obs;
	size_t i = run->receiver.step;

	if (!run->receiver.running)
		return;
	free(obs->steps[i].name);
	memmove(&obs->steps[i], &obs->steps[i + 1],
		(--obs->n_steps - i) * sizeof(*obs->steps));
}

/* Also for cells that ended early: whatever there is becomes evidence. */
static int wind_up(struct cell_run *run, struct err *err)
{
	int rc = cell_drop_peer(run, err);

	facts_end(run);
	forget_receiver(run);
	/* The kernel takes its time to end it; meanwhile files are fetched. */
	if (run->capture)
		capture_end(run->capture);
	if (evidence_collect(run, err))
		rc = -1;
	if (cell_end_capture(run, err))
		rc = -1;
	if (cell_end_network(run, err))
		rc = -1;
	return rc;
}

static void note_broken(struct observation *obs, const struct err *err)
{
	if (obs->broken)
		return;
	obs->broken = xstrdup(err->msg);
	obs->broken_phase = obs->n_steps ? obs->steps[obs->n_steps - 1].phase :
					   (int)PHASE_BOOT;
}

/* Whose frames are the workload's. A machine that is booted again keeps its own. */
static const char *service_mac(const struct scenario *s, enum role role)
{
	if (s->workload.network != NET_HOST)
		return domain_roles[role].netns_mac;
	if (s->migration.mode == MODE_REBOOT)
		role = ROLE_SOURCE;
	return domain_roles[role].mac[0];
}

void cell_begin(const struct cell_opts *opts, struct observation *ret_obs)
{
	const struct scenario *s = opts->cell->scenario;

	observation_init(ret_obs);
	ret_obs->cell = xstrdup(opts->cell->id);
	ret_obs->attempt = opts->attempt;
	ret_obs->source_mac = xstrdup(service_mac(s, ROLE_SOURCE));
	ret_obs->target_mac = xstrdup(service_mac(s, ROLE_TARGET));
	ret_obs->service = xstrdup(addresses_of(s)->service);
	ret_obs->port = s->workload.port;
	ret_obs->began_ns = clock_now_ns();
	ret_obs->epoch_ns = clock_real_ns() - ret_obs->began_ns;
}

void cell_run_half(const struct cell_opts *opts, enum cell_half half,
		   const char *archive, struct observation *obs)
{
	struct cell_run run = { .opts = opts,
				.scenario = opts->cell->scenario,
				.half = half,
				.archive = archive,
				.obs = obs,
				.images_on = NODE_COUNT,
				.sent_before = UNMEASURED };
	struct err err = ERR_INIT;
	int rc = run_to_end(&run, &err);

	if (rc < 0)
		note_broken(obs, &err);
	/* A dump for an archive that went well is no end. */
	if (opts->hold_fd && (rc != CELL_GO_ON || half != CELL_DUMP_HALF))
		cell_hold(&run);
	if (wind_up(&run, &err))
		note_broken(obs, &err);
	obs->ended_ns = clock_now_ns();
	client_free(run.client);
	capture_free(run.capture);
}

void cell_run(const struct cell_opts *opts, struct observation *ret_obs)
{
	if (opts->cell->scenario->migration.mode == MODE_ARCHIVE) {
		archive_run(opts, ret_obs);
		return;
	}
	cell_begin(opts, ret_obs);
	cell_run_half(opts, CELL_WHOLE, NULL, ret_obs);
}
