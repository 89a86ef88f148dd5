#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# processes.sh - what a process is made of moves, and each control fails for its reason
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"
run() {
	expect_status 0 "$CRMATRIX" run --matrix "$CRMATRIX_SOURCE/scenarios/processes/matrix.yaml" "$@"
}
run --source bookworm-6.1 --target trixie-6.12 --out "$tmp/across" \
	--scenario process-tree,process-time,sysv-ipc,namespaces,file-locks-not-told
run --source bookworm-6.1 --target bookworm-6.1 --out "$tmp/same" \
	--scenario shell-job,shell-job-not-told,cgroup-not-prepared
