#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# bisect.sh - the first bad kernel is found, also when it is killed on the way; what
# fails for another cause is passed over
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"
requires python3

# CRIU 3.17.1 does not know the vDSO of 7.2; of 5.10 it knows no rseq.
cell=counter.bookworm-6.1.bookworm-7.2
expect_status 0 "$CRMATRIX" run --machine bookworm-6.1,bookworm-7.2 \
	--source bookworm-6.1 --target bookworm-7.2 --scenario counter --out "$tmp/red"
expect_in "$tmp/out" '1 xfail'

"$CRMATRIX" bisect "$tmp/red" $cell --kernels 6.1,5.10,6.12,7.2 --repeat 1 \
	--out "$tmp/bisect" >"$tmp/out" 2>"$tmp/err" &
tool=$!
begun() { [ -e "$tmp/bisect/runs/1-6.1/1/journal.jsonl" ]; }
until_true 120 begun
kill -KILL $tool
wait $tool 2>/dev/null || true
[ ! -e "$tmp/bisect/runs/3-6.12" ] || fail 'it was killed too late to prove anything'
stamp() { stat -c %Y.%i "$tmp/bisect/runs/4-7.2/1/journal.jsonl"; }
first=$(stamp)
rm -r "$tmp/red" # needed no more
expect_status 0 "$CRMATRIX" bisect "$tmp/bisect" --json
[ "$(stamp)" = "$first" ] || fail 'what was finished was run again'
python3 - "$tmp/out" <<-'PY'
	import json, sys
	answer = json.load(open(sys.argv[1]))
	assert answer["end"] == "found" and answer["exit"] == 0, answer
	assert (answer["last_good"], answer["first_bad"]) == ("6.12", "7.2"), answer
	assert answer["cause"] == "vdso-layout", answer
	verdicts = {c["label"]: c["verdict"] for c in answer["candidates"]}
	assert verdicts["6.1"] == verdicts["6.12"] == "good", verdicts
	assert verdicts["5.10"] == "untold", verdicts
	bad = answer["candidates"][3]
	assert bad["kernel"].startswith("7.2") and bad["cause"] == "vdso-layout", bad
PY
# An answer is an answer: nothing is run.
expect_status 0 "$CRMATRIX" bisect "$tmp/bisect"
expect_in "$tmp/out" 'last good: 6.12'

# The control: if any cause would do, it would be the 5.10 in between, for its own.
mkdir "$tmp/any"
cp -r "$tmp/bisect/runs" "$tmp/any"
python3 - "$tmp/bisect/bisect.json" "$tmp/any/bisect.json" <<-'PY'
	import json, sys
	asked = json.load(open(sys.argv[1]))
	asked["cause"] = None
	json.dump(asked, open(sys.argv[2], "w"))
PY
expect_status 0 "$CRMATRIX" bisect "$tmp/any"
expect_in "$tmp/out" 'first bad: 5.10'
