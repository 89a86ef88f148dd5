# SPDX-License-Identifier: Apache-2.0
# lib-kernel.sh - what scripts of Debian's kernels share; sourced after lib.sh
# shellcheck shell=bash

# kernel_depends DIR PACKAGE: the kernel's packages that it depends on, a line each
kernel_depends() {
	private_apt "$1" apt-cache show --no-all-versions "$2" |
		sed -n 's/^Depends: //p' | tr ',|' '\n' | sed 's/^ *//; s/ .*//' |
		grep -E '^linux-(image|base|binary|modules)-[0-9]' || true
}
