#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# pgbench.sh - the clients of 'postgres': on one of the connections a psql that inserts
# numbers and waits for each to be acknowledged, on the others pgbench. In the end every
# transaction that was acknowledged to either must be there, once.
set -u

say() {
	local up rest
	read -r up rest </proc/uptime
	echo "${up%.*}${up#*.}0000000 $*" >>"$TRANSCRIPT"
}

bench=$(command -v pgbench || compgen -G '/usr/lib/postgresql/*/bin/pgbench' | sort -V | tail -n 1)
export PGHOST=$SERVICE PGPORT=$PORT PGUSER=postgres PGDATABASE=bench
log=${TRANSCRIPT%/*}/pgbench.log

stop=''
trap 'stop=yes' TERM

# Both in sessions of their own: what ends us is not to end them.
coproc setsid psql -XqAt -v ON_ERROR_STOP=1
exec 3>&"${COPROC[1]}" 4<&"${COPROC[0]}"
ask() {
	echo "$1" >&3
	read -r -t 120 -u 4 answer
}
ask 'select 1;' || exit 2
# 40 transactions a second: a guest may be slow.
setsid "$bench" -n -c $((CONNECTIONS - 1)) -T 36000 -R 40 >"$log" 2>&1 &
bench_pid=$!

say connect
n=0
while [ -z "$stop" ]; do
	n=$((n + 1))
	say send $n
	if ! ask "insert into acknowledged values ($n) returning n;"; then
		say close 'no answer'
		exit 1
	fi
	if [ "$answer" != "$n" ]; then
		say error $n "'$answer' came"
		exit 1
	fi
	say answer $n
	sleep 0.02
done

# Its clock's signal ends it as the end of its time would.
kill -ALRM $bench_pid
wait $bench_pid
status=$?
processed=$(sed -n 's/^number of transactions actually processed: \([0-9]*\).*/\1/p' "$log")
failed=$(sed -n 's/^number of failed transactions: \([0-9]*\).*/\1/p' "$log")
if [ $status != 0 ] || [ "${failed:-0}" != 0 ] || [ "${processed:-0}" = 0 ]; then
	say error 0 "pgbench ended with status $status: $(tail -n 1 "$log")"
fi

# expect WHAT QUERY WANTED: the answer is to be that
expect() {
	ask "$2;"
	[ "$answer" = "$3" ] || say error 0 "$1: $answer, not $3"
}
expect 'numbers that were acknowledged' \
	"select count(*) || ' ' || coalesce(sum(n), 0) from acknowledged" "$n $((n * (n + 1) / 2))"
expect 'transactions of pgbench' 'select count(*) from pgbench_history' "$processed"
for table in accounts tellers branches; do
	expect "balance of $table" \
		"select (select sum(${table:0:1}balance) from pgbench_$table) = sum(delta) from pgbench_history" t
done
grep -q ' error ' "$TRANSCRIPT" && exit 1
say 'done'
