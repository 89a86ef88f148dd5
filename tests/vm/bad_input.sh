#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# bad_input.sh - what is wrong is said, with its place and before any boot;
# nothing half-written stays, and a damaged run folder is judged as far as it goes
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"
requires python3

out=$tmp/none
# refused STATUS TEXT ARGUMENT...: it ends so, says so, and makes no folder
refused() {
	local status=$1 text=$2
	shift 2
	expect_status "$status" "$CRMATRIX" "$@"
	expect_in "$tmp/err" "$text"
	[ ! -e "$out" ] || fail "'$out' was made: $*"
}
try() { refused 2 "$1" run --out "$out" "${@:2}"; }

# --- What is asked for --------------------------------------------------------

# A matrix of one machine, as it is written below.
cat >"$tmp/machines.yaml" <<-'YAML'
	machines:
	  model: {kernel: '6.1', cpu: Haswel-noTSX, userland: bookworm}
	  feature: {kernel: '6.1', cpu: Nehalem, cpu-features: [+avx9], userland: bookworm}
	  kernel: {kernel: '6.2', cpu: Nehalem, userland: bookworm}
	  userland: {kernel: '6.1', cpu: Nehalem, userland: bookwurm}
YAML
of_machine() {
	printf 'machine-files: [machines.yaml]\nmachines: [%s]\nscenarios: [counter]\nself: true\n' \
		"$1" >"$tmp/$1.yaml"
	echo "$tmp/$1.yaml"
}
SECONDS=0
try "/nowhere.yaml" --matrix /nowhere.yaml
try 'not a regular file' --matrix "$tmp"
try "unknown machine 'bookworm-6.2'" --machine bookworm-6.2
try "did you mean 'bookworm-6.1'" --machine bookworm-6.1 --source bookworm-6.2
try "did you mean 'counter'" --scenario countr
try 'nowhere.yaml' --scenario nowhere.yaml
mkdir "$tmp/empty"
try "no scenario in '$tmp/empty'" --scenario "$tmp/empty"
try "machine 'model': libvirt knows no CPU model 'Haswel-noTSX'; did you mean 'Haswell-noTSX'" \
	--matrix "$(of_machine model)"
try "machine 'feature': libvirt knows no CPU feature 'avx9'" --matrix "$(of_machine feature)"
try "no kernel '6.2', did you mean '6.1'" --matrix "$(of_machine kernel)"
try "no userland 'bookwurm', did you mean 'bookworm'" --matrix "$(of_machine userland)"
[ $SECONDS -lt 30 ] || fail "it took $SECONDS s to refuse these: something booted"
cat >"$tmp/needy.yaml" <<-'YAML'
	title: needs what there is not
	needs:
	  packages: [crmatrix-has-no-such-package]
	workload: {command: sleep 1000}
YAML
try "$tmp/needy.yaml:3:3: needs.packages: " --machine bookworm-6.1 --scenario "$tmp/needy.yaml"
expect_in "$tmp/err" "Debian bookworm has no package 'crmatrix-has-no-such-package'"
refused 2 "has no package" images build --machine bookworm-6.1 --scenario "$tmp/needy.yaml"
refused 2 "exclude each other" images build --machine bookworm-6.1 bookworm
refused 2 "did you mean '6.1'" images build 6.11
refused 2 "did you mean 'trixie'" images build trixi
for command in resume report; do
	refused 2 "'/nowhere' is no run" $command /nowhere
	refused 2 "is no run" $command /etc/passwd
done
refused 2 "'/nowhere' is no run" explain /nowhere x

# A folder that cannot be one.
there() { "$CRMATRIX" run --machine bookworm-6.1 --scenario counter --out "$@"; }
echo mine >"$tmp/file"
expect_status 2 there "$tmp/file"
expect_in "$tmp/err" 'is a file'
expect_status 2 there "$tmp/file/below"
expect_status 2 there ''
mkdir "$tmp/other"
echo mine >"$tmp/other/file"
expect_status 2 there "$tmp/other"
expect_in "$tmp/err" 'not empty and holds no run'
[ "$(ls "$tmp/other")" = file ] || fail 'something was left in a folder of others'

# --- Two runs into one folder --------------------------------------------------

run=$tmp/run
"$CRMATRIX" run --machine bookworm-6.1 --scenario counter,tcp-established \
	--jobs 1 --out "$run" >"$tmp/run.out" 2>"$tmp/run.err" &
first=$!
until_true 60 test -s "$run/plan.json"
expect_status 2 there "$run"
expect_in "$tmp/err" "another process runs in '$run'"
expect_status 2 "$CRMATRIX" resume "$run"
expect_in "$tmp/err" "another process runs in '$run'"
wait $first || fail 'the run was disturbed by others into its folder'
grep -q '2 ok' "$tmp/run.out" || fail 'not all cells passed'
expect_status 2 there "$run"
expect_in "$tmp/err" "resume $run"

# --- A run folder that is damaged ----------------------------------------------

cell=tcp-established.bookworm-6.1.bookworm-6.1
refused 2 "did you mean '$cell'" explain "$run" "${cell%1}2"

damaged() {
	rm -rf "$tmp/bad"
	cp -a "$run" "$tmp/bad"
}
# spoil FILE STATEMENT: change what a JSON file says
spoil() {
	python3 - "$tmp/bad/$1" "$2" <<-'PY'
		import json, sys
		path, statement = sys.argv[1:]
		d = json.load(open(path))
		exec(statement)
		json.dump(d, open(path, "w"))
	PY
}
observation=cells/$cell/attempt-1/observation.json

# results.json: named with its place; without it it is made anew.
damaged
truncate -s 1000 "$tmp/bad/results.json"
refused 2 'bad/results.json:' report "$tmp/bad"
expect_in "$tmp/err" 'made anew'
refused 2 'bad/results.json:' explain "$tmp/bad" "$cell"
rm "$tmp/bad/results.json"
expect_status 0 "$CRMATRIX" report "$tmp/bad"
expect_in "$tmp/out" '2 ok'

# plan.json: the results can still be read.
damaged
truncate -s 1000 "$tmp/bad/plan.json"
refused 2 'bad/plan.json:' resume "$tmp/bad"
expect_status 0 "$CRMATRIX" report "$tmp/bad"
rm "$tmp/bad/results.json"
refused 2 'bad/plan.json:' report "$tmp/bad"
damaged
rm "$tmp/bad/results.json"
spoil plan.json 'd["cells"][0]["id"] = "../../" + d["cells"][0]["id"]'
refused 2 'bad/plan.json: cells[0]: id' report "$tmp/bad"
refused 2 'bad/plan.json: cells[0]: id' resume "$tmp/bad"

# One cell's evidence: that cell alone is broken.
one_broken() {
	expect_status 3 "$CRMATRIX" resume "$tmp/bad"
	expect_in "$tmp/out" '1 ok, 1 BROKEN'
	expect_in "$tmp/out" "$1"
}
damaged
truncate -s 300 "$tmp/bad/$observation"
refused 2 "bad/$observation:" explain "$tmp/bad" "$cell"
one_broken 'its observation cannot be read'
damaged
spoil "$observation" 'd["cell"] = "counter.bookworm-6.1.bookworm-6.1"'
one_broken "cell: not '$cell'"
damaged
spoil "$observation" 'd["capture"] = "../../../../../../../etc/hostname"'
one_broken 'is not a file beside it'
damaged
rm "$tmp/bad/${observation%/*}/service.pcapng"
one_broken 'the capture cannot be read'
damaged
echo garbage >"$tmp/bad/${observation%/*}/service.pcapng"
one_broken 'the capture cannot be read'

# --- Text of others on our terminal ---------------------------------------------

# Whatever a guest or a file says, none of it reaches a terminal as a command:
# no control character, none that turns text around, and each on its line.
damaged
python3 - "$tmp/bad/results.json" <<-'PY'
	import json, sys
	hostile = "\x1b[31mRED\x1b]0;title\x07\x9b2J\u202e\r\n\t|<b>`"
	fixed = {"schema", "id", "scenario", "source", "target", "verdict", "phase",
	         "workload", "peer", "wire", "blame", "mode", "client", "server",
	         "says", "sure"}
	def spoil(value, key=""):
	    if isinstance(value, dict):
	        return {k: spoil(v, k) for k, v in value.items()}
	    if isinstance(value, list) and key != "server_macs":
	        return [spoil(v, key) for v in value]
	    return value + hostile if isinstance(value, str) and key not in fixed else value
	path = sys.argv[1]
	results = spoil(json.load(open(path)))
	json.dump(results, open(path, "w"))
PY
for format in text markdown csv json; do
	expect_status 0 "$CRMATRIX" report --format $format "$tmp/bad"
	cat "$tmp/out" >>"$tmp/shown"
done
expect_status 0 "$CRMATRIX" explain "$tmp/bad" "$cell"
cat "$tmp/out" >>"$tmp/shown"
cat >"$tmp/titled.yaml" <<-'YAML'
	title: "a \e[31mred\e[0m title"
	workload: {command: "true", colour: "\e[32m"}
YAML
expect_status 2 there "$out" --scenario "$tmp/titled.yaml"
cat "$tmp/err" >>"$tmp/shown"
# And a guest that shouts.
cat >"$tmp/shouting.yaml" <<-'YAML'
	title: "a \e[31mred\e[0m title"
	workload:
	  command: printf '\033[31mRED\033[2J\033]0;title\007\n' | tee /dev/stderr; exit 1
	  ready: printf '\033[31mRED\033[2J\n' | tee /dev/stderr; false
	  ready-within: 2s
YAML
"$CRMATRIX" run --machine bookworm-6.1 --scenario "$tmp/shouting.yaml" \
	--out "$tmp/shouting" >>"$tmp/shown" 2>&1 || true
"$CRMATRIX" explain "$tmp/shouting" shouting.bookworm-6.1.bookworm-6.1 >"$tmp/out"
expect_in "$tmp/out" '[31mRED'
cat "$tmp/out" >>"$tmp/shown"
python3 - "$tmp/shown" <<-'PY' || fail "control characters came out, see $tmp/shown"
	import sys, unicodedata
	text = open(sys.argv[1], newline="", encoding="utf-8").read()
	assert "RED" in text
	bad = {c for c in text if c not in "\n\t" and
	       (unicodedata.category(c) == "Cc" or c in "\u202e\u202d\u2066")}
	assert not bad, bad
PY
