# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# engine.sh - what the container engines of these scenarios need in a guest:
#
#   sh engine.sh rootfs DIR PROGRAM...  a root file system: programs, their libraries
#   sh engine.sh image NAME PROGRAM...  an image of that, localhost/NAME, as an archive on stdout
#   sh engine.sh criu OPTION...         options of criu for all that use runc
#   sh engine.sh runc                   criu's logs and figures into /run/criu
#   sh engine.sh docker                 that, and have dockerd run
#   sh engine.sh podman [RUNTIME]       that, and have Podman ready, with runc or RUNTIME
#   sh engine.sh podman-profile NAME    run a container of an image and remove it
#
# Nothing comes from a registry: images are made of the guest's own packages. Equal
# files make equal images, with one ID, as if both guests had pulled the same.
set -eu

# Programs lie where they are in the guest, those of the scenario in /.
make_rootfs() {
	dir=$1
	shift
	mkdir -p "$dir/dev" "$dir/proc" "$dir/sys" "$dir/tmp" "$dir/etc" "$dir/run"
	for program; do
		path=$(command -v "$program")
		case $path in
		/*) cp -L --parents "$path" "$dir" ;;
		*) cp -L "$path" "$dir" ;;
		esac
		# Of a static program ldd says so, with a status.
		{ ldd "$path" 2>/dev/null || true; } |
			sed -n 's/^[^/]*\(\/[^ ]*\) (.*/\1/p' |
			while read -r library; do cp -L --parents "$library" "$dir"; done
	done
}

make_image() {
	name=$1
	shift
	work=$(mktemp -d)
	make_rootfs "$work/rootfs" "$@"
	tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner \
		-C "$work/rootfs" -cf "$work/layer.tar" .
	sum=$(sha256sum "$work/layer.tar")
	printf '{"architecture":"amd64","os":"linux","created":"1970-01-01T00:00:00Z","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
		"${sum%% *}" >"$work/config.json"
	printf '[{"Config":"config.json","RepoTags":["localhost/%s:latest"],"Layers":["layer.tar"]}]' \
		"$name" >"$work/manifest.json"
	tar -C "$work" -cf - manifest.json config.json layer.tar
	rm -rf "$work"
}

# The engines that use runc throw its work folder away; criu's own configuration
# for runc says otherwise.
set_criu() {
	mkdir -p /etc/criu
	printf '%s\n' "$@" >>/etc/criu/runc.conf
}

keep_logs() {
	mkdir -p /run/criu
	read -r host </proc/sys/kernel/hostname
	log=dump.log
	[ "$host" = source ] || log=restore.log
	set_criu 'verbosity 4' 'work-dir /run/criu' "log-file /run/criu/$log"
}

# Storage of containers cannot lie on the guest's root, which is an overlay.
mount_storage() {
	mkdir -p "$1"
	mountpoint -q "$1" || mount -t tmpfs tmpfs "$1"
}

# wait_for COMMAND... - until the daemon that was started last answers; it writes $log
wait_for() {
	until "$@" >/dev/null 2>&1; do
		kill -0 $! || {
			tail -n 20 "$log" >&2
			exit 1
		}
		sleep 0.1
	done
}

# One of its own dockerd kills when that is not there within a time that cannot be
# set; on a busy host it is not.
start_containerd() {
	log=/run/containerd.log
	mkdir -p /run/docker
	cat >/run/docker/containerd.toml <<-EOF
		version = 2
		root = "/var/lib/docker/containerd/daemon"
		state = "/run/docker/containerd/daemon"
		disabled_plugins = ["io.containerd.grpc.v1.cri"]
		[grpc]
		address = "$1"
	EOF
	setsid containerd --config /run/docker/containerd.toml \
		>$log 2>&1 </dev/null 3>&- 4>&- &
	wait_for ctr --address "$1" version
}

start_docker() {
	socket=/run/docker/containerd.sock
	keep_logs
	mount_storage /var/lib/docker
	mkdir -p /etc/docker
	[ -e /etc/docker/daemon.json ] ||
		echo '{"experimental":true,"bridge":"none","iptables":false}' >/etc/docker/daemon.json
	start_containerd $socket
	log=/run/dockerd.log
	setsid dockerd --containerd $socket >$log 2>&1 </dev/null 3>&- 4>&- &
	wait_for docker version
}

start_podman() {
	keep_logs
	mount_storage /var/lib/containers
	mkdir -p /etc/containers
	# There is no systemd; and in Debian 12 runc alone has criu.
	printf '[engine]\nruntime = "%s"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n' \
		"${1:-runc}" >/etc/containers/containers.conf
}

# With the first one Podman loads its AppArmor profile.
run_once() {
	status=0
	podman run --rm "localhost/$1" / >/run/once.log 2>&1 || status=$?
	# The image has no such program, and only that is wrong.
	[ $status = 126 ] || {
		cat /run/once.log >&2
		exit 1
	}
}

action=$1
shift
case $action in
rootfs) make_rootfs "$@" ;;
image) make_image "$@" ;;
criu) set_criu "$@" ;;
runc) keep_logs ;;
docker) start_docker ;;
podman) start_podman "$@" ;;
podman-profile) run_once "$1" ;;
*)
	echo "engine.sh: no such action: $action" >&2
	exit 2
	;;
esac
