#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# terminal.sh - a terminal with a shell on it that lives on, and commands typed there
#
#	terminal.sh open	have the terminal, in the background
#	terminal.sh type WORD...	type a command; ends with its status
#
# What is seen on the terminal is in /run/terminal.seen.
dir=/run/terminal
case $1 in
open)
	mkdir -p $dir
	mkfifo $dir/keys
	# Both ends of the fifo are held open, so nobody who types ends the shell.
	script -q -f -c 'exec sh -i' $dir.seen <>$dir/keys >/dev/null 2>&1 3>&- 4>&- &
	until [ -s $dir.seen ]; do sleep 0.02; done ;;
type)
	shift
	rm -f $dir/status
	quoted=
	for word; do
		quoted="$quoted '$(printf %s "$word" | sed "s/'/'\\\\''/g")'"
	done
	echo "cd '$PWD'; $quoted; echo \$? >$dir/status.new; mv $dir/status.new $dir/status" >$dir/keys
	until [ -e $dir/status ]; do sleep 0.02; done
	exit "$(cat $dir/status)" ;;
esac
