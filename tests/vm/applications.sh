#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# applications.sh - a machine gets what a scenario needs and keeps its name; VLC's
# film goes on without a picture missing, and two of them are left to be seen; what
# the peer's side lacks is a skip
# timeout: 900
. "$(dirname "$0")/../lib/vm.sh"
requires python3

cat >"$tmp/needy.yaml" <<-'YAML'
	title: needs two CPUs and VLC
	needs: {packages: [vlc-bin, vlc-plugin-base], vcpus: 2}
	workload: {command: exec sleep 1000, probe: 'echo pid=$WORKLOAD_PID', same: pid}
	steps:
	  - {at: after-start, on: source, assert: 'test "$(nproc)" = 2'}
	  - {at: after-restore, on: target, assert: 'test "$(nproc)" = 2 && command -v vlc'}
YAML
cat >"$tmp/lacking.yaml" <<-'YAML'
	title: its client needs a program that nobody has
	requires: [{on: host, run: command -v no-such-program, message: no client}]
	workload: {command: exec sleep 1000, probe: 'echo pid=$WORKLOAD_PID', same: pid}
YAML
expect_status 0 "$CRMATRIX" run --jobs 1 --machine bookworm-6.1 --out "$tmp/run" \
	--scenario "$tmp/needy.yaml,vlc,counter,$tmp/lacking.yaml"
cell=$tmp/run/cells/vlc.bookworm-6.1.bookworm-6.1/attempt-1
python3 - "$tmp/run" "$cell" <<-'PY'
	import json, sys
	run, cell = sys.argv[1:]
	results = json.load(open(run + "/results.json"))
	assert list(results["machines"]) == ["bookworm-6.1"], results["machines"].keys()
	assert results["machines"]["bookworm-6.1"]["facts"]["vcpus"] == "1"
	needy = json.load(open(run + "/cells/needy.bookworm-6.1.bookworm-6.1/attempt-1/observation.json"))
	assert needy["source_facts"]["vcpus"] == needy["target_facts"]["vcpus"] == "2"
	lacking = next(c for c in results["cells"] if c["scenario"] == "lacking")
	assert lacking["verdict"] == "skip", lacking
	assert lacking["reason"] == "no client (host)", lacking["reason"]
	flow = next(c["flow"] for c in results["cells"] if c["scenario"] == "vlc")
	assert flow["stall_ms"] > 0 and flow["late"] is not None, flow
	for name in "before", "after":
	    picture = open(f"{cell}/picture-{name}.bmp", "rb").read()
	    assert picture[:2] == b"BM" and len(picture) == 54 + 1024 + 320 * 240
PY
