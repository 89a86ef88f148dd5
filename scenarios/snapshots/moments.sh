#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# moments.sh - counts, and remembers in memory alone which moment it is: SIGUSR1
# begins the next one
read -r id </proc/sys/kernel/random/uuid
moment=1
trap 'moment=$((moment + 1))' USR1
# What never comes is waited for: sleep(1) would be a process of its own each time,
# of which no snapshot has a parent.
mkfifo "$STATE/never"
exec 9<>"$STATE/never"
while n=$((n + 1)); do
	echo "id=$id n=$n moment=$moment"
	read -r -t 0.05 -u 9
done
