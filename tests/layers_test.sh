#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# layers_test.sh - layers.sh finds what it is there to find, and nothing else
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
status=0

# plant FILE TEXT: a tree of one C file, compiled when it can be
plant() {
	rm -rf "$tmp/tree" "$tmp/obj"
	mkdir -p "$tmp/tree/${1%/*}" "$tmp/obj/${1%/*}"
	printf '%s\n' "$2" >"$tmp/tree/$1"
	sed '/#include/d' "$tmp/tree/$1" |
		"${CC:-cc}" -w -c -x c -o "$tmp/obj/${1%.c}.o" -
}

# expect bad|good FILE TEXT
expect() {
	local verdict=good
	plant "$2" "$3"
	"$here/layers.sh" "$tmp/tree" "$tmp/obj" >"$tmp/said" || verdict=bad
	[ $verdict = "$1" ] && return
	status=1
	printf 'judged %s, not %s: %s: %s\n' $verdict "$1" "$2" "$3"
	cat "$tmp/said"
}

expect bad base/a.c '#include "compat/plan.h"'
expect bad compat/a.c '#include "runner/lab.h"'
expect bad compat/a.c '#include <libvirt/libvirt.h>'
expect bad compat/a.c '#include <pcap.h>'
expect bad compat/a.c '#include <pcap/pcap.h>'
expect bad runner/virt.c '#include <libvirt/libvirt.h>'
expect bad runner/a.c '#include "lab.h"'
expect bad runner/a.c '#include "tests/lib/testing.h"'
expect bad compat/a.c 'int f(void) { return fork(); }'
expect bad compat/a.c 'int f(void) { return socket(1, 2, 3); }'
expect bad compat/a.c 'long f(void) { return time(0); }'
expect bad compat/a.c 'long f(void) { return clock_now_ns(); }'
expect bad runner/a.c 'int f(void) { return system("true"); }'
expect bad runner/a.c 'void *f(void) { return pcap_create(0, 0); }'
expect bad runner/a.c 'void *f(void) { return virConnectOpen(0); }'

expect good compat/a.c '#include "base/err.h"'
expect good compat/wire.c '#include <pcap/pcap.h>'
expect good runner/virt_api.h '#include <libvirt/libvirt.h>'
expect good runner/curl_api.h '#include <curl/curl.h>'
expect good runner/child.c 'int f(void) { return fork(); }'
expect good runner/capture.c 'void *f(void) { return pcap_create(0, 0); }'
expect good runner/a.c 'int f(void) { return socket(1, 2, 3); }'
expect good vm-images/guest/a.c '#include "garp.h"'
expect good tests/unit/a.c '#include "runner/lab.h"'
exit $status
