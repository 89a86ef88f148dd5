#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# page.sh - the man page of a command, from its --help and what is said here of it
set -eu

usage() {
	cat <<-'EOF_USAGE'
	Usage: page.sh CRMATRIX [COMMAND]

	Prints the man page of COMMAND, without it of crmatrix itself, in scdoc's
	format: synopsis, description and options are those of --help, made from the
	tables that read the command line; COMMAND.scd beside this script adds examples
	and whatever else is to be known. PREFIX (/usr) is where documents are installed.
	EOF_USAGE
}

case ${1:-} in
-h | --help) usage; exit 0 ;;
'') usage >&2; exit 2 ;;
esac
here=$(dirname "$0")
program=$1
command=${2:-}
page=crmatrix${command:+-$command}
docs=$(printf '%s' "${PREFIX:-/usr}/share/doc" | sed 's/[_,&\\]/\\\\&/g')

# Text as it is: scdoc reads * _ and \ as its own.
plain() {
	sed 's/[\\*_`]/\\&/g; s/^#/\\#/'
}

# Lines of --help between the one that matches $1 and the one that matches $2.
between() {
	awk -v from="$1" -v to="$2" '
		$0 ~ to && on { exit }
		on { print }
		$0 ~ from { on = 1 }'
}

# "  -o, --out DIR   what it does", or another list, and continuation lines; what is
# not indented stays.
items() {
	plain | awk '
		# What would begin a list or a table.
		function text(line) {
			sub(/^ +/, "", line)
			print "\t" quoted(line)
		}
		function quoted(line) {
			sub(/^[-|[]/, "\\\\&", line)
			return line
		}
		/^  [^ ]/ || /^      --/ {
			sub(/^ +/, "")
			at = match($0, /  +/)
			name = at ? substr($0, 1, at - 1) : $0
			if (name ~ /^-/)
				gsub(/--?[a-z][a-z-]*/, "*&*", name)
			else
				name = "*" name "*"
			print (listed ? "\n" : "") name
			if (at) text(substr($0, at + RLENGTH))
			listed = 1
			next
		}
		/^ / { text($0); next }
		{ print quoted($0); listed = 0 }'
}

# What follows the options: paragraphs, and commands, which are indented, as they are.
notes() {
	awk '
		function fence() { print code ? "```\n" : "\n```"; code = !code }
		/^ / { if (!code) fence(); sub(/^ +/, ""); print; next }
		code { fence() }
		{ gsub(/[\\*_`]/, "\\\\&"); sub(/^[#|[-]/, "\\\\&"); print }
		END { if (code) fence() }'
}

help=$("$program" ${command:+"$command"} --help)
about=$("$program" --help | sed -n "s/^  ${command:-none} *\\(.*\\)/\\1/p")
say() { printf '%s\n' "$help"; }

cat <<EOF_HEAD
$page(1) "crmatrix $("$program" --version | sed -n '1s/crmatrix \([^ ]*\).*/\1/p')"

# NAME

$page - ${about:-whether a workload may be checkpointed on one machine and restored on another}

# SYNOPSIS

$(say | sed -n '1s/^Usage: //p' | plain)

# DESCRIPTION

EOF_HEAD
if [ -n "$command" ]; then
	say | between '^Usage:' '^Options:' | sed 1d | items
	printf '\n# OPTIONS\n\n'
	say | between '^Options:' '^[^ ]' | items
	rest=$(say | awk '/^Options:/ { on = 1; next } on && /^[^ ]/ { tell = 1 } tell' | notes)
	[ -z "$rest" ] || printf '\n# NOTES\n\n%s\n' "$rest"
else
	say | between '^Usage:' '^Commands:' | plain | sed 1d
	printf '\n# COMMANDS\n\n'
	say | between '^Commands:' '^$' | plain |
		sed 's/^  \([a-z]*\)  *\(.*\)/*crmatrix-\1*(1)\n\t\2\n/'
	say | between '^$' '^never$' | awk '/^Exit status:/ { on = 1 } on' | plain |
		sed '1i # EXIT STATUS\n'
fi
extra=$here/${command:-crmatrix}.scd
[ ! -e "$extra" ] || { echo; sed "/^; /d; s,/usr/share/doc,$docs,g" "$extra"; }
[ -z "$command" ] || printf '\n# SEE ALSO\n\n*crmatrix*(1)\n'
