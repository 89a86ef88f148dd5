#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# by_hand.sh - a bundle's script shows the failure by qemu and criu alone, with no
# crmatrix in reach; with another CPU on the target there is none
# timeout: 400
. "$(dirname "$0")/../lib/vm.sh"
requires_root # criu is, and another userland's programs are taken by chroot
requires qemu-system-x86_64 unsquashfs cpio
cell=counter.bookworm-6.1.bookworm-6.1-nehalem
cache=${CRMATRIX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/crmatrix}

expect_status 0 "$CRMATRIX" run --source bookworm-6.1 --target bookworm-6.1-nehalem \
	--scenario counter --out "$tmp/run"
expect_status 0 "$CRMATRIX" repro "$tmp/run" $cell --bundle "$tmp/cell.tar.gz"
mkdir "$tmp/elsewhere"
tar -xzf "$tmp/cell.tar.gz" -C "$tmp/elsewhere"
cd "$tmp/elsewhere/crmatrix-$cell"

# The same kernel and userland, by the digests in the bundle.
# image KIND: its folder in the cache
image() {
	local entry
	entry=$(grep -l "\"kind\": \"$1\"" images/*/entry.json)
	entry=${entry%/entry.json}
	echo "$cache/images/${entry##*/}"
}
unsquashfs -q -n -d "$tmp/root" "$(image root)/root.squashfs" >/dev/null
unsquashfs -q -n -d "$tmp/modules" "$(image kernel)/modules.squashfs" >/dev/null

by_hand() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin TMPDIR="$tmp" ACCEL=tcg ROOT="$tmp/root" \
		KERNEL="$(image kernel)/vmlinuz" MODULES="$(echo "$tmp"/modules/*)" \
		sh reproduce.sh "$@"
}
expect_status 1 by_hand qemu
expect_in "$tmp/out" 'criu ended with 0'
expect_in "$tmp/out" 'FPU xsave area present, but host cpu'
expect_in moved/restore.log 'FPU xsave area present'

sed -i 's/^target_cpu=Nehalem /target_cpu=Haswell-noTSX /' reproduce.sh
expect_status 0 by_hand qemu
expect_in "$tmp/out" 'restored, and the workload answers'
expect_status 2 by_hand
