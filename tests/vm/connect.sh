#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# connect.sh - cells run through a libvirt daemon too, and leave nothing in it
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"
requires_root
requires libvirtd virtlogd virsh unshare

# A daemon of our own: what it writes to /run, /etc and /var is thrown away.
if [ "${1:-}" != inside ]; then
	rmdir "$tmp"
	exec unshare --mount --pid --fork --mount-proc --kill-child \
		--propagation private "$0" inside
fi
mount -t tmpfs -o mode=755 tmpfs /run
for dir in etc var; do
	mkdir -p "$tmp/$dir/upper" "$tmp/$dir/work"
	mount -t overlay -o "lowerdir=/$dir,upperdir=$tmp/$dir/upper,workdir=$tmp/$dir/work" \
		overlay "/$dir"
done
mkdir -p /etc/libvirt /var/lib/libvirt /var/cache/libvirt /var/log/libvirt
cat >/etc/libvirt/libvirtd.conf <<-'CONF'
	unix_sock_group = "root"
	auth_unix_rw = "none"
	auth_unix_ro = "none"
CONF
cat >/etc/libvirt/qemu.conf <<-'CONF'
	security_driver = "none"
	user = "root"
	group = "root"
	cgroup_controllers = []
	namespaces = []
CONF
virtlogd >"$tmp/virtlogd.log" 2>&1 &
libvirtd >"$tmp/libvirtd.log" 2>&1 &
until_true 60 virsh -c qemu:///system version

# What the daemon's QEMUs write to is on the host's file system.
folders() { find /tmp -maxdepth 1 -name 'crmatrix-??????'; }
folders >"$tmp/before"
no_folder() { ! grep -vxFf "$tmp/before" <(folders) >/dev/null; }

expect_status 0 "$CRMATRIX" run --connect qemu:///system --jobs 1 \
	--machine bookworm-6.1 --scenario counter,tcp-established \
	--out "$tmp/run"
expect_in "$tmp/out" '2 ok'
[ -z "$(virsh -c qemu:///system list --all --name)" ] ||
	fail 'a domain is left in the daemon'
no_folder || fail "left: $(folders)"

# Killed in the middle, the daemon ends what we started.
"$CRMATRIX" run --connect qemu:///system --jobs 1 --machine bookworm-6.1 \
	--scenario counter --out "$tmp/killed" 2>"$tmp/err" &
tool=$!
has_domain() { [ -n "$(virsh -c qemu:///system list --name)" ]; }
has_none() { [ -z "$(virsh -c qemu:///system list --all --name)" ]; }
until_true 60 has_domain
kill -KILL "$tool"
until_true 20 has_none
until_true 20 no_folder

expect_status 3 "$CRMATRIX" run --connect qemu+unix:///system?socket=/nowhere \
	--machine bookworm-6.1 --scenario counter --out "$tmp/none"
expect_in "$tmp/err" /nowhere
no_folder || fail "left: $(folders)"
