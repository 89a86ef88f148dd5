#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# modes.sh - pre-dump, page servers and lazy pages bring every page; an original that
# was left stopped goes on when the restore fails; TLS by certificates that fit
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"
requires python3

expect_status 0 "$CRMATRIX" run --matrix "$CRMATRIX_SOURCE/scenarios/modes/matrix.yaml" \
	--source bookworm-6.1 --target trixie-6.12 --out "$tmp/run" \
	--scenario leave-stopped,leave-stopped-failed,leave-stopped-killed,pre-dump-page-server,pre-dump-uncorked,pre-dump-uncorked-unreachable,lazy-pages,lazy-pages-daemon-killed,page-server-unreachable,page-server-tls,page-server-tls-stranger
python3 - "$tmp/run" <<-'PY'
	import json, sys

	def seen(c):
	    with open(f"{sys.argv[1]}/{c['evidence']['dir']}/observation.json") as f:
	        return json.load(f)

	with open(f"{sys.argv[1]}/results.json") as f:
	    cells = {c["scenario"]: c for c in json.load(f)["cells"]}
	for name in ("leave-stopped", "pre-dump-page-server",
	             "pre-dump-uncorked", "lazy-pages", "page-server-tls"):
	    assert cells[name]["verdict"] == "pass", cells[name]
	for name, mode in (("leave-stopped-failed", "pid-taken"),
	                   ("leave-stopped-killed", "original-lost"),
	                   ("lazy-pages-daemon-killed", "lazy-pages-lost"),
	                   ("page-server-unreachable", "page-server-unreachable"),
	                   ("page-server-tls-stranger", "tls-refused"),
	                   ("pre-dump-uncorked-unreachable", "page-server-unreachable")):
	    assert cells[name]["cause"]["mode"] == mode, cells[name]
	assert seen(cells["leave-stopped"])["original"]["fate"] == "killed"
	kept = seen(cells["leave-stopped-failed"])
	assert kept["original"]["fate"] == "continued", kept["original"]
	assert kept["peer"]["errors"] == 0 and kept["peer"]["exit"] == 0, kept["peer"]
	assert kept["peer"]["first_after_ns"] > kept["original"]["at_ns"]
	rounds = seen(cells["pre-dump-page-server"])
	pages = [r["criu"]["pages_written"] for r in rounds["rounds"]]
	assert len(pages) > 1 and pages[-1] < pages[0] / 2, pages
	assert rounds["criu"]["pages_skipped"] > pages[0] / 2, rounds["criu"]
	log = f"{sys.argv[1]}/{cells['pre-dump-uncorked']['evidence']['dir']}/dump.log"
	with open(log) as f:
	    text = f.read()
	assert "ps socket 5" in text and "TCP_CORK" not in text, log
	lazy = seen(cells["lazy-pages"])["criu"]
	assert lazy["pages_lazy"] > 100 * lazy["pages_restored"], lazy
	assert lazy["frozen_ns"] is None, lazy
PY
"$CRMATRIX" explain "$tmp/run" leave-stopped-failed.bookworm-6.1.trixie-6.12 >"$tmp/story"
expect_in "$tmp/story" 'went on after the failure: the peer was answered again'
