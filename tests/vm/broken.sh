#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# broken.sh - trouble of ours is broken, never fail: named, retried, and the run
# goes on
# timeout: 900
. "$(dirname "$0")/../lib/vm.sh"
requires_root

# trouble NAME ON WITHIN COMMAND [STAGE]: the counter, with something awful just before
# its dump, or at another stage
trouble() {
	cat >"$tmp/scenarios/$1.yaml" <<-YAML
		title: $1
		workload:
		  files: [counter]
		  command: exec ./counter --serve \$PORT
		  ready: ./counter --probe 127.0.0.1 \$PORT
		  port: 7000
		  probe: ./counter --probe 127.0.0.1 \$PORT
		  same: [nonce]
		  grows: [count]
		peer: {use: udp-echo, interval: 20ms}
		limits: {dump: 10s, resume: 5s}
		steps:
		  - {at: ${5:-before-dump}, on: $2, within: $3, run: '$4'}
	YAML
}

mkdir "$tmp/scenarios"
trouble panics source 5s 'echo c >/proc/sysrq-trigger; sleep 60'
trouble hangs source 5s 'mkdir /sys/fs/cgroup/f; echo 1 >/sys/fs/cgroup/f/cgroup.procs; echo 1 >/sys/fs/cgroup/f/cgroup.freeze'
trouble qemu-dies host 5s 'pkill -KILL -f [g]uest=crmatrix-target; sleep 1'
trouble disk-full source 60s 'dd if=/dev/zero of=/run/fill bs=1M count=2000 || true'
# Its port is another's, who answers when it is asked whether it is ready.
trouble port-taken source 5s "setsid ./counter --serve \$PORT </dev/null >/dev/null 2>&1 3>&- 4>&- & until ./counter --probe 127.0.0.1 \$PORT; do sleep 0.02; done" before-start
cat >"$tmp/machines.yaml" <<-'YAML'
	machines:
	  good: {kernel: '6.1', cpu: Haswell-noTSX, userland: bookworm, memory: 512M}
	  never-boots: {kernel: '6.1', cpu: Haswell-noTSX, userland: bookworm, memory: 512M, cmdline: rdinit=/nowhere}
YAML
cat >"$tmp/matrix.yaml" <<-'YAML'
	machine-files: [machines.yaml]
	machines: [good]
	scenarios: [scenarios, counter]
	self: true
YAML

expect_status 3 "$CRMATRIX" run --matrix "$tmp/matrix.yaml" --out "$tmp/run"
# told CELL WHY: broken after three attempts, for this reason
told() {
	python3 - "$tmp/run/results.json" "$1.good.good" "$2" <<-'PY' ||
		import json, sys
		path, cell, why = sys.argv[1:]
		(c,) = [c for c in json.load(open(path))["cells"] if c["id"] == cell]
		print(cell, c["verdict"], c["attempts"], c["reason"])
		assert c["verdict"] == "broken" and c["attempts"] == 3, c
		assert why in c["reason"], c["reason"]
	PY
		fail "$1"
}
told panics 'Kernel panic'
told hangs 'does not answer any more'
told qemu-dies 'QEMU ended'
told disk-full 'No space left'
told port-taken 'Address already in use'
python3 - "$tmp/run/results.json" <<-'PY'
	import json, sys
	(c,) = [c for c in json.load(open(sys.argv[1]))["cells"] if c["scenario"] == "counter"]
	assert c["verdict"] == "pass", c
PY

# A machine that never boots breaks its own cells alone.
sed -i 's/\[good\]/[good, never-boots]/; s/\[scenarios, counter\]/[counter]/' "$tmp/matrix.yaml"
expect_status 3 "$CRMATRIX" run --matrix "$tmp/matrix.yaml" --out "$tmp/run2"
python3 - "$tmp/run2/results.json" <<-'PY'
	import json, sys
	for c in json.load(open(sys.argv[1]))["cells"]:
	    good = c["source"] == c["target"] == "good"
	    print(c["id"], c["verdict"], c["attempts"], c["reason"])
	    assert c["verdict"] == ("pass" if good else "broken"), c
	    assert good or c["attempts"] == 3 and "panic" in c["reason"], c
PY
