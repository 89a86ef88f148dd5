#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# fetch-kernel.sh - download a Debian kernel's packages
set -Eeuo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=lib.sh
. "$here/lib.sh"
# shellcheck source=lib-packages.sh
. "$here/lib-packages.sh"

usage() {
	cat <<-'EOF_USAGE'
	Usage: fetch-kernel.sh --suite SUITE --package NAME --apt DIR [--refresh] OUT
	       fetch-kernel.sh --suite SUITE --package NAME --apt DIR [--refresh] --resolve

	Downloads into the empty directory OUT the packages of the kernel that NAME
	(linux-image-cloud-amd64, 'linux-image-7.2.*-cloud-amd64', ...) stands for
	in SUITE: one linux-image, or from 7.x on linux-base, linux-binary and
	linux-modules. apt verifies them against the archive's signature.

	--apt DIR    package lists are kept here; made if absent
	--refresh    read the package lists anew even if DIR has them
	--resolve    only print them, as "file digest"
	EOF_USAGE
}

suite='' package='' apt='' refresh=no resolve=no
take_options 'suite! package! apt! refresh resolve' "$@"
[ $resolve = yes ] || take_out_dir "${rest[@]}"
need_commands apt-get apt-cache
apt_root_open "$apt" "$refresh" "$suite"

# The kernel packages with a version in their name below $1, that is without
# the metapackages; with a version each, as apt-get download takes them.
concrete() {
	local name version depends

	for name in "$@"; do
		read -r _ version depends < <(kernel_packages "$apt" "$name") || true
		# It has what only reports of bugs want, and is dropped first.
		[ -n "$version" ] || [[ $name != linux-base-* ]] || continue
		[ -n "$version" ] ||
			refuse "suite '$suite' has no package '$name' (names: apt-cache search linux-image)"
		if [[ $name =~ ^linux-(image|base|binary|modules)-[0-9]+\.[0-9]+\.[0-9] ]]; then
			echo "$name=$version"
		fi
		# shellcheck disable=SC2086 # a list of names
		[ -z "$depends" ] || concrete $depends
	done
}

# The newest package of a pattern's.
newest() {
	local name found=''

	while read -r name; do
		# shellcheck disable=SC2053 # a pattern is meant
		[[ $name == $1 && $name != *-dbg && $name != *-unsigned ]] || continue
		found=$(printf '%s\n' "$found" "$name" | sort -V | tail -n 1)
	done < <(private_apt "$apt" apt-cache pkgnames linux-image)
	[ -n "$found" ] || refuse "suite '$suite' has no package like '$1'"
	echo "$found"
}

case $package in
*[*?[]*) package=$(newest "$package") || exit ;;
esac
wanted=$(concrete "$package" | LC_ALL=C sort -u) || exit
[ -n "$wanted" ] || die "package '$package' of '$suite' leads to no kernel"
if [ $resolve = yes ]; then
	# shellcheck disable=SC2086
	private_apt "$apt" apt-get -q download --print-uris $wanted |
		sed -n "s/^'[^']*' \([^ ]*\) [0-9]* \(.*\)/\1 \2/p"
	exit
fi
# shellcheck disable=SC2086
say "downloading" $wanted
cd "$out"
need_room "$out" 256
# shellcheck disable=SC2086
log=$(private_apt "$apt" apt-get -q download $wanted 2>&1) || die "can't download $wanted:
$(apt_complaints <<<"$log")"
chmod 644 "$out"/*
