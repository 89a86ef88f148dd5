# SPDX-License-Identifier: Apache-2.0
# vm.sh - what the scripts in tests/vm share; source it first
# shellcheck shell=bash
#
# Gives $CRMATRIX (the program), $CRMATRIX_SOURCE (the tree), and $tmp, a folder
# that is removed when the test passes and kept, with its path said, when not.
set -euo pipefail

: "${CRMATRIX_SOURCE:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${BUILD:=$CRMATRIX_SOURCE/build}"
: "${CRMATRIX:=$BUILD/crmatrix}"
export NO_COLOR=1 CI=1
tmp=$(mktemp -d "${TMPDIR:-/tmp}/crmatrix-vm.XXXXXX")

vm_end() {
	local status=$?
	# Whatever the test left running in the background is its own mess.
	mapfile -t left < <(jobs -p)
	[ ${#left[@]} -eq 0 ] || kill -KILL "${left[@]}" 2>/dev/null || true
	if [ $status -eq 0 ] || [ $status -eq 77 ]; then
		rm -rf "$tmp"
	else
		echo "kept: $tmp"
	fi
}
trap vm_end EXIT

# skip REASON: this host cannot run the test; say what it lacks
skip() {
	echo "$*"
	exit 77
}

# fail WHY
fail() {
	echo "FAIL: $*"
	exit 1
}

# requires COMMAND...: skip unless all are installed
requires() {
	local command
	for command; do
		command -v "$command" >/dev/null || skip "'$command' is not installed"
	done
}

# requires_root
requires_root() {
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
}

# status_of COMMAND...: run it, its output in $tmp/out and $tmp/err; print its
# exit status
status_of() {
	local status=0
	"$@" >"$tmp/out" 2>"$tmp/err" || status=$?
	echo $status
}

# expect_status WANTED COMMAND...: run it; fail, showing what it said, unless it
# ends like that
expect_status() {
	local wanted=$1 got
	shift
	got=$(status_of "$@")
	[ "$got" = "$wanted" ] && return
	tail -n 30 "$tmp/out" "$tmp/err"
	fail "exit status $got, wanted $wanted: $*"
}

# expect_in FILE TEXT: fail unless FILE has TEXT in it
expect_in() {
	grep -qF -- "$2" "$1" && return
	tail -n 30 "$1"
	fail "'$2' is not in $1"
}

# until_true SECONDS COMMAND...: wait for a condition, at most so long
until_true() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $deadline ] || fail "did not come true: $*"
		sleep 0.05
	done
}
