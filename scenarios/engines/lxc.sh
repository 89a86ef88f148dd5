# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# lxc.sh PATH NAME COMMAND...: an LXC container for the counter in the host's network.
# criu takes no container with a terminal, so it has neither console nor ttys.
set -eu
path=$1 name=$2
shift 2
sh ./engine.sh rootfs "$path/$name/rootfs" ./counter
cat >"$path/$name/config" <<EOF
lxc.uts.name = $name
lxc.rootfs.path = dir:$path/$name/rootfs
lxc.init.cmd = $*
lxc.net.0.type = none
lxc.apparmor.profile = unconfined
lxc.mount.auto = proc:mixed
lxc.tty.max = 0
lxc.console.path = none
EOF
