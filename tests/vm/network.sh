#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# network.sh - locks of both kinds hold, IPv6 and namespaces move, options stay, and
# the control of each fails for its reason
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"
requires python3

run() {
	expect_status 0 "$CRMATRIX" run --matrix "$CRMATRIX_SOURCE/scenarios/network/matrix.yaml" "$@"
}
run --source bookworm-6.1 --target bookworm-6.1 --out "$tmp/old" \
	--scenario lock-iptables,lock-iptables-lifted,lock-nftables,lock-nftables-lifted
# The newer CRIU, and a kernel that takes the unit of timestamps as it comes.
run --source trixie-6.12 --target trixie-6.12 --out "$tmp/new" \
	--scenario lock-skip,tcp-ipv6,tcp-ipv6-unguarded,tcp-timestamps-lost,timestamp-unit-odd
run --source bookworm-6.1 --target trixie-6.12 --out "$tmp/across" \
	--scenario counter-ipv6,tcp-timestamps,timestamp-unit-even,tcp-dumped-namespace,tcp-dumped-namespace-unplugged
python3 - "$tmp" <<-'PY'
	import json, sys

	def cells(name):
	    path = f"{sys.argv[1]}/{name}/results.json"
	    return {c["scenario"]: c for c in json.load(open(path))["cells"]}

	old, new, across = cells("old"), cells("new"), cells("across")
	for c in (old["lock-iptables"], old["lock-nftables"], new["tcp-ipv6"],
	          across["counter-ipv6"], across["tcp-timestamps"],
	          across["timestamp-unit-even"], across["tcp-dumped-namespace"]):
	    assert c["verdict"] == "pass", c
	    assert set(c["witnesses"].values()) == {"ok"}, c["witnesses"]
	for c, mode, blame in (
	        (old["lock-iptables-lifted"], "rst-unlocked", "source"),
	        (old["lock-nftables-lifted"], "rst-unlocked", "source"),
	        (new["lock-skip"], "rst-unlocked", "source"),
	        (new["tcp-ipv6-unguarded"], "rst-unlocked", "target"),
	        (new["tcp-timestamps-lost"], "tcp-options-changed", None),
	        (new["timestamp-unit-odd"], "timestamp-unit", None),
	        (across["tcp-dumped-namespace-unplugged"], "route-missing", None)):
	    assert c["cause"]["mode"] == mode, c["cause"]
	    assert not blame or c["continuity"]["blame"] == blame, c["continuity"]
	(conn,) = new["tcp-ipv6"]["continuity"]["connections"]
	assert conn["server"] == "[fd77::100]:7001", conn
PY
