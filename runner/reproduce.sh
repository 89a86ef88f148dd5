# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2015,SC2154 # what the cell is, bundle_script.c puts above
set -u
here=$(cd "$(dirname "$0")" && pwd)
criu=${CRIU:-criu}
moved=$here/moved

fail() {
	echo "reproduce.sh: $*" >&2
	exit 3
}

# --- On one machine -------------------------------------------------------------------

# one_step ON run|wait|assert COMMAND SECONDS: a step of the scenario's own
one_step() {
	if [ "$1" = host ]; then
		echo "left out, a step outside the machines: $3"
		return
	fi
	n=0
	until sh -c "$3"; do
		n=$((n + 1))
		[ "$2" = wait ] && [ $n -lt "$4" ] || fail "a step failed: $3"
		sleep 1
	done
}

place() {
	mkdir -p /srv/workload "$STATE" "$IMAGES" "$moved" &&
		cp -a "$here/files/." /srv/workload/ && cd /srv/workload ||
		fail 'files of the workload cannot be placed'
	[ "$PORT" = 0 ] || ip address replace "$SERVICE" dev lo
}

until_ready() {
	n=0
	until sh -c "$ready" >/dev/null 2>&1; do
		n=$((n + 1))
		[ $n -lt "$within" ] || return 1
		sleep 1
	done
}

tell() { # STATUS LOG
	echo "criu ended with $1"
	[ "$1" = 0 ] || grep -m 5 Error "$2"
}

dump() {
	place
	steps before-start source
	# shellcheck disable=SC2016 # it is for the shell that becomes the workload
	setsid sh -c 'echo $$ >"$STATE/pid"; exec sh -c "$1"' sh "$command" \
		</dev/null >"$STATE/log" 2>&1 &
	until_ready || fail "the workload is not ready: $(tail -n 5 "$STATE/log")"
	WORKLOAD_PID=$(sh -c "$pid") && [ -d "/proc/$WORKLOAD_PID" ] ||
		fail "the workload is not there: $(tail -n 5 "$STATE/log")"
	export WORKLOAD_PID
	echo "$WORKLOAD_PID" >"$STATE/pid"
	steps after-start source
	steps before-dump source
	criu_dump dump -v4 -t "$WORKLOAD_PID" -D "$IMAGES" -o dump.log
	status=$?
	[ $status != 0 ] || steps after-dump source
	cp -a "$IMAGES" "$STATE" "$moved/"
	tell $status "$IMAGES/dump.log"
	return $status
}

restore() {
	[ -e "$moved/images/inventory.img" ] ||
		fail "there is nothing to restore in $moved: first dump"
	place
	cp -a "$moved/images/." "$IMAGES/" && cp -a "$moved/workload/." "$STATE/" ||
		fail 'what was dumped cannot be placed'
	WORKLOAD_PID=$(cat "$STATE/pid")
	export WORKLOAD_PID
	steps before-start target
	steps after-start target
	steps before-dump target
	steps after-dump target
	steps before-restore target
	criu_restore restore -v4 -d -D "$IMAGES" -o restore.log
	status=$?
	cp "$IMAGES/restore.log" "$moved/"
	tell $status "$IMAGES/restore.log"
	[ $status = 0 ] || return $status
	steps after-restore target
	until_ready || {
		echo 'restored, but the workload does not answer'
		return 1
	}
	echo 'restored, and the workload answers'
	steps at-end target
	sh -c "$verify" || {
		echo 'but it is not what it was'
		return 1
	}
}

# --- In two machines of QEMU's ---------------------------------------------------------

# What a machine of ours has besides criu and the words of the workload's commands.
tools='sh bash cat cp mkdir rm mv ln ls mount umount setsid sleep grep sed awk tail head tar
	gzip stty ip insmod switch_root tr cut dd date ps kill chmod chown env test printf
	id uname sysctl dirname basename touch ldd nsenter unshare iptables iptables-restore ip6tables-restore nft'
# What criu asks of a kernel before it does anything, and what a workload may open.
modules='tcp_diag udp_diag raw_diag unix_diag af_packet_diag netlink_diag veth tun nfnetlink
	nf_conntrack_netlink nf_tables nft_compat nft_ct xt_mark xt_conntrack xt_tcpudp'

# Run in the userland whose programs are wanted: a tar of them, and of their libraries.
# shellcheck disable=SC2016 # not for this shell
collect='
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
for word; do
	case $word in
	-*) continue ;;
	esac
	path=$(command -v "$word") && [ -f "$path" ] || continue
	echo "$path"
	ldd "$path" 2>/dev/null | grep -o "/[^ ]*"
done | sort -u | tar -chf - --files-from=- 2>/dev/null'

# The first process there: of the initramfs, then of a tmpfs (criu wants a real root).
# shellcheck disable=SC2016
init='#!/bin/sh
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
if [ $$ = 1 ] && [ ! -e /new ]; then
	mkdir /new
	mount -t tmpfs -o size=90% tmpfs /new
	for f in /*; do
		[ "$f" = /new ] || cp -a "$f" /new/
	done
	mkdir /new/new
	exec switch_root /new /init
fi
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm /tmp
mount -t devpts pts /dev/pts
exec </dev/null >/dev/ttyS0 2>&1
for m in $(cat /modules/order); do
	insmod /modules/"$m"
done
ip link set lo up
# Ids of processes that are not there in the other machine.
[ "$STEP" = restore ] || echo 20000 >/proc/sys/kernel/ns_last_pid
stty -F /dev/ttyS1 raw -echo
sh /bundle/reproduce.sh "$STEP"
echo $? >/bundle/moved/$STEP.status
tar -C /bundle -cf - moved | gzip -1 | cat >/dev/ttyS1
stty -F /dev/ttyS1 -echo # when all is sent
echo o >/proc/sysrq-trigger
sleep 60'

# put_modules FROM INTO: and what they depend on, in the order in which they are loaded
put_modules() {
	: >"$2/order"
	[ -n "$1" ] || return 0
	[ -f "$1/modules.dep" ] || fail "$1 has no modules.dep: not a folder of modules"
	for name in $modules; do
		sed -n "s,^\([^:]*/\)\?\($name\.ko[^:]*\):\(.*\),\3 \1\2,p" "$1/modules.dep" |
			awk '{ for (i = NF - 1; i; i--) print $i; print $NF }'
	done | awk '!seen[$0]++' | while read -r file; do
		cp "$1/$file" "$2/" && basename "$file" >>"$2/order"
	done
}

# machine SIDE STEP KERNEL CPU VCPUS MEMORY [ROOT [MODULES]]: what comes out is in moved/
machine() {
	[ -f "$3" ] || fail "no kernel for the $1: set KERNEL, or $1's own (see the head)"
	tree=$scratch/$1
	mkdir -p "$tree/usr/bin" "$tree/usr/sbin" "$tree/usr/lib" "$tree/usr/lib64" \
		"$tree/proc" "$tree/sys" "$tree/dev" "$tree/run" "$tree/etc" \
		"$tree/var/lib" "$tree/root" "$tree/modules" "$tree/bundle/moved"
	for name in bin sbin lib lib64; do
		ln -s usr/$name "$tree/$name"
	done
	set -- "$1" "$2" "$3" "$4" "$5" "$6" "${7:-/}" "${8:-}"
	# shellcheck disable=SC2086 # words
	set -f && set -- "$@" $tools "$criu" $command $ready $pid $verify && set +f
	side=$1 step=$2 kernel=$3 cpu=$4 vcpus=$5 memory=$6 root=$7 tree_of_modules=$8
	shift 8
	if [ "$root" = / ]; then
		sh -c "$collect" sh "$@"
	else
		chroot "$root" /bin/sh -c "$collect" sh "$@"
	fi | tar -xf - -C "$tree" --keep-directory-symlink ||
		fail "programs of $root cannot be taken"
	chroot "$tree" "$criu" --version >/dev/null 2>&1 ||
		fail "there is no criu in $root that starts: CRIU=PATH names another"
	cp -a "$here/files" "$here/reproduce.sh" "$tree/bundle/"
	[ "$step" = dump ] || cp -a "$moved/." "$tree/bundle/moved/"
	put_modules "$tree_of_modules" "$tree/modules"
	echo "$init" | sed "s,^export PATH,STEP=$step; export PATH STEP," >"$tree/init"
	chmod 755 "$tree/init"
	(cd "$tree" && find . | cpio --quiet -o -H newc) >"$scratch/$side.cpio" ||
		fail 'no initramfs: is cpio there?'
	rm -rf "$tree" "$scratch/out"
	echo "--- $step, on the $side: $kernel, CPU $cpu"
	# shellcheck disable=SC2086
	timeout 600 qemu-system-x86_64 -nodefaults -no-reboot -display none \
		-machine "pc,accel=${ACCEL:-kvm:tcg}" -cpu "$cpu" -smp "$vcpus" \
		-m "$memory" -kernel "$kernel" -initrd "$scratch/$side.cpio" \
		-append 'console=ttyS0 quiet panic=-1' -serial stdio \
		-serial "file:$scratch/out" </dev/null | tr -d '\r'
	tar -xzf "$scratch/out" -C "$here" 2>/dev/null ||
		fail "the $side did not come to its end"
	status=$(cat "$moved/$step.status")
	[ "$status" != 3 ] || exit 3
}

in_qemu() {
	command -v qemu-system-x86_64 >/dev/null || fail 'no qemu-system-x86_64'
	scratch=$(mktemp -d) && trap 'rm -rf "$scratch"' EXIT || exit 3
	trap 'exit 130' INT TERM HUP
	rm -rf "$moved"
	machine source dump "${SOURCE_KERNEL:-${KERNEL:-}}" "$source_cpu" "$source_vcpus" \
		"$source_memory" "${SOURCE_ROOT:-${ROOT:-/}}" \
		"${SOURCE_MODULES:-${MODULES:-}}"
	[ "$status" = 0 ] || return "$status"
	machine target restore "${TARGET_KERNEL:-${KERNEL:-}}" "$target_cpu" \
		"$target_vcpus" "$target_memory" "${TARGET_ROOT:-${ROOT:-/}}" \
		"${TARGET_MODULES:-${MODULES:-}}"
	return "$status"
}

case ${1:-} in
dump | restore) "$1" ;;
qemu) in_qemu ;;
*)
	echo "usage: $0 qemu|dump|restore" >&2
	exit 2
	;;
esac
