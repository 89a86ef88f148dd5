#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# list-kernels.sh - which kernels a Debian suite has
set -Eeuo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=lib.sh
. "$here/lib.sh"
# shellcheck source=lib-kernel.sh
. "$here/lib-kernel.sh"

usage() {
	cat <<-'EOF_USAGE'
	Usage: list-kernels.sh --suite SUITE --package PATTERN --apt DIR

	Prints the names of the kernel packages of SUITE that fit PATTERN
	('linux-image-6.*-cloud-amd64'), a line each, older ones first: no
	metapackages, no debug symbols, no unsigned ones, and none of which the
	archive no longer has all packages.

	--apt DIR    package lists are kept here; made if absent, and read anew
	EOF_USAGE
}

suite='' package='' apt=''
while [ $# -gt 0 ]; do
	case $1 in
	--suite | --package | --apt)
		[ $# -ge 2 ] || die "'$1' wants a value"
		declare "${1#--}=$2"
		shift 2 ;;
	-h | --help)
		usage
		exit 0 ;;
	*) die "unknown option '$1' (see --help)" ;;
	esac
done
for option in suite package apt; do
	[ -n "${!option}" ] || die "--$option is missing (see --help)"
done
need_commands apt-get apt-cache
apt_root_open "$apt" yes "$suite"

# Of a kernel that was replaced the archive keeps some packages longer than others.
is_whole() {
	local depends

	for depends in $(kernel_depends "$apt" "$1"); do
		[[ $depends == linux-base-* || $known == *$'\n'$depends$'\n'* ]] || return
	done
}

known=$'\n'$(private_apt "$apt" apt-cache pkgnames linux-)$'\n'
names=$(while read -r name; do
	# shellcheck disable=SC2053 # a pattern is meant
	[[ $name == $package && $name =~ ^linux-image-[0-9]+\.[0-9]+\.[0-9] &&
		$name != *-dbg && $name != *-unsigned ]] || continue
	is_whole "$name" || continue
	echo "$name"
done <<<"$known" | sort -V)
[ -n "$names" ] || refuse "suite '$suite' has no kernel like '$package'"
printf '%s\n' "$names"
