// SPDX-License-Identifier: Apache-2.0
/* test_catalogue.c - each rule: a line that fits, and a look-alike that doesn't */
#include <string.h>

#include "base/mem.h"
#include "compat/diagnosis.h"
#include "tests/lib/judged.h"
#include "tests/lib/testing.h"

/** struct fact_row - "source.criu" and its value; NULL: as in judged.h */
struct fact_row {
	const char *key;
	const char *value;
};

/**
 * struct mode_case - A line as it stands in a log, and what it means
 * @line:	Without stamp and place where it is CRIU's
 * @title:	Part of the title
 * @unlike:	A line like it that means something else
 * @facts:	Of the pair
 */
struct mode_case {
	const char *mode;
	enum clue_kind kind;
	enum phase phase;
	const char *line;
	const char *title;
	const char *unlike;
	struct fact_row facts[2];
};

#define NO_FACTS          \
	{                 \
		{         \
			0 \
		}         \
	}

#define DUMP CLUE_CRIU, PHASE_DUMP
#define RESTORE CLUE_CRIU, PHASE_RESTORE
#define CONSOLE CLUE_KERNEL, PHASE_RESUME
#define SYMPTOM CLUE_SYMPTOM, PHASE_RESUME
#define DUMP_OUTPUT CLUE_OUTPUT, PHASE_DUMP

static const struct mode_case cases[] = {
	{ "vdso-layout", DUMP, "vdso: Unexpected rt vDSO area bounds",
	  "CRIU 3.17.1 on 'old'", "vdso: Unexpected rt vDSO area", NO_FACTS },
	{ "vdso-layout", RESTORE, "vdso: Failed to fill self vdso symtable",
	  "CRIU 4.1.1 on 'new'", "vdso: Failed to fill vdso symtable",
	  NO_FACTS },
	{ "vdso-missing", RESTORE, "Task had vdso, restorer doesn't",
	  "kernel 6.12.48-cloud-amd64 on 'new' provides none",
	  "Task had vvar, restorer doesn't", NO_FACTS },
	{ "rseq-not-dumpable", DUMP,
	  "1234 has rseq but kernel lacks get_rseq_conf feature",
	  "glibc 2.36 registered", "1234 has rseq", NO_FACTS },
	{ "rseq-missing", RESTORE,
	  "rseq: can't restore as kernel doesn't support it", "has no rseq",
	  "rseq: can't restore rseq state", NO_FACTS },
	{ "image-newer-than-criu",
	  RESTORE,
	  "vdso: ELF header magic mismatch",
	  "the vDSO in them",
	  "vdso: ELF header magic",
	  { { "source.criu", "4.2.1" }, { "target.criu", "4.1.1" } } },
	{ "image-newer-than-criu",
	  RESTORE,
	  "42 killed by signal 11: Segmentation fault",
	  "dies of it",
	  "42 killed by signal 9: Killed",
	  { { "source.criu", "4.2" }, { "target.criu", "3.17.1" } } },
	{ "rseq-size",
	  RESTORE,
	  "42 killed by signal 11: Segmentation fault",
	  "smaller rseq area",
	  "42 stopped by signal 11: Segmentation fault",
	  { { "source.glibc", "2.41" }, { "target.criu", "3.19" } } },
	{ "guard-pages",
	  DUMP,
	  "Can't splice pages to pipe (-14/2/3)",
	  "cannot read guard pages",
	  "Can't splice pages to pipe (-12/2/3)",
	  { { "source.kernel_version", "6.13.1" } } },
	{ "guard-pages", RESTORE,
	  "madvise(7f00, 4096, MADV_GUARD_INSTALL) failed with -22",
	  "does not have", "madvise(7f00, 4096, MADV_FREE) failed with -22",
	  NO_FACTS },
	{ "timer-ids",
	  RESTORE,
	  "Can't create posix timer - 2",
	  "ids back",
	  "Can't delete posix timer - 2",
	  { { "target.kernel_version", "6.15" } } },
	{ "mount-propagation", RESTORE,
	  "mnt-v2: Failed to make mount 81 slave: Invalid argument",
	  "mount propagation",
	  "mnt-v2: Failed to make mount 81 slave: Permission denied",
	  NO_FACTS },
	{ "socket-options", DUMP,
	  "sockets: Can't get 1:16 opt: Operation not supported", "SO_PASSCRED",
	  "sockets: Can't get 1:16 opt: Bad file descriptor", NO_FACTS },
	{ "soft-dirty-missing", DUMP, "Tracking memory is not available",
	  "changed memory", "Tracking memory", NO_FACTS },
	{ "sock-diag-missing", DUMP, "sockets: Diag module missing (-2)",
	  "socket diagnosis module", "sockets: Diag module (-2)", NO_FACTS },
	{ "capabilities", RESTORE,
	  "Kernel reports more capabilities than this CRIU supports: 41 > 40",
	  "does not know", "Kernel reports more capabilities", NO_FACTS },
	{ "mm-map-refused", RESTORE,
	  "sys_prctl(PR_SET_MM, PR_SET_MM_MAP) failed with -1", "(error -1)",
	  "sys_prctl(PR_SET_MM, PR_SET_MM_EXE_FILE) failed with -1", NO_FACTS },
	{ "xsave-missing", RESTORE,
	  "x86: FPU xsave area present, but host cpu doesn't support it",
	  "has no xsave", "x86: FPU is about to restore ignoring xsave state!",
	  NO_FACTS },
	{ "xsave-frame", RESTORE,
	  "x86: Corruption in XFEATURE_YMM area (expected 64 but 0 obtained)",
	  "lacks bytes of XFEATURE_YMM", "x86: Corruption in fpu area",
	  NO_FACTS },
	{ "xsave-too-large", RESTORE,
	  "Can't set FPU registers for 42: Bad address", "larger than CRIU",
	  "Can't set FPU registers for 42: No such process", NO_FACTS },
	{ "cpu-fpu", RESTORE, "cpu: CPU xsave size mismatch (832/2696)",
	  "the FPU of 'new'", "cpu: CPU xsave size (832/2696)", NO_FACTS },
	{ "cpu-instructions", RESTORE,
	  "cpu: CPU instruction capabilities do not match run time",
	  "lacks instructions", "cpu: CPU instruction capabilities match",
	  NO_FACTS },
	{ "architecture", RESTORE, "Core march mismatch 1",
	  "not of one architecture", "Core mtype mismatch 1", NO_FACTS },
	{ "instruction-missing", CONSOLE,
	  "[   12.5] traps: app[42] trap invalid opcode ip:7f sp:7f error:0",
	  "app ran into an instruction",
	  "[   12.5] traps: app[42] trap int3 ip:7f sp:7f error:0", NO_FACTS },
	{ "pid-taken", RESTORE, "Can't fork for 4242: File exists",
	  "pid 4242 of the workload", "Can't fork for 4242: Permission denied",
	  NO_FACTS },
	{ "pid-taken", RESTORE, "Unable to create a thread: -17",
	  "id of a thread", "Unable to create a thread: -11", NO_FACTS },
	{ "file-differs", RESTORE,
	  "File lib/libc.so.6 has bad size 2000 (expect 1900)",
	  "lib/libc.so.6 has 2000 bytes", "File lib/libc.so.6 has bad size",
	  NO_FACTS },
	{ "file-differs", RESTORE, "File lib/libc.so.6 has bad build-ID",
	  "another build", "File lib/libc.so.6 has no build-ID", NO_FACTS },
	{ "file-mode-differs", RESTORE,
	  "File tmp/x has bad mode 0100600 (expect 0100644)",
	  "mode 0100600 on 'new' and had 0100644", "File tmp/x has bad mode",
	  NO_FACTS },
	{ "file-missing", RESTORE,
	  "Can't open file tmp/x on restore: No such file or directory",
	  "tmp/x, which", "Can't open file tmp/x on restore: Is a directory",
	  NO_FACTS },
	{ "link-remap", DUMP,
	  "Can't create link remap for /d/f. Use --link-remap option.",
	  "/d/f was removed", "Can't create link remap for /d/f.", NO_FACTS },
	{ "file-kind", DUMP,
	  "Can't dump file 7 of that type [20666] (chr 10:232 /dev/kvm)",
	  "(chr 10:232 /dev/kvm)", "Can't dump file 7", NO_FACTS },
	{ "shell-job", DUMP,
	  "The root process 42 is not a session leader. Consider using "
	  "--shell-job option",
	  "belongs to a terminal", "The root process 42 is a zombie",
	  NO_FACTS },
	{ "shell-job", DUMP_OUTPUT,
	  "Task attached to shell terminal. Consider using --shell-job "
	  "option.",
	  "belongs to a terminal", "Task attached", NO_FACTS },
	{ "tcp-established", DUMP,
	  "inet: Connected TCP socket, consider using --tcp-established "
	  "option.",
	  "not told to take it along", "inet: Connected UDP socket", NO_FACTS },
	{ "tcp-established", RESTORE, "inet: Connected TCP socket in image",
	  "the image from 'old'", "inet: Listening TCP socket in image",
	  NO_FACTS },
	{ "tcp-close", RESTORE, "Need to set the --tcp-close options.",
	  "with --tcp-close", "Need to set the --ext options.", NO_FACTS },
	{ "in-flight-connection", DUMP,
	  "inet: In-flight connection (l) for 3af1", "not yet accepted",
	  "unix: In-flight connection on 3af1", NO_FACTS },
	{ "mptcp", DUMP, "inet: Unsupported proto 262 for socket 3af1",
	  "uses MPTCP", "inet: Supported proto 262 for socket 3af1", NO_FACTS },
	{ "socket-protocol", DUMP, "inet: Unsupported proto 132 for socket 3a",
	  "protocol 132", "inet: Unsupported proto", NO_FACTS },
	{ "tcp-state", DUMP, "inet: Unknown inet socket 3af1 state 3",
	  "state (3)", "inet: Unknown inet socket 3af1", NO_FACTS },
	{ "network-lock", DUMP,
	  "net: Locking network failed: iptables-restore returned 1. This "
	  "may be connected to disabled CONFIG_NETFILTER_XT_MARK",
	  "could not lock", "net: Locking network", NO_FACTS },
	{ "address-missing", RESTORE,
	  "Can't bind inet socket back: Cannot assign requested address",
	  "is not there on 'new'",
	  "Can't bind inet socket back: Permission denied", NO_FACTS },
	{ "port-taken", RESTORE,
	  "inet: Can't bind inet socket (id 4): Address already in use",
	  "taken on 'new'", "unix: Can't bind: Address already in use",
	  NO_FACTS },
	{ "route-missing", RESTORE,
	  "Can't connect inet socket back: Network is unreachable", "no route",
	  "Can't connect inet socket back: Invalid argument", NO_FACTS },
	{ "device-missing", RESTORE, "inet: couldn't find ifindex for eth7",
	  "device eth7", "inet: couldn't find eth7", NO_FACTS },
	{ "socket-queue", RESTORE,
	  "Can't restore send queue data (-1), want (0-10:20:30): Cannot "
	  "allocate memory",
	  "queued in a TCP socket", "Can't restore send queue", NO_FACTS },
	{ "socket-queue", RESTORE,
	  "Can't restore 2 queue data (-1), want (10:20:30)",
	  "queued in a TCP socket", "Can't restore 2 queue", NO_FACTS },
	{ "socket-window", RESTORE,
	  "Unable to set window parameters: Invalid argument", "TCP window",
	  "Unable to get window parameters", NO_FACTS },
	{ "unix-path", RESTORE,
	  "unix: Can't bind id 0x9 ino 777 addr /run/app/s.sock: No such file "
	  "or directory",
	  "/run/app/s.sock", "unix: Can't bind id 0x9", NO_FACTS },
	{ "lsm-label", RESTORE, "can't write lsm profile -2", "security label",
	  "can't read lsm profile", NO_FACTS },
	{ "image-version", RESTORE, "Not supported images version 3",
	  "does not read the images", "Supported images version 3", NO_FACTS },
	{ "image-version", RESTORE, "Unknown file type 20", "(type 20)",
	  "Unknown socket type 20", NO_FACTS },
	{ "image-version", RESTORE, "Missing required plugin: amdgpu",
	  "plugin amdgpu", "Missing plugin", NO_FACTS },
	{ "image-missing", RESTORE, "Unexpected EOF on (empty-image)",
	  "did not reach", "Unexpected EOF on pstree.img", NO_FACTS },
	{ "image-damaged", RESTORE, "Magic doesn't match for pstree.img",
	  "is damaged", "Magic matches for pstree.img", NO_FACTS },
	{ "image-damaged", RESTORE, "Unexpected EOF on pstree.img",
	  "is damaged", "Unexpected byte on pstree.img", NO_FACTS },
	{ "disk-full", DUMP, "Can't write img file: No space left on device",
	  "disk of 'old'", "Can't write img file: Input/output error",
	  NO_FACTS },
	{ "disk-full", DUMP_OUTPUT, "sh: write error: No space left on device",
	  "disk of 'old'", "sh: write error: Broken pipe", NO_FACTS },
	{ "memory-full", CONSOLE,
	  "Out of memory: Killed process 42 (redis-server) total-vm:1kB",
	  "killed redis-server", "Out of memory: nothing to kill", NO_FACTS },
	{ "criu-missing", DUMP_OUTPUT, "sh: 1: criu: not found",
	  "'old' has no criu", "sh: 1: crio: not found", NO_FACTS },
	{ "image-newer-than-criu",
	  CONSOLE,
	  "app[42]: segfault at 0 ip 0 sp 0 error 4",
	  "as empty",
	  "app[42]: general protection fault",
	  { { "source.criu", "4.2.1" } } },
	{ "crash-after-restore", CONSOLE,
	  "app[42]: segfault at 0 ip 0 sp 0 error 4", "crashed on 'new'",
	  "app: segfault handler installed", NO_FACTS },
	{ "restarted-not-restored", SYMPTOM, "changed nonce from a b to c",
	  "its nonce was a b and is c", "unsteady nonce from a to b",
	  NO_FACTS },
	{ "probe-unsteady", SYMPTOM, "unsteady nonce from a to b",
	  "without a migration", "changed nonce from a to b", NO_FACTS },
	{ "rst-unlocked", SYMPTOM, "rst target 12", "(frame 12)",
	  "gone target 12", NO_FACTS },
	{ "rst-unlocked", SYMPTOM, "rst source 12",
	  "'old' still had the service's address", "abort source 12",
	  NO_FACTS },
	{ "socket-vanished", SYMPTOM, "gone target 12", "gone soon after",
	  "rst target 12", NO_FACTS },
	{ "connection-aborted", SYMPTOM, "abort target 12", "frame 12",
	  "abort client 12", NO_FACTS },
	{ "died-after-restore", SYMPTOM, "dead 'probe' ended with 1",
	  "'probe' ended with 1", "deadline", NO_FACTS },
	{ "counter-went-back", SYMPTOM, "back count from 40 to 39",
	  "from 40 to 39", "backup count from 40 to 39", NO_FACTS },
	{ "connection-closed", SYMPTOM, "fin target 12",
	  "the target closed the connection (frame 12)", "fine target 12",
	  NO_FACTS },
	{ "connection-replaced", SYMPTOM, "syn again 12", "(frame 12)",
	  "syn 12", NO_FACTS },
	{ "connection-replaced", SYMPTOM, "reconnects 2", "(times: 2)",
	  "reconnects", NO_FACTS },
	{ "stream-damaged", SYMPTOM, "lost 64", "64 bytes", "lost", NO_FACTS },
	{ "stream-damaged", SYMPTOM, "stray 3", "3 segments", "stray",
	  NO_FACTS },
	{ "two-servers", SYMPTOM, "two servers", "went on to answer",
	  "two servers more", NO_FACTS },
	{ "client-reset", SYMPTOM, "rst client 12", "(frame 12)",
	  "rst target 12", NO_FACTS },
	{ "wrong-answers", SYMPTOM, "wrong answer 2 came twice",
	  "answer 2 came twice", "wrongly", NO_FACTS },
	{ "stands-still", SYMPTOM, "still count at 40", "count stays at 40",
	  "still", NO_FACTS },
	{ "target-silent", SYMPTOM, "silent peer", "not heard again", "silent",
	  NO_FACTS },
};

static void set_facts(struct judged *j, const struct mode_case *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(c->facts) && c->facts[i].key; i++) {
		const char *key = strchr(c->facts[i].key, '.') + 1;
		bool source = c->facts[i].key[0] == 's';

		judged_fact(source ? &j->obs.source_facts :
				     &j->obs.target_facts,
			    key, c->facts[i].value);
	}
}

/* The cause of a failure that left this line behind; "" when there is none. */
static void diagnose_line(struct judged *j, const struct mode_case *c,
			  const char *line, struct cause *ret_cause)
{
	CLEANUP_FREE char *log = xasprintf(
		"(00.000100) Version: 4.1.1 (gitid 0)\n"
		"(00.010000)     42: Error (criu/some.c:12): %s\n"
		"(00.020000) Error (criu/cr-restore.c:2320): Restoring "
		"FAILED.\n",
		line);
	CLEANUP(str_list_release) struct str_list symptoms = { 0 };
	struct criu_logs logs = { 0 };

	if (c->kind == CLUE_CRIU)
		logs.dump = logs.restore = log;
	if (c->kind == CLUE_KERNEL)
		logs.target_kernel = line;
	if (c->kind == CLUE_SYMPTOM)
		str_list_add(&symptoms, line);
	if (c->kind == CLUE_OUTPUT) {
		judged_fail(j, "dump", 1);
		judged_text(&j->obs.steps[j->obs.n_steps - 1].output, line);
	}
	if (!diagnose_symptoms(&j->plan.cells[0], &j->obs, c->phase, &logs,
			       &symptoms, ret_cause))
		ret_cause->mode = xstrdup("");
}

START_TEST(a_line_tells_its_mode_in_words_of_both_sides)
{
	const struct mode_case *c = &cases[_i];
	struct cause cause = { 0 };
	struct judged j;

	judged_init(&j);
	set_facts(&j, c);
	diagnose_line(&j, c, c->line, &cause);
	ck_assert_msg(strcmp(cause.mode, c->mode) == 0,
		      "'%s': got %s, wanted %s", c->line, cause.mode, c->mode);
	ck_assert_has(cause.title, c->title);
	ck_assert_msg(!strpbrk(cause.title, "{}") &&
			      !strstr(cause.title, "unknown"),
		      "%s: not filled in: %s", c->mode, cause.title);
	ck_assert_msg(!cause.fix || !strpbrk(cause.fix, "{}"), "%s: %s",
		      c->mode, cause.fix);
	if (c->kind == CLUE_CRIU)
		ck_assert_str_eq(cause.file, c->phase == PHASE_DUMP ?
						     "dump.log:2" :
						     "restore.log:2");
	cause_release(&cause);
	judged_release(&j);
}
END_TEST

START_TEST(a_look_alike_is_not_taken_for_it)
{
	const struct mode_case *c = &cases[_i];
	struct cause cause = { 0 };
	struct judged j;

	judged_init(&j);
	set_facts(&j, c);
	diagnose_line(&j, c, c->unlike, &cause);
	ck_assert_msg(strcmp(cause.mode, c->mode) != 0, "'%s' was taken for %s",
		      c->unlike, c->mode);
	cause_release(&cause);
	judged_release(&j);
}
END_TEST

static bool is_example(const struct mode_rule *rule, const struct mode_case *c)
{
	if (strcmp(rule->mode, c->mode) != 0 || rule->kind != c->kind ||
	    (rule->phases && !(rule->phases & IN(c->phase))))
		return false;
	for (size_t i = 0; i < MODE_PATTERNS_MAX && rule->patterns[i]; i++) {
		if (pattern_match(rule->patterns[i], c->line, NULL))
			return true;
	}
	return false;
}

START_TEST(each_rule_has_an_example_here)
{
	for (size_t i = 0; i < n_catalogue; i++) {
		for (size_t k = 0; k < catalogue[i]->n; k++) {
			const struct mode_rule *rule = &catalogue[i]->v[k];
			size_t n = 0;

			while (n < ARRAY_SIZE(cases) &&
			       !is_example(rule, &cases[n]))
				n++;
			ck_assert_msg(n < ARRAY_SIZE(cases),
				      "no example of %s: %s", rule->mode,
				      rule->title);
		}
	}
}
END_TEST

START_TEST(conditions_of_rules_can_be_understood)
{
	for (size_t i = 0; i < n_catalogue; i++) {
		for (size_t k = 0; k < catalogue[i]->n; k++) {
			const struct mode_rule *rule = &catalogue[i]->v[k];

			for (size_t w = 0; w < MODE_WHEN_MAX; w++) {
				const struct mode_when *when = &rule->when[w];

				if (when->key)
					ck_assert_ptr_null(when_check(
						when->key, when->value));
			}
		}
	}
}
END_TEST

START_TEST(facts_tell_modes_with_one_message_apart)
{
	struct mode_case c = { "",   RESTORE, "42 killed by signal 11: Segv",
			       NULL, NULL,    NO_FACTS };
	struct cause cause = { 0 };
	struct judged j;

	judged_init(&j);
	diagnose_line(&j, &c, c.line, &cause);
	ck_assert_str_eq(cause.mode, "unknown");
	ck_assert_str_eq(cause.title,
			 "criu's first error: 42 killed by signal 11: Segv");
	cause_release(&cause);
	judged_release(&j);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/catalogue");
	TCase *tcase = tcase_create("rules");

	tcase_add_loop_test(tcase, a_line_tells_its_mode_in_words_of_both_sides,
			    0, ARRAY_SIZE(cases));
	tcase_add_loop_test(tcase, a_look_alike_is_not_taken_for_it, 0,
			    ARRAY_SIZE(cases));
	tcase_add_test(tcase, each_rule_has_an_example_here);
	tcase_add_test(tcase, conditions_of_rules_can_be_understood);
	tcase_add_test(tcase, facts_tell_modes_with_one_message_apart);
	suite_add_tcase(suite, tcase);
	return suite;
}
