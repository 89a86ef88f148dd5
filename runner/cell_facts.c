// SPDX-License-Identifier: Apache-2.0
/* cell_facts.c - what the live workload has, and the target lacks of it, before
 * anything is stopped */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/predict.h"
#include "runner/addresses.h"
#include "runner/cell_internal.h"
#include "runner/domain.h"
#include "runner/script_internal.h"

#define WITHIN_NS (30 * NS_PER_S)
#define REACH_WITHIN_NS (8 * NS_PER_S) /* longer than the agent tries */

static bool begin_within(struct cell_run *run, enum node on, const char *text,
			 const char *input, uint64_t within_ns,
			 struct facts_job *job)
{
	struct guest_script script = {
		.name = "tell of the workload",
		.text = text,
		.tool = true,
		.input = input,
		.input_len = input ? strlen(input) : 0,
		.deadline_ns = clock_now_ns() + within_ns,
	};
	struct guest *guest = lab_node(run->opts->lab, (enum role)on)->guest;
	struct err err;

	if (!guest || guest_start(guest, &script, &job->job, &err))
		return false;
	job->running = true;
	return true;
}

/* A tool of the agent, which is no step of the cell: what it cannot tell stays
 * untold. */
static bool begin(struct cell_run *run, enum node on, const char *text,
		  const char *input, struct facts_job *job)
{
	return begin_within(run, on, text, input, WITHIN_NS, job);
}

static void end(struct cell_run *run, enum node on, struct facts_job *job,
		struct facts *facts)
{
	CLEANUP(guest_run_release) struct guest_run out = { 0 };
	struct guest *guest = lab_node(run->opts->lab, (enum role)on)->guest;
	struct facts told = { 0 };
	struct err err;

	if (!job->running)
		return;
	job->running = false;
	if (!guest || guest_wait(guest, job->job, &out, &err) || out.exit ||
	    facts_parse(out.out, out.out_len, &told, &err))
		return;
	facts_release(facts);
	*facts = told;
}

void facts_begin(struct cell_run *run)
{
	CLEANUP_FREE char *text = xasprintf("--profile\n%ld", run->pid);

	if (run->pid && !run->facts[0].running)
		(void)begin(run, NODE_SOURCE, text, NULL, &run->facts[0]);
}

/* What a scenario does before the dump is to be seen, too. */
void facts_begin_early(struct cell_run *run)
{
	const struct scenario *s = run->scenario;

	for (size_t i = 0; i < s->n_steps; i++)
		if (s->steps[i].at == STAGE_BEFORE_DUMP)
			return;
	facts_begin(run);
}

/* What is there when the workload comes, and needs not be there now. */
static char *moved(const struct scenario *s)
{
	CLEANUP(str_list_release) struct str_list words = { 0 };

	str_list_add(&words, SCRIPT_STATE);
	str_list_add(&words, SCRIPT_IMAGES);
	for (size_t i = 0; i < s->workload.state.n; i++)
		str_list_take(&words, script_state_path(s, i));
	if (script_is_taken(s))
		str_list_add(&words, addresses_of(s)->service);
	return str_list_join(&words, " ");
}

static void begin_counterpart(struct cell_run *run)
{
	CLEANUP_FREE char *words = moved(run->scenario);
	CLEANUP_FREE char *input = facts_lines(&run->obs->workload_facts);
	CLEANUP_FREE char *text = NULL;
	struct strbuf buf;

	strbuf_open(&buf);
	script_put_tool(buf.f, "--counterpart", words);
	text = strbuf_take(&buf);
	if (run->obs->workload_facts.map.n)
		(void)begin(run, NODE_TARGET, text, input, &run->facts[1]);
}

/* Return: exit status of a tool, or -1: it did not begin or was killed */
static int end_status(struct cell_run *run, enum node on, struct facts_job *job)
{
	CLEANUP(guest_run_release) struct guest_run out = { 0 };
	struct guest *guest = lab_node(run->opts->lab, (enum role)on)->guest;
	struct err err;

	if (!job->running || guest_wait(guest, job->job, &out, &err))
		return -1;
	return out.exit;
}

/* Whether the source can connect to where a page server will be. One that nobody
 * connects to is killed at its deadline: the port is free again. */
static void try_page_server(struct cell_run *run)
{
	CLEANUP_FREE char *listen = NULL;
	CLEANUP_FREE char *connect = NULL;
	struct strbuf buf;
	struct facts_job server = { 0 }, client = { 0 };
	int sent;

	strbuf_open(&buf);
	script_put_receive(buf.f, SCRIPT_PAGES_PORT);
	listen = strbuf_take(&buf);
	strbuf_open(&buf);
	script_put_send(buf.f, SCRIPT_PAGES_PORT);
	script_put_tool_end(buf.f);
	connect = strbuf_take(&buf);
	if (run->scenario->migration.transport != TRANSPORT_PAGE_SERVER ||
	    !begin_within(run, NODE_TARGET, listen, NULL, REACH_WITHIN_NS,
			  &server))
		return;
	(void)begin_within(run, NODE_SOURCE, connect, NULL, REACH_WITHIN_NS,
			   &client);
	sent = end_status(run, NODE_SOURCE, &client);
	run->page_server_refused = end_status(run, NODE_TARGET, &server) < 0 &&
				   sent > 0;
}

static void learn_page_server(struct cell_run *run)
{
	static const char no[] = "there.page_server=no\n";
	CLEANUP(facts_release) struct facts facts = { 0 };
	struct err err;

	if (run->page_server_refused &&
	    !facts_parse(no, sizeof(no) - 1, &facts, &err))
		predict_learn(&run->obs->counterpart_facts, &facts);
}

int stage_facts(struct cell_run *run, struct err *err)
{
	(void)err;
	end(run, NODE_SOURCE, &run->facts[0], &run->obs->workload_facts);
	try_page_server(run);
	begin_counterpart(run);
	return CELL_GO_ON;
}

int stage_counterpart(struct cell_run *run, struct err *err)
{
	(void)err;
	if (run->half == CELL_RESTORE_HALF)
		begin_counterpart(run);
	return CELL_GO_ON;
}

void facts_end(struct cell_run *run)
{
	end(run, NODE_SOURCE, &run->facts[0], &run->obs->workload_facts);
	end(run, NODE_TARGET, &run->facts[1], &run->obs->counterpart_facts);
	learn_page_server(run);
}
