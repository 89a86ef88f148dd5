// SPDX-License-Identifier: Apache-2.0
/* predict_options.c - options of criu that do not fit the workload or the target */
#include "base/mem.h"
#include "base/str.h"
#include "compat/predict.h"

/* Nothing is said where nobody told the options. */
#define OPTIONS .quiet = true, .of_workload = true

static bool lacks_instructions(const struct predict_pair *pair)
{
	CLEANUP_FREE char *lacking =
		predict_lacking(pair->source, pair->target);

	return lacking != NULL;
}

static const struct predict_rule rules[] = {
	{ .mode = "tcp-close",
	  OPTIONS,
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESTORE,
	  .workload = { { "restore_options", "lacks tcp-close" },
			{ "dump_options", "has tcp-close" },
			{ "tcp_established", ">0" } },
	  .fact = "restore_options",
	  .sentence = "its connections are closed by the dump, and criu "
		      "restore is not told so",
	  .fix = "restore with --tcp-close, too",
	  .link = "https://criu.org/CLI/opt/--tcp-close" },
	{ .mode = "lock-too-many",
	  OPTIONS,
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_DUMP,
	  .workload = { { "dump_options", "*network-lock*nftables*" },
			{ "tcp_established", ">255" },
			{ "namespace.net", "host" } },
	  .fact = "tcp_established",
	  .sentence = "criu locks each of its {workload.tcp_established} "
		      "connections by itself, and libnftables cannot wait "
		      "with so many files open (FD_SETSIZE)",
	  .fix = "give it a network namespace of its own, which is locked as "
		 "a whole, or use --network-lock iptables" },
	{ .mode = "rst-unlocked",
	  OPTIONS,
	  .says = FORETOLD_RISK,
	  .phase = PHASE_RESUME,
	  .workload = { { "dump_options", "*network-lock skip*" },
			{ "tcp_established", ">0" } },
	  .fact = "dump_options",
	  .sentence = "nothing holds its connections while they are dumped: "
		      "what comes then is answered by a RST of "
		      "'{source.machine}'",
	  .fix = "leave --network-lock to criu, or take the address away "
		 "before the dump",
	  .link = "https://criu.org/CLI/opt/--network-lock" },
	{ .mode = "image-missing",
	  OPTIONS,
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESTORE,
	  .workload = { { "dump_options", "*images-dir /tmp*|*images-dir /run*|"
					  "*images-dir /dev/shm*" },
			{ "migration", "reboot" } },
	  .fact = "dump_options",
	  .sentence = "its images are to lie in memory, and will be gone with "
		      "the reboot",
	  .fix = "name a folder on a disk" },
	{ .mode = "page-server-unreachable",
	  OPTIONS,
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_DUMP,
	  .workload = { { "there.page_server", "no" } },
	  .fact = "there.page_server",
	  .sentence = "'{source.machine}' cannot connect to the port of a "
		      "page server on '{target.machine}'",
	  .fix = "open that port there",
	  .link = "https://criu.org/Page_server" },
	{ .mode = "tls-refused",
	  OPTIONS,
	  .says = FORETOLD_RISK,
	  .phase = PHASE_DUMP,
	  .workload = { { "tls", "?*" } },
	  .fact = "tls",
	  .sentence = "a page server takes pages of those alone whose "
		      "certificate it knows, and whether it knows that of "
		      "'{source.machine}' was not asked",
	  .fix = "openssl verify -CAfile, with the target's cacert.pem and "
		 "the source's cert.pem",
	  .link = "https://criu.org/Page_server" },
	{ .mode = "mount-external",
	  OPTIONS,
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESTORE,
	  .workload = { { "restore_options", "!*external mnt*" },
			{ "dump_options", "*external mnt*" },
			{ "namespace.mnt", "own" } },
	  .fact = "restore_options",
	  .sentence = "criu dump is told of mounts from outside, and criu "
		      "restore is not told what they are on "
		      "'{target.machine}'",
	  .fix = "name them there, too: --external mnt[NAME]:PATH",
	  .link = "https://criu.org/External_bind_mounts" },
	{ .mode = "route-missing",
	  OPTIONS,
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESUME,
	  .workload = { { "restore_options",
			  "has empty-ns,lacks action-script,lacks external" },
			{ "network", "dumped" },
			{ "tcp_established", ">0" } },
	  .fact = "restore_options",
	  .sentence = "criu makes its network namespace anew, without a "
		      "device, and nobody is told to plug one in",
	  .fix = "restore with an --action-script that does at "
		 "setup-namespaces",
	  .link = "https://criu.org/CLI/opt/--empty-ns" },
	{ .mode = "cpuinfo-missing",
	  OPTIONS,
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESTORE,
	  .workload = { { "restore_options", "*cpu-cap*,!*cpu-cap=none*" },
			{ "dump_options", "!*cpu-cap*" } },
	  .fact = "restore_options",
	  .sentence = "criu restore is to compare the CPUs, and criu dump is "
		      "not told to write down that of '{source.machine}'",
	  .fix = "dump with the same --cpu-cap",
	  .link = "https://criu.org/Cpuinfo" },
	{ .mode = "cpu-fpu",
	  OPTIONS,
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESTORE,
	  .when = { { "source.xsave_bytes", ">0" },
		    { "target.xsave_bytes", "0" } },
	  .workload = { { "restore_options", "*cpu-cap*,!*cpu-cap=none*" },
			{ "dump_options", "*cpu-cap*" } },
	  .fact = "restore_options",
	  .sentence = "criu restore is to compare the CPUs, and that of "
		      "'{target.machine}' has no xsave",
	  .fix = "give both machines the same CPU model",
	  .link = "https://criu.org/Cpuinfo" },
	{ .mode = "cpu-fpu",
	  OPTIONS,
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESTORE,
	  .when = { { "source.xsave_bytes", "0" },
		    { "target.xsave_bytes", ">0" } },
	  .workload = { { "restore_options", "*cpu-cap*,!*cpu-cap=none*" },
			{ "dump_options", "*cpu-cap*" } },
	  .fact = "restore_options",
	  .sentence = "criu restore is to compare the CPUs, and that of "
		      "'{source.machine}' has no xsave, which it finds to "
		      "differ",
	  .fix = "give both machines the same CPU model",
	  .link = "https://criu.org/Cpuinfo" },
	{ .mode = "cpu-instructions",
	  OPTIONS,
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESTORE,
	  .applies = lacks_instructions,
	  /* With 'fpu' too, as CRIU 3.17.1 and 4.1.1 were seen to. */
	  .workload = { { "restore_options", "*cpu-cap*,!*cpu-cap=none*" },
			{ "dump_options", "*cpu-cap*" } },
	  .fact = "restore_options",
	  .sentence = "criu restore is to compare the CPUs, and that of "
		      "'{target.machine}' lacks {lacking}",
	  .fix = "give both machines the same CPU model",
	  .link = "https://criu.org/Cpuinfo" },
	{ .mode = "lsm-missing",
	  OPTIONS,
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESTORE,
	  .when = { { "target.lsm", "!*selinux*" } },
	  .workload = { { "restore_options", "*lsm-profile*selinux:*" } },
	  .fact = "restore_options",
	  .sentence = "criu restore is to set a profile of SELinux, which "
		      "'{target.machine}' has not",
	  .fix = "restore without --lsm-profile" },
	{ .mode = "lsm-missing",
	  OPTIONS,
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESTORE,
	  .when = { { "target.lsm", "!*apparmor*" } },
	  .workload = { { "restore_options", "*lsm-profile*apparmor:*" } },
	  .fact = "restore_options",
	  .sentence = "criu restore is to set a profile of AppArmor, which "
		      "'{target.machine}' has not",
	  .fix = "restore without --lsm-profile" },
	{ .mode = "script-failed",
	  OPTIONS,
	  .says = FORETOLD_RISK,
	  .phase = PHASE_DUMP,
	  .workload = { { "dump_options", "has action-script" } },
	  .fact = "dump_options",
	  .sentence = "criu dump ends when its action script does not end "
		      "well, and what that does is not known",
	  .link = "https://criu.org/Action_scripts" },
	{ .mode = "script-failed",
	  OPTIONS,
	  .says = FORETOLD_RISK,
	  .phase = PHASE_RESTORE,
	  .workload = { { "restore_options", "has action-script" } },
	  .fact = "restore_options",
	  .sentence = "criu restore ends when its action script does not end "
		      "well, and what that does is not known",
	  .link = "https://criu.org/Action_scripts" },
};

const struct predict_rules predict_options = { rules, ARRAY_SIZE(rules) };
