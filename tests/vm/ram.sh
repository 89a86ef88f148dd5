#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ram.sh - a QEMU takes over the guest memory of the one before it, in huge pages,
# and QEMU's own memory is jemalloc's
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"

expect_status 0 "$CRMATRIX" doctor
grep -q '^note *guest memory *a tmpfs' "$tmp/out" ||
	skip "$(grep 'guest memory' "$tmp/out")"
expect_in "$tmp/out" /libjemalloc.so.2

# What the QEMUs of each cell have mapped, told from within their lab.
{
	cat "$CRMATRIX_SOURCE/scenarios/counter.yaml"
	cat <<-YAML

		steps:
		  - at: before-dump
		    on: host
		    message: look at the guests' memory
		    run: |
		      for pid in \$(pgrep -x qemu-system-x86); do
		        awk -v pid=\$pid '
		          / \/run\/crmatrix\/ram\// { path = \$6; inode = \$5 }
		          /libjemalloc/ { jemalloc = 1 }
		          /^ShmemPmdMapped:/ && \$2 > huge { huge = \$2 }
		          END { print path, inode, pid, (huge ? "huge" : "small"),
		                      (jemalloc ? "jemalloc" : "malloc") }
		        ' /proc/\$pid/smaps >>"$tmp/looks"
		      done
	YAML
} >"$tmp/looked-at.yaml"

expect_status 0 "$CRMATRIX" run --machine bookworm-6.1 --scenario "$tmp/looked-at.yaml" \
	--repeat 2 --jobs 1 --out "$tmp/run"
for role in source target; do
	mapfile -t looks < <(grep "^/run/crmatrix/ram/$role " "$tmp/looks")
	[ ${#looks[@]} = 2 ] || fail "not seen in two cells: $(cat "$tmp/looks")"
	read -r _ inode pid _ <<<"${looks[0]}"
	read -r _ next_inode next_pid pages malloc <<<"${looks[1]}"
	[ "$pid" != "$next_pid" ] || fail 'the second cell has the QEMU of the first'
	[ "$inode" = "$next_inode" ] || fail "$role: the second QEMU has a file of its own"
	[ "$pages" = huge ] || fail "$role: no huge pages"
	[ "$malloc" = jemalloc ] || fail "$role: QEMU has no jemalloc"
done
