// SPDX-License-Identifier: Apache-2.0
/* test_scenarios.c - the scenarios that come with crmatrix, as data */
#include <stdlib.h>
#include <string.h>

#include "base/bind.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/catalogue.h"
#include "compat/machine.h"
#include "compat/scenario.h"
#include "tests/lib/scenario_diff.h"
#include "tests/lib/testing.h"

#define TEXT_MAX 100000

/* The first so many are those of the default matrix. */
#define IN_MATRIX 3
static const char *const scenarios[] = {
	"counter",
	"redis",
	"tcp-established",
	"tcp-own-namespace",
	"network/lock-iptables",
	"network/lock-nftables",
	"network/tcp-ipv6",
	"network/tcp-dumped-namespace",
	"network/tcp-timestamps",
	"network/timestamp-unit-even",
	"engines/docker",
	"engines/docker-leave-running",
	"engines/docker-redis",
	"engines/podman",
	"engines/podman-clones",
	"engines/podman-compress",
	"engines/podman-leave-running",
	"engines/podman-network",
	"engines/podman-pre-checkpoint",
	"engines/podman-redis",
	"engines/podman-volume",
	"engines/runc",
	"engines/runc-hosts",
	"engines/runc-user-namespace",
	"engines/lxc",
	"http/keep-alive",
	"applications/compute",
	"applications/java",
	"applications/nginx",
	"applications/node",
	"applications/postgres",
	"applications/python",
	"applications/ssh",
	"applications/vlc",
	"connections/accept-queue",
	"connections/accept-queue-skipped",
	"connections/bulk",
	"connections/connections-1",
	"connections/connections-100",
	"connections/connections-1000",
	"connections/half-closed-peer",
	"connections/half-closed-server",
	"connections/peer-idle",
	"connections/peer-pausing",
	"connections/peer-sending",
	"connections/queues",
	"modes/leave-stopped",
	"modes/lazy-pages",
	"modes/page-server",
	"modes/page-server-tls",
	"modes/pre-dump",
	"modes/pre-dump-uncorked",
	"modes/shared",
	"snapshots/snapshot-second",
	"clones/clones",
};

/* Those whose witnesses are proven by the controls of others. */
static const char *const without_control[] = {
	"network/counter-ipv6",		"network/tcp-no-timestamps",
	"network/timestamp-unit",	"modes/pre-dump-page-server",
	"snapshots/snapshot-first",	"snapshots/snapshot-last",
	"snapshots/snapshot-redis",	"freeze/freeze-lazy-pages-32",
	"freeze/freeze-lazy-pages-64",	"freeze/freeze-lazy-pages-128",
	"freeze/freeze-lazy-pages-256", "freeze/freeze-pre-dump-32",
	"freeze/freeze-pre-dump-64",	"freeze/freeze-pre-dump-128",
	"freeze/freeze-pre-dump-256",	"freeze/freeze-stop-copy-32",
	"freeze/freeze-stop-copy-64",	"freeze/freeze-stop-copy-128",
	"freeze/freeze-stop-copy-256",	"clones/clones-java",
	"engines/podman-crun",
};

/* Their controls are in its folder "controls". */
static const char *const folders[] = {
	"",	  "network/",	  "engines/",	"http/",   "applications/",
	"modes/", "connections/", "snapshots/", "clones/", "freeze/"
};

/** struct control - A scenario that must fail, and in what it differs */
static const struct control {
	const char *folder, *name, *of;
	const char *differs_in; /* the only keys, as "migration.takeover" */
	const char *cause;
} controls[] = {
	{ "", "counter-restarted", "counter", "migration.mode",
	  "restarted-not-restored" },
	{ "", "counter-pid-taken", "counter", "steps", "pid-taken" },
	{ "", "redis-no-tcp-established", "redis", "migration.dump",
	  "tcp-established" },
	/* The step makes sure that the race is lost. */
	{ "", "tcp-unguarded", "tcp-established", "migration.takeover, steps",
	  "rst-unlocked" },
	{ "", "tcp-own-namespace-unguarded", "tcp-own-namespace",
	  "migration.takeover, steps", "rst-unlocked" },
	{ "", "tcp-no-address", "tcp-established", "migration.takeover",
	  "address-missing" },
	{ "network/", "lock-iptables-lifted", "lock-iptables", "steps",
	  "rst-unlocked" },
	{ "network/", "lock-nftables-lifted", "lock-nftables", "steps",
	  "rst-unlocked" },
	/* Without a lock there is none to be asserted. */
	{ "network/", "lock-skip", "lock-iptables",
	  "requires, peer.interval, migration.dump, steps", "rst-unlocked" },
	/* Their script is the same file, seen from another folder. */
	{ "engines/", "docker-image-missing", "docker", "workload.files, steps",
	  "image-missing" },
	{ "engines/", "docker-redis-no-tcp-established", "docker-redis",
	  "workload.files, steps", "tcp-established" },
	{ "engines/", "podman-redis-no-tcp-established", "podman-redis",
	  "workload.files, migration.commands.dump", "tcp-established" },
	{ "engines/", "docker-restarted", "docker",
	  "workload.files, migration.commands.restore",
	  "restarted-not-restored" },
	{ "engines/", "docker-leave-running-heard", "docker-leave-running",
	  "workload.files, steps", "counter-went-back" },
	{ "engines/", "podman-leave-running-heard", "podman-leave-running",
	  "workload.files, steps", "counter-went-back" },
	{ "engines/", "podman-clones-loopback", "podman-clones",
	  "workload.files, migration.commands.restore", "network-down" },
	{ "engines/", "podman-compress-cut", "podman-compress",
	  "workload.files, steps", "image-damaged" },
	{ "engines/", "podman-pre-checkpoint-alone", "podman-pre-checkpoint",
	  "workload.files, migration.commands.restore", "parent-missing" },
	{ "engines/", "podman-volume-missing", "podman-volume",
	  "workload.files, steps", "mount-source-missing" },
	{ "engines/", "podman-network-missing", "podman-network",
	  "workload.files, steps", "network-missing" },
	{ "engines/", "podman-confined", "podman",
	  "workload.files, migration.commands.dump", "seccomp-nested" },
	{ "engines/", "docker-checkpoint-dir", "docker",
	  "workload.files, migration.commands.restore",
	  "checkpoint-dir-refused" },
	{ "engines/", "runc-hosts-missing", "runc-hosts",
	  "workload.files, steps", "mount-source-missing" },
	{ "engines/", "runc-user-namespace-images", "runc-user-namespace",
	  "workload.files, migration.commands.restore", "image-unreadable" },
	{ "engines/", "runc-user-namespace-network", "runc-user-namespace",
	  "workload.files, steps", "socket-mark-refused" },
	{ "engines/", "podman-cgroup-driver", "podman", "workload.files, steps",
	  "cgroup-driver" },
	{ "engines/", "lxc-console", "lxc", "workload.files, steps",
	  "mount-source-missing" },
	{ "engines/", "podman-image-missing", "podman", "workload.files, steps",
	  "image-missing" },
	{ "engines/", "podman-image-other", "podman", "workload.files, steps",
	  "image-differs" },
	{ "engines/", "podman-profile-missing", "podman",
	  "workload.files, steps", "lsm-label" },
	{ "engines/", "runc-output-outside", "runc",
	  "workload.files, workload.command", "file-without-mount" },
	{ "engines/", "lxc-restarted", "lxc",
	  "workload.files, migration.commands.restore",
	  "restarted-not-restored" },
	{ "http/", "keep-alive-cut", "keep-alive", "steps",
	  "connection-aborted" },
	/* The same file, seen from another folder. */
	{ "network/", "tcp-dumped-namespace-unplugged", "tcp-dumped-namespace",
	  "workload.files, migration.restore", "route-missing" },
	{ "network/", "tcp-timestamps-lost", "tcp-timestamps", "steps",
	  "tcp-options-changed" },
	{ "network/", "timestamp-unit-odd", "timestamp-unit-even", "steps",
	  "timestamp-unit" },
	{ "network/", "tcp-ipv6-unguarded", "tcp-ipv6",
	  "migration.takeover, steps", "rst-unlocked" },
	{ "applications/", "vlc-late", "vlc", "workload.command",
	  "pictures-dropped" },
	{ "applications/", "vlc-restarted", "vlc",
	  "migration.mode, migration.dump, migration.restore",
	  "restarted-not-restored" },
	{ "applications/", "vlc-no-tcp-established", "vlc", "migration.dump",
	  "tcp-established" },
	{ "applications/", "compute-restarted", "compute", "migration.mode",
	  "restarted-not-restored" },
	/* The same clients and programs, seen from another folder. */
	{ "applications/", "java-perf-data", "java",
	  "workload.files, workload.command, peer.command", "file-missing" },
	{ "applications/", "postgres-shared-memory", "postgres",
	  "workload.command, peer.command", "file-missing" },
	{ "applications/", "nginx-no-address", "nginx", "migration.takeover",
	  "address-missing" },
	{ "applications/", "ssh-no-address", "ssh",
	  "peer.command, migration.takeover", "address-missing" },
	{ "applications/", "python-restarted", "python",
	  "workload.files, peer.command, migration.mode, migration.dump, "
	  "migration.restore",
	  "restarted-not-restored" },
	{ "applications/", "node-no-tcp-established", "node",
	  "workload.files, peer.command, migration.dump", "tcp-established" },
	{ "applications/", "node-io-uring", "node",
	  "requires, workload.files, peer.command, steps", "io-uring" },
	{ "connections/", "accept-queue-full", "accept-queue", "peer.roles",
	  "in-flight-connection" },
	{ "connections/", "accept-queue-skipped-full", "accept-queue-skipped",
	  "peer.roles", "in-flight-skipped" },
	{ "connections/", "bulk-unguarded", "bulk", "migration.takeover, steps",
	  "rst-unlocked" },
	{ "connections/", "connections-1-not-restored", "connections-1",
	  "migration.restore", "tcp-established" },
	{ "connections/", "connections-100-no-address", "connections-100",
	  "migration.takeover", "address-missing" },
	{ "connections/", "connections-1000-host", "connections-1000",
	  "workload.network", "lock-too-many" },
	{ "connections/", "half-closed-peer-fin-dropped", "half-closed-peer",
	  "steps", "half-close-lost" },
	{ "connections/", "half-closed-server-unguarded", "half-closed-server",
	  "migration.takeover, steps", "rst-unlocked" },
	{ "connections/", "peer-idle-no-address", "peer-idle",
	  "migration.takeover", "address-missing" },
	{ "connections/", "peer-pausing-not-dumped", "peer-pausing",
	  "migration.dump", "tcp-established" },
	{ "connections/", "peer-sending-unguarded", "peer-sending",
	  "migration.takeover, steps", "rst-unlocked" },
	{ "connections/", "queues-no-memory", "queues", "steps",
	  "socket-queue" },
	{ "modes/", "leave-stopped-failed", "leave-stopped", "steps",
	  "pid-taken" },
	{ "modes/", "leave-stopped-killed", "leave-stopped", "steps",
	  "original-lost" },
	{ "modes/", "leave-stopped-both", "leave-stopped", "steps",
	  "two-servers" },
	{ "modes/", "lazy-pages-daemon-killed", "lazy-pages", "steps",
	  "lazy-pages-lost" },
	{ "modes/", "lazy-pages-channel-cut", "lazy-pages", "steps",
	  "lazy-pages-lost" },
	{ "modes/", "page-server-unreachable", "page-server", "steps",
	  "page-server-unreachable" },
	{ "modes/", "page-server-tls-stranger", "page-server-tls", "steps",
	  "tls-refused" },
	{ "modes/", "pre-dump-parent-missing", "pre-dump", "steps",
	  "parent-missing" },
	{ "modes/", "pre-dump-uncorked-unreachable", "pre-dump-uncorked",
	  "steps", "page-server-unreachable" },
	{ "modes/", "shared-not-there", "shared", "steps", "image-missing" },
	/* Their programs are the same files, seen from another folder. */
	{ "snapshots/", "snapshot-parent-missing", "snapshot-second",
	  "workload.files, steps", "parent-missing" },
	{ "snapshots/", "snapshot-file-of-later", "snapshot-second",
	  "workload.files, steps", "file-differs" },
	{ "clones/", "clones-one-pid-namespace", "clones",
	  "workload.files, workload.command", "pid-taken" },
};

static void load(const char *relative, struct scenario *ret_scenario)
{
	CLEANUP_FREE char *path = source_path(relative);
	CLEANUP(bind_diags_release) struct bind_diags diags = { 0 };
	struct err err = ERR_INIT;
	int status = scenario_load(path, ret_scenario, &diags, &err);

	bind_diags_print(&diags, stdout, false);
	ck_assert_msg(status == 0, "%s", err.msg);
}

static void load_named(const char *folder, const char *name,
		       struct scenario *ret_scenario)
{
	CLEANUP_FREE char *relative =
		xasprintf("scenarios/%s%s.yaml", folder, name);
	const char *slash = strrchr(name, '/');

	load(relative, ret_scenario);
	ck_assert_str_eq(ret_scenario->name, slash ? slash + 1 : name);
}

static void load_control(const struct control *control,
			 struct scenario *ret_scenario)
{
	CLEANUP_FREE char *folder = xasprintf("%scontrols/", control->folder);

	load_named(folder, control->name, ret_scenario);
}

static bool mode_known(const char *mode)
{
	size_t i, j;

	for (i = 0; i < n_catalogue; i++)
		for (j = 0; j < catalogue[i]->n; j++)
			if (str_eq(catalogue[i]->v[j].mode, mode))
				return true;
	return false;
}

static void check_causes(const struct expects *expects, const char *file)
{
	size_t i;

	for (i = 0; i < expects->n; i++)
		if (expects->v[i].cause)
			ck_assert_msg(mode_known(expects->v[i].cause),
				      "%s: no such cause '%s'", file,
				      expects->v[i].cause);
}

START_TEST(a_scenario_has_its_witnesses)
{
	CLEANUP(scenario_release) struct scenario s = { 0 };

	load_named("", scenarios[_i], &s);
	ck_assert_ptr_null(s.control_of);
	ck_assert_ptr_nonnull(s.workload.probe);
	ck_assert_uint_gt(s.workload.same.n, 0);
	ck_assert_uint_gt(s.workload.grows.n, 0);
	/* Who serves nobody is its only witness, and has to prove its work. */
	ck_assert_int_eq(s.peer.kind == PEER_NONE, s.workload.port == 0);
	ck_assert(s.workload.port || s.workload.verify);
	check_causes(&s.expect, scenarios[_i]);
}
END_TEST

START_TEST(a_scenario_has_a_control)
{
	size_t i, n = 0;

	for (i = 0; i < ARRAY_SIZE(controls); i++) {
		CLEANUP_FREE char *of =
			xasprintf("%s%s", controls[i].folder, controls[i].of);

		n += str_eq(of, scenarios[_i]);
	}
	ck_assert_uint_gt(n, 0);
}
END_TEST

START_TEST(a_control_differs_in_one_thing)
{
	const struct control *control = &controls[_i];
	CLEANUP(scenario_release) struct scenario right = { 0 };
	CLEANUP(scenario_release) struct scenario wrong = { 0 };
	CLEANUP_FREE char *found = NULL;

	load_named(control->folder, control->of, &right);
	load_control(control, &wrong);
	ck_assert_str_eq(wrong.control_of, control->of);
	found = scenario_diff(&wrong, &right);
	ck_assert_msg(str_eq(found, control->differs_in),
		      "%s differs from %s in: %s", control->name, control->of,
		      found);
}
END_TEST

START_TEST(a_control_must_fail_for_its_cause)
{
	CLEANUP(scenario_release) struct scenario s = { 0 };
	const struct expect *last;

	load_control(&controls[_i], &s);
	/* Rules before the last are of pairs that do not come that far. */
	ck_assert_uint_gt(s.expect.n, 0);
	last = &s.expect.v[s.expect.n - 1];
	ck_assert_int_eq(last->verdict, VERDICT_FAIL);
	ck_assert_uint_eq(last->when.n, 0);
	ck_assert_str_eq(last->cause, controls[_i].cause);
	check_causes(&s.expect, controls[_i].name);
}
END_TEST

/* Files of scenarios in a folder, without those below it; not all have controls. */
static size_t files_in(const char *folder)
{
	CLEANUP_FREE char *relative = xasprintf("scenarios/%s", folder);
	CLEANUP_FREE char *dir = source_path(relative);
	CLEANUP(str_list_release) struct str_list names = { 0 };
	struct err err = ERR_INIT;
	size_t i, n = 0;

	if (!file_exists(dir))
		return 0;
	ck_assert_ok(file_list(dir, &names, &err), &err);
	for (i = 0; i < names.n; i++)
		n += str_ends(names.v[i], ".yaml") &&
		     !str_starts(names.v[i], "matrix");
	return n;
}

START_TEST(none_is_forgotten_here)
{
	size_t n_scenarios = 0, n_controls = 0, i;

	for (i = 0; i < ARRAY_SIZE(folders); i++) {
		CLEANUP_FREE char *below = xasprintf("%scontrols", folders[i]);

		n_scenarios += files_in(folders[i]);
		n_controls += files_in(below);
	}
	ck_assert_uint_eq(n_controls, ARRAY_SIZE(controls));
	ck_assert_uint_eq(n_scenarios,
			  ARRAY_SIZE(scenarios) + ARRAY_SIZE(without_control));
}
END_TEST

START_TEST(the_others_can_be_read)
{
	CLEANUP(scenario_release) struct scenario s = { 0 };

	load_named("", without_control[_i], &s);
	check_causes(&s.expect, without_control[_i]);
}
END_TEST

/* Each fails for one cause or for none: what its client does is stated. */
START_TEST(a_pause_is_survived_or_given_up)
{
	CLEANUP_FREE char *dir = source_path("scenarios/pauses");
	CLEANUP(str_list_release) struct str_list names = { 0 };
	struct err err = ERR_INIT;
	size_t i, n = 0;

	ck_assert_ok(file_list(dir, &names, &err), &err);
	for (i = 0; i < names.n; i++) {
		CLEANUP(scenario_release) struct scenario s = { 0 };
		CLEANUP_FREE char *relative =
			xasprintf("scenarios/pauses/%s", names.v[i]);

		if (!str_starts(names.v[i], "frozen-"))
			continue;
		load(relative, &s);
		ck_assert_int_eq(s.peer.kind, PEER_TCP_STREAM);
		ck_assert_uint_le(s.expect.n, 1);
		if (s.expect.n)
			ck_assert_str_eq(s.expect.v[0].cause, "client-gave-up");
		n++;
	}
	ck_assert_uint_eq(n, 20);
}
END_TEST

static void load_table(const char *relative, const struct bind_table *table,
		       void *obj)
{
	CLEANUP_FREE char *path = source_path(relative);
	CLEANUP(bind_diags_release) struct bind_diags diags = { 0 };
	struct err err = ERR_INIT;
	int status = bind_file(path, table, obj, &diags, &err);

	bind_diags_print(&diags, stdout, false);
	ck_assert_msg(status == 0, "%s", err.msg);
}

START_TEST(the_default_matrix_names_causes_that_exist)
{
	struct matrix matrix = { 0 };
	size_t i;

	load_table("scenarios/matrix.yaml", &matrix_table, &matrix);
	ck_assert(matrix.self);
	ck_assert_uint_eq(matrix.scenarios.n, IN_MATRIX);
	for (i = 0; i < IN_MATRIX; i++)
		ck_assert(str_list_has(&matrix.scenarios, scenarios[i]));
	ck_assert_uint_gt(matrix.expect.n, 0);
	check_causes(&matrix.expect, "matrix.yaml");
	bind_release(&matrix_table, &matrix);
}
END_TEST

START_TEST(the_default_machines_differ)
{
	struct machines machines = { 0 };
	size_t i, j;

	load_table("vm-images/machines.yaml", &machines_table, &machines);
	ck_assert_uint_ge(machines.n, 5);
	for (i = 0; i < machines.n; i++)
		for (j = 0; j < i; j++) {
			const struct machine *a = &machines.v[i];
			const struct machine *b = &machines.v[j];

			ck_assert_msg(!str_eq(a->kernel.name, b->kernel.name) ||
					      !str_eq(a->cpu, b->cpu) ||
					      !str_eq(a->userland, b->userland),
				      "%s is %s", a->name, b->name);
		}
	bind_release(&machines_table, &machines);
}
END_TEST

/* Each ```yaml block of a text, in order, owned by the list. */
static void yaml_blocks(const char *text, struct str_list *ret_blocks)
{
	static const char opening[] = "\n```yaml\n";
	const char *at = strstr(text, opening);

	while (at) {
		const char *begin = at + strlen(opening);
		const char *end = strstr(begin, "\n```");

		ck_assert_ptr_nonnull(end);
		str_list_take(ret_blocks,
			      xstrndup(begin, (size_t)(end - begin) + 1));
		at = strstr(end, opening);
	}
}

START_TEST(the_examples_of_the_readme_can_be_read)
{
	CLEANUP_FREE char *path = source_path("scenarios/README.md");
	CLEANUP(str_list_release) struct str_list blocks = { 0 };
	CLEANUP_FREE char *text = NULL;
	struct err err = ERR_INIT;
	size_t i;

	ck_assert_ok(file_read(path, TEXT_MAX, &text, NULL, &err), &err);
	yaml_blocks(text, &blocks);
	ck_assert_uint_ge(blocks.n, 2);
	for (i = 0; i < blocks.n; i++) {
		CLEANUP(bind_diags_release) struct bind_diags diags = { 0 };
		struct scenario s = { 0 };
		int status = bind_text("README.md", blocks.v[i],
				       strlen(blocks.v[i]), &scenario_table, &s,
				       &diags, &err);

		bind_diags_print(&diags, stdout, false);
		ck_assert_msg(status == 0, "%s", err.msg);
		bind_release(&scenario_table, &s);
	}
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("scenarios");
	TCase *tcase = tcase_create("files");

	tcase_add_loop_test(tcase, a_scenario_has_its_witnesses, 0,
			    (int)ARRAY_SIZE(scenarios));
	tcase_add_loop_test(tcase, a_scenario_has_a_control, 0,
			    (int)ARRAY_SIZE(scenarios));
	tcase_add_loop_test(tcase, a_control_differs_in_one_thing, 0,
			    (int)ARRAY_SIZE(controls));
	tcase_add_loop_test(tcase, a_control_must_fail_for_its_cause, 0,
			    (int)ARRAY_SIZE(controls));
	tcase_add_test(tcase, none_is_forgotten_here);
	tcase_add_test(tcase, a_pause_is_survived_or_given_up);
	tcase_add_loop_test(tcase, the_others_can_be_read, 0,
			    (int)ARRAY_SIZE(without_control));
	tcase_add_test(tcase, the_default_matrix_names_causes_that_exist);
	tcase_add_test(tcase, the_default_machines_differ);
	tcase_add_test(tcase, the_examples_of_the_readme_can_be_read);
	suite_add_tcase(suite, tcase);
	return suite;
}
