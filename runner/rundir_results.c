// SPDX-License-Identifier: Apache-2.0
/* rundir_results.c - a run's folder judged: observations to results */
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/judge.h"
#include "compat/wire.h"
#include "runner/jsonfile.h"
#include "runner/rundir.h"

#define ATTEMPT "attempt-"
#define LOG_MAX (64UL << 20)
#define TOOL "crmatrix " CRMATRIX_VERSION

/* The highest attempt that has an observation: 0 when there is none. */
static uint64_t last_attempt(const char *path, const char *cell, char **ret_dir)
{
	CLEANUP_FREE char *folder = xasprintf("%s/cells/%s", path, cell);
	CLEANUP(str_list_release) struct str_list names = { 0 };
	uint64_t last = 0, n;
	struct err err;

	*ret_dir = NULL;
	if (file_list(folder, &names, &err))
		return 0;
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP_FREE char *file =
			xasprintf("%s/%s/observation.json", folder, names.v[i]);

		if (!str_starts(names.v[i], ATTEMPT) ||
		    !str_u64(names.v[i] + strlen(ATTEMPT), &n) || n <= last ||
		    !file_exists(file))
			continue;
		free(*ret_dir);
		*ret_dir = xasprintf("cells/%s/%s", cell, names.v[i]);
		last = n;
	}
	return last;
}

uint64_t rundir_attempts(const struct rundir *run, const char *cell)
{
	CLEANUP_FREE char *dir = NULL;

	return last_attempt(rundir_path(run), cell, &dir);
}

/* A folder from elsewhere may say anything; evidence lies beside it. */
static int check_observation(const struct observation *obs, const char *cell,
			     struct err *err)
{
	const char *const files[] = { obs->capture, obs->dump_log,
				      obs->restore_log };

	if (!str_eq(obs->cell, cell))
		return err_set(err, ERR_PARSE, 0, "cell: not '%s'", cell);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (files[i] && strchr(files[i], '/'))
			return err_set(err, ERR_PARSE, 0,
				       "'%s' is not a file beside it",
				       files[i]);
	return 0;
}

int rundir_observation(const char *path, const char *cell,
		       struct observation *ret_obs, char **ret_dir,
		       struct err *err)
{
	CLEANUP_FREE char *dir = NULL;
	CLEANUP_FREE char *file = NULL;
	struct observation obs = { 0 };
	json_t *json = NULL;
	int rc;

	*ret_dir = NULL;
	if (!last_attempt(path, cell, &dir))
		return 0;
	file = xasprintf("%s/%s/observation.json", path, dir);
	if (jsonfile_read(file, &json, err))
		return -1;
	rc = observation_from_json(json, &obs, err);
	json_decref(json);
	if (!rc)
		rc = check_observation(&obs, cell, err);
	if (rc) {
		observation_release(&obs);
		return err_wrap(err, "%s", file);
	}
	*ret_obs = obs;
	*ret_dir = TAKE(dir);
	return 0;
}

/* A text file of the evidence; one that is not there is not read. */
static char *read_log(const char *path, const char *dir, const char *name)
{
	CLEANUP_FREE char *file = NULL;
	CLEANUP_FREE char *text = NULL;
	size_t len;
	struct err err;

	if (!name)
		return NULL;
	file = xasprintf("%s/%s/%s", path, dir, name);
	if (file_read(file, LOG_MAX, &text, &len, &err))
		return NULL;
	return str_utf8_clean(text, len);
}

static int read_wire(const char *path, const char *dir,
		     const struct observation *obs,
		     struct wire_report **ret_wire, struct err *err)
{
	CLEANUP_FREE char *file = NULL;
	struct wire_report *wire;

	*ret_wire = NULL;
	if (!obs->capture || !obs->service || obs->capture_drops == UNMEASURED)
		return 0;
	file = xasprintf("%s/%s/%s", path, dir, obs->capture);
	wire = xnew(struct wire_report);
	if (wire_read(file, obs->service, (uint16_t)obs->port,
		      obs->capture_drops, wire, NULL, err)) {
		free(wire);
		return -1;
	}
	*ret_wire = wire;
	return 0;
}

static void judge_observed(const char *path, const char *dir,
			   const struct plan *plan, const struct cell *cell,
			   const struct observation *obs,
			   const struct wire_report *wire,
			   struct result *ret_result)
{
	CLEANUP_FREE char *dump = read_log(path, dir, obs->dump_log);
	CLEANUP_FREE char *pages = read_log(path, dir, "page-server.log");
	CLEANUP_FREE char *restore = read_log(path, dir, obs->restore_log);
	CLEANUP_FREE char *source = read_log(path, dir, "console-source.log");
	CLEANUP_FREE char *target = read_log(path, dir, "console-target.log");
	struct criu_logs logs = { .dump = dump,
				  .page_server = pages,
				  .restore = restore,
				  .source_kernel = source,
				  .target_kernel = target };

	judge(plan, cell, obs, wire, &logs, ret_result);
	free(ret_result->dir);
	ret_result->dir = xstrdup(dir);
}

/* What cannot be read was not observed: that cell is broken, not the run. */
static void unreadable(const char *path, const struct cell *cell,
		       const struct err *why, struct observation *ret_obs,
		       char **ret_dir)
{
	observation_init(ret_obs);
	ret_obs->cell = xstrdup(cell->id);
	ret_obs->attempt = last_attempt(path, cell->id, ret_dir);
	ret_obs->broken =
		xasprintf("its observation cannot be read: %s", why->msg);
	ret_obs->broken_phase = PHASE_VERIFY;
}

int rundir_judge(const char *path, const struct plan *plan,
		 const struct cell *cell, struct result *ret_result,
		 struct err *err)
{
	struct observation obs = { 0 };
	CLEANUP_FREE char *dir = NULL;
	struct wire_report *wire = NULL;

	if (rundir_observation(path, cell->id, &obs, &dir, err))
		unreadable(path, cell, err, &obs, &dir);
	if (!dir) {
		result_init(cell, ret_result);
		return 0;
	}
	if (read_wire(path, dir, &obs, &wire, err)) {
		/* Evidence that cannot be read proves nothing. */
		free(obs.broken);
		obs.broken =
			xasprintf("the capture cannot be read: %s", err->msg);
		obs.broken_phase = PHASE_VERIFY;
	}
	judge_observed(path, dir, plan, cell, &obs, wire, ret_result);
	if (wire && ret_result->wire_report != wire) {
		wire_report_release(wire);
		free(wire);
	}
	observation_release(&obs);
	return 0;
}

static void name_machine(struct machine_result *m,
			 const struct machine *machine,
			 const struct facts *facts)
{
	const char *criu = facts_get(facts, "criu");
	const char *glibc = facts_get(facts, "glibc");
	const char *kernel = facts_get(facts, "kernel");

	m->kernel = kernel ? xstrdup(kernel) : NULL;
	m->criu = criu ? xstrdup(criu) : NULL;
	m->glibc = glibc ? xstrdup(glibc) : NULL;
	machine_attest(machine, facts, &m->notes);
	facts_copy(&m->facts, facts);
}

static int read_machine(const char *path, const struct plan *plan,
			const struct machine *machine, struct machine_result *m,
			struct err *err)
{
	const struct outfit *outfit = plan_usual_outfit(plan, machine);
	CLEANUP_FREE char *file =
		xasprintf("%s/machines/%s.json", path, machine->name);
	struct facts facts = { 0 };
	json_t *json = NULL;
	int rc;

	m->name = xstrdup(machine->name);
	m->cpu = xstrdup(machine->cpu);
	m->userland = xstrdup(machine->userland);
	if (!file_exists(file))
		return 0;
	if (jsonfile_read(file, &json, err))
		return -1;
	rc = facts_from_json(json, &facts, err);
	json_decref(json);
	if (!rc)
		name_machine(m, outfit ? &outfit->machine : machine, &facts);
	facts_release(&facts);
	return rc;
}

static void mark_same_cpus(struct results *results)
{
	for (size_t i = 1; i < results->n_machines; i++)
		for (size_t k = 0; k < i; k++) {
			struct machine_result *m = &results->machines[i];
			const struct machine_result *first =
				&results->machines[k];

			if (m->same_cpu_as || first->same_cpu_as ||
			    !m->facts.map.n || !first->facts.map.n ||
			    !facts_same_cpu(&m->facts, &first->facts))
				continue;
			m->same_cpu_as = xstrdup(first->name);
		}
}

static char *copy_text(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

/* Of a merged run each cell says on which host it was run. */
static void name_hosts(const struct run_info *info, struct results *results)
{
	for (size_t i = 0; i < results->n_cells; i++) {
		const struct run_part *part =
			run_info_part(info, results->cells[i].id);
		struct host_facts *host;

		if (!part)
			continue;
		host = xnew(struct host_facts);
		host->kernel = copy_text(part->host.kernel);
		host->cpu = copy_text(part->host.cpu);
		host->accel = copy_text(part->host.accel);
		host->qemu = copy_text(part->host.qemu);
		host->libvirt = copy_text(part->host.libvirt);
		results->cells[i].host = host;
	}
}

static int judge_all(const char *path, const struct plan *plan,
		     struct results *results, struct err *err)
{
	results->machines =
		xcalloc(plan->n_machines, sizeof(*results->machines));
	for (size_t i = 0; i < plan->n_machines; i++) {
		results->n_machines++;
		if (read_machine(path, plan, &plan->machines[i],
				 &results->machines[i], err))
			return -1;
	}
	mark_same_cpus(results);
	results->cells = xcalloc(plan->n_cells, sizeof(*results->cells));
	for (size_t i = 0; i < plan->n_cells; i++) {
		if (rundir_judge(path, plan, &plan->cells[i],
				 &results->cells[i], err))
			return -1;
		results->n_cells++;
	}
	return 0;
}

int rundir_results(const char *path, const struct plan *plan,
		   const char *finished, struct results *ret_results,
		   struct err *err)
{
	struct results results = { 0 };
	struct run_info info = { 0 };
	int rc;

	if (jsonfile_run_info(path, &info, err))
		return -1;
	results.id = TAKE(info.id);
	results.started = TAKE(info.started);
	results.finished = finished ? xstrdup(finished) : NULL;
	results.tool = xstrdup(TOOL);
	results.host = info.host;
	info.host = (struct host_facts){ 0 };
	rc = judge_all(path, plan, &results, err);
	if (rc) {
		results_release(&results);
		rc = err_wrap(err, "run '%s'", path);
	} else {
		name_hosts(&info, &results);
		*ret_results = results;
	}
	run_info_release(&info);
	return rc;
}

int rundir_write_results(const char *path, const struct results *results,
			 struct err *err)
{
	CLEANUP_FREE char *file = xasprintf("%s/results.json", path);

	return jsonfile_write(file, results_to_json(results), err);
}

/* Judge what the cells left, by the plan. */
static int judge_run(const char *path, const char *plan_file,
		     struct results *ret_results, struct err *err)
{
	struct plan plan = { 0 };
	int rc;

	if (rundir_read_plan(plan_file, &plan, err))
		return -1;
	rc = rundir_results(path, &plan, NULL, ret_results, err);
	plan_release(&plan);
	return rc;
}

static int read_results(const char *file, struct results *ret_results,
			struct err *err)
{
	json_t *json = NULL;
	int rc;

	if (jsonfile_read(file, &json, err))
		return -1;
	rc = results_from_json(json, ret_results, err);
	json_decref(json);
	return rc ? err_wrap(err, "%s", file) : 0;
}

int rundir_judge_results(const char *path, struct results *ret_results,
			 struct err *err)
{
	CLEANUP_FREE char *plan_file = xasprintf("%s/plan.json", path);

	if (file_exists(plan_file))
		return judge_run(path, plan_file, ret_results, err);
	return rundir_read_results(path, ret_results, err);
}

int rundir_read_results(const char *path, struct results *ret_results,
			struct err *err)
{
	CLEANUP_FREE char *file = xasprintf("%s/results.json", path);
	CLEANUP_FREE char *plan_file = xasprintf("%s/plan.json", path);
	struct err why;

	if (file_regular(path))
		return read_results(path, ret_results, err) ?
			       err_wrap(err, "'%s' is no run", path) :
			       0;
	if (!file_exists(file) && !file_exists(plan_file))
		return err_set(err, ERR_INPUT, 0,
			       "'%s' is no run: it has neither results.json "
			       "nor plan.json",
			       path);
	if (!file_exists(file))
		return judge_run(path, plan_file, ret_results, err);
	if (!read_results(file, ret_results, err))
		return 0;
	why = *err;
	return file_exists(plan_file) ?
		       err_set(err, why.domain, why.code,
			       "%s; without that file it is made anew from "
			       "what the cells left",
			       why.msg) :
		       -1;
}
