#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# coverage.sh - line coverage of what ran in a build with --coverage
set -euo pipefail
build=${1:?usage: coverage.sh BUILD_DIR}
if command -v gcovr >/dev/null; then
	exec gcovr --root . --object-directory "$build/obj" --filter 'base/' \
		--filter 'compat/' --filter 'runner/' "$build/obj"
fi
# gcov alone: "File 'base/str.c'" and "Lines executed:97.22% of 144" in turn.
find "$build/obj/base" "$build/obj/compat" "$build/obj/runner" -name '*.gcda' \
	-exec gcov -n {} + 2>/dev/null |
	awk -F"[':% ]" '
		/^File/ { file = $3 }
		/^Lines executed/ && file ~ /^(base|compat|runner)\/.*\.c$/ {
			lines[file] = $NF
			hit[file] = $3 * $NF / 100
			file = "" # the sum of all files follows the last one
		}
		END {
			for (f in lines) {
				printf "%-40s %5d lines  %5.1f %%\n", f, lines[f], 100 * hit[f] / lines[f]
				all += lines[f]
				hits += hit[f]
			}
			printf "%-40s %5d lines  %5.1f %%\n", "~ all", all, 100 * hits / all
		}' | sort
