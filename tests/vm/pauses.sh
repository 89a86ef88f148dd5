#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# pauses.sh - a connection outlives 5 s in which nobody answers, unless its client
# does not wait so long; and who gave it up is said
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"
requires python3

expect_status 0 "$CRMATRIX" run --matrix "$CRMATRIX_SOURCE/scenarios/pauses/matrix.yaml" \
	--scenario frozen-5s-default,frozen-5s-heartbeat --out "$tmp/run"
python3 - "$tmp/run/results.json" <<-'PY'
	import json, sys
	cells = {c["scenario"]: c for c in json.load(open(sys.argv[1]))["cells"]}
	c = cells["frozen-5s-default"]
	assert c["verdict"] == "pass" and c["downtime"]["service_ms"] > 5000, c
	c = cells["frozen-5s-heartbeat"]
	assert c["verdict"] == "xfail", c
	assert "5000 ms" in c["cause"]["title"], c["cause"]
PY
