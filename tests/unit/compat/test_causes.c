// SPDX-License-Identifier: Apache-2.0
/*
 * test_causes.c - what real cells left behind is named: tests/golden/causes
 *
 * A file is MODE.SCENARIO.CRIU.KIND: what that CRIU, or kernel, or step left behind
 * when that scenario was run, cut to the lines around what went wrong. KIND is
 * dump, restore, console or output. Its first lines tell what the cell was:
 *
 *	# phase PHASE
 *	# source.FACT VALUE, # target.FACT VALUE	where they decide
 *
 * Each is a look-alike for all modes but its own.
 */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/diagnosis.h"
#include "tests/lib/judged.h"
#include "tests/lib/testing.h"

#define FOLDER "tests/golden/causes"
#define FILE_MAX ((size_t)64 * 1024)
#define FILES_MIN 60

/** struct left - One file: what it is called and what stands in it */
struct left {
	const char *name;
	char *text; /* owned; after the heading lines */
	int phase;
	struct judged j;
};

static void set_fact(struct judged *j, const char *key, const char *value)
{
	bool source = str_starts(key, "source.");

	judged_fact(source ? &j->obs.source_facts : &j->obs.target_facts,
		    strchr(key, '.') + 1, value);
}

/* "# KEY VALUE" */
static void take_heading(struct left *left, char *line)
{
	char *key = line + 2;
	char *value = strchr(key, ' ');

	ck_assert_msg(value != NULL, "%s: '%s'", left->name, line);
	*value++ = '\0';
	if (str_eq(key, "phase"))
		left->phase = name_index(phase_names, value);
	else
		set_fact(&left->j, key, value);
}

static void read_left(const char *name, struct left *left)
{
	CLEANUP_FREE char *relative = xasprintf(FOLDER "/%s", name);
	CLEANUP_FREE char *path = source_path(relative);
	CLEANUP_FREE char *all = NULL;
	struct err err = ERR_INIT;
	char *at;

	*left = (struct left){ .name = name, .phase = -1 };
	judged_init(&left->j);
	ck_assert_ok(file_read(path, FILE_MAX, &all, NULL, &err), &err);
	at = all;
	while (*at == '#') {
		char *end = strchr(at, '\n');

		*end = '\0';
		take_heading(left, at);
		at = end + 1;
	}
	ck_assert_msg(left->phase >= 0, "%s: no phase", name);
	left->text = xstrdup(at);
}

static void diagnose_left(struct left *left, struct cause *ret_cause)
{
	const char *kind = strrchr(left->name, '.') + 1;
	struct criu_logs logs = { 0 };

	if (str_eq(kind, "dump"))
		logs.dump = left->text;
	if (str_eq(kind, "restore"))
		logs.restore = left->text;
	if (str_eq(kind, "console"))
		logs.source_kernel = logs.target_kernel = left->text;
	if (str_eq(kind, "output")) {
		judged_fail(&left->j, phase_names[left->phase], 1);
		judged_text(&left->j.obs.steps[left->j.obs.n_steps - 1].output,
			    left->text);
	}
	ck_assert_msg(diagnose(&left->j.plan.cells[0], &left->j.obs,
			       (enum phase)left->phase, &logs, ret_cause),
		      "%s: nothing was found", left->name);
}

START_TEST(what_a_real_cell_left_behind_is_named)
{
	CLEANUP(str_list_release) struct str_list names = { 0 };
	CLEANUP_FREE char *dir = source_path(FOLDER);
	struct err err = ERR_INIT;

	ck_assert_ok(file_list(dir, &names, &err), &err);
	ck_assert_uint_ge(names.n, FILES_MIN);
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP_FREE char *mode =
			xstrndup(names.v[i], strcspn(names.v[i], "."));
		struct cause cause = { 0 };
		struct left left;

		read_left(names.v[i], &left);
		diagnose_left(&left, &cause);
		ck_assert_msg(str_eq(cause.mode, mode), "%s: got %s, %s",
			      names.v[i], cause.mode, cause.title);
		cause_release(&cause);
		free(left.text);
		judged_release(&left.j);
	}
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/causes");
	TCase *tcase = tcase_create("real");

	tcase_add_test(tcase, what_a_real_cell_left_behind_is_named);
	suite_add_tcase(suite, tcase);
	return suite;
}
