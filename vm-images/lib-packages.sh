# SPDX-License-Identifier: Apache-2.0
# lib-packages.sh - what scripts that ask for packages share; sourced after lib.sh
# shellcheck shell=bash

# answer_file DIR QUESTION: where an answer is kept that DIR's package lists gave
answer_file() {
	local digest

	digest=$(printf %s "$2" | sha256sum)
	echo "$1/answers/${digest%% *}"
}

# answered DIR QUESTION: the answer, unless lists were read since it was kept
answered() {
	local kept

	kept=$(answer_file "$1" "$2")
	[ "$kept" -nt "$1/complete" ] && cat "$kept"
}

# keep_answer DIR QUESTION: what comes on stdin, which is printed too
keep_answer() {
	local kept

	kept=$(answer_file "$1" "$2")
	mkdir -p "$1/answers"
	tee "$kept.new"
	mv "$kept.new" "$kept"
}

# kept_apt_cache DIR ARGS...: apt-cache of a private apt, with the indices that apt
# makes of its lists; a host may tell its apt to make them anew each time.
kept_apt_cache() {
	local dir=$1

	shift
	private_apt "$dir" apt-cache -o Dir::Cache::pkgcache=pkgcache.bin \
		-o Dir::Cache::srcpkgcache=srcpkgcache.bin "$@"
}

# kernel_packages DIR PACKAGE...: of each that there is a line: its name, its version
# and the kernel's packages that it depends on
kernel_packages() {
	local dir=$1

	shift
	kept_apt_cache "$dir" show --no-all-versions "$@" 2>/dev/null |
		awk 'BEGIN { RS = ""; FS = "\n" }
		{
			name = version = depends = ""
			for (i = 1; i <= NF; i++) {
				if ($i ~ /^Package: /)
					name = substr($i, 10)
				if ($i ~ /^Version: /)
					version = substr($i, 10)
				if ($i !~ /^Depends: /)
					continue
				n = split(substr($i, 10), parts, / *[,|] */)
				for (k = 1; k <= n; k++) {
					sub(/ .*/, "", parts[k])
					if (parts[k] ~ /^linux-(image|base|binary|modules)-[0-9]/)
						depends = depends " " parts[k]
				}
			}
			print name " " version depends
		}' || true
}
