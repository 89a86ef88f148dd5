#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# list-kernels.sh - which kernels a Debian suite has
set -Eeuo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=lib.sh
. "$here/lib.sh"
# shellcheck source=lib-packages.sh
. "$here/lib-packages.sh"

usage() {
	cat <<-'EOF_USAGE'
	Usage: list-kernels.sh --suite SUITE --package PATTERN --apt DIR [--refresh]

	Prints the kernel packages of SUITE that fit PATTERN, names and versions
	('linux-image-6.*-cloud-amd64'), a line each, older ones first: no
	metapackages, no debug symbols, no unsigned ones, and none of which the
	archive no longer has all packages.

	--apt DIR    package lists are kept here; made if absent
	--refresh    read the package lists anew even if DIR has them
	EOF_USAGE
}

suite='' package='' apt='' refresh=no
take_options 'suite! package! apt! refresh' "$@"
[ ${#rest[@]} -eq 0 ] || die "unexpected '${rest[0]}' (see --help)"
need_commands apt-get apt-cache
[ $refresh = yes ] || ! answered "$apt" "$suite/$package" || exit 0
apt_root_open "$apt" "$refresh" "$suite"

# Of a kernel that was replaced the archive keeps some packages longer than others.
is_whole() {
	local package

	for package in "$@"; do
		[[ $package == linux-base-* || $known == *$'\n'$package$'\n'* ]] || return
	done
}

known=$'\n'$(kept_apt_cache "$apt" pkgnames linux-)$'\n'
fitting=$(while read -r name; do
	# shellcheck disable=SC2053 # a pattern is meant
	[[ $name == $package && $name =~ ^linux-image-[0-9]+\.[0-9]+\.[0-9] &&
		$name != *-dbg && $name != *-unsigned ]] || continue
	echo "$name"
done <<<"$known")
# shellcheck disable=SC2086 # lists of names
names=$([ -z "$fitting" ] || kernel_packages "$apt" $fitting |
	while read -r name version depends; do
		is_whole $depends || continue
		echo "$name $version"
	done | sort -V)
[ -n "$names" ] || refuse "suite '$suite' has no kernel like '$package'"
printf '%s\n' "$names" | keep_answer "$apt" "$suite/$package"
