#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# accel.sh - acceleration is decided by a boot: --accel kvm runs where KVM works
# and is refused, with the reason, where it does not
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"

status=$(status_of "$CRMATRIX" run --accel kvm --machine bookworm-6.1 \
	--scenario counter --out "$tmp/kvm")
case $status in
0) grep -q '"accel": *"kvm"' "$tmp/kvm/results.json" || fail 'not run with KVM' ;;
3)
	expect_in "$tmp/err" 'KVM does not work here'
	[ ! -e "$tmp/kvm" ] || fail 'a run folder was made'
	expect_status 0 "$CRMATRIX" run --accel auto --machine bookworm-6.1 \
		--scenario counter --out "$tmp/auto"
	expect_in "$tmp/err" 'no KVM'
	grep -q '"accel": *"tcg"' "$tmp/auto/results.json" || fail 'not run with TCG'
	;;
*) fail "exit status $status" ;;
esac
