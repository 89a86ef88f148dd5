#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# contain.sh - a root file system as a container has it, and a program alone in it
#
#	contain.sh prepare	make the root, on both machines
#	contain.sh run WORD...	go there and run a program; in new namespaces
#
# /usr is the machine's own (to criu: an external mount 'usr'), the rest is made anew.
root=/srv/root
case $1 in
prepare)
	mkdir -p $root/usr $root/proc $root/tmp $root/old
	ln -s usr/bin usr/lib usr/lib64 $root/
	mount --bind $root $root ;;
run)
	shift
	mount --bind $root $root
	mount --bind /usr $root/usr
	mount -t tmpfs tmpfs $root/tmp
	mount -t proc proc $root/proc
	cp "$1" $root/tmp/program
	cd $root && pivot_root . old && cd / || exit 1
	umount -l /old
	: >/tmp/empty
	shift
	exec setsid /tmp/program "$@" </tmp/empty >/tmp/log 2>&1 ;;
esac
