#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# two_runs.sh - two runs on one host do not disturb each other, not in one folder, not
# when one of them is interrupted; and of that one nothing is left
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"

# A folder for temporary files each, to see what is left in it.
mkdir "$tmp/ta" "$tmp/tb"
cells=(--machine bookworm-6.1 --scenario 'counter,tcp-established' --jobs 1)
# start NAME ARGUMENT...: as a user's, who has not ignored SIGINT; its id in $pid
start() {
	TMPDIR=$tmp/t$1 env --default-signal=INT "$CRMATRIX" run "${cells[@]}" \
		--out "$tmp/$1" "${@:2}" >"$tmp/$1.out" 2>"$tmp/$1.err" &
	pid=$!
}
begun() { grep -q '"step":"dump"' "$tmp/$1/journal.jsonl" 2>/dev/null; }

start a --repeat 2
a=$pid
start b --repeat 50
b=$pid
until_true 120 begun a
until_true 120 begun b

# In one folder: refused, and the run there goes on.
expect_status 2 "$CRMATRIX" run "${cells[@]}" --out "$tmp/a"
expect_in "$tmp/err" "$tmp/a"
expect_status 2 "$CRMATRIX" resume "$tmp/a"
expect_in "$tmp/err" 'another process runs in'

# Twice Ctrl-C stops one at once, with all that was its own.
kill -INT $b
until_true 10 grep -q 'once more' "$tmp/b.err"
kill -INT $b
status=0
wait $b || status=$?
[ $status = 130 ] || fail "exit status $status after two SIGINTs, wanted 130"
remains=$(pgrep -f -- "$tmp/b" || true)
[ -z "$remains" ] || fail "processes are left: $remains"
[ -z "$(ls "$tmp/tb")" ] || fail "temporary files are left: $(ls "$tmp/tb")"

status=0
wait $a || status=$?
[ $status = 0 ] || { cat "$tmp/a.out" "$tmp/a.err"; fail "the other ended with $status"; }
expect_in "$tmp/a.out" '4 ok'
[ -z "$(ls "$tmp/ta")" ] || fail "temporary files are left: $(ls "$tmp/ta")"
python3 - "$tmp/a/results.json" <<-'PY'
	import json, sys
	for c in json.load(open(sys.argv[1]))["cells"]:
	    assert c["verdict"] == "pass" and c["attempts"] == 1, c
PY
