// SPDX-License-Identifier: Apache-2.0
/* test_script.c - what is run in the guests, as text for their shells */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "runner/script.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

static char command[] = "exec ./server --port $PORT";
static char ready[] = "test -s state";

/* A word that does harm wherever it is not quoted. */
static char hostile[] = "a b'; touch harm; $(touch harm) `touch harm` \"\\\n#";

static struct scenario service(enum takeover takeover)
{
	return (struct scenario){
		.workload = { .command = command, .ready = ready, .port = 7 },
		.migration = { .takeover = (int)takeover },
	};
}

static void check_has(const char *name, const char *text, const char *part,
		      bool wanted)
{
	ck_assert_msg(testing_contains(text, part) == wanted,
		      "%s: '%s' is %sin:\n%s", name, part, wanted ? "not " : "",
		      text);
}

/* The shell itself says whether it can read a script. */
static void check_syntax(const char *name, const char *text)
{
	const char *argv[] = { "sh", "-n", "-c", text, NULL };
	CLEANUP_FREE char *output = NULL;

	ck_assert_msg(rig_run(argv, &output) == 0, "%s: %s\n%s", name, output,
		      text);
}

/* Of words for the agent's tools, what is for a shell; owned. */
static char *shell_part(const char *words)
{
	const char *at = strstr(words, "--shell\n");
	struct strbuf buf;

	strbuf_open(&buf);
	for (at = at ? at + strlen("--shell\n") : ""; *at && *at != '\n'; at++)
		if (*at != '\\')
			(void)fputc(*at, buf.f);
		else
			(void)fputc(*++at == 'n' ? '\n' : *at, buf.f);
	return strbuf_take(&buf);
}

static void check_part_syntax(const char *name, const char *text)
{
	CLEANUP_FREE char *shell = shell_part(text);

	check_syntax(name, str_starts(text, "--") ? shell : text);
}

/* --- Takeover --------------------------------------------------------------- */

#define GUARD                                                                 \
	"$IN_NET nft 'add table ip crmatrix; add chain ip crmatrix input "    \
	"{ type filter hook input priority 0; }; add rule ip crmatrix input " \
	"ip daddr 10.77.0.100 meta mark != 0xC114 drop'"
#define LIFT "$IN_NET /usr/lib/crmatrix/agent --lift $SERVICE"
#define TAKE_ADDRESS "--take $DEV $SERVICE"
#define GIVE_ADDRESS "--give $DEV $SERVICE"
/* The same as the agent's own words. */
#define TAKE_TOOL "--take\neth0\n10.77.0.100\n\n"
#define GIVE_TOOL "--give\neth0\n10.77.0.100\n\n"
#define IN_NET_TOOL "--in-net\n/run/netns/workload\n"
#define TAKE_THERE IN_NET_TOOL "--take\nservice\n10.77.0.100\n\n"
#define GIVE_THERE IN_NET_TOOL "--give\nservice\n10.77.0.100\n\n"

/* In the target's own network a guard stands from the boot on, in a namespace of
 * the workload's none does: what is put up, taken down before, and lifted. */
static const struct {
	const char *name;
	enum takeover takeover;
	enum workload_net network;
	uint64_t port;
	bool put_up, taken_down, lifted, take, give;
} takeovers[] = {
	{ "guarded", TAKEOVER_GUARDED, NET_HOST, 7, false, false, true, true,
	  true },
	{ "unguarded", TAKEOVER_UNGUARDED, NET_HOST, 7, false, true, false,
	  true, true },
	{ "never", TAKEOVER_NEVER, NET_HOST, 7, false, true, false, false,
	  true },
	{ "guarded namespace", TAKEOVER_GUARDED, NET_OWN, 7, true, false, true,
	  true, true },
	{ "unguarded namespace", TAKEOVER_UNGUARDED, NET_OWN, 7, false, false,
	  false, true, true },
	{ "guarded, but no service", TAKEOVER_GUARDED, NET_HOST, 0, false,
	  false, false, false, false },
};

START_TEST(the_address_moves_as_the_scenario_says)
{
	const char *name = takeovers[_i].name;
	struct scenario s = service(takeovers[_i].takeover);
	CLEANUP_FREE char *receive = NULL;
	CLEANUP_FREE char *send = NULL;
	CLEANUP_FREE char *restore = NULL;
	bool there = takeovers[_i].network == NET_OWN;

	s.workload.port = takeovers[_i].port;
	s.workload.network = (int)takeovers[_i].network;
	receive = script_receive(&s);
	send = script_send(&s);
	restore = script_restore(&s);
	check_has(name, receive, GUARD, takeovers[_i].put_up);
	check_has(name, receive, LIFT, takeovers[_i].taken_down);
	check_has(name, receive, there ? TAKE_THERE : TAKE_TOOL,
		  takeovers[_i].take);
	check_has(name, send, there ? GIVE_THERE : GIVE_TOOL,
		  takeovers[_i].give);
	check_has(name, restore, LIFT, takeovers[_i].lifted);
}
END_TEST

/* In IPv6 neighbours find each other by packets that the guard must let pass. */
START_TEST(the_guard_is_of_the_services_family)
{
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *receive = NULL;
	CLEANUP_FREE char *restore = NULL;
	CLEANUP_FREE char *env = NULL;

	s.workload.family = FAMILY_IPV6;
	restore = script_restore(&s);
	s.workload.network = NET_OWN;
	receive = script_receive(&s);
	env = script_env(&s, 0);
	ck_assert_has(receive,
		      "add rule ip6 crmatrix input ip6 daddr fd77::100 "
		      "meta l4proto != ipv6-icmp "
		      "meta mark != 0xC114 drop'");
	ck_assert_has(restore, LIFT);
	ck_assert_has(env, "SERVICE=fd77::100 ");
	ck_assert_has(env, "PEER=fd77::1 ");
	check_syntax("restore", restore);
}
END_TEST

static size_t place(const char *text, const char *part)
{
	const char *at = strstr(text, part);

	ck_assert_msg(at != NULL, "'%s' is not in:\n%s", part, text);
	return (size_t)(at - text);
}

/* A segment that finds the address without the socket is answered by a RST. */
START_TEST(the_guard_stands_before_the_address_and_until_the_restore)
{
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *receive = NULL;
	CLEANUP_FREE char *restore = NULL;

	s.workload.network = NET_OWN;
	receive = script_receive(&s);
	restore = script_restore(&s);
	ck_assert_uint_lt(place(receive, GUARD), place(receive, TAKE_THERE));
	ck_assert_uint_lt(place(restore, "criu restore"),
			  place(restore, "echo restore-end"));
	ck_assert_uint_lt(place(restore, "echo restore-end"),
			  place(restore, LIFT));
}
END_TEST

START_TEST(the_source_gives_the_address_up_before_it_sends)
{
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *send = script_send(&s);

	ck_assert_uint_lt(place(send, GIVE_TOOL), place(send, "--send\n"));
}
END_TEST

/* --- Marks and exit codes --------------------------------------------------- */

START_TEST(marks_stand_around_what_they_time)
{
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *dump = script_dump(&s, 0);
	CLEANUP_FREE char *restore = script_restore(&s);

	ck_assert_uint_lt(place(dump, "echo dump-begin >&3"),
			  place(dump, "criu dump"));
	ck_assert_uint_lt(place(dump, "criu dump"),
			  place(dump, "echo dump-end >&3"));
	ck_assert_uint_lt(place(restore, "echo 7 >/proc/sys/kernel/printk"),
			  place(restore, "echo restore-begin >&3"));
	ck_assert_uint_lt(place(restore, "echo restore-begin >&3"),
			  place(restore, "criu restore"));
	ck_assert_uint_lt(place(restore, "echo restore-end >&3"),
			  place(restore, "echo takeover-end >&3"));
}
END_TEST

/* A stand-in for criu, found first, that ends with 37; the workload is the
 * process @pid, as the shell says it. */
static int run_on(const char *pid, const char *script, char **ret_output)
{
	CLEANUP_FREE char *text = xasprintf(
		"cd %s; IMAGES=$PWD/images STATE=$PWD WORKLOAD_PID=%s\n"
		"criu() { echo \"[$*]\"; return 37; }; %s",
		tmpdir_path(), pid, script);
	const char *argv[] = { "sh", "-c", text, NULL };

	return rig_run(argv, ret_output);
}

static int run_with_criu(const char *script, char **ret_output)
{
	return run_on("$$", script, ret_output);
}

/* What the scripts write to the agent's descriptors goes to stdout here. */
static char *with_descriptors(const char *script)
{
	return xasprintf("{ %s } 3>&1 2>&1", script);
}

START_TEST(a_script_ends_with_the_status_of_criu)
{
	struct scenario s = service(TAKEOVER_NEVER);
	CLEANUP_FREE char *dump = script_dump(&s, 0);
	CLEANUP_FREE char *restore = script_restore(&s);
	char *const scripts[] = { dump, restore };

	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		CLEANUP_FREE char *text = with_descriptors(scripts[i]);
		CLEANUP_FREE char *output = NULL;

		ck_assert_int_eq(run_with_criu(text, &output), 37);
		ck_assert_has(output, i ? "restore-end" : "dump-end");
	}
}
END_TEST

START_TEST(what_has_ended_is_not_dumped)
{
	struct scenario s = service(TAKEOVER_NEVER);
	CLEANUP_FREE char *dump = script_dump(&s, 0);
	CLEANUP_FREE char *text = with_descriptors(dump);
	CLEANUP_FREE char *output = NULL;

	free(tmpdir_write("log", "bind: in use\n"));
	ck_assert_int_eq(run_on("$(sh -c 'echo $$')", text, &output), 1);
	ck_assert_has(output, SCRIPT_GONE "\nbind: in use\n");
	ck_assert(!testing_contains(output, "dump-begin"));
}
END_TEST

/* --- Words ------------------------------------------------------------------- */

static void check_harmless(const char *script)
{
	CLEANUP_FREE char *text = with_descriptors(script);
	CLEANUP_FREE char *output = NULL;
	CLEANUP_FREE char *harm = tmpdir_join("harm");
	const char *look[] = { "test", "-e", harm, NULL };
	CLEANUP_FREE char *nothing = NULL;

	(void)run_with_criu(text, &output);
	ck_assert_msg(rig_run(look, &nothing) != 0, "run by the shell:\n%s",
		      script);
	ck_assert_has(output, hostile);
}

START_TEST(options_of_criu_are_words_and_nothing_else)
{
	char *words[] = { hostile };
	struct scenario s = service(TAKEOVER_NEVER);
	CLEANUP_FREE char *dump = NULL;
	CLEANUP_FREE char *restore = NULL;

	s.migration.dump = (struct str_list){ words, 1 };
	s.migration.restore = s.migration.dump;
	dump = script_dump(&s, 0);
	restore = script_restore(&s);
	check_harmless(dump);
	check_harmless(restore);
}
END_TEST

START_TEST(a_command_is_one_word)
{
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *word = str_shell_quote(hostile);
	CLEANUP_FREE char *part = xasprintf("sh -c %s", word);
	CLEANUP_FREE char *here = script_ask(&s, hostile);
	CLEANUP_FREE char *eval = xasprintf("eval %s", word);
	CLEANUP_FREE char *session = xasprintf("agent --session %s", word);
	CLEANUP_FREE char *ask = NULL;
	CLEANUP_FREE char *start = NULL;

	s.workload.command = hostile;
	s.workload.ready = hostile;
	start = script_start(&s, ROLE_SOURCE);
	s.workload.network = NET_OWN;
	ask = script_ask(&s, hostile);
	ck_assert_str_eq(here, eval);
	ck_assert_has(ask, part);
	ck_assert_has(start, session);
	ck_assert_has(start, eval); /* ready */
	check_syntax("start", start);
	check_syntax("ask", ask);
}
END_TEST

START_TEST(paths_of_state_are_words)
{
	static char absolute[] = "/srv/other";
	char *words[] = { hostile, absolute };
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *send = NULL;
	CLEANUP_FREE char *pack = NULL;
	CLEANUP_FREE char *word = str_shell_quote(hostile);

	s.workload.state = (struct str_list){ words, 2 };
	send = script_send(&s);
	pack = script_pack(&s);
	/* Its backslash and newline for the agent's tools. */
	ck_assert_has(send, "\n/srv/workload/a b'; touch harm; $(touch harm) "
			    "`touch harm` \"\\\\\\n#\n/srv/other\n\n");
	ck_assert_has(pack, word);
	check_syntax("pack", pack);
}
END_TEST

/* --- What each one holds ------------------------------------------------------ */

START_TEST(the_environment_says_where_the_service_is)
{
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *without = script_env(&s, 0);
	CLEANUP_FREE char *with = script_env(&s, 4711);
	CLEANUP_FREE char *in_guest = script_place(&s);
	CLEANUP_FREE char *text = xasprintf(
		"cd() { true; }; %s%secho $SERVICE $PORT $PEER $STATE $IMAGES "
		"$DEV $WORKLOAD_PID",
		with, in_guest);
	const char *argv[] = { "sh", "-c", text, NULL };
	CLEANUP_FREE char *output = NULL;

	ck_assert(!testing_contains(without, "WORKLOAD_PID"));
	ck_assert_int_eq(rig_run(argv, &output), 0);
	ck_assert_str_eq(output, "10.77.0.100 7 10.77.0.1 " SCRIPT_STATE
				 " " SCRIPT_IMAGES " eth0 4711\n");
	ck_assert_has(in_guest, "cd " SCRIPT_FOLDER "\n");
	/* The host has no such folder. */
	ck_assert(!testing_contains(with, "cd "));
}
END_TEST

static char *start_on_source(const struct scenario *s)
{
	return script_start(s, ROLE_SOURCE);
}

static char *dump_at_once(const struct scenario *s)
{
	return script_dump(s, 0);
}

static const struct {
	const char *name;
	char *(*make)(const struct scenario *s);
	const char *part;
} own_parts[] = {
	{ "start", start_on_source, "ip netns add workload" },
	{ "start", start_on_source, "--give eth0 $SERVICE" },
	{ "start", start_on_source, "address 52:54:00:79:00:01 type macvlan" },
	{ "receive", script_receive, "ip netns add workload" },
	{ "receive", script_receive, "address 52:54:00:79:00:02 type macvlan" },
	{ "dump", dump_at_once, " --external net[" },
	{ "restore", script_restore, " --inherit-fd fd[9]:workload" },
	{ "restore", script_restore, " 9</run/netns/workload" },
};

START_TEST(only_a_network_of_its_own_makes_a_namespace)
{
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *host = own_parts[_i].make(&s);
	CLEANUP_FREE char *own = NULL;

	s.workload.network = NET_OWN;
	own = own_parts[_i].make(&s);
	check_has(own_parts[_i].name, own, own_parts[_i].part, true);
	check_has(own_parts[_i].name, host, own_parts[_i].part, false);
	check_part_syntax(own_parts[_i].name, own);
	check_part_syntax(own_parts[_i].name, host);
}
END_TEST

/* What criu makes anew is neither made nor plugged nor guarded by the lab. */
START_TEST(a_namespace_that_criu_makes_is_left_to_it)
{
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *start = NULL;
	CLEANUP_FREE char *receive = NULL;
	CLEANUP_FREE char *dump = NULL;
	CLEANUP_FREE char *restore = NULL;

	s.workload.network = NET_DUMPED;
	start = script_start(&s, ROLE_SOURCE);
	receive = script_receive(&s);
	dump = script_dump(&s, 0);
	restore = script_restore(&s);
	check_has("start", start, "ip netns add workload", true);
	check_has("receive", receive, "ip netns", false);
	check_has("receive", receive, "--take", false);
	check_has("receive", receive, "nft", false);
	check_has("dump", dump, "--external", false);
	check_has("restore", restore, "--inherit-fd", false);
	check_has("restore", restore, LIFT, false);
	check_has("restore", restore, "DEVICE_MAC=52:54:00:79:00:02", true);
	check_has("restore", restore, "ip netns attach workload $WORKLOAD_PID",
		  true);
	check_syntax("restore", restore);
}
END_TEST

START_TEST(the_address_is_taken_in_the_workloads_network)
{
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *host = script_place(&s);
	CLEANUP_FREE char *own = NULL;

	s.workload.network = NET_OWN;
	own = script_place(&s);
	ck_assert_has(host, "DEV=eth0 IN_NET=''");
	ck_assert_has(own, "DEV=service "
			   "IN_NET='nsenter --net=/run/netns/workload'");
}
END_TEST

/* What is asked twice with the same words is asked once. */
START_TEST(readiness_that_is_the_probe_is_its_answer)
{
	static char asks[] = "ask it", others[] = "ask another";
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *once = NULL;
	CLEANUP_FREE char *twice = NULL;

	s.workload.ready = asks;
	s.workload.probe = asks;
	once = script_start(&s, ROLE_SOURCE);
	ck_assert(script_start_answers(&s));
	s.workload.probe = others;
	twice = script_start(&s, ROLE_SOURCE);
	ck_assert(!script_start_answers(&s));
	check_has("once", once, "printf '%s\\n' \"$line\"", true);
	check_has("once", once, "2>&1; do", false);
	check_has("twice", twice, "printf", false);
	check_has("twice", twice, "2>&1; do", true);
	check_syntax("once", once);
}
END_TEST

START_TEST(a_start_waits_for_readiness_only_if_it_is_asked_for)
{
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *waits = script_start(&s, ROLE_SOURCE);
	CLEANUP_FREE char *goes_on = NULL;

	s.workload.ready = NULL;
	goes_on = script_start(&s, ROLE_SOURCE);
	ck_assert_has(waits, "until (eval 'test -s state')");
	ck_assert(!testing_contains(goes_on, "until"));
	ck_assert_has(goes_on, "echo pid $pid >&3");
}
END_TEST

/* criu follows the link "parent" on both sides: relative, and there on both. */
START_TEST(each_dump_is_told_of_the_one_before)
{
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *first = script_pre_dump(&s, 1);
	CLEANUP_FREE char *second = script_pre_dump(&s, 2);
	CLEANUP_FREE char *alone = script_dump(&s, 0);
	CLEANUP_FREE char *last = script_dump(&s, 2);
	CLEANUP_FREE char *send = script_send(&s);

	check_has("first", first, " --track-mem", true);
	check_has("first", first, " --prev-images-dir", false);
	check_has("second", second, " --prev-images-dir ../1", true);
	check_has("alone", alone, " --track-mem", false);
	check_has("last", last, " --track-mem --prev-images-dir rounds/2",
		  true);
	check_has("send", send,
		  "\n/run/images/rounds\n/run/images\n/run/workload\n\n", true);
	check_syntax("second", second);
}
END_TEST

START_TEST(a_page_server_has_the_place_of_each_dump)
{
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *first = script_page_server(&s, 1, 0);
	CLEANUP_FREE char *second = script_page_server(&s, 2, 1);
	CLEANUP_FREE char *last = script_page_server(&s, 0, 2);
	CLEANUP_FREE char *alone = script_page_server(&s, 0, 0);
	CLEANUP_FREE char *dump = NULL;

	s.migration.transport = TRANSPORT_PAGE_SERVER;
	dump = script_dump(&s, 0);
	check_has("first", first, "-D /run/images/rounds/1 ", true);
	check_has("first", first, "--prev-images-dir", false);
	check_has("second", second, " --prev-images-dir ../1", true);
	check_has("last", last, " --prev-images-dir rounds/2", true);
	check_has("last", last, "-D $IMAGES ", true);
	check_has("alone", alone, "--prev-images-dir", false);
	check_has("dump", dump, " --page-server --address ", true);
	check_syntax("second", second);
	check_syntax("dump", dump);
}
END_TEST

/* Each dump and each round of pre-dump, and criu finds the connection where it is told. */
START_TEST(a_connection_without_a_cork_is_ours)
{
	struct scenario s = service(TAKEOVER_GUARDED);
	char *scripts[2];

	s.migration.transport = TRANSPORT_PAGE_SERVER;
	s.migration.uncork = true;
	scripts[0] = script_pre_dump(&s, 1);
	scripts[1] = script_dump(&s, 1);
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		check_has(
			"pages", scripts[i],
			"/usr/lib/crmatrix/agent --pages 10.78.0.12 9002 5 criu ",
			true);
		check_has("pages", scripts[i], " --page-server --ps-socket 5",
			  true);
		check_has("pages", scripts[i], "--address", false);
		check_syntax("pages", scripts[i]);
		free(scripts[i]);
	}
}
END_TEST

/* criu goes on after the script: with the script's pipes nobody saw its end. */
START_TEST(lazy_pages_outlive_their_scripts)
{
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *dump = script_lazy_dump(&s);
	CLEANUP_FREE char *wait = script_lazy_wait();
	CLEANUP_FREE char *restore = NULL;

	s.migration.mode = MODE_LAZY_PAGES;
	restore = script_restore(&s);
	check_has("dump", dump, " --lazy-pages --address ", true);
	check_has("dump", dump, ">/dev/null 2>&1 3>&- 4>&- &", true);
	check_has("restore", restore, "criu lazy-pages -D $IMAGES", true);
	check_has("restore", restore, ">/dev/null 2>&1 3>&- 4>&- &", true);
	check_has("restore", restore, " --lazy-pages", true);
	ck_assert_uint_lt(place(restore, "/ready ] ||"),
			  place(restore, "criu restore"));
	check_syntax("dump", dump);
	check_syntax("restore", restore);
	check_syntax("wait", wait);
}
END_TEST

START_TEST(what_is_shared_is_not_sent_but_written_out)
{
	char *words[] = { hostile };
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *send = NULL;
	CLEANUP_FREE char *receive = NULL;
	CLEANUP_FREE char *export = script_share_export();
	CLEANUP_FREE char *mount = script_share_mount();

	s.migration.transport = TRANSPORT_SHARED;
	s.workload.state = (struct str_list){ words, 1 };
	send = script_send(&s);
	receive = script_receive(&s);
	check_has("send", send, "\n/run/images/rounds\n/srv/workload/a b",
		  true);
	check_has("send", send, "\n/run/images\n", false);
	check_has("receive", receive, "--empty", false);
	ck_assert_uint_lt(place(send, "--sync\n/run/workload\n\n"),
			  place(send, "--send\n"));
	check_syntax("export", export);
	check_syntax("mount", mount);
}
END_TEST

/* Both ends of each way that pages take, and no other. */
START_TEST(tls_is_spoken_wherever_pages_travel)
{
	static char dir[] = "/run/a tls";
	struct scenario s = service(TAKEOVER_GUARDED);
	char *scripts[4];

	s.migration.tls = dir;
	s.migration.transport = TRANSPORT_PAGE_SERVER;
	scripts[0] = script_dump(&s, 0);
	scripts[1] = script_page_server(&s, 0, 0);
	s.migration.transport = TRANSPORT_STREAM;
	s.migration.mode = MODE_LAZY_PAGES;
	scripts[2] = script_lazy_dump(&s);
	scripts[3] = script_restore(&s);
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		check_has("pages", scripts[i],
			  " --tls --tls-cacert '/run/a tls'/cacert.pem ", true);
		check_syntax("pages", scripts[i]);
		free(scripts[i]);
	}
	s.migration.mode = MODE_STOP_COPY;
	scripts[0] = script_restore(&s);
	check_has("restore", scripts[0], "--tls", false);
	free(scripts[0]);
}
END_TEST

/* With the address at hand and no socket for it a RST would go out. */
START_TEST(a_kept_original_finds_its_connection_as_it_was)
{
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *killed = script_dump(&s, 0);
	CLEANUP_FREE char *stopped = NULL;
	CLEANUP_FREE char *restore = NULL;
	CLEANUP_FREE char *back = NULL;
	CLEANUP_FREE char *go_on = NULL;

	s.migration.original = ORIGINAL_STOPPED;
	stopped = script_dump(&s, 0);
	restore = script_restore(&s);
	back = script_give_back(&s);
	go_on = script_original_continue(&s);
	check_has("killed", killed, " --leave-stopped", false);
	check_has("stopped", stopped, " --leave-stopped", true);
	check_has("restore", restore, "[ $code != 0 ] || " LIFT, true);
	check_has("back", back, GIVE_ADDRESS, true);
	ck_assert_uint_lt(place(go_on, TAKE_ADDRESS),
			  place(go_on, "--original continue $WORKLOAD_PID"));
	ck_assert_uint_lt(place(go_on, "! --mark 0xc114"),
			  place(go_on, "--original continue $WORKLOAD_PID"));
	check_syntax("restore", restore);
	check_syntax("continue", go_on);
}
END_TEST

/* A daemon, or what is alone in a PID namespace, is not what was started. */
START_TEST(another_pid_can_be_asked_for)
{
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *start = NULL;

	s.workload.pid = hostile;
	start = script_start(&s, ROLE_SOURCE);
	ck_assert_uint_lt(place(start, "until (eval 'test -s state')"),
			  place(start, "pid=$($IN_NET sh -c "));
	check_syntax("start", start);
}
END_TEST

/* Started anew on the target, it must not be taken for ready by what it said on the
 * source, nor be reached before it is. */
START_TEST(what_is_started_anew_is_reached_when_it_is_ready)
{
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *source = script_start(&s, ROLE_SOURCE);
	CLEANUP_FREE char *target = script_start(&s, ROLE_TARGET);

	ck_assert_uint_lt(place(target, ": >$STATE/log\n"),
			  place(target, "--session"));
	ck_assert_uint_lt(place(target, "until (eval "),
			  place(target, " --lift $SERVICE"));
	ck_assert_ptr_null(strstr(source, "--lift"));
	check_syntax("start anew", target);
}
END_TEST

START_TEST(what_is_started_anew_finds_the_network_of_what_receives)
{
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *receive = NULL;
	CLEANUP_FREE char *target = NULL;

	s.workload.network = NET_OWN;
	receive = script_receive(&s);
	target = script_start(&s, ROLE_TARGET);
	ck_assert_has(receive, "ip netns add");
	ck_assert_ptr_null(strstr(target, "ip netns add"));
}
END_TEST

START_TEST(another_program_can_run_the_restore)
{
	char *words[] = { hostile, command };
	struct scenario s = service(TAKEOVER_GUARDED);
	CLEANUP_FREE char *word = str_shell_quote(hostile);
	CLEANUP_FREE char *second = str_shell_quote(command);
	CLEANUP_FREE char *all = xasprintf("%s %s criu restore", word, second);
	CLEANUP_FREE char *restore = NULL;

	s.migration.restore_by = (struct str_list){ words, 2 };
	restore = script_restore(&s);
	ck_assert_has(restore, all);
	check_syntax("restore", restore);
}
END_TEST

START_TEST(all_are_read_by_a_shell)
{
	struct scenario s = service(TAKEOVER_GUARDED);
	char *const scripts[] = { script_env(&s, 1),
				  script_place(&s),
				  script_unpack(),
				  script_start(&s, 0),
				  script_unpack_images(&s),
				  script_pack(&s),
				  script_dump(&s, 0),
				  script_restore(&s),
				  script_commands_collect(&s),
				  script_ask(&s, "a probe"),
				  script_original_kill(),
				  script_kill() };

	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		check_syntax("script", scripts[i]);
		free(scripts[i]);
	}
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/script");
	TCase *texts = tcase_create("texts");
	TCase *runs = tcase_create("runs");

	tcase_add_loop_test(texts, the_address_moves_as_the_scenario_says, 0,
			    ARRAY_SIZE(takeovers));
	tcase_add_test(texts, the_guard_is_of_the_services_family);
	tcase_add_test(
		texts,
		the_guard_stands_before_the_address_and_until_the_restore);
	tcase_add_test(texts, the_source_gives_the_address_up_before_it_sends);
	tcase_add_test(texts, marks_stand_around_what_they_time);
	tcase_add_test(texts, a_command_is_one_word);
	tcase_add_test(texts, readiness_that_is_the_probe_is_its_answer);
	tcase_add_test(texts, paths_of_state_are_words);
	tcase_add_test(texts, the_environment_says_where_the_service_is);
	tcase_add_loop_test(texts, only_a_network_of_its_own_makes_a_namespace,
			    0, ARRAY_SIZE(own_parts));
	tcase_add_test(texts, a_namespace_that_criu_makes_is_left_to_it);
	tcase_add_test(texts, the_address_is_taken_in_the_workloads_network);
	tcase_add_test(texts, each_dump_is_told_of_the_one_before);
	tcase_add_test(texts, a_page_server_has_the_place_of_each_dump);
	tcase_add_test(texts, a_connection_without_a_cork_is_ours);
	tcase_add_test(texts, lazy_pages_outlive_their_scripts);
	tcase_add_test(texts, what_is_shared_is_not_sent_but_written_out);
	tcase_add_test(texts, tls_is_spoken_wherever_pages_travel);
	tcase_add_test(texts, a_kept_original_finds_its_connection_as_it_was);
	tcase_add_test(texts,
		       a_start_waits_for_readiness_only_if_it_is_asked_for);
	tcase_add_test(texts, another_pid_can_be_asked_for);
	tcase_add_test(texts, what_is_started_anew_is_reached_when_it_is_ready);
	tcase_add_test(texts,
		       what_is_started_anew_finds_the_network_of_what_receives);
	tcase_add_test(texts, another_program_can_run_the_restore);
	tcase_add_test(texts, all_are_read_by_a_shell);
	suite_add_tcase(suite, texts);
	tcase_add_checked_fixture(runs, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(runs, a_script_ends_with_the_status_of_criu);
	tcase_add_test(runs, what_has_ended_is_not_dumped);
	tcase_add_test(runs, options_of_criu_are_words_and_nothing_else);
	suite_add_tcase(suite, runs);
	return suite;
}
