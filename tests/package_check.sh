#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# package_check.sh - the Debian package wants what setup.sh installs
set -euo pipefail
bad=0

# Names in an array of setup.sh, without its comments.
wanted() {
	sed -n "/^$1=(/,/)/p" vm-images/setup.sh | sed 's/#.*//; s/.*=(//; s/)//'
}

# Names in a field of debian/control, without versions.
stated() {
	sed -n "/^$1:/,/^[^ ]/{/^$1:/p;/^ /p}" debian/control | sed 's/^[^ ]*://' |
		tr ',' '\n' | sed 's/(.*//; s/[[:space:]]//g'
}

# missing FIELD ARRAY: what every Debian build has need not be said
missing() {
	local name
	for name in $(wanted "$2"); do
		case $name in
		gcc | make | libc6-dev | uidmap | util-linux) continue ;;
		esac
		stated "$1" | grep -qxF "$name" || {
			echo "package_check.sh: debian/control: $1 lacks $name" >&2
			bad=1
		}
	done
}

[ -n "$(stated Depends)" ] && [ -n "$(wanted run_packages)" ]
missing Build-Depends build_packages
missing Depends run_packages
version=$(sed -n 's/^VERSION := //p' Makefile)
grep -q "^crmatrix ($version)" debian/changelog || {
	echo "package_check.sh: debian/changelog does not begin with $version" >&2
	bad=1
}
exit $bad
