// SPDX-License-Identifier: Apache-2.0
/* predict_engines.c - what container engines need on the target, and how they are
 * told to move a container */
#include "base/mem.h"
#include "compat/predict.h"

#define ANY "?*"

/* Of a container or of the commands that move it: seen, or nothing is said. */
#define SEEN(what, when) \
	.says = (what), .phase = (when), .quiet = true, .of_workload = true

static const struct predict_rule rules[] = {
	{ .mode = "engine-missing",
	  SEEN(FORETOLD_FAIL, PHASE_RESTORE),
	  .workload = { { "there.engine_missing", ANY } },
	  .fact = "there.engine_missing",
	  .sentence =
		  "it was made by {workload.there.engine_missing}, which is "
		  "not on '{target.machine}' or does not answer there",
	  .fix = "install and start it there" },
	{ .mode = "image-missing",
	  SEEN(FORETOLD_FAIL, PHASE_RESTORE),
	  .workload = { { "there.engine_image_missing", ANY } },
	  .fact = "there.engine_image_missing",
	  .sentence = "the image that it was made of is not on "
		      "'{target.machine}': "
		      "{workload.there.engine_image_missing}",
	  .fix = "pull or load it there before the restore" },
	{ .mode = "image-differs",
	  SEEN(FORETOLD_FAIL, PHASE_RESTORE),
	  .workload = { { "there.engine_image_id", ANY },
			{ "engine", "podman" } },
	  .fact = "there.engine_image_id",
	  .sentence = "the image {workload.engine_image} is another one on "
		      "'{target.machine}': {workload.engine_image_id} here, "
		      "{workload.there.engine_image_id} there",
	  .fix = "save it here and load it there" },
	{ .mode = "image-differs",
	  SEEN(FORETOLD_RISK, PHASE_RESTORE),
	  .workload = { { "there.engine_image_id", ANY },
			{ "engine", "docker" } },
	  .fact = "there.engine_image_id",
	  .sentence = "the image {workload.engine_image} is another one on "
		      "'{target.machine}': {workload.engine_image_id} here, "
		      "{workload.there.engine_image_id} there",
	  .fix = "save it here and load it there" },
	{ .mode = "network-missing",
	  SEEN(FORETOLD_FAIL, PHASE_RESTORE),
	  .workload = { { "there.engine_networks_missing", ANY } },
	  .fact = "there.engine_networks_missing",
	  .sentence = "networks of it are not on '{target.machine}': "
		      "{workload.there.engine_networks_missing}",
	  .fix = "make them there before the restore" },
	{ .mode = "cgroup-driver",
	  SEEN(FORETOLD_FAIL, PHASE_RESTORE),
	  .workload = { { "there.engine_cgroups", "systemd" },
			{ "engine_cgroups", "cgroupfs" } },
	  .fact = "there.engine_cgroups",
	  .sentence = "its cgroups were made by {workload.engine_cgroups}, and "
		      "the engine of '{target.machine}' makes them by "
		      "{workload.there.engine_cgroups}",
	  .fix = "set the same cgroup driver for both" },
	{ .mode = "mount-source-missing",
	  SEEN(FORETOLD_FAIL, PHASE_RESTORE),
	  .workload = { { "there.mount_sources_missing", ANY } },
	  .fact = "there.mount_sources_missing",
	  .sentence = "it has mounted what '{target.machine}' has not: "
		      "{workload.there.mount_sources_missing}",
	  .fix = "copy it there before the restore" },
	{ .mode = "lsm-label",
	  SEEN(FORETOLD_FAIL, PHASE_RESTORE),
	  .workload = { { "there.lsm_profile_missing", ANY } },
	  .fact = "there.lsm_profile_missing",
	  .sentence = "its AppArmor profile is not loaded on "
		      "'{target.machine}': "
		      "{workload.there.lsm_profile_missing}",
	  .fix = "load it there; Podman does when it runs a container",
	  .link = "https://github.com/containers/podman/issues/12437" },
	{ .mode = "checkpoint-dir-refused",
	  SEEN(FORETOLD_FAIL, PHASE_RESTORE),
	  .workload = { { "restore_command",
			  "*docker start *--checkpoint-dir*" } },
	  .fact = "restore_command",
	  .sentence = "Docker starts no container from a checkpoint that lies "
		      "elsewhere than in the container's own folder",
	  .fix = "copy it into checkpoints/ of the container's folder" },
	{ .mode = "restarted-not-restored",
	  SEEN(FORETOLD_FAIL, PHASE_RESUME),
	  .workload = { { "restore_command",
			  "*docker start *|*lxc-start *|*podman start *,"
			  "!*--checkpoint *,!*--checkpoint=*" } },
	  .fact = "restore_command",
	  .sentence = "what is to restore it on '{target.machine}' starts it "
		      "anew",
	  .fix = "docker start --checkpoint, podman container restore, "
		 "lxc-checkpoint -r" },
	{ .mode = "parent-missing",
	  SEEN(FORETOLD_FAIL, PHASE_RESTORE),
	  .workload = { { "dump_command", "*--with-previous*" },
			{ "restore_command", "!*--import-previous*" } },
	  .fact = "restore_command",
	  .sentence = "its last checkpoint goes on from the one before, which "
		      "the restore is not given",
	  .fix = "podman container restore --import-previous" },
	{ .mode = "counter-went-back",
	  SEEN(FORETOLD_RISK, PHASE_RESUME),
	  .workload = { { "dump_command", "*--leave-running*" } },
	  .fact = "dump_command",
	  .sentence = "the original goes on after its checkpoint: who hears it "
		      "then will see the restored one go back",
	  .fix = "keep clients from the original from before the checkpoint" },
	{ .mode = "seccomp-nested",
	  SEEN(FORETOLD_RISK, PHASE_DUMP),
	  .workload = { { "dump_command",
			  "!docker *,!podman *,!runc *,!lxc-checkpoint *,"
			  "!criu *" } },
	  .fact = "dump_command",
	  .sentence = "the engine is not called by itself on "
		      "'{source.machine}', and whether that is under a seccomp "
		      "filter is not known",
	  .fix = "call it by itself" },
	{ .mode = "image-unreadable",
	  SEEN(FORETOLD_RISK, PHASE_RESTORE),
	  .workload = { { "restore_command", "*runc restore *" },
			{ "namespace.user", "own" } },
	  .fact = "namespace.user",
	  .sentence = "criu opens images from within its user namespace, where "
		      "it may not read what only root of '{target.machine}' "
		      "may",
	  .fix = "chmod -R a+rX of the images' folder" },
	{ .mode = "network-down",
	  SEEN(FORETOLD_RISK, PHASE_RESUME),
	  .workload = { { "restore_command",
			  "*podman container restore *|*runc restore *" },
			{ "namespace.net", "own" } },
	  .fact = "namespace.net",
	  .sentence = "runc and criu leave the loopback device of its network "
		      "namespace down",
	  .fix = "nsenter -n -t PID ip link set lo up, after the restore" },
	{ .mode = "socket-mark-refused",
	  SEEN(FORETOLD_FAIL, PHASE_RESTORE),
	  .when = { { "target.criu", "<4.1" } },
	  .workload = { { "namespace.user", "own" },
			{ "namespace.net", "host" },
			{ "inet_sockets", ">0" } },
	  .fact = "namespace.user",
	  .sentence = "it has sockets in the network of the machine, and CRIU "
		      "{target.criu} on '{target.machine}' sets their marks as "
		      "root of its user namespace, who may not",
	  .fix = "use CRIU 4.1 or newer there, or give it a network namespace",
	  .link = "https://github.com/checkpoint-restore/criu/pull/1996" },
};

const struct predict_rules predict_engines = { rules, ARRAY_SIZE(rules) };
