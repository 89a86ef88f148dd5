#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ask.sh - the client of the little services: over one connection it sends numbers,
# and each answer must be 'NONCE NUMBER SUM': of the same service, and of all that
# was sent before, which exists nowhere but in its memory. With arguments it talks
# to that command instead of a port.
set -u

say() {
	local up rest
	read -r up rest </proc/uptime
	echo "${up%.*}${up#*.}0000000 $*" >>"$TRANSCRIPT"
}

stop='' first='' n=0 sum=0
trap 'stop=yes' TERM

# A service may say that it is ready a little too early.
dial() {
	local tries=50
	while [ $((tries--)) -gt 0 ]; do
		{ exec 3<>"/dev/tcp/$SERVICE/$PORT"; } 2>/dev/null && return
		sleep 0.1
	done
	exit 2
}

if [ $# -eq 0 ]; then
	dial
	exec 4<&3
else
	# What ends by our SIGTERM could not answer any more.
	coproc setsid "$@"
	exec 3>&"${COPROC[1]}" 4<&"${COPROC[0]}"
fi
say connect
while [ -z "$stop" ]; do
	n=$((n + 1)) sum=$(((sum * 31 + n) % 1000003))
	say send "$n"
	echo "$n" >&3
	if ! read -r -t 120 -u 4 nonce back got; then
		[ "$n" -gt 1 ] || exit 2
		say close 'no answer'
		exit 1
	fi
	: "${first:=$nonce}"
	if [ "$nonce $back $got" != "$first $n $sum" ]; then
		say error "$n" "'$nonce $back $got' came, not '$first $n $sum'"
		exit 1
	fi
	say answer "$n"
	sleep 0.02
done
say 'done'
