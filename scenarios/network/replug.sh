#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# replug.sh - action script of criu: plug a device into the namespace that criu
# has made, as a container engine does it
#
# Run by criu at each of its stages, which it names in CRTOOLS_SCRIPT_ACTION. The
# address is guarded until criu unlocks the network, but for what criu sends itself
# (it has a mark): what comes before there is a socket would be answered by a RST.
set -e
net="nsenter --net=/proc/$CRTOOLS_INIT_PID/ns/net"
guard="INPUT -d $SERVICE -m mark ! --mark 0xC114 -j DROP"

case $CRTOOLS_SCRIPT_ACTION in
setup-namespaces)
	ip link add link eth0 name service netns "$CRTOOLS_INIT_PID" \
		address "$DEVICE_MAC" type macvlan mode bridge
	$net ip link set lo up
	# shellcheck disable=SC2086 # words of a rule
	$net iptables -w -I $guard
	$net ip address add "$SERVICE/24" dev service
	$net ip link set service up
	$net arping -q -c 1 -U -I service "$SERVICE"
	;;
network-unlock)
	# shellcheck disable=SC2086
	$net iptables -w -D $guard
	;;
esac
