# SPDX-License-Identifier: Apache-2.0
# lib.sh - what the scripts in this folder share: messages, mirrors, a private apt
# shellcheck shell=bash

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
	say "error: $*"
	exit 1
}

# The same for what the caller gave, as opposed to what went wrong: status 2.
refuse() {
	say "error: $*"
	exit 2
}

# A command that fails where nobody expected it must not end a script silently.
trap 'say "error: line $LINENO: failed: $BASH_COMMAND"' ERR

# make_scratch NAME: set $work, a folder that goes when the script ends. crmatrix
# gives a script a process group of its own, and asks it to end when it ends
# itself: then what the script started is not to work on.
work=''
make_scratch() {
	work=$(mktemp -d "${TMPDIR:-/tmp}/crmatrix-$1.XXXXXX")
}

end_script() {
	if [ -n "${CRMATRIX_OWN_GROUP:-}" ]; then
		trap '' TERM
		kill -TERM -- "-$$" 2>/dev/null || true
	fi
	[ -z "$work" ] || rm -rf "$work" || rm -rf "$work"
}
trap end_script EXIT

# die unless every named command is there
need_commands() {
	local c missing=()
	for c in "$@"; do
		command -v "$c" >/dev/null || missing+=("$c")
	done
	[ ${#missing[@]} -eq 0 ] ||
		die "not installed: ${missing[*]} (vm-images/setup.sh installs what is needed)"
}

# take_options 'KIND ...' ARGUMENT...: options into variables of their names, and
# what follows them into $rest. Kinds: NAME= takes a value, NAME! must be given,
# NAME+ may be given again and again and fills an array, NAME is a flag: yes.
# The script says what they are without, and has usage().
rest=()
take_options() {
	local kinds=" $1 " name

	shift
	while [[ ${1:-} == -* ]]; do
		name=${1#--}
		[[ $1 != -h && $1 != --help ]] || { usage; exit 0; }
		[[ $1 =~ ^--[a-z]+$ && $kinds == *" $name"[\ =!+]* ]] ||
			die "unknown option '$1' (see --help)"
		if [[ $kinds == *" $name "* ]]; then
			declare -g "$name=yes"
			shift
			continue
		fi
		[ $# -ge 2 ] || die "'$1' wants a value"
		if [[ $kinds == *" $name+"* ]]; then
			local -n list=$name
			list+=("$2")
		else
			declare -g "$name=$2"
		fi
		shift 2
	done
	for name in $kinds; do
		[[ $name == *! ]] || continue
		name=${name%!}
		[ -n "${!name}" ] || die "--$name is missing (see --help)"
	done
	rest=("$@")
}

# take_out_dir ARGUMENT...: the one output directory into $out. It must exist and be
# empty: a script never mixes its artefact with something else.
out=''
take_out_dir() {
	[ $# -eq 1 ] || die "expected one output directory (see --help)"
	out=$(readlink -f "$1")
	[ -d "$out" ] || die "'$1' is not a directory"
	[ -z "$(ls -A "$out")" ] || die "output directory '$out' is not empty"
}

# Where the host itself takes Debian from: archive_site main|security.
# CRMATRIX_MIRROR and CRMATRIX_SECURITY_MIRROR overrule it, and are needed on
# a host that is not a Debian. A host that never ran 'apt-get update' has no
# release information: the last resort is then what its sources say.
# shellcheck disable=SC2016 # the format is apt's to expand
archive_site() {
	local site release codename main='' security=''

	main=${CRMATRIX_MIRROR:-}
	security=${CRMATRIX_SECURITY_MIRROR:-}
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	while read -r site release; do
		case $release in
		"$codename"-security | "$codename"/updates)
			: "${security:=$site}" ;;
		"$codename" | "$codename"-updates | "$codename"-backports)
			: "${main:=$site}" ;;
		esac
	done < <(APT_CONFIG='' apt-get indextargets --format '$(SITE) $(RELEASE)' \
		'Created-By: Packages' 'Origin: Debian' 2>/dev/null;
		APT_CONFIG='' apt-get indextargets --no-release-info \
		--format '$(SITE) $(RELEASE)' 'Created-By: Packages')
	case $1 in
	main)
		[ -n "$main" ] ||
			die "apt's sources name no Debian archive for '$codename'; set CRMATRIX_MIRROR=URL"
		echo "$main" ;;
	security)
		# A complete mirror carries both side by side.
		[ -n "$security" ] ||
			die "apt's sources name no Debian security archive; set CRMATRIX_SECURITY_MIRROR=URL"
		echo "$security" ;;
	esac
}

KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# apt source line of one suite. A mirror that stopped following a suite serves
# an expired Release file; what it serves is signed all the same, so it is
# taken, and check_release_date tells the user.
source_line() {
	local suite=$1 site

	[ -f "$KEYRING" ] ||
		die "no '$KEYRING': install debian-archive-keyring"
	case $suite in
	*-security) site=$(archive_site security) ;;
	*) site=$(archive_site main) ;;
	esac || exit
	echo "deb [signed-by=$KEYRING check-valid-until=no] $site $suite main"
}

# apt_root_open DIR yes|no SUITE...: make DIR an apt of our own with these suites,
# its own sources, indices and downloads, the host's proxy settings and nothing
# installed; read the package lists if there are none yet, or on "yes". The
# host's apt is only read. Use it as: private_apt DIR apt-get|apt-cache ARGS...
# One process at a time; the lock lasts until the script ends.
apt_root_open() {
	local dir refresh=$2

	mkdir -p "$1"
	dir=$(readlink -f "$1")
	shift 2
	exec 9>"$dir/lock"
	if ! flock -n 9; then
		say "waiting for another process that uses '$dir'"
		flock 9
	fi
	apt_root_init "$dir" "$@"
	if [ "$refresh" = yes ] || [ ! -e "$dir/complete" ] ||
		! cmp -s "$dir/sources.list" "$dir/complete"; then
		apt_root_update "$dir"
		cp "$dir/sources.list" "$dir/complete"
	fi
}

apt_root_init() {
	local dir=$1 suite
	shift
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial" "$dir/parts"
	: >"$dir/status"
	cat >"$dir/apt.conf" <<-EOF_CONF
	Dir::Etc::sourcelist "$dir/sources.list";
	Dir::Etc::sourceparts "$dir/parts";
	Dir::State::lists "$dir/lists";
	Dir::State::status "$dir/status";
	Dir::State::extended_states "$dir/extended_states";
	Dir::Cache "$dir/cache";
	Dir::Log "$dir/log";
	Acquire::Languages "none";
	Acquire::Retries "3";
	APT::Architecture "amd64";
	APT::Architectures { "amd64"; };
	APT::Install-Recommends "false";
	APT::Get::AllowUnauthenticated "false";
	APT::Sandbox::User "";
	EOF_CONF
	for suite in "$@"; do
		source_line "$suite" || exit
	done >"$dir/sources.list.new"
	mv "$dir/sources.list.new" "$dir/sources.list"
}

private_apt() {
	local dir=$1
	shift
	APT_CONFIG=$dir/apt.conf DEBIAN_FRONTEND=noninteractive "$@"
}

# need_room DIR MIB: die unless so much is free. apt hangs on a full disk.
need_room() {
	local free

	free=$(df --output=avail -B1M "$1" | tail -n 1)
	[ "$free" -ge "$2" ] ||
		die "no room in '$1': $free MiB are free, $2 are needed"
}

# Why apt could not get what it wanted, once each.
apt_complaints() {
	sed -n 's/^  //p; s/^E: //p' | grep -v 'have been ignored' | sort -u |
		head -n 5
}

# Read the indices anew, saying from where.
apt_root_update() {
	local dir=$1 log line

	need_room "$dir" 128
	while read -r line; do
		say "$line"
	done < <(sed -n 's/^deb \[[^]]*\] /reading package lists: /p' "$dir/sources.list")
	log=$(private_apt "$dir" apt-get -q update -o APT::Update::Error-Mode=any 2>&1) ||
		die "can't read package lists (what is in the cache already needs no network):
$(apt_complaints <<<"$log")"
	check_release_date "$dir"
}

# Seconds since the epoch of the newest Release file.
apt_root_date() {
	local file date newest=0

	for file in "$1"/lists/*InRelease; do
		date=$(sed -n 's/^Date: //p' "$file")
		date=$(date -d "$date" +%s)
		[ "$date" -le "$newest" ] || newest=$date
	done
	echo "$newest"
}

check_release_date() {
	local file until

	for file in "$1"/lists/*InRelease; do
		until=$(sed -n 's/^Valid-Until: //p' "$file" 2>/dev/null)
		[ -n "$until" ] || continue
		[ "$(date -d "$until" +%s)" -ge "$(date +%s)" ] ||
			say "note: ${file##*/} expired on $until; the mirror is behind, using it all the same"
	done
}

# Proxy and other network settings of the host's apt, as one option a line.
host_acquire_options() {
	apt-config dump 2>/dev/null |
		grep -E '^Acquire::(http|https|ftp)::[^ ]* "..*";$' || true
}

# cpio archive $2 of what is below $1: one tree gives one archive, whoever
# makes it and when.
make_cpio() {
	find "$1" -exec touch -h -d @0 {} +
	(cd "$1" && find . -mindepth 1 | LC_ALL=C sort |
		cpio --quiet -o -H newc --reproducible --owner 0:0) >"$2"
}
