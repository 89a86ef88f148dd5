#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# by-hand-guest.sh - PID 1 of a guest that is reached by ssh: address, key, sshd
#
# vm-images/guest/init.c starts it in the agent's place, with the files beside
# it. It waits for sshd and reaps what is orphaned meanwhile.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
here=/usr/lib/crmatrix

address=$(sed -n 's/.*by-hand\.address=\([0-9.]*\).*/\1/p' /proc/cmdline)

mkdir -p /root/.ssh /run/sshd /srv/move
chmod 700 /root/.ssh
install -m 600 "$here/authorized_keys" /root/.ssh/authorized_keys
install -m 600 "$here/host_key" /etc/ssh/by_hand_host_key
/usr/sbin/sshd -D -e -h /etc/ssh/by_hand_host_key &
ip address add "${address:?}/24" dev eth0
ip link set eth0 up
wait
