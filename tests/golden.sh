#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# golden.sh - run the command of one golden case and compare what it prints
#
# DIR/command is a line of shell, run in DIR with crmatrix in PATH; DIR/expected
# is what it prints on stdout, DIR/status its exit status (0 when absent).
# UPDATE_GOLDEN=1 rewrites both.
set -uo pipefail
dir=${1:?usage: golden.sh DIR}
: "${BUILD:=$(dirname "$0")/../build}"
PATH=$(realpath "$BUILD"):$PATH
export PATH LC_ALL=C TZ=UTC NO_COLOR=1

cd "$dir" || exit 2
got=$(bash ./command; echo "status $?")
status=${got##*status }
got=${got%status *}
wanted=$(cat status 2>/dev/null || echo 0)
if [ "${UPDATE_GOLDEN:-0}" != 0 ]; then
	printf %s "$got" >expected
	if [ "$status" -eq 0 ]; then rm -f status; else echo "$status" >status; fi
	exit 0
fi
same=0
diff -u --label expected expected --label got <(printf %s "$got") || same=1
if [ "$status" != "$wanted" ]; then
	echo "exit status $status, expected $wanted"
	same=1
fi
exit $same
