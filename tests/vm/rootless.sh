#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# rootless.sh - a user with subordinate ids and an open tun device needs no root
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"
requires_root # to make that user, in a mount namespace of its own
requires newuidmap unshare setpriv

if [ "${1:-}" != inside ]; then
	rmdir "$tmp"
	exec unshare --mount --propagation private "$0" inside
fi
user=crmatrix-test uid=4321
cp /etc/passwd /etc/group "$tmp"
echo "$user:x:$uid:$uid::$tmp/home:/bin/sh" >>"$tmp/passwd"
echo "$user:x:$uid:" >>"$tmp/group"
echo "$user:200000:65536" >"$tmp/subid"
mount --bind "$tmp/passwd" /etc/passwd
mount --bind "$tmp/group" /etc/group
for file in /etc/subuid /etc/subgid; do
	[ -e $file ] || touch $file
	mount --bind "$tmp/subid" $file
done
mkdir "$tmp/dev" "$tmp/home"
mount -t tmpfs -o mode=755 tmpfs "$tmp/dev"
mknod -m 666 "$tmp/dev/tun" c 10 200
mount --bind "$tmp/dev/tun" /dev/net/tun
umount -l "$tmp/dev" # what is bound stays
chmod 755 "$tmp"
chown $uid:$uid "$tmp/home"

as_user() {
	setpriv --reuid $uid --regid $uid --clear-groups \
		env HOME="$tmp/home" CRMATRIX_CACHE="$tmp/home/cache" "$@"
}

# What is built is the user's as well as ours; saved machines he makes himself.
cache=${CRMATRIX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/crmatrix}
mkdir "$tmp/home/cache"
cp -a "$cache/images" "$cache/resolved" "$tmp/home/cache"
chown -R $uid:$uid "$tmp/home"

expect_status 0 as_user "$CRMATRIX" run --jobs 1 --machine bookworm-6.1 \
	--scenario counter,tcp-established --out "$tmp/home/run"
expect_in "$tmp/out" '2 ok'

# And without them it says what is missing and what mends it.
: >"$tmp/subid"
expect_status 3 as_user "$CRMATRIX" run --jobs 1 --machine bookworm-6.1 \
	--scenario counter --out "$tmp/home/none"
expect_in "$tmp/err" 'usermod --add-subuids'
echo "$user:200000:65536" >"$tmp/subid"
chmod 600 /dev/net/tun
expect_status 3 as_user "$CRMATRIX" run --jobs 1 --machine bookworm-6.1 \
	--scenario counter --out "$tmp/home/tun"
expect_in "$tmp/err" /dev/net/tun
