#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# images.sh - the cache is listed, verified and pruned; damage is noticed and
# mended; what is cached needs no network, and what is not is said
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"
requires_root # for a network namespace without a network
requires python3 unshare setsid

# What is made goes to a copy; its files are the real ones, so none is changed
# but by putting another in its place.
expect_status 0 "$CRMATRIX" images build bookworm 6.1
cache=${CRMATRIX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/crmatrix}
export CRMATRIX_CACHE=$tmp/cache
mkdir "$CRMATRIX_CACHE"
for part in images resolved; do
	cp -al "$cache/$part" "$CRMATRIX_CACHE" 2>/dev/null || {
		rm -rf "${CRMATRIX_CACHE:?}/$part"
		cp -a "$cache/$part" "$CRMATRIX_CACHE"
	}
done
cp -a "$cache"/kvm-* "$CRMATRIX_CACHE" 2>/dev/null || true # the probe's answer
offline() { unshare --net "$@"; }

# of KIND NAME: the folder of the entry used last
of() {
	"$CRMATRIX" images list --json >"$tmp/list"
	python3 - "$tmp/list" "$1" "$2" <<-'PY'
		import json, sys
		path, kind, name = sys.argv[1:]
		all = [i for i in json.load(open(path)) if i["kind"] == kind and i["name"] == name]
		print(max(all, key=lambda i: i["used"])["path"])
	PY
}
# replace FILE COMMAND...: by what COMMAND makes of its copy
replace() {
	local file=$1
	shift
	cp -p "$file" "$tmp/copy"
	"$@" "$tmp/copy"
	mv "$tmp/copy" "$file"
}
flip() {
	printf '\377' | dd of="$1" bs=1 seek=100000 conv=notrunc status=none
}
same_time_flip() {
	local times=$tmp/times
	touch -r "$1" "$times"
	flip "$1"
	touch -r "$times" "$1"
}

# --- What is there -------------------------------------------------------------

# Names are resolved anew by no one while all is cached, wherever it lies.
expect_status 0 offline "$CRMATRIX" images build bookworm 6.1
if grep -q 'asking the archive' "$tmp/err"; then fail 'the archive was asked'; fi
expect_status 0 "$CRMATRIX" images list
expect_in "$tmp/out" 'bookworm'
for what in 'kernel 6.1' 'initramfs 6.1' 'root bookworm'; do
	# shellcheck disable=SC2086 # two words
	[ -e "$(of $what)/entry.json" ] || fail "no $what in the list"
done
expect_status 0 "$CRMATRIX" images verify
expect_in "$tmp/out" ' 0 damaged'
expect_status 2 "$CRMATRIX" images verify bookworm

# --- What is damaged -------------------------------------------------------------

# Cut short: built anew on use.
initramfs=$(of initramfs 6.1)
replace "$initramfs/initramfs.cpio" truncate -s 1000
expect_status 0 offline "$CRMATRIX" images build 6.1
expect_in "$tmp/err" "'$initramfs' is damaged (initramfs.cpio has 1000 bytes"
[ -e "$initramfs.damaged" ] || fail 'the damaged entry was not set aside'
# Other bytes, same size and time: only verify reads all; then built anew.
replace "$initramfs/initramfs.cpio" same_time_flip
expect_status 3 "$CRMATRIX" images verify
expect_in "$tmp/err" "initramfs '6.1': '$initramfs/initramfs.cpio' has SHA-256"
expect_in "$tmp/out" ' 1 damaged: put away'
expect_status 0 "$CRMATRIX" images verify
expect_status 0 offline "$CRMATRIX" images build 6.1
expect_in "$tmp/err" "building initramfs '6.1'"
# Other bytes in what comes from the network: seen on use, and when it cannot
# be had again that is said. Not an entry of the copy alone is lost.
root=$(of root bookworm)
replace "$root/root.squashfs" flip
expect_status 3 offline "$CRMATRIX" run --machine bookworm-6.1 --scenario counter \
	--out "$tmp/none"
expect_in "$tmp/err" 'root.squashfs has another digest'
expect_in "$tmp/err" "can't read package lists"
expect_in "$tmp/err" 'Temporary failure resolving'
[ ! -e "$tmp/none" ] || fail 'a run folder was made'
rm -r "$root"* "$CRMATRIX_CACHE/resolved"
cp -a "$cache/images/${root##*/}" "$CRMATRIX_CACHE/images"
cp -a "$cache/resolved" "$CRMATRIX_CACHE"

# A saved machine too: it is booted again.
run() {
	expect_status 0 offline "$CRMATRIX" run --machine bookworm-6.1 \
		--scenario counter --out "$tmp/$1"
	expect_in "$tmp/out" '1 ok'
}
run first
for state in "$CRMATRIX_CACHE"/vm/*/state; do
	replace "$state" truncate -s 1000000
	break
done
run second
expect_in "$tmp/err" 'is damaged (state has 1000000 bytes'
expect_status 0 "$CRMATRIX" images verify

# --- What is not there -------------------------------------------------------------

export CRMATRIX_CACHE=$tmp/empty
expect_status 3 offline "$CRMATRIX" images build 6.1
expect_in "$tmp/err" "kernel '6.1': can't read package lists"
expect_in "$tmp/err" 'Temporary failure resolving'
[ -z "$(ls "$CRMATRIX_CACHE/images")" ] || fail 'something half-made is in the cache'

# Killed in the middle of it, nothing works on: it leads a session of its own.
offline setsid "$CRMATRIX" images build 6.1 2>/dev/null &
tool=$!
works() { pgrep -f -- "[-]-apt $CRMATRIX_CACHE/" >/dev/null; }
rests() { ! works; }
until_true 20 works
kill -KILL $tool
wait $tool 2>/dev/null || true
until_true 10 rests

# --- What goes ---------------------------------------------------------------------

export CRMATRIX_CACHE=$tmp/cache
mkdir "$CRMATRIX_CACHE/images/$(printf '%064d' 1).new"
expect_status 0 "$CRMATRIX" images prune --older-than 0 --dry-run
expect_in "$tmp/out" 'would be freed'
[ -e "$CRMATRIX_CACHE/images/$(printf '%064d' 1).new" ] || fail 'a dry run removed something'
expect_status 0 "$CRMATRIX" images prune --older-than 0
expect_in "$tmp/out" 'save bookworm-6.1'
[ -z "$(ls "$CRMATRIX_CACHE/vm")" ] || fail 'a saved machine stayed'
[ -z "$(find "$CRMATRIX_CACHE/images" -name '*.new' -o -name '*.damaged')" ] ||
	fail 'leftovers stayed'
# What the default matrix needs stays, however long it was not used.
for what in 'kernel 6.1' 'initramfs 6.1' 'root bookworm'; do
	# shellcheck disable=SC2086
	[ "$("$CRMATRIX" images list | grep -c "^${what%% *} *${what#* } ")" = 1 ] ||
		fail "not one $what stayed"
done
expect_status 0 offline "$CRMATRIX" images build bookworm 6.1
expect_status 0 "$CRMATRIX" images prune --all
expect_status 0 "$CRMATRIX" images list
expect_in "$tmp/out" '0 images, 0.0 MB'
