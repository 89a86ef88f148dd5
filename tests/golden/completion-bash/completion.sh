#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# completion.sh - what a few beginnings of command lines are completed to
. "$CRMATRIX_SOURCE/docs/completion/crmatrix.bash"
compopt() { echo "  as $*"; }
complete_it() {
	echo "$*"
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
	_crmatrix
	printf '    %s\n' "${COMPREPLY[@]}"
}
complete_it crmatrix an
complete_it crmatrix --v
complete_it crmatrix run --acc
complete_it crmatrix run --accel ''
complete_it crmatrix run -s counter,tcp-unguar
complete_it crmatrix run --machine bookworm-6.1,trixie-6
complete_it crmatrix run --jobs ''
complete_it crmatrix run --matrix sm
complete_it crmatrix run --matrix ./compl
complete_it crmatrix report --format j
complete_it crmatrix run --accel tcg --source bookworm-5
complete_it crmatrix list ''
complete_it crmatrix list cells ''
complete_it crmatrix report --output x ./comp
complete_it crmatrix analyze a.pcap ./compl
complete_it crmatrix analyze --svg ./compl
complete_it crmatrix nonsense ''
