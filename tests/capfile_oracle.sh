#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# capfile_oracle.sh - frames of the golden captures against tshark and mergecap
# timeout: 120
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in tshark capinfos mergecap python3; do
	if ! command -v "$tool" >/dev/null; then
		echo "$tool is not installed"
		exit 77
	fi
done
exec python3 tests/capfile_oracle.py
