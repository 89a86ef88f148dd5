// SPDX-License-Identifier: Apache-2.0
/* test_predict.c - each rule by facts that it is about, and by ones that look alike */
#include "compat/predict.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/testing.h"

/**
 * struct rule_case - Facts that differ from two alike machines, as "key=value"
 * lines, and what is said of them
 * @workload:	NULL: nothing is known of it
 * @mode:	Of the rule; NULL: @silent does not apply
 */
struct rule_case {
	const char *name;
	const char *source, *target, *workload;
	const char *mode;
	enum foretold says;
	enum phase phase;
	const char *silent;
};

static const char usual[] =
	"kernel=6.1.0-40\nkernel_version=6.1.192\narch="
	"x86_64\ncriu=3.17.1\nglibc=2.36\ncpu_model=Haswell\n"
	"cpu_flags=avx avx2 fpu sse2 xsave\nxsave_bytes=832\n"
	"memory_kib=500000\ncgroup=cgroup2fs\nlsm=capability\n"
	"sysctl.kernel.pid_max=32768\n"
	"sysctl.kernel.cap_last_cap=40\n"
	"sysctl.net.ipv4.tcp_timestamps=1\n";

static const struct rule_case cases[] = {
	{ .name = "two machines alike", .says = FORETOLD_PASS },
	{ "another architecture", "", "arch=aarch64\n", NULL, "architecture",
	  FORETOLD_FAIL, PHASE_RESTORE, NULL },
	{ "no CRIU on the source", "criu=\n", "", NULL, "criu-missing",
	  FORETOLD_FAIL, PHASE_DUMP, NULL },
	{ "no CRIU on the target", "", "criu=\n", NULL, "criu-missing",
	  FORETOLD_FAIL, PHASE_RESTORE, NULL },
	{ "an old CRIU dumps on a new kernel", "kernel_version=6.13\n", "",
	  NULL, "vdso-layout", FORETOLD_FAIL, PHASE_DUMP, NULL },
	{ "an old CRIU on the last kernel that it knows",
	  "kernel_version=6.12.99\n", "", NULL, NULL, FORETOLD_PASS, 0,
	  "vdso-layout" },
	{ "an old CRIU restores on a new kernel", "criu=4.1.1\n",
	  "kernel_version=6.13\n", NULL, "vdso-layout", FORETOLD_FAIL,
	  PHASE_RESTORE, NULL },
	{ "rseq before kernels told where", "kernel_version=5.10.1\n",
	  "kernel_version=5.10.1\n", NULL, "rseq-not-dumpable", FORETOLD_FAIL,
	  PHASE_DUMP, NULL },
	{ "glibc without rseq on the same kernel",
	  "kernel_version=5.10.1\nglibc=2.31\n",
	  "kernel_version=5.10.1\nglibc=2.31\n", NULL, NULL, FORETOLD_PASS, 0,
	  "rseq-not-dumpable" },
	{ "rseq of another size", "glibc=2.41\n", "glibc=2.41\n", NULL,
	  "rseq-size", FORETOLD_RISK, PHASE_RESTORE, NULL },
	{ "rseq of another size, and a CRIU that asks",
	  "glibc=2.41\ncriu=4.1\n", "glibc=2.41\ncriu=4.1\n", NULL, NULL,
	  FORETOLD_PASS, 0, "rseq-size" },
	{ "an xsave area larger than CRIU's buffer", "xsave_bytes=11008\n", "",
	  NULL, "xsave-too-large", FORETOLD_FAIL, PHASE_DUMP, NULL },
	{ "no xsave on the target", "", "xsave_bytes=0\n", NULL,
	  "xsave-missing", FORETOLD_FAIL, PHASE_RESTORE, NULL },
	{ "no xsave on the source", "xsave_bytes=0\n", "", NULL, NULL,
	  FORETOLD_PASS, 0, "xsave-missing" },
	{ "instructions that the target lacks", "",
	  "cpu_flags=avx fpu sse2 xsave\n", NULL, "instruction-missing",
	  FORETOLD_RISK, PHASE_RESUME, NULL },
	{ "instructions that the source lacks",
	  "cpu_flags=avx fpu sse2 xsave\n", "", NULL, NULL, FORETOLD_PASS, 0,
	  "instruction-missing" },
	{ "flags that kernels make up",
	  "cpu_flags=avx avx2 cpuid fpu rep_good sse2 xsave\n", "", NULL, NULL,
	  FORETOLD_PASS, 0, "instruction-missing" },
	{ "images of 4.2 for an older CRIU", "criu=4.2\n", "criu=4.1.1\n", NULL,
	  "image-newer-than-criu", FORETOLD_FAIL, PHASE_RESUME, NULL },
	{ "images of an older CRIU for 4.2", "criu=4.1.1\n", "criu=4.2\n", NULL,
	  NULL, FORETOLD_PASS, 0, "image-newer-than-criu" },
	{ "cgroups of the other version", "", "cgroup=tmpfs\n", NULL,
	  "cgroup-differs", FORETOLD_RISK, PHASE_RESTORE, NULL },
	{ "SELinux on the source alone", "lsm=capability,selinux\n", "", NULL,
	  "lsm-label", FORETOLD_RISK, PHASE_RESTORE, NULL },
	{ "more capabilities on the source", "sysctl.kernel.cap_last_cap=41\n",
	  "", NULL, "capabilities", FORETOLD_RISK, PHASE_RESTORE, NULL },

	{ "internet sockets, and options for unix sockets",
	  "criu=4.1.1\nkernel_version=7.2\n",
	  "criu=4.1.1\nkernel_version=7.2\n", "inet_sockets=3\n",
	  "socket-options", FORETOLD_FAIL, PHASE_DUMP, NULL },
	{ "the same, and nobody knows whether there are sockets",
	  "criu=4.1.1\nkernel_version=7.2\n",
	  "criu=4.1.1\nkernel_version=7.2\n", NULL, "socket-options",
	  FORETOLD_RISK, PHASE_DUMP, NULL },
	{ "the same without sockets", "criu=4.1.1\nkernel_version=7.2\n",
	  "criu=4.1.1\nkernel_version=7.2\n", "inet_sockets=0\n", NULL,
	  FORETOLD_PASS, 0, "socket-options" },
	{ "sockets with SO_BUF_LOCK for a kernel without", "",
	  "kernel_version=5.10.1\n", "inet_sockets=1\n", "socket-buf-lock",
	  FORETOLD_FAIL, PHASE_RESTORE, NULL },
	{ "programs of a system with another glibc", "", "glibc=2.41\n",
	  "system_files=yes\n", "file-differs", FORETOLD_FAIL, PHASE_RESTORE,
	  NULL },
	{ "programs of its own there", "", "glibc=2.41\n", "system_files=no\n",
	  NULL, FORETOLD_PASS, 0, "file-differs" },
	{ "timestamps whose unit may change", "",
	  "criu=4.1.1\nkernel_version=6.12\n",
	  "tcp_established=1\ndump_options=tcp-established\n"
	  "restore_options=tcp-established\n",
	  "timestamp-unit", FORETOLD_RISK, PHASE_RESUME, NULL },
	{ "connections without timestamps",
	  "sysctl.net.ipv4.tcp_timestamps=0\n",
	  "criu=4.1.1\nkernel_version=6.12\n",
	  "tcp_established=1\ndump_options=tcp-established\n"
	  "restore_options=tcp-established\n",
	  NULL, FORETOLD_PASS, 0, "timestamp-unit" },
	{ "established TCP, and a dump that was not told", "", "",
	  "tcp_established=2\ndump_options=shell-job\n", "tcp-established",
	  FORETOLD_FAIL, PHASE_DUMP, NULL },
	{ "established TCP that is to be closed", "", "",
	  "tcp_established=2\ndump_options=tcp-close\n", NULL, FORETOLD_PASS, 0,
	  "tcp-established" },
	{ "established TCP, and a restore that was not told", "", "",
	  "tcp_established=2\ndump_options=tcp-established\n"
	  "restore_options=\n",
	  "tcp-established", FORETOLD_FAIL, PHASE_RESTORE, NULL },
	{ "a connection that nobody accepted", "", "",
	  "in_flight=1\ndump_options=tcp-established\n", "in-flight-connection",
	  FORETOLD_FAIL, PHASE_DUMP, NULL },
	{ "one that is left behind", "", "",
	  "in_flight=1\ndump_options=skip-in-flight\n", "in-flight-skipped",
	  FORETOLD_FAIL, PHASE_RESUME, NULL },
	{ "an address without sockets", "", "",
	  "takeover=unguarded\ntcp_established=1\n"
	  "dump_options=tcp-established\nrestore_options=tcp-established\n",
	  "rst-unlocked", FORETOLD_FAIL, PHASE_RESUME, NULL },
	{ "sockets without their address", "", "",
	  "takeover=never\ninet_sockets=1\n", "address-missing", FORETOLD_FAIL,
	  PHASE_RESTORE, NULL },
	{ "a restart", "", "", "migration=restart\n", "restarted-not-restored",
	  FORETOLD_FAIL, PHASE_RESUME, NULL },
	{ "a terminal", "", "", "tty=yes\ndump_options=\n", "shell-job",
	  FORETOLD_FAIL, PHASE_DUMP, NULL },
	{ "a terminal, and nobody knows how it is dumped", "", "", "tty=yes\n",
	  "shell-job", FORETOLD_RISK, PHASE_DUMP, NULL },
	{ "no terminal, and nobody knows how it is dumped", "", "", "tty=no\n",
	  NULL, FORETOLD_PASS, 0, "shell-job" },
	{ "nothing known of a terminal", "", "", NULL, NULL, FORETOLD_PASS, 0,
	  "shell-job" },
	{ "a file that criu has no image for", "", "",
	  "odd_files=1\nodd_file_names=/dev/kvm\n", "file-kind", FORETOLD_FAIL,
	  PHASE_DUMP, NULL },
	{ "an io_uring is a mode of its own", "", "",
	  "odd_files=1\nodd_file_names=anon_inode:[io_uring]\n", NULL,
	  FORETOLD_PASS, 0, "file-kind" },
	{ "an io_uring", "", "",
	  "odd_files=1\nodd_file_names=anon_inode:[io_uring]\n", "io-uring",
	  FORETOLD_FAIL, PHASE_DUMP, NULL },
	{ "a socket of MPTCP", "", "",
	  "other_sockets=1\nother_protocols=MPTCP\n", "mptcp", FORETOLD_FAIL,
	  PHASE_DUMP, NULL },
	{ "a socket of the kernel's cryptography", "", "",
	  "other_sockets=1\nother_protocols=ALG\n", "socket-family",
	  FORETOLD_FAIL, PHASE_DUMP, NULL },
	{ "a file with another name", "", "", "linked_files=1\ndump_options=\n",
	  "link-remap", FORETOLD_FAIL, PHASE_DUMP, NULL },
	{ "a file with another name, and a dump that links it", "", "",
	  "linked_files=1\ndump_options=link-remap\n", NULL, FORETOLD_PASS, 0,
	  "link-remap" },
	{ "a large file without a name", "", "",
	  "ghost_bytes=2000000\ndump_options=\n", "ghost-too-large",
	  FORETOLD_FAIL, PHASE_DUMP, NULL },
	{ "a small one", "", "", "ghost_bytes=4096\ndump_options=\n", NULL,
	  FORETOLD_PASS, 0, "ghost-too-large" },
	{ "shared memory of the host's", "", "",
	  "sysv_shm=yes\nnamespace.ipc=host\n", "sysv-shm", FORETOLD_FAIL,
	  PHASE_DUMP, NULL },
	{ "shared memory of its own namespace", "", "",
	  "sysv_shm=yes\nnamespace.ipc=own\n", NULL, FORETOLD_PASS, 0,
	  "sysv-shm" },
	{ "threads without their first", "", "", "leaderless=yes\n",
	  "leaderless-threads", FORETOLD_FAIL, PHASE_DUMP, NULL },
	{ "a debugger", "", "", "traced=yes\n", "traced", FORETOLD_FAIL,
	  PHASE_DUMP, NULL },
	{ "probes of a tracer", "", "", "uprobes=yes\ndump_options=\n",
	  "uprobes", FORETOLD_FAIL, PHASE_DUMP, NULL },
	{ "threads with guard pages",
	  "glibc=2.42\ncriu=4.1.1\nkernel_version=6.14\n",
	  "glibc=2.42\ncriu=4.1.1\nkernel_version=6.14\n", "threads=4\n",
	  "guard-pages", FORETOLD_FAIL, PHASE_DUMP, NULL },
	{ "one thread there", "glibc=2.42\ncriu=4.1.1\nkernel_version=6.14\n",
	  "glibc=2.42\ncriu=4.1.1\nkernel_version=6.14\n", "threads=1\n", NULL,
	  FORETOLD_PASS, 0, "guard-pages" },
	{ "timers with ids of their own", "criu=4.1.1\n",
	  "criu=4.1.1\nkernel_version=6.15\n", "posix_timers=1\n", "timer-ids",
	  FORETOLD_RISK, PHASE_RESTORE, NULL },
	{ "a pid that the target does not give", "", "", "max_pid=40000\n",
	  "pid-taken", FORETOLD_FAIL, PHASE_RESTORE, NULL },
	{ "more memory than the target has", "", "", "rss_kib=600000\n",
	  "memory-full", FORETOLD_FAIL, PHASE_RESTORE, NULL },
};

/* @usual with the lines of @other instead of its own. */
static void facts_of(const char *base, const char *other, struct facts *facts)
{
	struct facts changed = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(facts_parse(base, strlen(base), facts, &err), &err);
	if (!other)
		return;
	ck_assert_ok(facts_parse(other, strlen(other), &changed, &err), &err);
	for (size_t i = 0; i < changed.map.n; i++)
		for (size_t k = 0; k < facts->map.n; k++)
			if (str_eq(facts->map.v[k].key, changed.map.v[i].key)) {
				free(facts->map.v[k].value);
				facts->map.v[k].value =
					xstrdup(changed.map.v[i].value);
			}
	facts_release(&changed);
}

struct bench {
	struct facts source, target, workload;
	struct prediction prediction;
};

static void bench_release(struct bench *b)
{
	facts_release(&b->source);
	facts_release(&b->target);
	facts_release(&b->workload);
	prediction_release(&b->prediction);
}

static void ask(const struct rule_case *c, struct bench *b)
{
	struct predict_pair pair = { "old", "new", &b->source, &b->target,
				     &b->workload };

	*b = (struct bench){ 0 };
	facts_of(usual, c->source, &b->source);
	facts_of(usual, c->target, &b->target);
	facts_of(c->workload ? c->workload : "", NULL, &b->workload);
	predict(&pair, &b->prediction);
}

static const struct foresight *find(const struct prediction *p,
				    const char *mode, enum phase phase)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->v[i].mode, mode) && p->v[i].phase == (int)phase)
			return &p->v[i];
	return NULL;
}

START_TEST(a_rule_applies_to_what_it_is_about)
{
	const struct rule_case *c = &cases[_i];
	CLEANUP(bench_release) struct bench b;
	const struct foresight *f;

	ask(c, &b);
	for (size_t i = 0; !c->mode && i < b.prediction.n; i++)
		ck_assert_msg(!str_eq(b.prediction.v[i].mode, c->silent),
			      "%s: %s", c->name, c->silent);
	if (!c->mode)
		return;
	f = find(&b.prediction, c->mode, c->phase);
	ck_assert_msg(f != NULL, "%s: '%s' is not among %zu", c->name, c->mode,
		      b.prediction.n);
	ck_assert_msg(f->says == (int)c->says, "%s: %s", c->name,
		      foretold_names[f->says]);
	ck_assert_msg(f->fact && f->source, "%s: no fact", c->name);
	ck_assert_msg(!strchr(f->sentence, '{') &&
			      !strstr(f->sentence, "unknown"),
		      "%s: %s", c->name, f->sentence);
}
END_TEST

static bool has_case(const struct predict_rule *rule)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (cases[i].mode && str_eq(cases[i].mode, rule->mode) &&
		    cases[i].phase == rule->phase)
			return true;
	return false;
}

START_TEST(every_rule_has_a_case)
{
	const struct predict_rules *const *chapter = predict_chapters;

	for (; *chapter; chapter++)
		for (size_t i = 0; i < (*chapter)->n; i++)
			ck_assert_msg(has_case(&(*chapter)->v[i]),
				      "no case for '%s'",
				      (*chapter)->v[i].mode);
}
END_TEST

START_TEST(the_worst_is_told_first)
{
	static const struct rule_case both = {
		.source = "glibc=2.41\nxsave_bytes=11008\n",
		.target = "glibc=2.41\n",
	};
	CLEANUP(bench_release) struct bench b;

	ask(&both, &b);
	ck_assert_int_eq(b.prediction.says, FORETOLD_FAIL);
	ck_assert_uint_ge(b.prediction.n, 2);
	ck_assert_str_eq(b.prediction.v[0].mode, "xsave-too-large");
	ck_assert_str_eq(b.prediction.v[0].fact, "xsave_bytes");
	ck_assert_str_eq(b.prediction.v[0].source, "11008");
	ck_assert_str_eq(b.prediction.v[0].target, "832");
	ck_assert_int_eq(b.prediction.v[b.prediction.n - 1].says,
			 FORETOLD_RISK);
}
END_TEST

START_TEST(what_is_not_known_of_a_machine_is_no_alarm)
{
	struct facts little = { 0 };
	struct facts none = { 0 };
	struct err err = ERR_INIT;
	struct predict_pair pair = { "a", "b", &little, &little, &none };
	CLEANUP(prediction_release) struct prediction p;

	ck_assert_ok(facts_parse("criu=3.17.1", 11, &little, &err), &err);
	predict(&pair, &p);
	ck_assert_int_eq(p.says, FORETOLD_PASS);
	facts_release(&little);
}
END_TEST

START_TEST(a_scenario_tells_of_its_workload)
{
	struct scenario s = { .name = (char[]){ "x" } };
	CLEANUP(facts_release) struct facts facts = { 0 };

	s.workload.command = (char[]){ "exec ./conns" };
	str_list_add(&s.workload.files, "conns");
	s.workload.port = 7000;
	s.peer.kind = PEER_TCP_CONNECTIONS;
	s.peer.connections = 3;
	str_list_add(&s.peer.roles, "talk");
	str_list_add(&s.peer.roles, "queued");
	str_list_add(&s.migration.dump, "--tcp-established");
	predict_scenario(&s, &facts);
	ck_assert_str_eq(facts_get(&facts, "inet_sockets"), "1");
	ck_assert_str_eq(facts_get(&facts, "system_files"), "no");
	ck_assert_str_eq(facts_get(&facts, "tcp_established"), "3");
	ck_assert_str_eq(facts_get(&facts, "in_flight"), "1");
	ck_assert_str_eq(facts_get(&facts, "dump_options"), "tcp-established");
	ck_assert_str_eq(facts_get(&facts, "restore_options"), "");
	ck_assert_str_eq(facts_get(&facts, "takeover"), "guarded");
	facts_release(&facts);
	s.peer.kind = PEER_COMMAND;
	predict_scenario(&s, &facts);
	ck_assert_str_eq(facts_get(&facts, "tcp_established"), "3");
	str_list_release(&s.workload.files);
	str_list_release(&s.peer.roles);
	str_list_release(&s.migration.dump);
}
END_TEST

START_TEST(a_machine_that_said_nothing_is_not_predicted)
{
	struct scenario s = { .workload.command = (char[]){ "sleep 1" } };
	struct facts none = { 0 };
	struct predict_pair pair = { "a", "b", &none, &none, NULL };

	ck_assert_ptr_null(predict_cell(&s, &pair));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/predict");
	TCase *tcase = tcase_create("rules");

	tcase_add_loop_test(tcase, a_rule_applies_to_what_it_is_about, 0,
			    (int)ARRAY_SIZE(cases));
	tcase_add_test(tcase, every_rule_has_a_case);
	tcase_add_test(tcase, the_worst_is_told_first);
	tcase_add_test(tcase, what_is_not_known_of_a_machine_is_no_alarm);
	tcase_add_test(tcase, a_scenario_tells_of_its_workload);
	tcase_add_test(tcase, a_machine_that_said_nothing_is_not_predicted);
	suite_add_tcase(suite, tcase);
	return suite;
}
