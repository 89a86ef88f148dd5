#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# build-root.sh - make the root file system of one userland
set -Eeuo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=lib.sh
. "$here/lib.sh"

usage() {
	cat <<-'EOF_USAGE'
	Usage: build-root.sh --suite SUITE --packages 'NAME ...' --apt DIR [--refresh] OUT
	       build-root.sh --suite SUITE --packages 'NAME ...' --apt DIR [--refresh] --resolve

	Writes into the empty directory OUT:
	  root.squashfs   Debian SUITE with its security updates: the essential
	                  packages and those named, no documentation, no translations
	  manifest        one line "package version architecture" for each

	--apt DIR    package lists are kept here; made if absent
	--refresh    read the package lists anew even if DIR has them
	--resolve    only print what would be installed, as "package version"

	Root rights are not needed where user namespaces with subordinate ids are
	(package uidmap, /etc/subuid).
	EOF_USAGE
}

# What a guest never reads. Locale C.UTF-8 is part of libc-bin and stays.
left_out=(doc man info locale i18n lintian bug zsh bash-completion)

suite='' packages='' apt='' refresh=no resolve=no
take_options 'suite! packages! apt! refresh resolve' "$@"
[ $resolve = yes ] || take_out_dir "${rest[@]}"
names=$(echo "$packages" | tr -s ' \t\n,' ' ' | sed 's/^ //; s/ $//')
need_commands apt-get mmdebstrap mksquashfs
suites=("$suite" "$suite-updates" "$suite-security")

apt_root_open "$apt" "$refresh" "${suites[@]}"

# bookworm's init-system-helpers would rather have usrmerge, which brings all of
# perl: do without, in a root that is merged from the start.
avoid='Package: usrmerge\nPin: release *\nPin-Priority: -1\n'

# What apt could not do; packages that the suite does not have are the caller's.
complain() {
	local unknown

	unknown=$(sed -n "s/^E: Unable to locate package \(.*\)/'\1'/p
		s/^E: Package \('.*'\) has no installation candidate/\1/p" "$apt/complaints" |
		sort -u | paste -s -d ' ')
	[ -z "$unknown" ] || refuse "Debian $suite has no package $unknown"
	die "apt can't install $names:
$(apt_complaints <"$apt/complaints")"
}

resolve_packages() {
	local plan

	# shellcheck disable=SC2059 # a format without arguments
	printf "$avoid" >"$apt/preferences"
	# shellcheck disable=SC2086 # a list of names
	plan=$(private_apt "$apt" apt-get -o "Dir::Etc::preferences=$(readlink -f "$apt")/preferences" \
		-s -q install '?essential?not(?exact-name(apt))' $names 2>"$apt/complaints") ||
		complain
	sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1 \2/p' <<<"$plan" | LC_ALL=C sort
}

if [ $resolve = yes ]; then
	resolve_packages
	exit
fi

make_scratch root

options=(--format=tar --variant=essential --architectures=amd64
	"--include=${names// /,}"
	'--aptopt=APT::Install-Recommends "false"'
	'--aptopt=Acquire::Languages "none"'
	'--aptopt=Acquire::Retries "3"')
while read -r line; do
	options+=("--aptopt=$line")
done < <(host_acquire_options)
for name in "${left_out[@]}"; do
	options+=("--dpkgopt=path-exclude=/usr/share/$name/*")
done
# shellcheck disable=SC2016 # $1 is the hook's own
options+=(
	"--setup-hook=printf '$avoid' >\"\$1\"/etc/apt/preferences.d/crmatrix"
	'--setup-hook=for d in bin sbin lib lib64; do mkdir -p "$1/usr/$d"; ln -s "usr/$d" "$1/$d"; done'
	# Left out, but a package fails whose alternatives have manual pages (a JDK's).
	'--setup-hook=mkdir -p "$1/usr/share/man/man1"'
	'--customize-hook=rm "$1"/etc/apt/preferences.d/crmatrix'
)
# Nothing that tells one build from the next may stay: logs, host keys, ids.
# shellcheck disable=SC2016 # $1 is the hook's own
options+=(
	'--customize-hook=rm -f "$1"/etc/ssh/ssh_host_* "$1"/var/cache/ldconfig/aux-cache'
	'--customize-hook=find "$1"/var/log "$1"/var/cache/debconf -type f -delete'
	'--customize-hook=: >"$1"/etc/machine-id'
	'--customize-hook=echo guest >"$1"/etc/hostname'
	'--customize-hook=printf "127.0.0.1 localhost guest\n::1 localhost\n" >"$1"/etc/hosts'
	'--customize-hook=rm -f "$1"/etc/resolv.conf'
	'--customize-hook=chroot "$1" dpkg-query -W -f '\''${Package} ${Version} ${Architecture}\n'\'' >"$1"/manifest'
	"--customize-hook=download /manifest '$work/manifest'"
	'--customize-hook=rm "$1"/manifest'
)
[ "$(id -u)" = 0 ] && options+=(--mode=root) || options+=(--mode=unshare)

# The newest change of the archive is the newest a file may be. Not zero:
# Python's compiled files hold the times of their sources.
SOURCE_DATE_EPOCH=$(apt_root_date "$apt")
export SOURCE_DATE_EPOCH
sources=()
for s in "${suites[@]}"; do
	sources+=("$(source_line "$s")")
done
say "installing Debian $suite with: $names"
if ! mmdebstrap --verbose "${options[@]}" "$suite" "$work/root.tar" "${sources[@]}" \
	>"$work/log" 2>&1; then
	die "mmdebstrap failed for suite '$suite':
$(grep -vE '^(Get|Selecting|Preparing|Unpacking|I:)' "$work/log" | cut -c -200 | tail -n 12)"
fi
# The epoch is mksquashfs's too: it takes it for the time of the file system.
mksquashfs - "$work/root.squashfs" -tar -comp lz4 -noappend -no-progress -quiet \
	<"$work/root.tar" >"$work/log" 2>&1 || die "mksquashfs: $(tail -n 1 "$work/log")"
LC_ALL=C sort "$work/manifest" >"$out/manifest"
cp "$work/root.squashfs" "$out/root.squashfs"
chmod 644 "$out"/*
