#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# by-hand.sh - move the counter between two guests as it is done without
# crmatrix: plain QEMU, ssh, criu, tar; say how long each part took
set -euo pipefail
export LC_ALL=C
here=$(dirname "$(readlink -f "$0")")

usage() {
	cat <<-'EOF_USAGE'
	Usage: by-hand.sh --source DIR --target DIR --init FILE --counter FILE
	                  [--accel tcg|kvm] [--boot in-turn|together] [--cells N]

	Each cell: cold boot of two guests, start of the counter, criu dump, copy of
	the images, criu restore, all by ssh; the counter is asked before and after.
	One line a cell on stdout: its parts and the total in seconds.

	--source, --target DIR  machines: kernel, modules.cpio, modules.squashfs,
	                        root.squashfs, and 'qemu' with QEMU's -cpu, -m, -smp
	--init FILE             the guest's init, as in vm-images/build-initramfs.sh
	--counter FILE          the workload, a static program
	--boot in-turn          the target's boot begins when the source's is done
	--boot together         both at once

	Runs in namespaces of its own: nothing of it outlives it.
	EOF_USAGE
}

die() {
	echo "by-hand.sh: $*" >&2
	exit 1
}

source='' target='' init='' counter='' accel=tcg boot=in-turn cells=1
arguments=("$@")
while [ $# -gt 0 ]; do
	case $1 in
	--source | --target | --init | --counter | --accel | --boot | --cells)
		[ $# -ge 2 ] || die "'$1' wants a value"
		declare "${1#--}=$2"
		shift 2 ;;
	-h | --help) usage; exit 0 ;;
	*) usage >&2; exit 2 ;;
	esac
done
for file in "$init" "$counter" "$source/qemu" "$target/qemu"; do
	[ -r "$file" ] || die "can't read '$file' (see --help)"
done
case $boot in
in-turn | together) ;;
*) die "'--boot' is in-turn or together, not '$boot'" ;;
esac

# Outside: namespaces that end with this shell, and the folder removed after.
if [ -z "${BY_HAND_WORK:-}" ]; then
	BY_HAND_WORK=$(mktemp -d "${TMPDIR:-/tmp}/by-hand.XXXXXX")
	export BY_HAND_WORK
	trap 'rm -rf "$BY_HAND_WORK"' EXIT
	as_root=()
	[ "$(id -u)" -eq 0 ] || as_root=(--map-root-user)
	setpriv --pdeathsig KILL -- unshare "${as_root[@]}" --net --mount --pid \
		--fork --kill-child --mount-proc "$0" "${arguments[@]}" &
	child=$!
	trap 'kill -KILL $child; wait $child 2>/dev/null || exit 143' INT TERM HUP
	wait $child
	exit
fi

work=$BY_HAND_WORK
port=7000
declare -A address=([source]=10.99.0.11 [target]=10.99.0.12)
declare -A folder=([source]=$source [target]=$target)

# --- Set up once, not timed ---------------------------------------------------

network() {
	local role
	ip link set lo up
	ip link add br0 type bridge
	ip address add 10.99.0.1/24 dev br0
	ip link set br0 up
	for role in source target; do
		ip tuntap add dev "$role" mode tap
		ip link set dev "$role" master br0 up
	done
	# A guest that is not up yet is asked for again soon, not after a second.
	echo 50 >/proc/sys/net/ipv4/neigh/br0/retrans_time_ms
}

keys() {
	local role
	ssh-keygen -q -t ed25519 -N '' -C by-hand -f "$work/key"
	ssh-keygen -q -t ed25519 -N '' -C by-hand -f "$work/host_key"
	cp "$work/key.pub" "$work/authorized_keys"
	for role in source target; do
		echo "${address[$role]} $(cut -d ' ' -f 1,2 "$work/host_key.pub")"
	done >"$work/known_hosts"
}

# The same initramfs as ever, but with sshd in the place of the agent.
initramfs() {
	local role
	for role in source target; do
		mkdir "$work/$role"
		"$here/../../vm-images/build-initramfs.sh" \
			--modules "${folder[$role]}/modules.cpio" --init "$init" \
			--agent "$here/by-hand-guest.sh" \
			--file "$work/authorized_keys" --file "$work/host_key" \
			"$work/$role"
	done
}

# --- A guest ------------------------------------------------------------------

# start_guest ROLE MAC
start_guest() {
	local role=$1 mac=$2 dir=${folder[$1]} like
	read -ra like <"$dir/qemu"
	# Without the port its init would wait for it.
	exec qemu-system-x86_64 -name "$role" -nodefaults -no-user-config \
		-display none -no-reboot -machine "pc,accel=$accel" "${like[@]}" \
		-kernel "$dir/kernel" -initrd "$work/$role/initramfs.cpio" \
		-append "console=ttyS0 panic=-1 oops=panic quiet cryptomgr.notests \
no_timer_check tsc=reliable nowatchdog by-hand.address=${address[$role]}" \
		-serial "file:$work/$role/console" \
		-device virtio-serial-pci -chardev null,id=agent \
		-device virtserialport,chardev=agent,name=crmatrix.agent \
		-drive "file=$dir/root.squashfs,format=raw,if=virtio,readonly=on" \
		-drive "file=$dir/modules.squashfs,format=raw,if=virtio,readonly=on" \
		-netdev "tap,id=net,ifname=$role,script=no,downscript=no" \
		-device "virtio-net-pci,netdev=net,mac=$mac"
}

# await_ssh ROLE: until its sshd can be connected to
await_ssh() {
	local deadline=$((SECONDS + 120))
	until timeout 2 bash -c "exec 3<>/dev/tcp/${address[$1]}/22" 2>/dev/null; do
		if [ $SECONDS -ge $deadline ] || [ -z "$(jobs -rp)" ]; then
			tail -n 20 "$work/$1/console" "$work/$1/qemu.log" >&2
			die "no sshd in the $1"
		fi
		sleep 0.02
	done
}

on() {
	local role=$1
	shift
	timeout 60 ssh -F none -i "$work/key" -o BatchMode=yes \
		-o UserKnownHostsFile="$work/known_hosts" \
		-o GlobalKnownHostsFile=none -o ConnectTimeout=20 -o LogLevel=ERROR \
		"root@${address[$role]}" "$@"
}

# --- A cell -------------------------------------------------------------------

# lap NAME: the time since the last lap was that of NAME
lap() {
	local now=$EPOCHREALTIME
	line+=" $1=$(((${now/./} - ${before/./}) / 1000))"
	before=$now
}

boot_guests() {
	start_guest source 52:54:00:99:00:11 >"$work/source/qemu.log" 2>&1 &
	[ $boot = together ] || await_ssh source
	start_guest target 52:54:00:99:00:12 >"$work/target/qemu.log" 2>&1 &
	[ $boot = in-turn ] || await_ssh source
	await_ssh target
}

start_counter() {
	tar -C "$(dirname "$counter")" -c "$(basename "$counter")" |
		on source 'tar -C /srv/move -x'
	# A pid that is free on the target too.
	on source "cd /srv/move && mkdir images && {
		echo 20000 >/proc/sys/kernel/ns_last_pid
		setsid ./counter --serve $port </dev/null >log 2>&1 &
		echo \$! >pid
		until ./counter --probe 127.0.0.1 $port >/dev/null 2>&1; do :; done
	}"
}

# shellcheck disable=SC2016 # the guest's shell expands it
dump() {
	on source '/usr/sbin/criu dump -t "$(cat /srv/move/pid)" \
		-D /srv/move/images -o dump.log -v1 &&
		! kill -0 "$(cat /srv/move/pid)" 2>/dev/null ||
		{ cat /srv/move/images/dump.log; exit 1; }'
}

copy() {
	on source 'tar -C /srv -c move' | on target 'tar -C /srv -x'
}

restore() {
	on target '/usr/sbin/criu restore -d -D /srv/move/images -o restore.log -v1 ||
		{ cat /srv/move/images/restore.log; exit 1; }'
}

# ask ROLE: what the counter there says of itself
ask() {
	timeout 10 "$counter" --probe "${address[$1]}" $port
}

value_of() {
	sed -n "s/^$1=//p" <<<"$2"
}

# The same process, further on: only then it was moved.
compare() {
	local was=$1 is=$2 key
	for key in nonce pid started; do
		case "$(value_of $key "$was")" in
		'') die "the counter does not tell its '$key': $was" ;;
		"$(value_of $key "$is")") ;;
		*) die "it was not moved, '$key' is another one: $was, then $is" ;;
		esac
	done
	[ "$(value_of count "$is")" -gt "$(value_of count "$was")" ] ||
		die "it does not count: $was, then $is"
}

drop_guests() {
	local guests
	mapfile -t guests < <(jobs -rp)
	kill "${guests[@]}"
	wait
}

cell() {
	local line='' began=$EPOCHREALTIME before=$EPOCHREALTIME was is
	boot_guests
	lap boot
	start_counter
	was=$(ask source)
	lap start
	dump
	lap dump
	copy
	lap copy
	restore
	lap restore
	is=$(ask target)
	compare "$was" "$is"
	lap verify
	drop_guests
	lap drop
	before=$began
	lap total
	echo "${line# }"
}

exec </dev/null
network
keys
initramfs
for ((n = 0; n < cells; n++)); do
	cell
done
