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

modules='' init='' agent='' files=()
while [ $# -gt 0 ]; do
	case $1 in
	--modules | --init | --agent)
		[ $# -ge 2 ] || die "'$1' wants a value"
		declare "${1#--}=$2"
		shift 2 ;;
	--file)
		[ $# -ge 2 ] || die "'$1' wants a value"
		files+=("$2")
		shift 2 ;;
	-h | --help)
		usage
		exit 0 ;;
	-*) die "unknown option '$1' (see --help)" ;;
	*) break ;;
	esac
done
[ $# -eq 1 ] || die "expected one output directory (see --help)"
out=$(readlink -f "$1")
need_commands cpio
need_empty_dir "$out"
for f in "$modules" "$init" "$agent" "${files[@]}"; do
	[ -r "$f" ] || die "can't read '$f' (--modules, --init and --agent are needed)"
done

make_scratch initramfs
mkdir -p "$work/tree/guest"
install -m 755 "$init" "$work/tree/init"
install -m 755 "$agent" "$work/tree/guest/agent"
for f in "${files[@]}"; do
	install -m 755 "$f" "$work/tree/guest/"
done
make_cpio "$work/tree" "$work/guest.cpio"
# The kernel unpacks archives one after the other.
cat "$modules" "$work/guest.cpio" >"$out/initramfs.cpio"
