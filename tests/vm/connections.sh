#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# connections.sh - connections move in the state in which they are frozen: bulk,
# half-closed, with data queued; and what criu cannot take along is named
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"

matrix=$CRMATRIX_SOURCE/scenarios/connections/matrix.yaml

# An expectation that is not met is a fail, and so the exit status tells all.
expect_status 0 "$CRMATRIX" run --matrix "$matrix" \
	--source bookworm-6.1 --target trixie-6.12 --out "$tmp/run" \
	--scenario bulk,half-closed-peer,half-closed-server,queues,accept-queue \
	--scenario half-closed-peer-fin-dropped,queues-no-memory \
	--scenario accept-queue-full,accept-queue-skipped-full

"$CRMATRIX" report "$tmp/run"
python3 - "$tmp/run" <<-'PY'
	import json, sys

	run = sys.argv[1]
	cells = {c["scenario"]: c for c in json.load(open(run + "/results.json"))["cells"]}

	def probes(name):
	    path = f"{run}/{cells[name]['evidence']['dir']}/observation.json"
	    return json.load(open(path))["probes"]

	for name in ("bulk", "half-closed-peer", "half-closed-server", "queues", "accept-queue"):
	    c = cells[name]
	    assert c["verdict"] == "pass", c
	    assert set(c["witnesses"].values()) == {"ok"}, c["witnesses"]
	    # Others are what an earlier client sent too late.
	    kept = [x for x in c["continuity"]["connections"] if len(x["server_macs"]) == 2]
	    assert len(kept) == {"bulk": 2, "queues": 31, "accept-queue": 4}.get(name, 3), kept
	    for conn in kept:
	        assert not conn["rst"] and not conn["lost_bytes"], conn
	causes = {
	    "half-closed-peer-fin-dropped": "half-close-lost",
	    "queues-no-memory": "socket-queue",
	    "accept-queue-full": "in-flight-connection",
	    "accept-queue-skipped-full": "in-flight-skipped",
	}
	for name, mode in causes.items():
	    c = cells[name]
	    assert c["verdict"] == "xfail", c
	    assert c["cause"]["mode"] == mode, c["cause"]
	# What the kernels said of the sockets, before the dump and after the restore.
	for name, key in (("half-closed-peer", "close_wait"), ("half-closed-server", "fin_wait2"),
	                  ("queues", "held_in"), ("queues", "held_out")):
	    p = probes(name)
	    assert int(p["dump"][key]) > 0, (name, p["dump"])
	    assert p["dump"][key] == p["restore"][key], (name, key, p)
	assert int(probes("bulk")["end"]["received"]) > 1 << 20, probes("bulk")["end"]
PY
