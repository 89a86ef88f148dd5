#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# no_room.sh - a full disk under the run folder or the cache is said, nothing
# half-written is taken for whole, and with room the run goes on
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"
requires_root # to mount small file systems, in a namespace of its own
requires unshare

if [ "${1:-}" != inside ]; then
	rmdir "$tmp"
	exec unshare --mount --propagation private "$0" inside
fi
cache=${CRMATRIX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/crmatrix}
small=$tmp/small
mkdir "$small"
# of_size SIZE: an empty file system so small at $small
of_size() {
	! mountpoint -q "$small" || umount "$small"
	mount -t tmpfs -o "size=$1" tmpfs "$small"
}
counter() {
	"$CRMATRIX" run --machine bookworm-6.1 --scenario counter --out "$@"
}
expect_status 0 counter "$tmp/warm"

# --- The run's folder -----------------------------------------------------------

# No room to begin: no folder stays, and the next try begins anew.
of_size 4k
expect_status 3 counter "$small/run"
expect_in "$tmp/err" 'No space left on device'
[ ! -e "$small/run" ] || fail "half a run stayed: $(ls "$small/run")"

# No room for a cell: the run stops, and goes on when there is some.
of_size 20k
SECONDS=0
expect_status 3 counter "$small/run"
[ $SECONDS -lt 60 ] || fail "it took $SECONDS s to notice the full disk"
expect_in "$tmp/err" 'No space left on device'
expect_in "$tmp/err" "resume $small/run"
expect_status 0 "$CRMATRIX" report "$small/run"
expect_in "$tmp/out" '1 not run'
mount -o remount,size=10m "$small"
expect_status 0 "$CRMATRIX" resume "$small/run"
expect_in "$tmp/out" '1 ok'

# --- The cache ------------------------------------------------------------------

# For images.
of_size 8m
CRMATRIX_CACHE=$small expect_status 3 "$CRMATRIX" images build bookworm
expect_in "$tmp/err" 'no room in'
[ -z "$(ls "$small/images")" ] || fail 'something half-made is in the cache'

# For saved machines: images are there, by links that no cleaning up follows.
of_size 20m
ln -s "$cache/images" "$cache/resolved" "$cache/libvirt" "$small"
cp "$cache"/kvm-* "$small" 2>/dev/null || true
CRMATRIX_CACHE=$small expect_status 3 counter "$tmp/unsaved"
expect_in "$tmp/err" "save machine 'bookworm-6.1'"
expect_in "$tmp/out" '1 BROKEN'
[ -z "$(ls "$small/vm")" ] || fail "half a saved machine stayed: $(ls "$small/vm")"
umount "$small"
