#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# run.sh - run groups of tests, show each with its time, sum up in one line
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)

usage() {
	cat <<-'EOF_USAGE'
	Usage: run.sh [--under COMMAND] GROUP...

	Groups: layers unit golden fuzz page fuzzing vm. Logs go to $BUILD/test-logs.
	--under COMMAND   run unit test binaries below it (valgrind)
	TESTS=PATTERN     run only tests whose name fits, like 'unit/base/*'
	BUILD=DIR         where the binaries are (build)

	A test ends with 0: passed; 77: skipped, with the reason as its last line;
	anything else: failed. A script's '# timeout: N' is its limit in seconds.
	EOF_USAGE
}

under=()
while [ $# -gt 0 ]; do
	case $1 in
	--under) read -ra under <<<"${2:?}"; shift 2 ;;
	-h | --help) usage; exit 0 ;;
	-*) usage >&2; exit 2 ;;
	*) break ;;
	esac
done
[ $# -gt 0 ] || { usage >&2; exit 2; }

cd "$here/.." || exit 2
BUILD=$(realpath "${BUILD:-build}")
CRMATRIX=$BUILD/crmatrix
CRMATRIX_SOURCE=$PWD
# Check's own deadline of a single test, 4 s, is short on a host that is busy.
export CK_DEFAULT_TIMEOUT=60
export BUILD CRMATRIX CRMATRIX_SOURCE
logs=$BUILD/test-logs
mkdir -p "$logs"

red='' green='' yellow='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
	red=$'\e[31m' green=$'\e[32m' yellow=$'\e[33m' plain=$'\e[0m'
fi

passed=0 failed=0 skipped=0 seen=0

interrupted() {
	echo "interrupted: $passed passed, $failed failed, $skipped skipped"
	exit 130
}
trap interrupted INT TERM

# report COLOR WORD NAME SECONDS NOTE
report() {
	printf '%s%-4s%s %-44s %6.2f s  %s\n' "$1" "$2" "$plain" "$3" "$4" "$5"
}

# Count the single checks of a unit test binary, as its last lines sum them up.
# Sets checks and bad; false when there is no such line.
read_checks() {
	local line
	line=$(grep -aE '^[0-9]+%: Checks: [0-9]+, Failures: [0-9]+, Errors: [0-9]+' "$1" | tail -n 1)
	[[ $line =~ Checks:\ ([0-9]+),\ Failures:\ ([0-9]+),\ Errors:\ ([0-9]+) ]] || return 1
	checks=${BASH_REMATCH[1]}
	bad=$((BASH_REMATCH[2] + BASH_REMATCH[3]))
}

# run_test NAME TIMEOUT COMMAND...: run, judge, count, show
run_test() {
	local name=$1 limit=$2 log start status seconds note checks=1 bad=0
	shift 2
	# shellcheck disable=SC2053 # a pattern is wanted
	[[ $name == ${TESTS:-*} ]] || return 0
	seen=$((seen + 1))
	log=$logs/${name//\//-}.log
	start=$EPOCHREALTIME
	timeout -k 10 "$limit" "$@" >"$log" 2>&1 </dev/null
	status=$?
	seconds=$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }')
	if [ $status -eq 77 ]; then
		skipped=$((skipped + 1))
		report "$yellow" skip "$name" "$seconds" "$(tail -n 1 "$log")"
		return 0
	fi
	note=''
	if [[ $name == unit/* ]]; then
		read_checks "$log" || { checks=0 note='ran no test'; }
		[ $checks -gt 0 ] || bad=1 checks=1
	fi
	[ $status -eq 0 ] || [ $bad -gt 0 ] || bad=1
	passed=$((passed + checks - bad))
	failed=$((failed + bad))
	if [ $bad -eq 0 ]; then
		[ $checks -eq 1 ] || note="$checks checks"
		report "$green" ok "$name" "$seconds" "$note"
		return 0
	fi
	[ $status -ne 124 ] || note="not done after $limit s"
	report "$red" FAIL "$name" "$seconds" "${note:-exit status $status}; $log"
	tail -n 40 "$log" | sed 's/^/     | /'
}

limit_of() {
	local limit
	limit=$(sed -n 's/^# timeout: \([0-9]*\).*/\1/p' "$1" | head -n 1)
	echo "${limit:-$2}"
}

group_layers() {
	run_test layers/rules 60 tests/layers.sh . "$BUILD/obj"
	run_test layers/catches-violations 60 tests/layers_test.sh
}

group_unit() {
	local source name limit=120
	[ ${#under[@]} -eq 0 ] || limit=600
	while read -r source; do
		name=${source#tests/}
		name=${name%.c}
		run_test "$name" $limit "${under[@]}" "$BUILD/tests/$name"
	done < <(find tests/unit -name 'test_*.c' | LC_ALL=C sort)
}

group_golden() {
	local case
	for case in tests/golden/*/command; do
		[ -e "$case" ] || continue
		case=${case%/command}
		run_test "golden/${case##*/}" 60 tests/golden.sh "$case"
	done
	run_test golden/man-pages 60 tests/man_check.sh
	run_test golden/documents 60 tests/docs_check.py
	run_test golden/package 60 tests/package_check.sh
	run_test golden/scripts 60 tests/scripts_check.sh
	run_test golden/schemas 300 tests/schema_check.py
	run_test golden/answers 120 tests/answers_check.py
	run_test golden/ci-templates 300 tests/ci_check.py
	run_test golden/reports 120 tests/report_check.py
	run_test golden/mutations 300 tests/mutate.py
	run_test golden/wire-by-tshark 120 tests/wire_oracle.sh
	run_test golden/wire-by-tcptrace 120 tests/tcptrace_oracle.sh
	run_test golden/captures-by-tshark 120 tests/capfile_oracle.sh
}

group_fuzz() {
	local source name
	for source in tests/fuzz/fuzz_*.c; do
		[ -e "$source" ] || continue
		name=${source##*/}
		name=${name%.c}
		run_test "fuzz/${name#fuzz_}" 120 "$BUILD/tests/fuzz/$name" \
			"tests/fuzz/corpus/${name#fuzz_}"
	done
}

# The page of a run in a real browser.
group_page() {
	run_test page/in-chromium 300 tests/page/page_test.py
}

# What reads strangers' captures, for a minute each, side by side.
group_fuzzing() {
	run_test fuzz/a-minute 600 env -u MAKEFLAGS -u MAKELEVEL make BUILD="$BUILD" \
		FUZZ_SECONDS=60 FUZZERS='wire pcap' fuzz
}

group_vm() {
	local script
	for script in tests/vm/*.sh; do
		case ${script##*/} in
		'*.sh' | lib*.sh) continue ;;
		esac
		run_test "vm/$(basename "$script" .sh)" "$(limit_of "$script" 600)" "$script"
	done
}

for group; do
	case $group in
	layers | unit | golden | fuzz | page | fuzzing | vm) "group_$group" ;;
	*) usage >&2; exit 2 ;;
	esac
done
if [ $seen -eq 0 ]; then
	echo 'run.sh: no test was run' >&2
	exit 2
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
