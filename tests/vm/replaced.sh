#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# replaced.sh - a run goes on when another program is put in the place of its own,
# as by a build or an upgrade
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"

tree=$tmp/tree
program=$tree/build/crmatrix
mkdir -p "$tree/build"
cp -r "$CRMATRIX_SOURCE"/{Makefile,vm-images,scenarios} "$tree"
cp -r "$BUILD/guest" "$CRMATRIX" "$tree/build"

started() { grep -q '"step":"dump"' "$tmp/run/journal.jsonl" 2>/dev/null; }
"$program" run --machine bookworm-6.1 --scenario counter --repeat 2 --jobs 1 \
	--out "$tmp/run" >"$tmp/out" 2>"$tmp/err" &
tool=$!
until_true 120 started
cp "$CRMATRIX" "$program.new"
mv "$program.new" "$program"
status=0
wait $tool || status=$?
[ $status = 0 ] || fail "exit status $status: $(tail -n 3 "$tmp/err")"
expect_in "$tmp/out" '2 ok'
