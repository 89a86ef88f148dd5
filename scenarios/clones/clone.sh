#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# clone.sh - many restores of one checkpoint, each in namespaces of its own
#
#	clone.sh prepare	make the root file system, on each machine
#	clone.sh run COMMAND	the service, alone in it; in new namespaces. The last
#				word is its program, which lies beside this
#	clone.sh ask		ask the service in this network namespace
#	clone.sh cold COMMAND	start it as ever and note the time to its first answer
#	clone.sh restore N	restore it N times side by side, noting the same
#	clone.sh restored	fails, and says why, when one of them was not
#	clone.sh same N		answers of N clones are of the same service
#	clone.sh told		what the times are; fails unless clones are quicker
root=/srv/root
notes=/run/clones

now() { date +%s%N; }

ask() { echo | socat -t 0.2 - UDP:127.0.0.1:7020 2>/dev/null | grep .; }

await() { until $1 ./clone.sh ask >"$notes/$2.said"; do sleep 0.01; done; }

note() { echo $((($(now) - $2) / 1000000)) >"$notes/$1.ms"; }

# cold NOTE COMMAND...
cold() {
	note=$1
	shift
	ip netns add cold
	ip -n cold link set lo up
	begin=$(now)
	setsid ip netns exec cold unshare --pid --fork --kill-child --mount --ipc --uts \
		./clone.sh run "$@" </dev/null >/dev/null 2>&1 3>&- 4>&- &
	# Asking all the time would take the CPU from who is to answer.
	until grep -q ':1B6C ' "/proc/$!/net/udp"; do
		kill -0 $! || exit 1
		sleep 0.2
	done
	await 'ip netns exec cold' cold
	note "$note" "$begin"
	kill -KILL $!
	wait $!
	ip netns del cold
}

restore() {
	ip netns add "clone$1"
	ip -n "clone$1" link set lo up
	begin=$(now)
	criu restore -d -D "$IMAGES" -v4 -o "$notes/$1.log" --root $root \
		--external 'mnt[usr]:/usr' --inherit-fd 'fd[9]:workload' \
		9<"/run/netns/clone$1" >/dev/null 2>&1 || {
		grep Error "$notes/$1.log" >>"$notes/failed"
		echo "clone $1 is not restored" >>"$notes/failed"
		return
	}
	await "ip netns exec clone$1" "$1"
	note "$1" "$begin"
}

mkdir -p $notes
case $1 in
prepare)
	mkdir -p $root/usr $root/etc $root/proc $root/tmp $root/old
	ln -s usr/bin usr/lib usr/lib64 $root/
	# Where Debian says which 'java' is meant, and its JVM is told how to be.
	for etc in /etc/alternatives /etc/java-*; do
		[ ! -d "$etc" ] || cp -a "$etc" $root/etc/
	done
	mount --bind $root $root
	# What criu finds out about the kernel is kept, as on any host that used it.
	criu check >/dev/null 2>&1 || true ;;
run)
	mount --bind $root $root
	mount --bind /usr $root/usr
	mount -t tmpfs tmpfs $root/tmp
	mount -t proc proc $root/proc
	shift
	for program; do :; done
	cp "$program" $root/tmp/
	cd $root && pivot_root . old && cd /tmp || exit 1
	umount -l /old
	: >/tmp/empty
	# PID 1 of a namespace leads no session yet; what is not, leads one.
	[ $$ = 1 ] && exec setsid "$@" </tmp/empty >/tmp/log 2>&1
	exec "$@" </tmp/empty >/tmp/log 2>&1 ;;
ask) ask ;;
cold)
	shift
	# The second time all its files are in memory: that is the time to beat.
	cold first "$@"
	cold cold "$@" ;;
restore)
	jobs=
	for i in $(seq "$2"); do
		restore "$i" &
		jobs="$jobs $!"
	done
	# shellcheck disable=SC2086
	wait $jobs ;;
restored)
	[ ! -e $notes/failed ] || {
		cat $notes/failed >&2
		exit 1
	} ;;
same)
	# Answers of all that live here, which are that very service: one nonce.
	cat $notes/[0-9]*.said
	[ "$(cat $notes/[0-9]*.said | grep -c ^nonce=)" = "$2" ] || exit 1
	[ "$(cat $notes/[0-9]*.said | grep ^nonce= | sort -u | wc -l)" = 1 ] ;;
told)
	cold=$(cat $notes/cold.ms)
	failed=0
	for ms in "$notes"/[0-9]*.ms; do
		ok=ok
		[ "$(cat "$ms")" -lt "$cold" ] || { ok=wrong failed=1; }
		echo "$ok: first answer of a clone after $(cat "$ms") ms, of a cold start after $cold ms"
	done
	echo "and after $(cat $notes/first.ms) ms when it was started for the first time"
	exit $failed ;;
esac
