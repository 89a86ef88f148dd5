#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# http.sh - a web server goes on over the one connection of its client, and a
# client that had to connect again is noticed
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"
requires python3

expect_status 0 "$CRMATRIX" run --matrix "$CRMATRIX_SOURCE/scenarios/http/matrix.yaml" \
	--out "$tmp/run"
python3 - "$tmp/run" <<-'PY'
	import json, sys
	run = sys.argv[1]
	cells = {c["id"]: c for c in json.load(open(run + "/results.json"))["cells"]}
	for machine in ("bookworm-6.1", "trixie-6.12"):
	    c = cells[f"keep-alive.{machine}.{machine}"]
	    assert c["verdict"] == "pass", c
	    assert set(c["witnesses"].values()) == {"ok"}, c["witnesses"]
	    # The probes' connections are of the loopback device: one is on the wire.
	    (conn,) = c["continuity"]["connections"]
	    assert len(conn["server_macs"]) == 2 and not conn["rst"], conn
	    # libcurl asks again and does not tell, unless half an answer was there.
	    c = cells[f"keep-alive-cut.{machine}.{machine}"]
	    assert c["cause"]["mode"] == "connection-aborted", c["cause"]
	    transcript = open(f"{run}/cells/{c['id']}/attempt-1/transcript").read()
	    again = transcript.count(" connect\n") == 2 and "another connection" in transcript
	    assert again or " close " in transcript, transcript[-300:]
PY
