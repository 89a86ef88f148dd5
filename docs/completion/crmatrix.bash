# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Completion of crmatrix for bash. All it knows it asks of --help, which is made
# of the very tables that read the command line.

# The place of a word in the usage line, or of an option's value, names its kind:
# FILE, DIR, RUN, a|b|c, ... Prints one candidate a line; status 1: paths are wanted.
_crmatrix_kind() {
	local program=$1 kind=${2//[][]/} run=$3

	kind=${kind%...}
	kind=${kind%%\[*}
	case $kind in
	'NAME|FILE') "$program" run --help | _crmatrix_matrices; return 1 ;;
	*'|'*) tr '|' '\n' <<<"$kind" ;;
	A | B | 'A,B') "$program" list machines --json 2>/dev/null | _crmatrix_names ;;
	S | 'S,T' | 'S,T,...') "$program" list scenarios --json 2>/dev/null | _crmatrix_names ;;
	CELL) "$program" report "$run" --format csv 2>/dev/null | sed 1d | cut -d , -f 1 ;;
	N | I/N | SECONDS | DAYS | MAC | IP* | URI | TEXT) ;;
	*) return 1 ;;
	esac
}

_crmatrix_names() {
	sed -n 's/^ *"name": "\(.*\)",\{0,1\}$/\1/p'
}

# Names of matrices stand in quotes beside the option.
_crmatrix_matrices() {
	sed -n '/--matrix/,/^ *-/s/[^'"'"']*'"'"'\([a-z]*\)'"'"'[^'"'"']*/\1\n/gp'
}

# Those of stdin that begin with $1; of a list only its last part is completed.
_crmatrix_offer() {
	local cur=$1 head='' word

	case $cur in
	*,*) head=${cur%,*}, ;;
	esac
	while read -r word; do
		case $word in
		"${cur##*,}"*) COMPREPLY+=("$head$word") ;;
		esac
	done
}

_crmatrix_paths() {
	local word

	compopt -o filenames
	while IFS= read -r word; do
		COMPREPLY+=("$word")
	done < <(compgen "-$1" -- "$2")
}

_crmatrix() {
	local program=${COMP_WORDS[0]} cur=${COMP_WORDS[COMP_CWORD]}
	local help option word i kinds kind='' nth=0 run=''

	COMPREPLY=()
	if [ "$COMP_CWORD" = 1 ]; then
		_crmatrix_offer "$cur" < <("$program" --help 2>/dev/null |
			sed -n 's/^  \([a-z]*\)  .*/\1/p; $ a --help\n--version')
		return
	fi
	help=$("$program" "${COMP_WORDS[1]}" --help 2>/dev/null) || return
	# "  -o, --out DIR   folder": the option's names and what its value is
	for ((i = 2; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		kind=''
		case $word in
		--*) option=$(sed -n "s/^  ...  *$word \([^ ][^ ]*\).*/\1/p; s/^  *$word \([^ ][^ ]*\)$/\1/p" <<<"$help" | head -n 1) ;;
		-?) option=$(sed -n "s/^  $word, --[a-z-]* \([^ ][^ ]*\).*/\1/p" <<<"$help") ;;
		*) nth=$((nth + 1)) run=${run:-$word} option='' ;;
		esac
		case $option in
		[A-Z]* | *'|'*) kind=$option i=$((i + 1)) ;;
		esac
		[ $i = "$COMP_CWORD" ] || kind=''
	done
	case $cur in
	-*)
		_crmatrix_offer "$cur" < <(grep -o '^  ...  *--[a-z-]*' <<<"$help" |
			sed 's/.*--/--/')
		return ;;
	esac
	if [ -z "$kind" ]; then
		read -ra kinds < <(sed -n '1s/.*\[OPTION\]\.\.\. *//p' <<<"$help")
		[ ${#kinds[@]} != 0 ] || return
		kind=${kinds[nth < ${#kinds[@]} ? nth : ${#kinds[@]} - 1]}
		[ "$nth" -lt ${#kinds[@]} ] || [ "${kind%...}" != "$kind" ] || return
	fi
	if ! option=$(_crmatrix_kind "$program" "$kind" "$run"); then
		[ -z "$option" ] || _crmatrix_offer "$cur" <<<"$option"
		case $kind in
		DIR* | RUN* | OLD | NEW) _crmatrix_paths d "$cur" ;;
		*) _crmatrix_paths f "$cur" ;;
		esac
	elif [ -n "$option" ]; then
		_crmatrix_offer "$cur" <<<"$option"
	fi
}

complete -F _crmatrix crmatrix
