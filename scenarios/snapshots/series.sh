#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# series.sh COUNT - all snapshots but the first are incremental: of the workload's pages
# they have fewer than it, and refer to the one before for others
failed=0
for n in $(seq "$1"); do
	crit show "$IMAGES/$n/pagemap-$WORKLOAD_PID.img" >/tmp/pagemap || exit 1
	pages=$(awk '/nr_pages/ { n = $2 + 0 }
		/PE_PRESENT/ { own += n } /PE_PARENT/ { parent += n }
		END { print own + 0, parent + 0 }' /tmp/pagemap)
	echo "snapshot $n: ${pages% *} pages of its own, ${pages#* } of one before"
	case $n in
	1)
		first=${pages% *}
		[ "$first" -gt 0 ] && [ "${pages#* }" = 0 ] || failed=1
		;;
	*) [ "${pages% *}" -lt "$first" ] && [ "${pages#* }" -gt 0 ] || failed=1 ;;
	esac
done
exit $failed
