// SPDX-License-Identifier: Apache-2.0
/* cell_hold.c - a cell held where it stopped, for somebody to look into its guests */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "runner/cell_internal.h"
#include "runner/events.h"
#include "runner/lab.h"
#include "runner/script.h"

/* Of what a command says, in one message; and how long it may take. */
#define SAID_MAX (32UL << 10)
#define WITHIN_NS (600 * NS_PER_S)

static json_t *said(const char *text, size_t len)
{
	CLEANUP_FREE char *clean =
		str_utf8_clean(text, len > SAID_MAX ? SAID_MAX : len);

	return json_string(clean);
}

static struct guest *side_of(const struct cell_run *run, const char *on)
{
	enum role role = str_eq(on, "source") ? ROLE_SOURCE : ROLE_TARGET;

	return lab_node(run->opts->lab, role)->guest;
}

static char *text_of(const struct cell_run *run, const char *command)
{
	CLEANUP_FREE char *env = script_env(run->scenario, run->pid);
	CLEANUP_FREE char *place = script_place(run->scenario);
	CLEANUP_FREE char *word = str_shell_quote(command);

	return xasprintf("%s%sexec sh -c %s\n", env, place, word);
}

static json_t *execute(const struct cell_run *run, const json_t *task)
{
	struct guest *guest = side_of(run, events_text(task, "on"));
	CLEANUP_FREE char *text = text_of(run, events_text(task, "command"));
	struct guest_script script = { .name = "command",
				       .text = text,
				       .deadline_ns =
					       clock_now_ns() + WITHIN_NS };
	struct guest_run ran = { 0 };
	struct err err = ERR_INIT;
	json_t *answer;

	if (!guest)
		return json_pack("{s:s, s:s}", "event", "said", "trouble",
				 "that guest is not up");
	if (guest_run(guest, &script, &ran, &err))
		return json_pack("{s:s, s:s}", "event", "said", "trouble",
				 err.msg);
	answer = json_pack("{s:s, s:i, s:o, s:o}", "event", "said", "exit",
			   ran.exit, "out", said(ran.out, ran.out_len), "log",
			   said(ran.log, ran.log_len));
	guest_run_release(&ran);
	return answer;
}

static json_t *held(const struct cell_run *run)
{
	const struct observation *obs = run->obs;
	const struct obs_step *last =
		obs->n_steps ? &obs->steps[obs->n_steps - 1] : NULL;

	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "event", "held", "cell",
			 run->opts->cell->id, "step", last ? last->name : "",
			 "phase", last ? phase_names[last->phase] : "", "dir",
			 run->opts->dir);
}

void cell_hold(const struct cell_run *run)
{
	struct err err;
	json_t *task;
	bool go_on = false;

	if (events_send(run->opts->hold_fd, held(run), &err))
		return;
	while (!go_on && events_receive(run->opts->hold_fd, &task, &err) > 0) {
		go_on = str_eq(events_text(task, "do"), "release");
		if (!go_on &&
		    events_send(run->opts->hold_fd, execute(run, task), &err))
			go_on = true;
		json_decref(task);
	}
}
