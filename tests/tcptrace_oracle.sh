#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# tcptrace_oracle.sh - the wire's figures against tcptrace's: golden captures, and random ones
# timeout: 120
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in tcptrace python3; do
	if ! command -v "$tool" >/dev/null; then
		echo "$tool is not installed"
		exit 77
	fi
done
exec python3 tests/tcptrace_oracle.py "${BUILD:-build}"
