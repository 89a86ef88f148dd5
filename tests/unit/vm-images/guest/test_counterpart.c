// SPDX-License-Identifier: Apache-2.0
/* test_counterpart.c - what this machine lacks of what a workload needs */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/machine.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

#define ALL_HOST                                                 \
	"namespace.mnt=host\nnamespace.net=host\nnamespace.pid=" \
	"host\nnamespace.ipc=host\nnamespace.user=host\n"        \
	"namespace.uts=host\n"

/* What is told when a workload has @wants, of which @moved comes along. */
static void ask(const char *wants, const char *moved, struct facts *facts)
{
	CLEANUP_FREE char *agent = rig_program_path("agent");
	CLEANUP_FREE char *input = str_shell_quote(wants);
	CLEANUP_FREE char *word = str_shell_quote(moved);
	CLEANUP_FREE char *script = xasprintf(
		"printf %%s %s | %s --counterpart %s", input, agent, word);
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	CLEANUP_FREE char *output = NULL;
	struct err err = ERR_INIT;

	ck_assert_int_eq(rig_run(argv, &output), 0);
	ck_assert_ok(facts_parse(output, strlen(output), facts, &err), &err);
}

/**
 * struct want - "key=value" of a workload, and what is said of it
 * @there:	Key; @said: its value, NULL: nothing is
 */
static const struct want {
	const char *name, *wants, *moved, *there, *said;
} wants[] = {
	{ "a file that is not there", "files=/nowhere/x:1:100644\n", "",
	  "there.files_missing", "/nowhere/x" },
	{ "one that comes along", "files=/nowhere/x:1:100644\n", "/nowhere",
	  "there.files_missing", NULL },
	{ "one whose name only begins so", "files=/nowhere2/x:1:100644\n",
	  "/nowhere", "there.files_missing", "/nowhere2/x" },
	{ "one of another size", "files=/proc/self/mounts:77:100444\n", "",
	  "there.files_differ", "/proc/self/mounts:77:0" },
	{ "one that grows anyway", "files=/proc/self/mounts:-:100444\n", "",
	  "there.files_differ", NULL },
	{ "one of another mode", "files=/proc/self/mounts:0:100777\n", "",
	  "there.file_modes_differ", "/proc/self/mounts:100777:100444" },
	{ "one that is the same", "files=/proc/self/mounts:0:100444\n", "",
	  "there.file_modes_differ", NULL },
	{ "a watched one", "watched_files=/nowhere/x\n", "",
	  "there.watched_missing", "/nowhere/x" },
	{ "a unix socket in a folder that is there", "unix_bound=/tmp/s\n", "",
	  "there.unix_folders_missing", NULL },
	{ "a unix socket in one that is not", "unix_bound=/nowhere/s\n", "",
	  "there.unix_folders_missing", "/nowhere/s" },
	{ "a service that is not there", "unix_services=/nowhere/log\n", "",
	  "there.unix_services_missing", "/nowhere/log" },
	{ "an address of nobody here", "addresses=192.0.2.1\n", "",
	  "there.addresses_missing", "192.0.2.1" },
	{ "an address that moves", "addresses=192.0.2.1\n", "192.0.2.1",
	  "there.addresses_missing", NULL },
	{ "a device", "bound_devices=nodevice0\n", "", "there.devices_missing",
	  "nodevice0" },
	{ "the pid of the first process", "tids=1\n", "", "there.pids_taken",
	  "1" },
	{ "a pid that nobody has", "tids=4194304\n", "", "there.pids_taken",
	  NULL },
	{ "what a container has mounted",
	  "namespace.mnt=own\nmount_sources=/nowhere/x /proc\n", "",
	  "there.mount_sources_missing", "/nowhere/x" },
	{ "a clock of long ago", "clock_s=0\n", "", "there.clock_differs_s",
	  NULL },
};

START_TEST(what_is_lacking_is_named)
{
	const struct want *w = &wants[_i];
	CLEANUP(facts_release) struct facts facts = { 0 };
	CLEANUP_FREE char *text = xasprintf(ALL_HOST "%s", w->wants);
	const char *said;

	ask(text, w->moved, &facts);
	said = facts_get(&facts, w->there);
	ck_assert_msg(w->said ? str_eq(said, w->said) : !said, "%s: '%s'",
		      w->name, said ? said : "nothing");
}
END_TEST

/* Paths, pids and ports of namespaces of its own say nothing of this machine. */
START_TEST(what_is_its_own_is_not_looked_for)
{
	CLEANUP(facts_release) struct facts facts = { 0 };

	ask("namespace.mnt=own\nnamespace.pid=own\nnamespace.net=own\n"
	    "files=/nowhere/x:1:100644\ntids=1\naddresses=192.0.2.1\n",
	    "", &facts);
	ck_assert_ptr_null(facts_get(&facts, "there.files_missing"));
	ck_assert_ptr_null(facts_get(&facts, "there.pids_taken"));
	ck_assert_ptr_null(facts_get(&facts, "there.addresses_missing"));
	ck_assert_ptr_nonnull(facts_get(&facts, "there.memory_free_kib"));
}
END_TEST

/* "0100007F:1F90" of 127.0.0.1:8080, as /proc/net/tcp has it. */
START_TEST(a_port_is_taken_by_who_listens)
{
	CLEANUP(facts_release) struct facts facts = { 0 };
	CLEANUP(facts_release) struct facts other = { 0 };
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE char *taken = NULL;
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (void *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	ck_assert_int_eq(getsockname(fd, (void *)&addr, &len), 0);
	text = xasprintf(ALL_HOST "tcp_bound=00000000:%04X\n",
			 ntohs(addr.sin_port));
	ask(text, "", &facts);
	taken = xasprintf("tcp/%u", ntohs(addr.sin_port));
	ck_assert_str_eq(facts_get(&facts, "there.ports_taken"), taken);
	free(TAKE(text));
	text = xasprintf(ALL_HOST "tcp_bound=0200007F:%04X\n",
			 ntohs(addr.sin_port));
	ask(text, "", &other);
	ck_assert_ptr_null(facts_get(&other, "there.ports_taken"));
	close(fd);
}
END_TEST

/* --- Container engines ------------------------------------------------------- */

/* An engine that has one image, one network, and systemd for its cgroups. */
static const char few[] = "#!/bin/sh\n"
			  "case \"$1 $2 $5\" in\n"
			  "'info --format ') echo systemd ;;\n"
			  "'image inspect a:1') echo sha256:aa ;;\n"
			  "'network inspect front') echo front ;;\n"
			  "*) echo unknown >&2; exit 125 ;;\n"
			  "esac\n";

static const struct want engine_wants[] = {
	{ "an image that is there", "engine_image=a:1\nengine_image_id=aa\n",
	  "", "there.engine_image_id", NULL },
	{ "another of its name", "engine_image=a:1\nengine_image_id=bb\n", "",
	  "there.engine_image_id", "sha256:aa" },
	{ "an image that is not there", "engine_image=b:1\n", "",
	  "there.engine_image_missing", "b:1" },
	{ "an image whose name is an option", "engine_image=--all\n", "",
	  "there.engine_image_missing", "--all" },
	{ "networks", "engine_networks=front back host\n", "",
	  "there.engine_networks_missing", "back" },
	{ "its driver of cgroups", "", "", "there.engine_cgroups", "systemd" },
	{ "an engine that answers", "", "", "there.engine_missing", NULL },
};

static void use_engine(const char *script)
{
	CLEANUP_FREE char *path = tmpdir_write("podman", script);
	CLEANUP_FREE char *all =
		xasprintf("%s:%s", tmpdir_path(), getenv("PATH"));

	ck_assert_int_eq(chmod(path, 0700), 0);
	ck_assert_int_eq(setenv("PATH", all, 1), 0);
}

START_TEST(an_engine_is_asked)
{
	const struct want *w = &engine_wants[_i];
	CLEANUP(facts_release) struct facts facts = { 0 };
	CLEANUP_FREE char *text =
		xasprintf(ALL_HOST "engine=podman\n%s", w->wants);
	const char *said;

	use_engine(few);
	ask(text, "", &facts);
	said = facts_get(&facts, w->there);
	ck_assert_msg(w->said ? str_eq(said, w->said) : !said, "%s: '%s'",
		      w->name, said ? said : "nothing");
}
END_TEST

START_TEST(an_engine_that_does_not_answer_is_missing)
{
	CLEANUP(facts_release) struct facts facts = { 0 };

	use_engine("#!/bin/sh\nexit 1\n");
	ask(ALL_HOST "engine=podman\nengine_image=a:1\n", "", &facts);
	ck_assert_str_eq(facts_get(&facts, "there.engine_missing"), "podman");
	ck_assert_ptr_null(facts_get(&facts, "there.engine_image_missing"));
}
END_TEST

START_TEST(an_engine_that_nobody_knows_is_not_started)
{
	CLEANUP(facts_release) struct facts facts = { 0 };

	ask(ALL_HOST "engine=/bin/false\n", "", &facts);
	ck_assert_ptr_null(facts_get(&facts, "there.engine_missing"));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("vm-images/guest/profile_counterpart");
	TCase *tcase = tcase_create("machines");

	tcase_add_loop_test(tcase, what_is_lacking_is_named, 0,
			    (int)ARRAY_SIZE(wants));
	tcase_add_test(tcase, what_is_its_own_is_not_looked_for);
	tcase_add_test(tcase, a_port_is_taken_by_who_listens);
	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_loop_test(tcase, an_engine_is_asked, 0,
			    (int)ARRAY_SIZE(engine_wants));
	tcase_add_test(tcase, an_engine_that_does_not_answer_is_missing);
	tcase_add_test(tcase, an_engine_that_nobody_knows_is_not_started);
	suite_add_tcase(suite, tcase);
	return suite;
}
