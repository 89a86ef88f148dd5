// SPDX-License-Identifier: Apache-2.0
/* catalogue_engines.c - modes of container engines, as their messages tell them */
#include "base/mem.h"
#include "compat/catalogue.h"

/*
 * An engine fails before criu is called, or beside it: then what the failed command
 * printed is all there is. What criu says of a container's mounts is here too.
 */
static const struct mode_rule rules[] = {
	{ .mode = "image-missing",
	  .kind = CLUE_OUTPUT,
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Unable to find image '*' locally",
			"initializing source docker://*: pinging container "
			"registry" },
	  .title = "the image {1} of the container from '{source.machine}' is "
		   "not on '{target.machine}'",
	  .fix = "load or pull the very same image on '{target.machine}' "
		 "before the move",
	  .link = "https://docs.podman.io/en/latest/markdown/"
		  "podman-container-restore.1.html" },
	{ .mode = "image-differs",
	  .kind = CLUE_OUTPUT,
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "parsing named reference \"*\": invalid repository "
			"name (*), cannot specify 64-byte hexadecimal "
			"strings",
			"locating image with ID \"*\": image not known" },
	  .title = "the image on '{target.machine}' has the name of the "
		   "container's, but is not the one with the id {1}",
	  .fix = "load the image of '{source.machine}' on '{target.machine}', "
		 "or name images by their digest" },
	{ .mode = "mount-source-missing",
	  .kind = CLUE_OUTPUT,
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Error: runc: stat *: no such file or directory: OCI "
			"runtime attempted to invoke a command",
			"level=error msg=\"stat *: no such file or directory",
			"bind mount source stat: stat *: no such file or "
			"directory" },
	  .title = "{1}, which the container from '{source.machine}' mounts "
		   "from its host, is not on '{target.machine}'",
	  .fix = "bring it to '{target.machine}' before the move: a "
		 "checkpoint does not hold it",
	  .link = "https://docs.podman.io/en/latest/markdown/"
		  "podman-container-restore.1.html" },
	{ .mode = "mount-source-missing",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "mnt-v2: Failed to open_tree *: No such file or "
			"directory" },
	  .title = "{1}, which the container from '{source.machine}' mounts "
		   "from its host, is not on '{target.machine}'",
	  .fix = "have it there before the restore; of an LXC container's "
		 "terminals, do without: lxc.tty.max = 0, "
		 "lxc.console.path = none",
	  .link = "https://criu.org/External_bind_mounts" },
	{ .mode = "seccomp-nested",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "suspending seccomp failed: Operation not permitted" },
	  .title = "criu on '{side.machine}' runs under a seccomp filter "
		   "itself: the kernel lets it neither suspend nor read those "
		   "of a container",
	  .fix = "start the engine without a filter: a service without "
		 "SystemCallFilter= and what implies it, a container with "
		 "--security-opt seccomp=unconfined",
	  .link = "https://man7.org/linux/man-pages/man2/ptrace.2.html" },
	{ .mode = "image-unreadable",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "^Unable to open *.img: Permission denied" },
	  .title = "criu on '{target.machine}' may not read {1}.img once it is "
		   "in the container's user namespace",
	  .fix = "let others read the images and enter their folder (chmod -R "
		 "a+rX) while it restores",
	  .link = "https://github.com/checkpoint-restore/criu/issues/2938" },
	{ .mode = "socket-mark-refused",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "sockets: Can't set 1:36 (len #): Operation not "
			"permitted" },
	  .title = "criu cannot set the mark of a socket on "
		   "'{target.machine}': root of the container's user "
		   "namespace has no say in the network that it uses",
	  .fix = "use a newer CRIU (4.1.1 is), which sets a mark only where "
		 "it differs; or give the container a network namespace of "
		 "its own, beside the user namespace",
	  .link = "https://github.com/checkpoint-restore/criu/pull/1996" },
	{ .mode = "image-damaged",
	  .kind = CLUE_OUTPUT,
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "unpacking of checkpoint archive * failed: "
			"unexpected EOF" },
	  .title = "the archive {1} ends on '{target.machine}' before all "
		   "that Podman wrote on '{source.machine}'",
	  .fix = "look at the transfer; compare the archives on both sides" },
	{ .mode = "network-missing",
	  .kind = CLUE_OUTPUT,
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "unable to find network with name or ID *: network "
			"not found" },
	  .title = "the network {1} of the container from "
		   "'{source.machine}' is not on '{target.machine}'",
	  .fix = "make it there before the move, with the same subnet: a "
		 "checkpoint does not hold it",
	  .link = "https://docs.podman.io/en/latest/markdown/"
		  "podman-network-create.1.html" },
	{ .mode = "checkpoint-dir-refused",
	  .kind = CLUE_OUTPUT,
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "custom checkpointdir is not supported" },
	  .title = "Docker on '{target.machine}' starts no container from a "
		   "checkpoint that lies elsewhere",
	  .fix = "copy the checkpoint to checkpoints/ in the container's own "
		 "folder, /var/lib/docker/containers/ID, and leave "
		 "--checkpoint-dir out",
	  .link = "https://github.com/moby/moby/issues/37344" },
	{ .mode = "cgroup-driver",
	  .kind = CLUE_OUTPUT,
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "did not receive systemd slice as cgroup parent when "
			"using systemd to manage cgroups" },
	  .title = "the engine on '{target.machine}' manages cgroups by "
		   "systemd, and the container's on '{source.machine}' was "
		   "not made so",
	  .fix = "let the engines of both machines have one cgroup driver "
		 "(Podman's cgroup_manager, Docker's native.cgroupdriver)" },
};

const struct mode_rules catalogue_engines = { rules, ARRAY_SIZE(rules) };
