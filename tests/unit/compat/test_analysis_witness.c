// SPDX-License-Identifier: Apache-2.0
/* test_analysis_witness.c - a cell's wire witness and 'analyze' agree */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/analysis.h"
#include "tests/lib/frames.h"
#include "tests/lib/testing.h"

#define GOLDEN "tests/golden/wire"

/* struct opinion - Of one golden capture, by both */
struct opinion {
	struct wire_report report;
	struct wire_mac source, target;
	enum witness witness;
	char *why;
	struct finding finding;
	bool has_subject;
};

static void opinion_release(struct opinion *o)
{
	wire_report_release(&o->report);
	finding_release(&o->finding);
	free(o->why);
}

/* SERVICE PORT tcp|udp [SOURCE TARGET] */
static bool read_capture(const char *folder, struct opinion *o)
{
	CLEANUP_FREE char *path = xasprintf("%s/case", folder);
	CLEANUP_FREE char *capture = golden_capture(folder);
	CLEANUP(str_list_release) struct str_list words = { 0 };
	CLEANUP_FREE char *text = NULL;
	struct err err = ERR_INIT;

	if (!capture)
		return false;
	ck_assert_ok(file_read(path, 1000, &text, NULL, &err), &err);
	str_list_split(&words, text, " \n");
	o->source = frames_source;
	o->target = frames_target;
	if (words.n == 5) {
		ck_assert(wire_mac_parse(words.v[3], &o->source));
		ck_assert(wire_mac_parse(words.v[4], &o->target));
	}
	ck_assert_ok(wire_read(capture, words.v[0],
			       (uint16_t)strtoul(words.v[1], NULL, 10), 0,
			       &o->report, NULL, &err),
		     &err);
	return str_eq(words.v[2], "tcp");
}

static void ask_both(struct opinion *o)
{
	const struct wire_conn *next, *subject;
	struct analysis_scene scene;

	o->witness = wire_judge(&o->report, true, &o->source, &o->target,
				WIRE_UNKNOWN, &o->why);
	subject = wire_subject(&o->report, &next);
	o->has_subject = subject != NULL;
	if (!subject)
		return;
	analysis_scene_init(&scene, &o->source, &o->target);
	for (size_t i = 0; i < o->report.n_conns; i++)
		analysis_scene_see(&scene, &o->report.conns[i]);
	analysis_scene_finish(&scene, &o->report);
	analysis_judge(subject, &o->report, &scene, &o->finding);
}

/* What the witness takes for well is kept, and what failed is not well. A cell
 * knows more, though: that the client made one connection and closed it. */
static void compare(const char *name, const struct opinion *o)
{
	enum fate fate = o->finding.fate;

	if (o->witness == WITNESS_OK)
		ck_assert_msg(fate == FATE_KEPT || fate == FATE_DAMAGED,
			      "%s: ok, but %s: %s", name, fate_names[fate],
			      o->finding.sentence);
	if (fate_failed(fate) && fate != FATE_DAMAGED)
		ck_assert_msg(o->witness == WITNESS_BAD, "%s: %s, but %s: %s",
			      name, fate_names[fate], witness_names[o->witness],
			      o->why);
}

START_TEST(witness_and_analysis_agree_on_every_golden_capture)
{
	CLEANUP_FREE char *dir = source_path(GOLDEN);
	CLEANUP(str_list_release) struct str_list names = { 0 };
	struct err err = ERR_INIT;
	size_t n = 0;

	ck_assert_ok(file_list(dir, &names, &err), &err);
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP_FREE char *folder = xasprintf("%s/%s", dir, names.v[i]);
		CLEANUP(opinion_release) struct opinion o = { 0 };

		if (!read_capture(folder, &o))
			continue;
		ask_both(&o);
		if (o.has_subject)
			compare(names.v[i], &o);
		n++;
	}
	ck_assert_uint_gt(n, 30);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("analysis and witness");
	TCase *tcase = tcase_create("goldens");

	tcase_add_test(tcase,
		       witness_and_analysis_agree_on_every_golden_capture);
	suite_add_tcase(suite, tcase);
	return suite;
}
