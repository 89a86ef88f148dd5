#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# twin.sh - a machine made from a profile is what its host is, and where it is not
# that is said
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"
requires python3

# The host: a guest whose facts become a profile. Another one is like it, but for a
# sysctl, which a twin can have, and a C library, which it cannot.
host=bookworm-6.1-nehalem
expect_status 0 "$CRMATRIX" run --machine $host --scenario counter --out "$tmp/host"
python3 - "$tmp" $host <<-'PY'
	import json, sys
	folder, host = sys.argv[1:]
	facts = json.load(open(f"{folder}/host/machines/{host}.json"))
	def write(name, facts):
	    with open(f"{folder}/{name}.yaml", "w") as f:
	        f.write(f"schema: crmatrix/profile/1\nname: {name}\nfacts:\n")
	        f.writelines(f"  {k}: {json.dumps(v)}\n" for k, v in facts.items())
	write("Same_1", facts)
	write("other", {**facts, "sysctl.net.ipv4.tcp_sack": "0", "glibc": "2.30"})
PY
cat >"$tmp/fleet.yaml" <<-'YAML'
	machines:
	  same: {from-profile: Same_1.yaml, kernel: '6.1'}
	  other: {from-profile: other.yaml, kernel: '6.1'}
YAML
cat >"$tmp/matrix.yaml" <<-'YAML'
	machine-files: [fleet.yaml]
	scenarios: [counter]
YAML
expect_status 0 "$CRMATRIX" run --matrix "$tmp/matrix.yaml" --source same --target other \
	--out "$tmp/run"
expect_in "$tmp/out" '1 ok'
python3 - "$tmp" $host <<-'PY'
	import json, sys
	folder, host = sys.argv[1:]
	facts = json.load(open(f"{folder}/host/machines/{host}.json"))
	machines = json.load(open(f"{folder}/run/results.json"))["machines"]
	same, other = machines["same"], machines["other"]
	assert not same.get("notes"), same["notes"]
	for key in ("kernel", "criu", "glibc", "cpu_flags", "cpu_model", "xsave_bytes"):
	    assert same["facts"][key] == facts[key], (key, same["facts"][key])
	assert facts["sysctl.net.ipv4.tcp_sack"] == "1"
	assert other["facts"]["sysctl.net.ipv4.tcp_sack"] == "0"
	wanted = [f"twin of 'other': glibc: 2.30 there, {facts['glibc']} here"]
	assert other["notes"] == wanted, other["notes"]
PY

# By a path, with the very kernel when Debian has it.
expect_status 0 "$CRMATRIX" list machines --machine "$tmp/Same_1.yaml" --json
if grep -q 'cannot be asked' "$tmp/err"; then
	cat "$tmp/err"
	skip 'all but the choice of a kernel was tested: the archive cannot be asked'
fi
python3 - "$tmp" $host <<-'PY'
	import json, sys
	folder, host = sys.argv[1:]
	facts = json.load(open(f"{folder}/host/machines/{host}.json"))
	machine, = json.load(open(f"{folder}/out"))
	assert machine["name"] == "same-1" and machine["cpu"] == "Nehalem", machine
	suite, kernel = machine["kernel"].split("/")
	assert kernel == "linux-image-" + facts["kernel"], machine["kernel"]
	assert machine["twin"]["differs"] == [
	    d for d in machine["twin"]["differs"] if d["item"] == "CPU"], machine
PY
sed -i 's/^facts:/fact:/' "$tmp/Same_1.yaml"
expect_status 2 "$CRMATRIX" list machines --matrix "$tmp/matrix.yaml"
expect_in "$tmp/err" "Same_1.yaml:3:1: error: unknown key 'fact'"
