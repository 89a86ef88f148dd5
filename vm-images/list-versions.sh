#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# list-versions.sh - which versions of packages a Debian suite has
set -Eeuo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=lib.sh
. "$here/lib.sh"
# shellcheck source=lib-packages.sh
. "$here/lib-packages.sh"

usage() {
	cat <<-'EOF_USAGE'
	Usage: list-versions.sh --suite SUITE --apt DIR [--refresh] PACKAGE...

	Prints of each of the packages that SUITE has its name and version.

	--apt DIR    package lists are kept here; made if absent
	--refresh    read the package lists anew even if DIR has them
	EOF_USAGE
}

suite='' apt='' refresh=no
while [ $# -gt 0 ]; do
	case $1 in
	--suite | --apt)
		[ $# -ge 2 ] || die "'$1' wants a value"
		declare "${1#--}=$2"
		shift 2 ;;
	--refresh)
		refresh=yes
		shift ;;
	-h | --help)
		usage
		exit 0 ;;
	-*) die "unknown option '$1' (see --help)" ;;
	*) break ;;
	esac
done
for option in suite apt; do
	[ -n "${!option}" ] || die "--$option is missing (see --help)"
done
[ $# -gt 0 ] || die "expected packages (see --help)"
need_commands apt-get apt-cache
[ $refresh = yes ] || ! answered "$apt" "$suite: $*" || exit 0
apt_root_open "$apt" "$refresh" "$suite"
{ kept_apt_cache "$apt" show --no-all-versions "$@" 2>/dev/null || true; } |
	awk '/^Package: / { name = $2 } /^Version: / { print name, $2 }' |
	keep_answer "$apt" "$suite: $*"
