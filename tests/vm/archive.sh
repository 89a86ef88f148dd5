#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# archive.sh - one dump is restored on two machines; what was damaged on none
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"
requires python3
expect_status 0 "$CRMATRIX" run --matrix "$CRMATRIX_SOURCE/scenarios/archive/matrix.yaml" \
	--source bookworm-6.1 --out "$tmp/run"
python3 - "$tmp/run" <<-'PY'
	import json, os, sys
	run = sys.argv[1]
	cells = json.load(open(run + "/results.json"))["cells"]
	assert sorted(c["verdict"] for c in cells) == ["pass", "pass", "xfail", "xfail"], cells
	# Each scenario was dumped once, in the first of its cells.
	dumps = [line for line in map(json.loads, open(run + "/journal.jsonl"))
	         if line.get("step") == "dump" and line["state"] == "end"]
	assert len(dumps) == 2, dumps
	assert len([d for d in os.listdir(run + "/archives") if "." in d and not d.endswith(".lock")]) == 2
PY
