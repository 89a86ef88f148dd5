# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Run once in each booted guest by its agent, with ROLE, HOST, SERVICE, SERVICE6,
# GUARD, GUARD6, SERVICE_IP, SERVICE_IP6, TRANSFER_IP and LAST_PID in the environment:
# who it is, and what makes each cell quick.
set -e
echo "$HOST" >/proc/sys/kernel/hostname
ip address add "$SERVICE_IP/24" dev eth0
ip address add "$TRANSFER_IP/24" dev eth1
# No address of ours is anybody else's, and there is no router: nothing of IPv6 is
# to be waited for. A kernel may be without it.
if [ -d /proc/sys/net/ipv6 ]; then
	for device in all default eth0 eth1; do
		echo 0 >/proc/sys/net/ipv6/conf/$device/accept_dad
		echo 0 >/proc/sys/net/ipv6/conf/$device/accept_ra
	done
	ip address add "$SERVICE_IP6/64" dev eth0 nodad
fi
ip link set eth0 up
ip link set eth1 up
# The service begins on the source; from there its address moves. On the target a
# guard against it stands from the start (runner/addresses.h).
if [ "$ROLE" = source ]; then
	ip address add "$SERVICE/24" dev eth0
else
	nft "$GUARD"
fi
if [ -d /proc/sys/net/ipv6 ] && [ "$ROLE" = source ]; then
	ip address add "$SERVICE6/64" dev eth0 nodad
elif [ -d /proc/sys/net/ipv6 ]; then
	nft "$GUARD6"
fi
# What criu locks connections with, loaded.
iptables -w -L INPUT >/dev/null
[ ! -d /proc/sys/net/ipv6 ] || ip6tables -w -L INPUT >/dev/null
# Both guests of a pair were booted alike and would hand out the same pids; a
# pid taken on the target is a failure of its own, to be asked for.
echo "$LAST_PID" >/proc/sys/kernel/ns_last_pid
mkdir -p /srv/workload /run/workload /run/images
# Have in memory what every cell uses, and criu's own probe of this kernel done,
# as it is on a host that has been up for a while.
criu check >/run/criu-check.log 2>&1 || true
criu --version >/dev/null
for tool in criu tar iptables ip6tables nft ip nsenter setsid cat sleep cut grep df \
	redis-server redis-cli; do
	path=$(command -v "$tool") || continue
	# Programs and libraries whole: each page read later is unpacked then.
	cat "$path" >/dev/null
	ldd "$path" 2>/dev/null | sed -n 's/^[^/]*\(\/[^ ]*\) (.*/\1/p' |
		xargs -r cat >/dev/null
done
tar --version >/dev/null
# What is in use lies together: a restore then touches few huge pages of the host's,
# each of which it must clear.
echo 1 >/proc/sys/vm/compact_memory
