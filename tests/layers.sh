#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# layers.sh - prove who includes whom, and who calls what, by sources and objects
#
# layers.sh TREE [OBJECTS]: sources below TREE are read for what they include;
# objects below OBJECTS (build/obj) for the symbols they want. Prints each
# violation and ends with 1 when there is one.
set -euo pipefail
tree=${1:?usage: layers.sh TREE [OBJECTS]}
objects=${2:-}
found=0

# Layers, bottom first. An include points to the same row or below. Guest
# programs share headers with the runner, so they stand below it.
declare -A height=([base]=0 [vm-images]=1 [scenarios]=1 [compat]=2 [runner]=3
	[tests]=4)

# PATTERN of <...> includes, and the only files (glob, may be several) with them.
include_rules=(
	'libvirt/'	'runner/virt_api.h tests/*'
	'curl/'		'runner/curl_api.h tests/*'
	'pcap'		'runner/capture.c compat/wire*.c compat/capfile*.c tests/*'
	'sqlite3'	'runner/history_db.c tests/*'
	'libxml/'	'compat/report_junit.c tests/*'
)

# Symbols that objects (glob) must not want, and the files (globs) that may.
forks='fork|vfork|_Fork|clone|clone3|posix_spawnp?|system|popen|exec(l|lp|le|v|ve|vp|vpe|veat)'
sockets='socket|socketpair|accept4?|bind|connect|listen|getaddrinfo'
clocks='clock_gettime|gettimeofday|time|timespec_get|clock_now_ns|clock_real_ns|ftime'
live_pcap='pcap_(create|activate|open_live|findalldevs(_ex)?|inject|sendpacket|lookupdev|lookupnet)'
libvirt='vir[A-Z][A-Za-z]*'
symbol_rules=(
	"$forks"	'base/* compat/*'	''
	# sandbox.c clones into namespaces, which no program starter does.
	"$forks"	'runner/*'		'runner/child.o runner/sandbox.o'
	"$sockets"	'base/* compat/*'	''
	"$clocks"	'compat/*'		''
	"$clocks"	'base/*'		'base/clock.o'
	"$live_pcap"	'*'			'runner/capture.o tests/*'
	# It is loaded (runner/virt_api.c), and not linked.
	"$libvirt"	'*'			'tests/*'
)

violation() {
	echo "$*"
	found=1
}

# fits NAME GLOBS: whether NAME is one of them
fits() {
	local glob
	set -f
	for glob in $2; do
		# shellcheck disable=SC2053 # a pattern is wanted
		[[ $1 == $glob ]] && { set +f; return 0; }
	done
	set +f
	return 1
}

check_own_include() { # FILE LINE HEADER
	local from=${1%%/*} to=${3%%/*}
	[[ $3 == */* || ${height[$from]} -ne 1 ]] || return 0
	if [ -z "${height[$to]:-}" ]; then
		violation "$1:$2: \"$3\" is not named from the root of the tree"
	elif [ "${height[$to]}" -gt "${height[$from]}" ]; then
		violation "$1:$2: '$from' includes \"$3\", which is above it"
	fi
}

check_library_include() { # FILE LINE HEADER
	local i
	for ((i = 0; i < ${#include_rules[@]}; i += 2)); do
		[[ $3 == ${include_rules[i]}* ]] || continue
		fits "$1" "${include_rules[i + 1]}" ||
			violation "$1:$2: <$3> belongs in: ${include_rules[i + 1]}"
	done
}

# FILE:LINE:TEXT of each include
list_includes() {
	cd "$tree"
	grep -rnE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include' \
		base compat runner tests vm-images scenarios 2>/dev/null || true
}

check_includes() {
	local file line rest quoted='"([^"]+)"' angle='<([^>]+)>'
	while IFS=: read -r file line rest; do
		file=${file#./}
		if [[ $rest =~ $quoted ]]; then
			check_own_include "$file" "$line" "${BASH_REMATCH[1]}"
		elif [[ $rest =~ $angle ]]; then
			check_library_include "$file" "$line" "${BASH_REMATCH[1]}"
		fi
	done < <(list_includes)
}

# OBJECT SYMBOL of each symbol that some rule is about
list_symbols() {
	local i any=''
	for ((i = 0; i < ${#symbol_rules[@]}; i += 3)); do
		any+="|${symbol_rules[i]}"
	done
	cd "$objects"
	find base compat runner tests -name '*.o' -exec \
		nm -A --undefined-only --format=posix {} + 2>/dev/null |
		sed -nE "s/^([^:]*): ([^@ ]*).*/\1 \2/; / (${any#|})\$/p" | sort
}

check_symbols() {
	local object symbol i
	while read -r object symbol; do
		for ((i = 0; i < ${#symbol_rules[@]}; i += 3)); do
			if [[ $symbol =~ ^(${symbol_rules[i]})$ ]] &&
				fits "$object" "${symbol_rules[i + 1]}" &&
				! fits "$object" "${symbol_rules[i + 2]}"; then
				violation "${object%.o}.c: must not call $symbol()"
			fi
		done
	done < <(list_symbols)
}

check_includes
if [ -n "$objects" ]; then
	[ -d "$objects" ] || { echo "no objects in '$objects'"; exit 2; }
	check_symbols
fi
exit $found
