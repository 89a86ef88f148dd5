// SPDX-License-Identifier: Apache-2.0
/* test_load.c - matrices with the files they name, whole and broken */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "compat/load.h"
#include "compat/schema.h"
#include "tests/lib/testing.h"

#define MACHINES                                        \
	"machines:\n"                                   \
	"  one: {kernel: 6.1, userland: b}\n"           \
	"  two: {kernel: 6.12, userland: b}\n"
#define SCENARIO "title: t\nworkload: {command: sleep 1}\n"

static struct load_diags diags;
static struct load_set set;
static struct err err;

static void put(const char *name, const char *text)
{
	char *path CLEANUP_FREE = tmpdir_join(name);
	char *folder CLEANUP_FREE = xstrdup(path);

	*strrchr(folder, '/') = '\0';
	ck_assert_ok(file_mkdirs(folder, &err), &err);
	ck_assert_ok(file_write(path, text, strlen(text), &err), &err);
}

static void setup(void)
{
	tmpdir_setup();
	err = (struct err)ERR_INIT;
	put("machines.yaml", MACHINES);
	put("scenarios/counter.yaml", SCENARIO);
	put("scenarios/redis.yaml", SCENARIO);
	put("scenarios/matrix.yaml", "{}");
	put("scenarios/.hidden.yaml", "nonsense");
	put("scenarios/controls/no-counter.yaml",
	    SCENARIO "control-of: counter\n");
	put("matrix.yaml", "machine-files: machines.yaml\n");
}

static void teardown(void)
{
	load_set_release(&set);
	load_diags_release(&diags);
	tmpdir_teardown();
}

/** struct asked - A request in words; lists by commas */
struct asked {
	const char *matrix, *machines, *scenarios;
	bool lenient;
};

static int load(struct asked asked)
{
	char *matrix CLEANUP_FREE =
		asked.matrix ? tmpdir_join(asked.matrix) : NULL;
	char *machines_file CLEANUP_FREE = tmpdir_join("machines.yaml");
	char *dir CLEANUP_FREE = tmpdir_join("scenarios");
	struct str_list machines CLEANUP(str_list_release) = { 0 };
	struct str_list scenarios CLEANUP(str_list_release) = { 0 };
	struct str_list dirs CLEANUP(str_list_release) = { 0 };
	struct load_request request = {
		.matrix = matrix,
		.machines_file = machines_file,
		.scenarios_dir = dir,
		.file_dirs = &dirs,
		.machines = &machines,
		.scenarios = &scenarios,
		.lenient = asked.lenient,
	};

	str_list_take(&dirs, tmpdir_join("guest"));
	if (asked.machines)
		str_list_split(&machines, asked.machines, ",");
	if (asked.scenarios)
		str_list_split(&scenarios, asked.scenarios, ",");
	return load_set(&request, &set, &diags, &err);
}

/* What was loaded: "machine machine / scenario scenario". */
static char *loaded(void)
{
	struct strbuf buf;

	strbuf_open(&buf);
	for (size_t i = 0; i < set.n_machines; i++)
		fprintf(buf.f, "%s ", set.machines[i].name);
	fprintf(buf.f, "/");
	for (size_t i = 0; i < set.n_scenarios; i++)
		fprintf(buf.f, " %s", set.scenarios[i].name);
	return strbuf_take(&buf);
}

/* All errors, without the path of the temporary directory. */
static char *shown(void)
{
	struct strbuf buf;
	size_t skip = strlen(tmpdir_path());
	char *text, *at;

	strbuf_open(&buf);
	load_diags_print(&diags, buf.f, false);
	text = strbuf_take(&buf);
	while ((at = strstr(text, tmpdir_path())))
		memmove(at, at + skip, strlen(at + skip) + 1);
	return text;
}

static const struct {
	const char *name, *matrix;
	struct asked asked;
	const char *loaded;
} good[] = {
	{ "no matrix: all there is", NULL, { 0 },
	  "one two / no-counter counter redis" },
	{ "names on the command line", NULL,
	  { .machines = "two,one", .scenarios = "redis,counter" },
	  "two one / redis counter" },
	{ "a matrix of all", "{machine-files: machines.yaml}",
	  { .matrix = "matrix.yaml" }, "one two / no-counter counter redis" },
	{ "a matrix without files of machines", "{scenarios: redis}",
	  { .matrix = "matrix.yaml" }, "one two / redis" },
	{ "a matrix's names, in its order",
	  "{machine-files: [machines.yaml], machines: [two, one], "
	  "scenarios: [redis, no-counter]}",
	  { .matrix = "matrix.yaml" }, "two one / redis no-counter" },
	{ "the command line's names instead of the matrix's",
	  "{machines: [two], scenarios: [redis]}",
	  { .matrix = "matrix.yaml", .machines = "one",
	    .scenarios = "counter" }, "one / counter" },
	{ "a file beside the matrix",
	  "{scenarios: scenarios/redis.yaml}",
	  { .matrix = "matrix.yaml" }, "one two / redis" },
	{ "a folder beside the matrix", "{scenarios: scenarios/}",
	  { .matrix = "matrix.yaml" }, "one two / no-counter counter redis" },
	{ "a folder by its name among the scenarios", "{scenarios: controls}",
	  { .matrix = "matrix.yaml" }, "one two / no-counter" },
	{ "what is named twice is there once",
	  "{machines: [one, one], scenarios: [redis, scenarios, redis]}",
	  { .matrix = "matrix.yaml" }, "one / redis no-counter counter" },
};

START_TEST(what_is_asked_for_is_loaded)
{
	char *got CLEANUP_FREE = NULL;

	if (good[_i].matrix)
		put("matrix.yaml", good[_i].matrix);
	ck_assert_ok(load(good[_i].asked), &err);
	got = loaded();
	ck_assert_msg(!strcmp(got, good[_i].loaded), "%s: got '%s', wanted '%s'",
		      good[_i].name, got, good[_i].loaded);
	ck_assert_uint_eq(diags.n + diags.problems.n, 0);
}
END_TEST

static const struct {
	const char *name, *file, *text;
	struct asked asked;
	const char *shown;
} bad[] = {
	{ "an unknown machine in the request", NULL, NULL,
	  { .machines = "tow,zzz" },
	  "error: unknown machine 'tow', known: one, two (did you mean 'two'?)"
	  "\nerror: unknown machine 'zzz', known: one, two\n" },
	{ "an unknown scenario in the request", NULL, NULL,
	  { .scenarios = "reids" },
	  "error: unknown scenario 'reids', known: no-counter, counter, redis "
	  "(did you mean 'redis'?)\n" },
	{ "an unknown machine in the matrix", "matrix.yaml",
	  "machines: [one, tow]\n", { .matrix = "matrix.yaml" },
	  "/matrix.yaml:1:17: error: unknown machine 'tow', known: one, two "
	  "(did you mean 'two'?)\n"
	  "    1 | machines: [one, tow]\n"
	  "      |                 ^\n" },
	{ "an unknown scenario in the matrix", "matrix.yaml",
	  "scenarios: redi\n", { .matrix = "matrix.yaml" },
	  "/matrix.yaml:1:12: error: unknown scenario 'redi', known: "
	  "no-counter, counter, redis (did you mean 'redis'?)\n"
	  "    1 | scenarios: redi\n"
	  "      |            ^\n" },
	{ "a file of machines that is not there", "matrix.yaml",
	  "machine-files: no.yaml\nscenarios: redis\n",
	  { .matrix = "matrix.yaml" },
	  "/matrix.yaml:1:16: error: open '/no.yaml': No such file or "
	  "directory\n"
	  "    1 | machine-files: no.yaml\n"
	  "      |                ^\n" },
	{ "a scenario's file that is not there", "matrix.yaml",
	  "scenarios: no.yaml\n", { .matrix = "matrix.yaml" },
	  "/matrix.yaml:1:12: error: open '/no.yaml': No such file or "
	  "directory\n"
	  "    1 | scenarios: no.yaml\n"
	  "      |            ^\n" },
	{ "a folder without scenarios", "empty/x.txt", "",
	  { .scenarios = "empty/" }, NULL },
	{ "errors of several files", "scenarios/redis.yaml", "titel: x\n",
	  { .matrix = "matrix.yaml", .machines = "one,tre" },
	  "/scenarios/redis.yaml:1:1: error: unknown key 'titel' in 'scenario' "
	  "(did you mean 'title'?)\n"
	  "    1 | titel: x\n"
	  "      | ^\n"
	  "/scenarios/redis.yaml:1:1: error: 'title' is missing in "
	  "'scenario'\n"
	  "    1 | titel: x\n"
	  "      | ^\n"
	  "/scenarios/redis.yaml:1:1: error: 'workload' is missing in "
	  "'scenario'\n"
	  "    1 | titel: x\n"
	  "      | ^\n"
	  "error: unknown machine 'tre', known: one, two\n" },
	{ "a control of nothing", "scenarios/controls/no-counter.yaml",
	  SCENARIO "control-of: conter\n", { 0 },
	  "/scenarios/controls/no-counter.yaml:3:13: error: unknown scenario "
	  "'conter', known: no-counter, counter, redis (did you mean "
	  "'counter'?)\n"
	  "    3 | control-of: conter\n"
	  "      |             ^\n" },
	{ "two scenarios of one name", "scenarios/controls/redis.yaml",
	  SCENARIO, { .scenarios = "redis" },
	  "/scenarios/redis.yaml:1:1: error: another scenario is called "
	  "'redis': /scenarios/controls/redis.yaml\n"
	  "    1 | title: t\n"
	  "      | ^\n" },
	{ "files that are not there", "scenarios/redis.yaml",
	  "title: t\nworkload:\n  command: x\n  files: [redis.yaml, no, "
	  "../redis.yaml]\n", { .scenarios = "redis" },
	  "/scenarios/redis.yaml:4:23: error: there is no file "
	  "'/scenarios/no'\n"
	  "    4 |   files: [redis.yaml, no, ../redis.yaml]\n"
	  "      |                       ^\n"
	  "/scenarios/redis.yaml:4:27: error: there is no file "
	  "'/scenarios/../redis.yaml'\n"
	  "    4 |   files: [redis.yaml, no, ../redis.yaml]\n"
	  "      |                           ^\n"
	  "/scenarios/redis.yaml:4:27: error: two files would be called "
	  "'redis.yaml' in the guest\n"
	  "    4 |   files: [redis.yaml, no, ../redis.yaml]\n"
	  "      |                           ^\n" },
	{ "a kernel that is not there", "machines.yaml",
	  "machines:\n  m:\n    kernel: {image: no/bzImage}\n    userland: b\n",
	  { .scenarios = "redis" },
	  "/machines.yaml:3:21: error: there is no file '/no/bzImage'\n"
	  "    3 |     kernel: {image: no/bzImage}\n"
	  "      |                     ^\n" },
};

START_TEST(all_that_is_wrong_is_told)
{
	char *got CLEANUP_FREE = NULL;

	if (bad[_i].file)
		put(bad[_i].file, bad[_i].text);
	ck_assert_int_eq(load(bad[_i].asked), -1);
	ck_assert_int_eq(err.domain, ERR_INPUT);
	got = shown();
	if (bad[_i].shown)
		ck_assert_msg(!strcmp(got, bad[_i].shown),
			      "%s: got\n%swanted\n%s", bad[_i].name, got,
			      bad[_i].shown);
	ck_assert_ptr_null(set.machines);
}
END_TEST

START_TEST(a_missing_matrix_is_a_system_error)
{
	ck_assert_err(load((struct asked){ .matrix = "no.yaml" }), &err,
		      ERR_SYS, 2);
	ck_assert_uint_eq(diags.n, 0);
}
END_TEST

START_TEST(a_machine_may_be_declared_once)
{
	put("more.yaml", "machines:\n  two: {kernel: 5.10, userland: b}\n");
	put("matrix.yaml", "machine-files: [machines.yaml, more.yaml]\n");
	ck_assert_int_eq(load((struct asked){ .matrix = "matrix.yaml" }), -1);
	ck_assert_uint_eq(diags.n, 1);
	ck_assert_has(diags.v[0].v[0].msg, "machine 'two' is already in");
	ck_assert_uint_eq(diags.v[0].v[0].pos.line, 2);
	ck_assert_uint_eq(diags.v[0].v[0].pos.col, 8);
}
END_TEST

START_TEST(files_are_found_beside_the_scenario_then_in_folders)
{
	put("scenarios/bin/client", "");
	put("guest/server", "");
	put("scenarios/redis.yaml",
	    "title: t\nworkload: {command: x, files: [bin/client, server]}\n");
	ck_assert_ok(load((struct asked){ .scenarios = "redis" }), &err);
	ck_assert(str_ends(set.scenarios[0].workload.files.v[0],
			   "/scenarios/bin/client"));
	ck_assert(str_ends(set.scenarios[0].workload.files.v[1],
			   "/guest/server"));
	ck_assert_int_eq(set.scenarios[0].workload.files.v[0][0], '/');
}
END_TEST

START_TEST(who_is_lenient_takes_what_is_missing)
{
	put("scenarios/redis.yaml",
	    "title: t\nworkload: {command: x, files: gone}\n");
	ck_assert_ok(load((struct asked){ .scenarios = "redis",
					  .lenient = true }), &err);
	ck_assert(str_ends(set.scenarios[0].workload.files.v[0],
			   "/scenarios/gone"));
}
END_TEST

START_TEST(the_matrix_gives_its_rules)
{
	put("matrix.yaml", "self: true\nrepeat: 3\nmachine-files: machines.yaml"
			   "\nexpect: [{verdict: fail, reason: r}]\n");
	ck_assert_ok(load((struct asked){ .matrix = "matrix.yaml" }), &err);
	ck_assert(set.self);
	ck_assert_uint_eq(set.repeat, 3);
	ck_assert_str_eq(set.expect.v[0].reason, "r");
}
END_TEST

START_TEST(without_a_matrix_each_cell_runs_once)
{
	ck_assert_ok(load((struct asked){ 0 }), &err);
	ck_assert(!set.self);
	ck_assert_uint_eq(set.repeat, 1);
}
END_TEST

START_TEST(rings_of_links_end)
{
	char *link CLEANUP_FREE = tmpdir_join("scenarios/controls/again");
	char *got CLEANUP_FREE = NULL;

	ck_assert_int_eq(symlink("..", link), 0);
	ck_assert_ok(load((struct asked){ 0 }), &err);
	got = loaded();
	ck_assert_uint_eq(set.n_scenarios, 3);
}
END_TEST

START_TEST(every_name_has_a_schema)
{
	for (const char *const *name = schema_names; *name; name++) {
		json_t *schema = schema_make(*name);

		ck_assert(json_is_object(json_object_get(schema,
							 "properties")));
		json_decref(schema);
	}
	ck_assert_ptr_null(schema_make("machine"));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/load");
	TCase *tcase = tcase_create("load");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, what_is_asked_for_is_loaded, 0,
			    ARRAY_SIZE(good));
	tcase_add_loop_test(tcase, all_that_is_wrong_is_told, 0,
			    ARRAY_SIZE(bad));
	tcase_add_test(tcase, a_missing_matrix_is_a_system_error);
	tcase_add_test(tcase, a_machine_may_be_declared_once);
	tcase_add_test(tcase,
		       files_are_found_beside_the_scenario_then_in_folders);
	tcase_add_test(tcase, who_is_lenient_takes_what_is_missing);
	tcase_add_test(tcase, the_matrix_gives_its_rules);
	tcase_add_test(tcase, without_a_matrix_each_cell_runs_once);
	tcase_add_test(tcase, rings_of_links_end);
	tcase_add_test(tcase, every_name_has_a_schema);
	suite_add_tcase(suite, tcase);
	return suite;
}
