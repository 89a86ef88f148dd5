#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sigkill.sh - the tool killed at any moment leaves nothing behind, and resume
# finishes the run
# timeout: 600
. "$(dirname "$0")/../lib/vm.sh"
requires_root

# A mount namespace of our own shows mounts that leak; the rest is the host's.
devices() { ls /sys/class/net; }
qemus() { pgrep -fc '^/usr/bin/qemu-system' || true; }
mounts() { wc -l </proc/self/mounts; }
before="$(devices) $(mounts)"
[ "$(qemus)" = 0 ] || fail 'a QEMU runs already; this test counts them'

gone() { [ "$(qemus)" = 0 ]; }
finished() { grep -c '"finished"' "$tmp/run/journal.jsonl" || true; }

seed=${SEED:-$RANDOM}
RANDOM=$seed
echo "seed $seed"
"$CRMATRIX" run --machine bookworm-6.1 --scenario counter --repeat 6 --jobs 2 \
	--out "$tmp/run" 2>"$tmp/err" &
for kill in 1 2 3 4 5 6; do
	tool=$!
	# Anything from the first instructions to the middle of a cell.
	sleep "$((RANDOM % 6)).$((RANDOM % 10))"
	kill -KILL $tool 2>/dev/null || true
	wait $tool 2>/dev/null || true
	until_true 10 gone
	[ "$(devices) $(mounts)" = "$before" ] ||
		fail "kill $kill left devices or mounts: $(devices) $(mounts)"
	echo "kill $kill: $(finished) cells finished"
	if [ -e "$tmp/run/plan.json" ]; then
		"$CRMATRIX" resume "$tmp/run" --jobs 2 2>>"$tmp/err" &
	else
		rm -rf "$tmp/run"
		"$CRMATRIX" run --machine bookworm-6.1 --scenario counter \
			--repeat 6 --jobs 2 --out "$tmp/run" 2>>"$tmp/err" &
	fi
done
wait $! || fail 'the last resume failed'
until_true 10 gone

# Each cell was finished once: what was finished was not run again.
python3 - "$tmp/run" <<-'PY'
	import collections, json, sys
	run = sys.argv[1]
	ends = collections.Counter()
	for line in open(run + "/journal.jsonl", errors="replace"):
	    try:
	        ends[json.loads(line).get("finished")] += 1
	    except ValueError:
	        pass
	del ends[None]
	cells = json.load(open(run + "/results.json"))["cells"]
	assert len(cells) == 6, cells
	assert all(c["verdict"] == "pass" for c in cells), cells
	assert sorted(ends.values()) == [1] * 6, ends
PY
# The lock went with the process: the folder can be opened again.
expect_status 0 "$CRMATRIX" resume "$tmp/run"
