#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scripts_check.sh - the scripts of vm-images take their options alike, and say what
# is wrong with them, before they do anything
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/empty"
bad=0

# says WANTED SCRIPT ARGUMENT...: it ends with an error that has WANTED in it
says() {
	local wanted=$1 status=0
	shift
	"vm-images/$1.sh" "${@:2}" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	if [ $status -ne 0 ] && grep -qF -- "$1.sh: error: $wanted" "$tmp/err" &&
		[ ! -s "$tmp/out" ] && [ -z "$(ls -A "$tmp/empty")" ]; then
		return
	fi
	echo "scripts_check.sh: $*: status $status, wanted '$wanted', got: $(cat "$tmp/err")" >&2
	bad=1
}

lists=(--suite nowhere --apt "$tmp/apt")
for script in build-root build-kernel build-initramfs fetch-kernel list-kernels \
	list-versions; do
	[[ $(vm-images/$script.sh --help) == "Usage: $script.sh "* ]] || {
		echo "scripts_check.sh: $script.sh --help: no usage of its own" >&2
		bad=1
	}
	says "unknown option '--siute'" $script --siute nowhere
	says "unknown option '-x'" $script -x
done
says "'--suite' wants a value" build-root --packages bash --suite
says '--suite is missing' build-root --packages bash --apt "$tmp/apt"
says '--package is missing' fetch-kernel "${lists[@]}" "$tmp/empty"
says '--package is missing' fetch-kernel "${lists[@]}" --package '' "$tmp/empty"
says '--apt is missing' list-versions --suite nowhere bash
says 'expected packages' list-versions "${lists[@]}"
says "unexpected 'more'" list-kernels "${lists[@]}" --package linux-image more
says 'expected one output directory' build-root "${lists[@]}" --packages bash
says 'expected one output directory' build-kernel --deb /etc/passwd a b
says "'$tmp/none' is not a directory" build-kernel --image /etc/passwd "$tmp/none"
says "output directory '$tmp' is not empty" fetch-kernel "${lists[@]}" --package x "$tmp"
says '--init is missing' build-initramfs --modules /etc/passwd --agent /etc/passwd \
	"$tmp/empty"
says "can't read '/nowhere/2'" build-initramfs --modules /etc/passwd --agent /etc/passwd \
	--init /etc/passwd --file /nowhere/2 --file /etc/passwd "$tmp/empty"
says "can't read '/nowhere/2'" build-kernel --deb /nowhere/2 --deb /etc/passwd "$tmp/empty"
says 'give --image or --deb' build-kernel "$tmp/empty"
exit $bad
