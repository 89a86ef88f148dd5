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
take_options 'suite! apt! refresh' "$@"
[ ${#rest[@]} -gt 0 ] || die "expected packages (see --help)"
set -- "${rest[@]}"
need_commands apt-get apt-cache
[ $refresh = yes ] || ! answered "$apt" "$suite: $*" || exit 0
apt_root_open "$apt" "$refresh" "$suite"
{ kept_apt_cache "$apt" show --no-all-versions "$@" 2>/dev/null || true; } |
	awk '/^Package: / { name = $2 } /^Version: / { print name, $2 }' |
	keep_answer "$apt" "$suite: $*"
