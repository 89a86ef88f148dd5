#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# signals.sh - Ctrl-C lets the cells under way finish, twice stops at once, and
# the run can be gone on with
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"

started() { grep -q '"step":"dump"' "$tmp/run/journal.jsonl" 2>/dev/null; }
start() {
	# A shell script's background jobs ignore SIGINT; a user's do not.
	env --default-signal=INT "$CRMATRIX" "$@" >"$tmp/out" 2>"$tmp/err" &
	tool=$!
}

start run --machine bookworm-6.1 --scenario counter --repeat 3 --jobs 1 \
	--out "$tmp/run"
until_true 60 started
kill -INT $tool
status=0
wait $tool || status=$?
[ $status = 130 ] || fail "exit status $status after one SIGINT, wanted 130"
[ "$(grep -c '"finished"' "$tmp/run/journal.jsonl")" = 1 ] ||
	fail 'the cell under way did not finish, or another began'
expect_in "$tmp/err" "crmatrix resume $tmp/run"

start resume "$tmp/run" --jobs 1
until_true 60 grep -q '"begin":"counter.bookworm-6.1.bookworm-6.1#2"' "$tmp/run/journal.jsonl"
kill -INT $tool
until_true 10 grep -q 'once more' "$tmp/err"
kill -INT $tool
status=0
SECONDS=0
wait $tool || status=$?
[ $status = 130 ] || fail "exit status $status after two SIGINTs, wanted 130"
[ "$(grep -c '"finished"' "$tmp/run/journal.jsonl")" = 1 ] ||
	fail 'it did not stop at once'

expect_status 0 "$CRMATRIX" resume "$tmp/run" --jobs 1
expect_in "$tmp/out" '3 ok'
