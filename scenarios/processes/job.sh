#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# job.sh - a job of a shell: counts onto its terminal
id=$(cat /proc/sys/kernel/random/uuid)
while n=$((n + 1)); do
	echo "id=$id n=$n tty=$(tty)"
	sleep 0.1
done
