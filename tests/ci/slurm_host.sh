#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# slurm_host.sh - a Slurm of one node, for one command
set -Eeuo pipefail

usage() {
	cat <<-'EOF_USAGE'
	Usage: slurm_host.sh COMMAND...

	Starts munged, slurmctld and slurmd in namespaces of their own, with all their
	files in a folder of their own, runs COMMAND there, and ends them with it.
	Needs root and Debian's packages slurmctld, slurmd, slurm-client and munge; no
	service has to run, and none that runs is disturbed.
	EOF_USAGE
}

refuse() {
	echo "slurm_host.sh: $*" >&2
	exit 77
}

case ${1:-} in
-h | --help) usage; exit 0 ;;
'') usage >&2; exit 2 ;;
esac
[ "$(id -u)" = 0 ] || refuse 'Slurm starts jobs as their users, which takes root'
for program in munged slurmctld slurmd sbatch; do
	command -v "$program" >/dev/null || refuse "there is no $program"
done

if [ -z "${CRMATRIX_SLURM_DIR:-}" ]; then
	CRMATRIX_SLURM_DIR=$(mktemp -d "${TMPDIR:-/tmp}/crmatrix-slurm.XXXXXX")
	export CRMATRIX_SLURM_DIR
	trap 'rm -rf "$CRMATRIX_SLURM_DIR"' EXIT
	# The daemons end with their PID namespace.
	status=0
	unshare --mount --net --pid --fork --kill-child --mount-proc --uts \
		"$0" "$@" || status=$?
	exit $status
fi

dir=$CRMATRIX_SLURM_DIR
address=192.0.2.1
hostname node
printf '127.0.0.1 localhost\n%s node\n' $address >"$dir/hosts"
mount --bind "$dir/hosts" /etc/hosts
# Slurm resolves only names of hosts that have more than a loopback.
ip link set lo up
ip link add node0 type bridge
ip addr add $address/24 dev node0
ip link set node0 up
mkdir -m 700 "$dir/munge" "$dir/state" "$dir/spool"
# Slurm's own default places, for programs that are not told of ours.
for place in /run/munge /var/log/munge /var/lib/munge; do
	mkdir -p "$place"
	mount -t tmpfs -o mode=755 tmpfs "$place"
done
dd if=/dev/urandom of="$dir/munge/key" bs=1024 count=1 status=none
chmod 400 "$dir/munge/key"
munged --force --key-file "$dir/munge/key" --socket "$dir/munge/socket" \
	--pid-file "$dir/munge/pid" --log-file "$dir/munge/log" --seed-file "$dir/munge/seed"

cat >"$dir/slurm.conf" <<-EOF_CONF
	ClusterName=crmatrix
	SlurmctldHost=node($address)
	SlurmUser=root
	AuthType=auth/munge
	AuthInfo=socket=$dir/munge/socket
	ProctrackType=proctrack/linuxproc
	TaskPlugin=task/none
	ReturnToService=2
	SelectType=select/cons_tres
	SelectTypeParameters=CR_Core
	StateSaveLocation=$dir/state
	SlurmdSpoolDir=$dir/spool
	SlurmctldPidFile=$dir/slurmctld.pid
	SlurmdPidFile=$dir/slurmd.pid
	SlurmctldLogFile=$dir/slurmctld.log
	SlurmdLogFile=$dir/slurmd.log
	MpiDefault=none
	NodeName=node NodeAddr=$address CPUs=$(nproc) RealMemory=$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo) State=UNKNOWN
	PartitionName=all Nodes=node Default=YES MaxTime=INFINITE State=UP
EOF_CONF
export SLURM_CONF=$dir/slurm.conf
slurmctld
slurmd -N node

# Ready when the node says so.
state() { timeout 5 sinfo -h -o %T 2>/dev/null; }
for ((i = 0; i < 300; i++)); do
	[ "$(state)" != idle ] || break
	sleep 0.1
done
[ "$(state)" = idle ] || {
	tail -v -n 20 "$dir"/*.log >&2
	refuse 'the node did not come up'
}
"$@"
