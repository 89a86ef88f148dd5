// SPDX-License-Identifier: Apache-2.0
/* test_wire_golden.c - what is said of each golden capture, whole */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/wire.h"
#include "tests/lib/frames.h"
#include "tests/lib/testing.h"

#define GOLDEN "tests/golden/wire"

/* The cases, as folders of GOLDEN. */
static const char *const cases[] = {
	"ack-storm",
	"arp-unanswered",
	"arp-unanswered-ipv6",
	"back",
	"challenge",
	"damaged",
	"fin-early",
	"hung",
	"icmp",
	"icmp-ipv6",
	"kept",
	"kept-backoff",
	"kept-extensions",
	"kept-fragments",
	"kept-fragments-ipv6",
	"kept-ipv6",
	"kept-keepalive",
	"kept-lossy",
	"kept-offload",
	"kept-options",
	"kept-raw",
	"kept-refused-first",
	"kept-reordered",
	"kept-reset-after-end",
	"kept-sll",
	"kept-sll2",
	"kept-snap",
	"kept-tail",
	"kept-timestamps",
	"kept-twice",
	"kept-vlan",
	"kept-wrap",
	"lost",
	"middle",
	"real-kept",
	"real-phases",
	"real-queues",
	"real-restarted",
	"real-rst-source",
	"real-rst-target",
	"reconnected",
	"rst-abort",
	"rst-client",
	"rst-source",
	"rst-target",
	"shifted",
	"silent-target",
	"split",
	"syn-again",
	"ts-back",
	"ts-flip",
	"two-claims",
	"two-claims-ipv6",
	"udp-kept",
	"udp-never",
	"udp-split",
	"zero-window",
};

/* struct golden - A case's line: SERVICE PORT tcp|udp [SOURCE TARGET] */
struct golden {
	struct str_list words;
	const char *service;
	uint16_t port;
	bool tcp;
	struct wire_mac source, target;
};

static void golden_release(struct golden *golden)
{
	str_list_release(&golden->words);
}

static void read_case(const char *name, struct golden *golden)
{
	CLEANUP_FREE char *relative = xasprintf(GOLDEN "/%s/case", name);
	CLEANUP_FREE char *path = source_path(relative);
	CLEANUP_FREE char *text = NULL;
	struct err err = ERR_INIT;

	*golden = (struct golden){ .source = frames_source,
				   .target = frames_target };
	ck_assert_ok(file_read(path, 1000, &text, NULL, &err), &err);
	str_list_split(&golden->words, text, " \n");
	ck_assert(golden->words.n == 3 || golden->words.n == 5);
	golden->service = golden->words.v[0];
	golden->port = (uint16_t)strtoul(golden->words.v[1], NULL, 10);
	golden->tcp = str_eq(golden->words.v[2], "tcp");
	if (golden->words.n == 5) {
		ck_assert(wire_mac_parse(golden->words.v[3], &golden->source));
		ck_assert(wire_mac_parse(golden->words.v[4], &golden->target));
	}
}

static void read_report(const char *name, const struct golden *golden,
			struct wire_report *ret_report)
{
	CLEANUP_FREE char *relative = xasprintf(GOLDEN "/%s", name);
	CLEANUP_FREE char *folder = source_path(relative);
	CLEANUP_FREE char *path = golden_capture(folder);
	CLEANUP_FREE char *note = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(wire_read(path, golden->service, golden->port, 0,
			       ret_report, &note, &err),
		     &err);
	ck_assert_ptr_null(note);
}

/* The answer as expected.json has it. */
static char *answer(const struct wire_report *report,
		    const struct golden *golden)
{
	CLEANUP_FREE char *why = NULL;
	CLEANUP_FREE char *text = NULL;
	enum witness witness;
	json_t *json;

	witness = wire_judge(report, golden->tcp, &golden->source,
			     &golden->target, WIRE_UNKNOWN, &why);
	json = json_pack("{s:s, s:s?, s:o}", "witness", witness_names[witness],
			 "why", why, "report", wire_to_json(report));
	ck_assert_ptr_nonnull(json);
	text = json_dumps(json, JSON_INDENT(2));
	json_decref(json);
	return xasprintf("%s\n", text);
}

START_TEST(the_answer_to_a_golden_capture_is_the_expected_one)
{
	const char *name = cases[_i];
	CLEANUP_FREE char *expected =
		xasprintf(GOLDEN "/%s/expected.json", name);
	CLEANUP(wire_report_release) struct wire_report report = { 0 };
	CLEANUP_FREE char *got = NULL;
	CLEANUP(golden_release) struct golden golden = { 0 };

	read_case(name, &golden);
	read_report(name, &golden, &report);
	got = answer(&report, &golden);
	golden_check(expected, got);
}
END_TEST

START_TEST(a_golden_answer_survives_json)
{
	CLEANUP(wire_report_release) struct wire_report report = { 0 };
	CLEANUP(wire_report_release) struct wire_report back = { 0 };
	CLEANUP_FREE char *before = NULL;
	CLEANUP_FREE char *after = NULL;
	struct err err = ERR_INIT;
	CLEANUP(golden_release) struct golden golden = { 0 };
	json_t *json;

	read_case(cases[_i], &golden);
	read_report(cases[_i], &golden, &report);
	json = wire_to_json(&report);
	ck_assert_ok(wire_from_json(json, &back, &err), &err);
	json_decref(json);
	before = answer(&report, &golden);
	after = answer(&back, &golden);
	ck_assert_str_eq(before, after);
}
END_TEST

START_TEST(every_golden_capture_is_in_the_table)
{
	CLEANUP_FREE char *dir = source_path(GOLDEN);
	CLEANUP(str_list_release) struct str_list names = { 0 };
	struct err err = ERR_INIT;
	size_t n = 0;

	ck_assert_ok(file_list(dir, &names, &err), &err);
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP_FREE char *folder = xasprintf("%s/%s", dir, names.v[i]);
		CLEANUP_FREE char *capture = golden_capture(folder);

		if (!capture)
			continue;
		ck_assert_msg(n < ARRAY_SIZE(cases) &&
				      str_eq(cases[n], names.v[i]),
			      "'%s' is not in the table", names.v[i]);
		n++;
	}
	ck_assert_uint_eq(n, ARRAY_SIZE(cases));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("wire goldens");
	TCase *tcase = tcase_create("goldens");

	tcase_add_test(tcase, every_golden_capture_is_in_the_table);
	tcase_add_loop_test(tcase,
			    the_answer_to_a_golden_capture_is_the_expected_one,
			    0, (int)ARRAY_SIZE(cases));
	tcase_add_loop_test(tcase, a_golden_answer_survives_json, 0,
			    (int)ARRAY_SIZE(cases));
	suite_add_tcase(suite, tcase);
	return suite;
}
