#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# archive_grid.sh - four machines, all against all, cost four dumps; killed while the
# third is made, the run is finished without any cell or dump being done again
# timeout: 600
. "$(dirname "$0")/../lib/vm.sh"
requires python3

machines=bookworm-6.1,bookworm-6.1-nehalem,trixie-6.12,trixie-7.2
run=$tmp/run
finished() { grep -c '"finished"' "$run/journal.jsonl" || true; }
third() { compgen -G "$run/archives/*.new" && [ "$(archives | grep -c archive.json)" = 2 ]; }
third_or_end() { third >/dev/null || ! kill -0 $tool 2>/dev/null; }
# What tells one dump from another, of each that there is.
archives() {
	[ -e "$run/archives" ] || return 0
	(cd "$run/archives" && find . -path '*.new' -prune -o \
		\( -name archive.json -o -name observation.json \) -printf '%p %i %T@\n' | sort)
}

"$CRMATRIX" run --scenario archive --machine $machines --out "$run" 2>"$tmp/err" >"$tmp/out" &
tool=$!
until_true 500 third_or_end
kill -KILL $tool || { cat "$tmp/err"; fail 'the run ended before it could be killed'; }
wait $tool 2>/dev/null || true
archives >"$tmp/before"
cp "$run/journal.jsonl" "$tmp/journal.before"
echo "killed when $(finished) of 16 cells were finished"

expect_status 0 "$CRMATRIX" resume "$run"
archives >"$tmp/after"
[ -z "$(comm -23 "$tmp/before" "$tmp/after")" ] ||
	fail "archives were made again: $(diff "$tmp/before" "$tmp/after")"

python3 - "$run" "$tmp/journal.before" <<-'PY'
	import collections, hashlib, json, os, sys
	run, before = sys.argv[1:]
	def lines(path):
	    for line in open(path, errors="replace"):
	        try:
	            yield json.loads(line)
	        except ValueError:
	            pass
	journal = list(lines(run + "/journal.jsonl"))
	ends = collections.Counter(l["finished"] for l in journal if "finished" in l)
	assert len(ends) == 16 and set(ends.values()) == {1}, ends
	# What was finished before was not begun again.
	done = {l["finished"] for l in lines(before) if "finished" in l}
	assert 0 < len(done) < 16, done
	begins = collections.Counter(l["begin"] for l in journal if "begin" in l)
	assert all(begins[c] == 1 for c in done), begins

	cells = json.load(open(run + "/results.json"))["cells"]
	assert len(cells) == 16, cells
	dumps = collections.Counter()
	for l in journal:
	    if l.get("step") == "dump" and l["state"] == "end":
	        dumps[l["cell"].split(".", 1)[1]] += 1
	# Each source was dumped once; an end is told when the dump came to it.
	folders = [d for d in os.listdir(run + "/archives") if not d.endswith((".lock", ".new"))]
	assert len(folders) == 4, folders
	assert 4 <= sum(dumps.values()) <= 5, dumps

	# All restores of a source are of one process, which is that of no other.
	nonces = {}
	for c in cells:
	    attempt = f'{run}/cells/{c["id"]}/attempt-{c["attempts"]}'
	    o = json.load(open(attempt + "/observation.json"))
	    if c["verdict"] == "pass":
	        probes = o["probes"]
	        assert probes["restore"]["nonce"] == probes["dump"]["nonce"], c
	        nonces.setdefault(c["source"], set()).add(probes["end"]["nonce"])
	passes = {(c["source"], c["target"]) for c in cells if c["verdict"] == "pass"}
	assert sorted(c["verdict"] for c in cells) == ["pass"] * len(passes) + ["xfail"] * (16 - len(passes)), cells
	assert all(len(n) == 1 for n in nonces.values()), nonces
	assert len(set.union(*nonces.values())) == len(nonces), nonces
	print(f"{len(passes)} pass, {16 - len(passes)} fail as expected; dumps {dict(dumps)}")
	for source in sorted(nonces):
	    note = json.load(open(f"{run}/archives/archive.{source}/archive.json"))
	    tar = open(f"{run}/archives/archive.{source}/images.tar", "rb").read()
	    assert hashlib.sha256(tar).hexdigest() == note["images"]["sha256"], source
PY
