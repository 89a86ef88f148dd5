#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# failures.sh - failures of each kind are produced, and named by their mode
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"
requires qemu-system-x86_64 python3

# One that criu refuses, one of the target, one whose only sign is a warning, one
# of the images without any error, two silent ones; and what passes beside them.
expect_status 0 "$CRMATRIX" run --matrix "$CRMATRIX_SOURCE/scenarios/failures/matrix.yaml" \
	--source bookworm-6.1 --target bookworm-6.1 --out "$tmp/run" \
	--scenario unix-half,unix-pair,namespace-refused,namespace-granted \
	--scenario traced,image-missing-fdinfo,with-nothing \
	--scenario lost-landlock,probe-security,memory-changed,probe-memory
python3 "$CRMATRIX_SOURCE/tests/confusion.py" "$tmp/run" >"$tmp/table" || {
	cat "$tmp/table"
	fail 'a mode was named wrongly, or something failed that was to pass'
}
grep -q '^6 modes, 6 cells: 6 named right, 0 not. 5 cells were to pass and did' "$tmp/table" ||
	fail "not all was told: $(cat "$tmp/table")"

# Foretold of the live workload and the target, before anything was stopped; what the
# scenario did to the images after that is counted apart.
"$CRMATRIX" predict "$tmp/run" --score >"$tmp/score" ||
	fail "something was foretold wrongly: $(cat "$tmp/score")"
for mode in namespace-refused traced unix-peer-outside; do
	grep -Eq "^ *$mode +1 +- +- +- +- +-" "$tmp/score" ||
		fail "'$mode' was not foretold: $(cat "$tmp/score")"
done
grep -q "^predicted: 9 of 9 cells right, 0 missed, 0 for another cause, 0 false alarms" "$tmp/score" ||
	fail "not all that could be was foretold: $(cat "$tmp/score")"
