// SPDX-License-Identifier: Apache-2.0
/* deed.c - scripts and extra steps of a cell, each recorded as a step */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/cell_internal.h"
#include "runner/child.h"
#include "runner/script.h"

#define OUTPUT_KEPT 1024
#define ALIVE_WITHIN_NS (5 * NS_PER_S)

char *evidence_path(const struct cell_run *run, const char *name)
{
	return xasprintf("%s/%s", run->opts->dir, name);
}

/* Where one VM is up, it is both: the same machine before and after a reboot. */
struct guest *guest_of(const struct cell_run *run, enum node on)
{
	enum role role = on == NODE_SOURCE ? ROLE_SOURCE : ROLE_TARGET;
	struct guest *guest = lab_node(run->opts->lab, role)->guest;

	return guest ? guest :
		       lab_node(run->opts->lab, (enum role) !role)->guest;
}

size_t step_begin(struct cell_run *run, enum phase phase, const char *name,
		  enum node on, bool ours)
{
	struct obs_step *step = VEC_PUSH(run->obs->steps, run->obs->n_steps);

	*step = (struct obs_step){ .phase = (int)phase,
				   .name = xstrdup(name),
				   .on = (int)on,
				   .ours = ours,
				   .began_ns = clock_now_ns(),
				   .ended_ns = UNMEASURED,
				   .exit = -1 };
	run->opts->on_step(run->opts->arg, step, true);
	return run->obs->n_steps - 1;
}

static char *tail_of(const char *text)
{
	size_t len = strlen(text);
	size_t from = len > OUTPUT_KEPT ? len - OUTPUT_KEPT : 0;

	return str_utf8_clean(text + from, len - from);
}

void step_end(struct cell_run *run, size_t index, int exit, const char *trouble,
	      const char *output)
{
	struct obs_step *step = &run->obs->steps[index];

	step->ended_ns = clock_now_ns();
	step->exit = exit;
	step->trouble = trouble ? xstrdup(trouble) : NULL;
	step->output = output && *output ? tail_of(output) : NULL;
	run->opts->on_step(run->opts->arg, step, false);
}

int deed_begin(struct cell_run *run, const struct deed *deed,
	       struct phase_job *ret_job, struct err *err)
{
	CLEANUP_FREE char *body = deed->script;
	CLEANUP_FREE char *env = script_env(run->scenario, run->pid);
	CLEANUP_FREE char *place = script_place(run->scenario);
	CLEANUP_FREE char *all = xasprintf("%s%s%s", env, place, body);
	CLEANUP_FREE char *evidence =
		deed->evidence ? evidence_path(run, deed->evidence) : NULL;
	struct guest_script script = { .name = deed->name,
				       .text = deed->tool ? body : all,
				       .tool = deed->tool,
				       .input = deed->input,
				       .input_len = deed->input_len,
				       .evidence = evidence,
				       .deadline_ns = clock_now_ns() +
						      deed->within_ns };

	*ret_job = (struct phase_job){ .running = true };
	ret_job->step =
		step_begin(run, deed->phase, deed->name, deed->on, deed->ours);
	if (guest_start(guest_of(run, deed->on), &script, &ret_job->job, err)) {
		ret_job->running = false;
		step_end(run, ret_job->step, -1, err->msg, NULL);
		return -1;
	}
	return 0;
}

/* Late is the workload's or criu's doing only if the guest is well. */
static bool guest_well(struct guest *guest)
{
	struct guest_script script = { .name = "look whether it is well",
				       .text = "true",
				       .deadline_ns = clock_now_ns() +
						      ALIVE_WITHIN_NS };
	CLEANUP(guest_run_release) struct guest_run out = { 0 };
	struct err err;

	return guest_run(guest, &script, &out, &err) == 0;
}

static int mute(const struct obs_step *step, struct err *err)
{
	CLEANUP_FREE char *late = xstrdup(err->msg);

	return err_set(err, ERR_GUEST, 0,
		       "%s, and the agent on the %s does not answer any more",
		       late, node_names[step->on]);
}

int deed_end(struct cell_run *run, struct phase_job *job,
	     struct guest_run *ret_run, struct err *err)
{
	struct obs_step *step = &run->obs->steps[job->step];
	struct guest *guest = guest_of(run, (enum node)step->on);
	struct guest_run out = { 0 };
	int code;

	job->running = false;
	if (guest_wait(guest, job->job, &out, err)) {
		step_end(run, job->step, -1, err->msg, NULL);
		if (err->domain != ERR_TIMEOUT)
			return -1;
		return guest_well(guest) ? CELL_STOP : mute(step, err);
	}
	code = out.exit;
	step_end(run, job->step, code, NULL, *out.log ? out.log : out.out);
	if (ret_run && code == 0)
		*ret_run = out;
	else
		guest_run_release(&out);
	return code == 0 ? CELL_GO_ON : CELL_STOP;
}

int deed_do(struct cell_run *run, const struct deed *deed,
	    struct guest_run *ret_run, struct err *err)
{
	struct phase_job job;

	if (deed_begin(run, deed, &job, err))
		return -1;
	return deed_end(run, &job, ret_run, err);
}

int deed_on_host(struct cell_run *run, const struct deed *deed, struct err *err)
{
	size_t step =
		step_begin(run, deed->phase, deed->name, NODE_HOST, deed->ours);
	CLEANUP_FREE char *env = script_env(run->scenario, run->pid);
	CLEANUP_FREE char *script = xasprintf("%s%s", env, deed->script);
	const char *argv[] = { "sh", "-c", script, NULL };
	struct child_opts opts = { .argv = argv,
				   .cwd = run->opts->dir,
				   .netns_fd = net_host_fd(run->peer_host),
				   .any_status = true,
				   .deadline_ns =
					   clock_now_ns() + deed->within_ns };
	CLEANUP(child_result_release) struct child_result out = { 0 };

	free(deed->script);
	if (child_run(&opts, &out, err)) {
		step_end(run, step, -1, err->msg, NULL);
		return err->domain == ERR_TIMEOUT ? CELL_STOP : -1;
	}
	step_end(run, step, out.status == 0 ? 0 : 1, NULL,
		 out.err && *out.err ? out.err : out.out);
	return out.status == 0 ? CELL_GO_ON : CELL_STOP;
}

static int extra_step(struct cell_run *run, const struct step *step,
		      enum phase phase, struct err *err)
{
	size_t number = (size_t)(step - run->scenario->steps) + 1;
	CLEANUP_FREE char *name = xasprintf("step %zu%s%s", number,
					    step->message ? ": " : "",
					    step->message ? step->message : "");
	const char *command = step->run	    ? step->run :
			      step->assert_ ? step->assert_ :
					      step->wait;
	CLEANUP_FREE char *quoted = str_shell_quote(command);
	char *text = step->wait ?
			     xasprintf("until sh -c %s; do sleep 0.02; done\n",
				       quoted) :
			     xasprintf("%s\n", command);
	struct deed deed = { .phase = phase,
			     .name = name,
			     .on = (enum node)step->on,
			     .ours = !step->assert_,
			     .script = text,
			     .within_ns = step->within_ns };

	if (step->on == NODE_HOST)
		return deed_on_host(run, &deed, err);
	return deed_do(run, &deed, NULL, err);
}

int extra_steps(struct cell_run *run, enum stage stage, enum phase phase,
		struct err *err)
{
	const struct scenario *s = run->scenario;
	int rc = CELL_GO_ON;

	for (size_t i = 0; i < s->n_steps && rc == CELL_GO_ON; i++)
		if (s->steps[i].at == (int)stage)
			rc = extra_step(run, &s->steps[i], phase, err);
	return rc;
}

int probe_answer(struct cell_run *run, enum probe_point point,
		 const struct guest_run *out, struct err *err)
{
	struct facts lines = { 0 };

	if (facts_parse(out->out, out->out_len, &lines, err)) {
		size_t index = run->obs->n_steps - 1;
		struct obs_step *step = &run->obs->steps[index];

		free(step->trouble);
		step->trouble = xasprintf("the probe's answer: %s", err->msg);
		return CELL_STOP;
	}
	run->obs->probes[point] = lines.map;
	return CELL_GO_ON;
}

int probe(struct cell_run *run, enum probe_point point, struct err *err)
{
	static const struct {
		enum phase phase;
		enum node on;
		bool ours;
	} points[] = {
		[PROBE_READY] = { PHASE_START, NODE_SOURCE, true },
		[PROBE_DUMP] = { PHASE_START, NODE_SOURCE, true },
		[PROBE_RESTORE] = { PHASE_RESUME, NODE_TARGET, false },
		[PROBE_END] = { PHASE_VERIFY, NODE_TARGET, false },
	};
	static_assert(ARRAY_SIZE(points) == PROBE_COUNT,
		      "points[] doesn't match enum probe_point");
	const struct scenario *s = run->scenario;
	CLEANUP(guest_run_release) struct guest_run out = { 0 };
	struct deed deed = { .phase = points[point].phase,
			     .name = "probe",
			     .on = points[point].on,
			     .ours = points[point].ours,
			     .within_ns = s->limits.resume_ns };
	int rc;

	if (!s->workload.probe)
		return CELL_GO_ON;
	deed.script = script_ask(s, s->workload.probe);
	rc = deed_do(run, &deed, &out, err);
	return rc == CELL_GO_ON ? probe_answer(run, point, &out, err) : rc;
}
