#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# shards.sh - shards run apart and merged are the run; a cell of it is run again,
# with its guests open, and from a bundle
# timeout: 400
. "$(dirname "$0")/../lib/vm.sh"
cell=counter.bookworm-6.1.bookworm-6.1-nehalem

for i in 1 2; do
	expect_status 0 "$CRMATRIX" run --source bookworm-6.1 \
		--machine bookworm-6.1,bookworm-6.1-nehalem --scenario counter \
		--shard $i/2 --jobs 1 --out "$tmp/s$i"
done
expect_status 2 "$CRMATRIX" merge "$tmp/s1" -o "$tmp/run"
expect_in "$tmp/err" 'shards 2/2'
expect_status 0 "$CRMATRIX" merge "$tmp/s1" "$tmp/s2" -o "$tmp/run"
expect_in "$tmp/out" '1 ok, 1 xfail'
expect_status 1 "$CRMATRIX" ask "$tmp/run" --from bookworm-6.1 --to bookworm-6.1-nehalem
expect_in "$tmp/out" 'xsave-missing'

# shellcheck disable=SC2016 # it is for the guest's shell
printf '%s\n' 'grep Error $IMAGES/restore.log' source 'kill -0 $WORKLOAD_PID' 'uname -n' \
	>"$tmp/lines"
shell() { "$CRMATRIX" repro "$tmp/run" $cell --shell --out "$tmp/again" <"$tmp/lines"; }
expect_status 0 shell
expect_in "$tmp/out" "$cell is held after 'restore'"
expect_in "$tmp/out" 'FPU xsave area present'
expect_in "$tmp/out" 'the same now: 1 of 1 times'

expect_status 0 "$CRMATRIX" repro "$tmp/run" $cell --bundle "$tmp/cell.tar.gz"
rm -r "$tmp/run"
expect_status 0 "$CRMATRIX" repro --bundle-file "$tmp/cell.tar.gz" --out "$tmp/bundled"
expect_in "$tmp/out" 'it was: xfail xsave-missing'
expect_in "$tmp/out" 'the same now: 1 of 1 times'
