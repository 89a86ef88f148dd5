#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# reboot.sh - a counter outlives the reboot of its machine, unless its images do not
# timeout: 300
. "$(dirname "$0")/../lib/vm.sh"
requires mke2fs
expect_status 0 "$CRMATRIX" run --matrix "$CRMATRIX_SOURCE/scenarios/reboot/matrix.yaml" \
	--source bookworm-6.1 --target trixie-6.12 --out "$tmp/run" \
	--scenario reboot-counter,reboot-images-in-memory
