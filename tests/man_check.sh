#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# man_check.sh - every command has a man page that names all its options
set -euo pipefail
command -v scdoc >/dev/null || { echo 'scdoc is not installed'; exit 77; }
crmatrix=${CRMATRIX:-build/crmatrix}
pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT
bad=0

complain() {
	echo "man_check.sh: $*" >&2
	bad=1
}

commands=$("$crmatrix" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
[ -n "$commands" ] || complain "--help names no commands"
for command in '' $commands; do
	page=$pages/crmatrix${command:+-$command}.1
	docs/man/page.sh "$crmatrix" ${command:+"$command"} | scdoc >"$page" || {
		complain "'$command' makes no page"
		continue
	}
	[ -z "$command" ] || grep -q "^\\\\fBcrmatrix-$command\\\\fR(1)" "$pages/crmatrix.1" ||
		complain "crmatrix(1) does not name '$command'"
	for option in $("$crmatrix" ${command:+"$command"} --help | grep -oE '^  (-.,|   ) +--[a-z-]+' | grep -oE '\-\-[a-z-]+'); do
		grep -qF -- "${option//-/\\-}" "$page" || grep -qF -- "$option" "$page" ||
			complain "the page of '$command' lacks $option"
	done
done
for extra in docs/man/*.scd; do
	name=$(basename "$extra" .scd)
	[ "$name" = crmatrix ] || grep -qx "$name" <<<"$commands" ||
		complain "$extra belongs to no command"
done
exit $bad
