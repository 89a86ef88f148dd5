#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# check_sources.sh - the page's scripts, as the one script that they are, by ESLint
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
tree=$here/../..

# In the order in which page_assets.c takes them in; each must be in it.
mapfile -t files < <(grep -o 'FILE_("[a-z]*\.js")' "$tree/compat/page_assets.c" |
	cut -d '"' -f 2)
missing=0
for file in "$tree"/compat/page/*.js; do
	[[ " ${files[*]} " == *" ${file##*/} "* ]] ||
		{ echo "page_assets.c does not take in ${file##*/}"; missing=1; }
done
for file in "${files[@]}"; do
	cat "$tree/compat/page/$file"
# A node that is not Debian's does not look there.
done | NODE_PATH=/usr/share/nodejs eslint -f unix --no-eslintrc -c "$here/eslint.json" --stdin --stdin-filename page.js
exit $missing
