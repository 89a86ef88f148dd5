// SPDX-License-Identifier: Apache-2.0
/* predict_counterpart.c - what a live workload needs and the target has not */
#include "base/mem.h"
#include "base/str.h"
#include "compat/predict.h"

#define CRIU_ISSUE(n) "https://github.com/checkpoint-restore/criu/issues/" #n
#define ANY "?*"

/* Of this workload on that target alone: seen, or nothing is said. */
#define SEEN                                                          \
	.says = FORETOLD_FAIL, .phase = PHASE_RESTORE, .quiet = true, \
	.of_workload = true

/* Of two figures of the workload; false when one of them is not known. */
static bool exceeds(const struct predict_pair *pair, const char *wanted,
		    const char *there)
{
	const char *a = facts_get(pair->workload, wanted);
	const char *b = facts_get(pair->workload, there);

	return a && b && str_version_cmp(a, b) > 0;
}

static bool too_much_memory(const struct predict_pair *pair)
{
	return exceeds(pair, "rss_kib", "there.memory_free_kib");
}

static bool too_many_huge_pages(const struct predict_pair *pair)
{
	return exceeds(pair, "hugetlb_kib", "there.hugetlb_free_kib");
}

static bool too_much_promised(const struct predict_pair *pair)
{
	return exceeds(pair, "data_kib", "there.commit_free_kib");
}

static bool too_many_rings(const struct predict_pair *pair)
{
	return exceeds(pair, "aio_rings", "there.aio_free");
}

static const struct predict_rule rules[] = {
	{ .mode = "file-missing",
	  SEEN,
	  .workload = { { "there.files_missing", ANY } },
	  .fact = "there.files_missing",
	  .sentence = "it has open, or mapped, what '{target.machine}' has "
		      "not: {workload.there.files_missing}",
	  .fix = "copy it there before the restore" },
	{ .mode = "file-differs",
	  SEEN,
	  .workload = { { "there.files_differ", ANY } },
	  .fact = "there.files_differ",
	  .sentence = "files that it has open, or mapped, have another size "
		      "on '{target.machine}' (path, bytes here, bytes there): "
		      "{workload.there.files_differ}",
	  .fix = "give both the same files, or move a container with its own",
	  .link = CRIU_ISSUE(2367) },
	{ .mode = "file-mode-differs",
	  SEEN,
	  .workload = { { "there.file_modes_differ", ANY } },
	  .fact = "there.file_modes_differ",
	  .sentence = "files that it has open have another mode on "
		      "'{target.machine}' (path, here, there): "
		      "{workload.there.file_modes_differ}",
	  .fix = "give them the same mode" },
	{ .mode = "watched-file-missing",
	  SEEN,
	  .workload = { { "there.watched_missing", ANY } },
	  .fact = "there.watched_missing",
	  .sentence = "it watches what '{target.machine}' has not: "
		      "{workload.there.watched_missing}",
	  .fix = "copy it there before the restore" },
	{ .mode = "unix-path",
	  SEEN,
	  .workload = { { "there.unix_folders_missing", ANY } },
	  .fact = "there.unix_folders_missing",
	  .sentence = "a unix socket of it is bound where "
		      "'{target.machine}' has no folder: "
		      "{workload.there.unix_folders_missing}",
	  .fix = "make the folder there before the restore" },
	{ .mode = "unix-peer-missing",
	  SEEN,
	  .workload = { { "there.unix_services_missing", ANY },
			{ "dump_options", "has ext-unix-sk" } },
	  .fact = "there.unix_services_missing",
	  .sentence = "it is connected to a service that has no socket on "
		      "'{target.machine}': "
		      "{workload.there.unix_services_missing}",
	  .fix = "start that service there before the restore" },
	{ .mode = "device-missing",
	  SEEN,
	  .workload = { { "there.devices_missing", ANY } },
	  .fact = "there.devices_missing",
	  .sentence = "a socket is bound to a device that "
		      "'{target.machine}' has not: "
		      "{workload.there.devices_missing}",
	  .fix = "make a device of that name there" },
	{ .mode = "address-missing",
	  SEEN,
	  .workload = { { "there.addresses_missing", ANY } },
	  .fact = "there.addresses_missing",
	  .sentence = "sockets are bound to what is no address of "
		      "'{target.machine}': "
		      "{workload.there.addresses_missing}",
	  .fix = "add it there before the restore",
	  .link = CRIU_ISSUE(1598) },
	{ .mode = "port-taken",
	  SEEN,
	  .workload = { { "there.ports_taken", ANY } },
	  .fact = "there.ports_taken",
	  .sentence = "ports that it is bound to are taken on "
		      "'{target.machine}': {workload.there.ports_taken}",
	  .fix = "stop who has them there, or move into a network namespace" },
	{ .mode = "pid-taken",
	  SEEN,
	  .workload = { { "there.pids_taken", ANY } },
	  .fact = "there.pids_taken",
	  .sentence = "pids or thread ids of it are taken on "
		      "'{target.machine}': {workload.there.pids_taken}",
	  .fix = "start it in a PID namespace, or restore where they are free",
	  .link = CRIU_ISSUE(1431) },
	{ .mode = "namespace-refused",
	  SEEN,
	  .workload = { { "there.namespaces_refused", ANY } },
	  .fact = "there.namespaces_refused",
	  .sentence = "it has namespaces that '{target.machine}' makes none "
		      "of: {workload.there.namespaces_refused}",
	  .fix = "raise user.max_*_namespaces there" },
	{ .mode = "memory-full",
	  SEEN,
	  .workload = { { "rss_kib", ">0" } },
	  .applies = too_much_memory,
	  .fact = "there.memory_free_kib",
	  .sentence = "it has {workload.rss_kib} KiB in memory, and "
		      "'{target.machine}' has "
		      "{workload.there.memory_free_kib} KiB left",
	  .fix = "free memory there, or choose another machine" },
	{ .mode = "memory-refused",
	  SEEN,
	  .workload = { { "hugetlb_kib", ">0" } },
	  .applies = too_many_huge_pages,
	  .fact = "there.hugetlb_free_kib",
	  .sentence = "it has {workload.hugetlb_kib} KiB in huge pages, and "
		      "'{target.machine}' has "
		      "{workload.there.hugetlb_free_kib} KiB of them free",
	  .fix = "raise vm.nr_hugepages there" },
	{ .mode = "memory-refused",
	  SEEN,
	  .workload = { { "data_kib", ">0" } },
	  .applies = too_much_promised,
	  .fact = "there.commit_free_kib",
	  .sentence = "{workload.data_kib} KiB of memory are promised to it, "
		      "and '{target.machine}', with vm.overcommit_memory 2, "
		      "promises {workload.there.commit_free_kib} KiB more",
	  .fix = "set vm.overcommit_memory as on '{source.machine}'",
	  .link = CRIU_ISSUE(2364) },
	{ .mode = "aio-limit",
	  SEEN,
	  .workload = { { "aio_rings", ">0" } },
	  .applies = too_many_rings,
	  .fact = "there.aio_free",
	  .sentence = "it has {workload.aio_rings} rings for asynchronous "
		      "I/O, and '{target.machine}' grants "
		      "{workload.there.aio_free}",
	  .fix = "raise fs.aio-max-nr there" },
	{ .mode = "vdso-missing",
	  SEEN,
	  .workload = { { "there.vdso", "no" }, { "vdso", "yes" } },
	  .fact = "there.vdso",
	  .sentence = "it has a vDSO, and the kernel of '{target.machine}' "
		      "gives none",
	  .fix = "boot '{target.machine}' without vdso=0",
	  .link = CRIU_ISSUE(2622) },
	{ .mode = "privilege-missing",
	  .says = FORETOLD_RISK,
	  .phase = PHASE_RESTORE,
	  .quiet = true,
	  .of_workload = true,
	  .workload = { { "there.criu_script", "yes" } },
	  .fact = "there.criu_script",
	  .sentence = "what is called criu on '{target.machine}' is a script, "
		      "and with which capabilities that runs it is not "
		      "known",
	  .fix = "restore as root by criu itself" },
	{ .mode = "clock-jumped",
	  .says = FORETOLD_RISK,
	  .phase = PHASE_RESUME,
	  .quiet = true,
	  .of_workload = true,
	  .workload = { { "there.clock_differs_s", ">60" } },
	  .fact = "there.clock_differs_s",
	  .sentence = "the clock of '{target.machine}' differs by "
		      "{workload.there.clock_differs_s} s, and the workload "
		      "will see it jump",
	  .fix = "set both clocks by NTP",
	  .link = CRIU_ISSUE(2644) },
};

const struct predict_rules predict_counterparts = { rules, ARRAY_SIZE(rules) };
