// SPDX-License-Identifier: Apache-2.0
/* load_fixture.h - a small tree of files, and loading it */
#ifndef TESTS_UNIT_COMPAT_LOAD_FIXTURE_H
#define TESTS_UNIT_COMPAT_LOAD_FIXTURE_H

#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "compat/load.h"
#include "tests/lib/testing.h"

#define MACHINES                              \
	"machines:\n"                         \
	"  one: {kernel: 6.1, userland: b}\n" \
	"  two: {kernel: 6.12, userland: b}\n"
#define PROFILE                                            \
	"schema: crmatrix/profile/1\nname: DB_1\nfacts:\n" \
	"  arch: x86_64\n  kernel: 6.1.0-44-amd64\n"       \
	"  kernel_version: 6.1.170\n  cpu_flags: avx\n"    \
	"  memory_kib: '1'\n"
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
	put("db.yaml", PROFILE);
	put("twins.yaml", "{machines: ./db.yaml, scenarios: redis}\n");
	put("matrix.yaml", "machine-files: machines.yaml\n");
	put("more/base.yaml",
	    "{machine-files: ../machines.yaml, machines: two, "
	    "scenarios: [../scenarios/counter.yaml]}\n");
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
	char *matrix CLEANUP_FREE = asked.matrix ? tmpdir_join(asked.matrix) :
						   NULL;
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

#endif
