#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# build-initramfs.sh - join a kernel's boot modules with what runs in the guest
set -Eeuo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=lib.sh
. "$here/lib.sh"

usage() {
	cat <<-'EOF_USAGE'
	Usage: build-initramfs.sh --modules FILE --init FILE --agent FILE
	                          [--file FILE]... OUT

	Writes OUT/initramfs.cpio; OUT is an empty directory.

	--modules FILE  modules.cpio of build-kernel.sh
	--init FILE     static program, the guest's /init
	--agent FILE    static program, PID 1 of the guest
	--file FILE     another file for /usr/lib/crmatrix in the guest

	Not compressed: an emulated guest unpacks slower than it reads.
	EOF_USAGE
}

modules='' init='' agent='' file=()
take_options 'modules! init! agent! file+' "$@"
take_out_dir "${rest[@]}"
need_commands cpio
for f in "$modules" "$init" "$agent" "${file[@]}"; do
	[ -r "$f" ] || die "can't read '$f'"
done

make_scratch initramfs
mkdir -p "$work/tree/guest"
install -m 755 "$init" "$work/tree/init"
install -m 755 "$agent" "$work/tree/guest/agent"
for f in "${file[@]}"; do
	install -m 755 "$f" "$work/tree/guest/"
done
make_cpio "$work/tree" "$work/guest.cpio"
# The kernel unpacks archives one after the other.
cat "$modules" "$work/guest.cpio" >"$out/initramfs.cpio"
