#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scenarios.sh - the scenarios pass between two kernels, both ways, and each of
# their controls fails for the stated reason
# timeout: 600
. "$(dirname "$0")/../lib/vm.sh"

# An expectation that is not met is a fail, and so the exit status tells all.
expect_status 0 "$CRMATRIX" run --machine bookworm-6.1,trixie-6.12 \
	--scenario counter,redis,tcp-established,tcp-own-namespace,"$CRMATRIX_SOURCE/scenarios/controls" \
	--source bookworm-6.1 --out "$tmp/run"
expect_status 0 "$CRMATRIX" run --machine bookworm-6.1,trixie-6.12 \
	--scenario counter,redis,tcp-established --source trixie-6.12 \
	--target trixie-6.12 --out "$tmp/back"

# A kernel upgrade without its CRIU: known to fail, and so named.
expect_status 0 "$CRMATRIX" run --machine bookworm-6.1,bookworm-7.2 \
	--scenario counter --source bookworm-6.1 --target bookworm-7.2 \
	--out "$tmp/vdso"
grep -q '"mode": "vdso-layout"' "$tmp/vdso/results.json" || fail vdso-layout

"$CRMATRIX" report "$tmp/run"
python3 - "$tmp/run/results.json" "$tmp/back/results.json" <<-'PY'
	import json, sys

	def cells(path):
	    return {c["id"]: c for c in json.load(open(path))["cells"]}

	run, back = cells(sys.argv[1]), cells(sys.argv[2])
	passes = {**{i: c for i, c in run.items() if c["verdict"] == "pass"}, **back}
	for name in ("counter", "redis", "tcp-established", "tcp-own-namespace"):
	    # redis is a dynamic program: another userland has another libc
	    pairs = ["bookworm-6.1.bookworm-6.1", "trixie-6.12.trixie-6.12"]
	    if name != "redis":
	        pairs.append("bookworm-6.1.trixie-6.12")
	    if name == "tcp-own-namespace":
	        pairs.remove("trixie-6.12.trixie-6.12")
	    for pair in pairs:
	        c = passes[f"{name}.{pair}"]
	        assert c["verdict"] == "pass", c
	        assert set(c["witnesses"].values()) == {"ok"}, c["witnesses"]
	        assert c["downtime"]["service_ms"] > 0, c["downtime"]
	causes = {
	    "counter-pid-taken": "pid-taken",
	    "counter-restarted": "restarted-not-restored",
	    "redis-no-tcp-established": "tcp-established",
	    "tcp-no-address": "address-missing",
	    "tcp-unguarded": "rst-unlocked",
	    "tcp-own-namespace-unguarded": "rst-unlocked",
	}
	for name, mode in causes.items():
	    c = run[f"{name}.bookworm-6.1.bookworm-6.1"]
	    assert c["verdict"] == "xfail", c
	    assert c["cause"]["mode"] == mode, c["cause"]
	# The connection is the same one: a SYN, no second one, two hosts served it.
	for name in ("redis", "tcp-established"):
	    (conn,) = run[f"{name}.bookworm-6.1.bookworm-6.1"]["continuity"]["connections"]
	    assert not conn["rst"] and not conn["syn_again"], conn
	    assert not conn["lost_bytes"] and len(conn["server_macs"]) == 2, conn
PY
"$CRMATRIX" explain "$tmp/run" tcp-unguarded.bookworm-6.1.bookworm-6.1 >"$tmp/story"
expect_in "$tmp/story" rst-unlocked
