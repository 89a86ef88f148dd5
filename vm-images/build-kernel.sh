#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# build-kernel.sh - make a bootable set out of a kernel image and its modules
set -Eeuo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=lib.sh
. "$here/lib.sh"

usage() {
	cat <<-'EOF_USAGE'
	Usage: build-kernel.sh --image FILE [--modules DIR] [--config FILE] OUT
	       build-kernel.sh --deb FILE [--deb FILE]... OUT

	Writes into the empty directory OUT:
	  vmlinuz            the kernel image, as given
	  modules.cpio       the modules a guest starts with, for build-initramfs.sh
	  modules.squashfs   the whole module tree, to be /lib/modules in the guest
	  config             the kernel's configuration, if it could be found
	  kernel.json        version, where the configuration came from, what is absent

	--image FILE    bzImage; its version is read from the image itself
	--modules DIR   what 'make modules_install' made: DIR is lib/modules/VERSION,
	                or a folder above it; leave it out for a kernel without modules
	--config FILE   the kernel's .config, if it lies neither beside the modules
	                nor in the image
	--deb FILE      Debian or Ubuntu kernel packages: image and modules in one
	                package or in several

	A kernel that lacks what a guest needs is refused with status 2, and all that is
	missing is named. No maintainer script of a package is run.
	EOF_USAGE
}

# Modules a guest can't do without; the symbols that provide them follow below.
boot_modules='virtio_pci virtio_blk virtio_net virtio_console squashfs overlay'

# Loaded at boot where the kernel has them, because nearly every cell needs
# them and modprobe takes 50 to 150 ms apiece in an emulated guest: devices,
# the socket families criu asks about, the netfilter part of its network lock
# and of an address takeover.
more_modules='virtio_rng pvpanic pvpanic_pci failover net_failover
	inet_diag tcp_diag udp_diag raw_diag unix_diag netlink_diag af_packet_diag
	af_packet nfnetlink nf_conntrack nf_conntrack_netlink
	nf_tables nft_compat nft_ct nf_reject_ipv4 nf_reject_ipv6
	x_tables xt_tcpudp xt_mark xt_conntrack'

# =y: built in or nothing. =m: built in, or a module that is really there.
needed_config='BLK_DEV_INITRD=y DEVTMPFS=y TMPFS=y PROC_FS=y SYSFS=y UNIX98_PTYS=y
	SERIAL_8250_CONSOLE=y BINFMT_ELF=y NET=y INET=y UNIX=m CHECKPOINT_RESTORE=y
	SQUASHFS_LZ4=y VIRTIO_PCI=m VIRTIO_BLK=m VIRTIO_NET=m VIRTIO_CONSOLE=m
	SQUASHFS=m OVERLAY_FS=m'

# criu's own list: without them it works partly, and which part is just what
# a matrix is to show. Recorded, not refused.
criu_config='NAMESPACES UTS_NS IPC_NS PID_NS NET_NS FHANDLE EVENTFD EPOLL INOTIFY_USER
	UNIX_DIAG INET_DIAG INET_UDP_DIAG PACKET_DIAG NETLINK_DIAG NF_CONNTRACK
	NF_CT_NETLINK NF_TABLES NETFILTER_XT_MARK TUN USERFAULTFD MEM_SOFT_DIRTY TIME_NS'

image='' modules='' config='' deb=()
take_options 'image= modules= config= deb+' "$@"
take_out_dir "${rest[@]}"
need_commands depmod mksquashfs cpio dpkg-deb xz zstd lz4 awk
for f in ${image:+"$image"} ${config:+"$config"} "${deb[@]}"; do
	[ -r "$f" ] || die "can't read '$f'"
done
if [ -n "$image" ]; then
	[ ${#deb[@]} -eq 0 ] || die "--image and --deb exclude each other"
else
	[ ${#deb[@]} -gt 0 ] || die "give --image or --deb (see --help)"
	[ -z "$modules" ] || die "--modules goes with --image"
fi

make_scratch kernel

# --- what is given -----------------------------------------------------------

# Exactly one match of a pattern under the unpacked packages.
only_one() {
	local what=$1
	shift
	case $# in
	0) refuse "no $what in: ${deb[*]##*/} (a split kernel needs all its packages: image and modules)" ;;
	1) echo "$1" ;;
	*) refuse "more than one $what in: ${deb[*]##*/} ($*)" ;;
	esac
}

unpack_debs() {
	local package

	for package in "${deb[@]}"; do
		dpkg-deb --fsys-tarfile "$package" 2>"$work/err" |
			tar -C "$work" --one-top-level=deb -x --no-same-owner \
			--exclude='./usr/share' 2>>"$work/err" ||
			refuse "'$package' is no Debian package, or damaged: $(head -n 1 "$work/err")"
	done
	shopt -s nullglob
	local images=("$work"/deb/boot/vmlinu[xz]-*
		"$work"/deb/lib/modules/*/vmlinu[xz]
		"$work"/deb/usr/lib/modules/*/vmlinu[xz])
	local trees=("$work"/deb/lib/modules/*/kernel "$work"/deb/usr/lib/modules/*/kernel)
	local configs=("$work"/deb/boot/config-*)
	shopt -u nullglob
	image=$(only_one 'kernel image' "${images[@]}") || exit
	modules=$(only_one 'module tree' "${trees[@]}") || exit
	modules=${modules%/kernel}
	[ ${#configs[@]} -ne 1 ] || config=${configs[0]}
}

# Little-endian number of $2 bytes at offset $1 of the image.
image_number() {
	od -An "-tu$2" "-j$1" "-N$2" "$image" | tr -d ' '
}

# Release string out of the bzImage header (Documentation/arch/x86/boot.rst).
image_version() {
	local magic offset

	magic=$(image_number 514 4)
	[ "$magic" = 1400005704 ] || # "HdrS"
		refuse "'$image' is no x86 bzImage (an ELF vmlinux can't be used: give arch/x86/boot/bzImage)"
	offset=$(image_number 526 2)
	[ "$offset" -gt 0 ] || refuse "'$image' doesn't tell its version"
	dd if="$image" bs=1 skip=$((offset + 512)) count=256 status=none |
		tr '\0' '\n' | sed -n '1s/ .*//p'
}

# The module tree of this very version at or below $modules.
find_modules() {
	local d

	for d in "$modules" "$modules/$version" "$modules/lib/modules/$version" \
		"$modules/usr/lib/modules/$version"; do
		[ -d "$d/kernel" ] || [ -e "$d/modules.order" ] || continue
		[ "$(basename "$(readlink -f "$d")")" = "$version" ] || continue
		echo "$d"
		return
	done
	refuse "no modules of kernel $version in '$modules'; found: $(find "$modules" -maxdepth 4 \
		-name modules.order -printf '%h ' 2>/dev/null)"
}

# IKCONFIG, as scripts/extract-ikconfig of the kernel finds it.
config_from_image() {
	local file=$1 pos

	pos=$(LC_ALL=C grep -abo -m1 IKCFG_ST "$file" 2>/dev/null | sed -n '1s/:.*//p') || true
	[ -n "$pos" ] || return 1
	tail -c +$((pos + 9)) "$file" | zcat 2>/dev/null >"$work/ikconfig" || true
	[ -s "$work/ikconfig" ]
}

# The ELF kernel packed in the bzImage, into $work/vmlinux. The packers' own
# trailer (the length) upsets the tools only after they wrote all.
unpack_image() {
	local start length tool

	[ -s "$work/vmlinux" ] && return
	start=$((($(image_number 497 1) + 1) * 512 + $(image_number 584 4)))
	length=$(image_number 588 4)
	dd if="$image" iflag=skip_bytes,count_bytes bs=1M skip=$start count="$length" \
		of="$work/packed" status=none
	case $(od -An -tx1 -N4 "$work/packed" | tr -d ' ') in
	1f8b*) tool=(gzip -dc) ;;
	fd377a58) tool=(xz -dc --single-stream) ;;
	28b52ffd) tool=(zstd -qdc) ;;
	02214c18) tool=(lz4 -qdc) ;;
	425a68*) tool=(bzip2 -dc) ;;
	5d0000*) tool=(xz -dc --format=lzma) ;;
	*) return 1 ;;
	esac
	"${tool[@]}" <"$work/packed" >"$work/vmlinux" 2>/dev/null || true
	[ "$(od -An -tx1 -N4 "$work/vmlinux" | tr -d ' ')" = 7f454c46 ]
}

find_config() {
	local d

	config_source=none
	if [ -n "$config" ]; then
		config_source=given
		[ ${#deb[@]} -eq 0 ] || config_source=package
		return
	fi
	for d in ${modules:+"$modules/config" "$modules/build/.config"} \
		"$(dirname "$image")/config-$version" \
		"$(readlink -f "$(dirname "$image")/../../..")/.config"; do
		[ -r "$d" ] || continue
		config=$d config_source=beside
		return
	done
	if unpack_image && config_from_image "$work/vmlinux"; then
		config=$work/ikconfig config_source=image
	fi
}

# --- what it must have -------------------------------------------------------

# Path of a module below the tree; names with - and _ are the same module.
module_path() {
	awk -v want="$1" -F: '{
		n = $1; sub(/.*\//, "", n); sub(/\.ko.*/, "", n); gsub(/-/, "_", n)
		if (n == want) { print $1; exit }
	}' "$tree/modules.dep"
}

is_builtin() {
	awk -v want="$1" '{
		n = $1; sub(/.*\//, "", n); sub(/\.ko.*/, "", n); gsub(/-/, "_", n)
		if (n == want) found = 1
	} END { exit !found }' "$tree/modules.builtin" 2>/dev/null
}

config_value() {
	sed -n "s/^CONFIG_$1=//p" "$config" | head -n 1
}

module_of_config() {
	case $1 in
	OVERLAY_FS) echo overlay ;;
	*) echo "${1,,}" ;;
	esac
}

check_needs() {
	local row symbol value module missing=()

	if [ -n "$config" ]; then
		for row in $needed_config; do
			symbol=${row%=*} value=$(config_value "${row%=*}")
			case $row/$value in
			*/y) ;;
			*=m/m)
				module=$(module_of_config "$symbol")
				[ -n "$(module_path "$module")" ] ||
					missing+=("module $module (CONFIG_$symbol=m, but not in the module tree)") ;;
			*=y/m) missing+=("CONFIG_$symbol=y (it is =m)") ;;
			*) missing+=("CONFIG_$symbol") ;;
			esac
		done
		for symbol in $criu_config; do
			[ -n "$(config_value "$symbol")" ] || lacks+=("$symbol")
		done
	else
		for module in $boot_modules; do
			[ -n "$(module_path "$module")" ] || is_builtin "$module" ||
				missing+=("module $module")
		done
		[ ${#missing[@]} -eq 0 ] ||
			missing+=("(no configuration was found to tell what is built in: give --config)")
	fi
	[ ${#missing[@]} -eq 0 ] && return
	say "error: kernel $version lacks what a guest needs:"
	printf '  %s\n' "${missing[@]}" >&2
	exit 2
}

# --- what is made ------------------------------------------------------------

# Only a kernel with the PVH note starts as ELF.
place_image() {
	cp "$image" "$out/vmlinuz"
	[ -n "$config" ] && [ "$(config_value PVH)" = y ] && unpack_image || return 0
	cp --sparse=always "$work/vmlinux" "$out/vmlinux"
}

# A copy of the tree with depmod's own files; packages ship none or stale ones.
copy_tree() {
	tree=$work/tree/lib/modules/$version
	mkdir -p "$tree"
	if [ -n "$modules" ]; then
		tar -C "$modules" --exclude=./build --exclude=./source \
			--exclude=./vmlinuz --exclude=./vmlinux -c . | tar -C "$tree" -x --no-same-owner
	fi
	[ -e "$tree/modules.order" ] || : >"$tree/modules.order"
	[ -e "$tree/modules.builtin" ] || : >"$tree/modules.builtin"
	depmod -b "$work/tree" "$version" 2>"$work/err" ||
		die "depmod: $(tail -n 1 "$work/err")"
}

# Loading order of $boot_modules, $more_modules and all they depend on: what a
# module depends on comes before it, and everything once.
loading_order() {
	awk -v boot="$boot_modules $more_modules" '
	function base(p) {
		sub(/.*\//, "", p); sub(/\.ko.*/, "", p); gsub(/-/, "_", p); return p
	}
	function visit(n,   i, a, c) {
		if (n in done || !(n in path)) return
		done[n] = 1
		c = split(soft[n], a, " "); for (i = 1; i <= c; i++) visit(a[i])
		c = split(deps[n], a, " "); for (i = c; i >= 1; i--) visit(a[i])
		print path[n]
	}
	FILENAME ~ /modules\.dep$/ {
		p = $1; sub(/:$/, "", p); n = base(p); path[n] = p
		for (i = 2; i <= NF; i++) deps[n] = deps[n] " " base($i)
	}
	FILENAME ~ /modules\.softdep$/ && $1 == "softdep" {
		pre = 0; n = $2; gsub(/-/, "_", n)
		for (i = 3; i <= NF; i++) {
			if ($i == "pre:") pre = 1
			else if ($i == "post:") pre = 0
			else if (pre) { s = $i; gsub(/-/, "_", s); soft[n] = soft[n] " " s }
		}
	}
	END { c = split(boot, w, " "); for (i = 1; i <= c; i++) visit(w[i]) }
	' "$tree/modules.dep" "$tree/modules.softdep"
}

# Decompressed, so that the guest need not; in order, each under its own name.
place_module() {
	local from=$tree/$1 to

	to=$(basename "$1")
	to=$work/initramfs/modules/${to%%.ko*}.ko
	case $1 in
	*.ko) cp "$from" "$to" ;;
	*.ko.xz) xz -dc "$from" >"$to" ;;
	*.ko.zst) zstd -qdc "$from" >"$to" ;;
	*.ko.gz) gzip -dc "$from" >"$to" ;;
	*) die "module '$1': unknown compression" ;;
	esac
	echo "/modules/${to##*/}" >>"$work/initramfs/modules.list"
}

make_boot_archive() {
	local path

	mkdir -p "$work/initramfs/modules"
	: >"$work/initramfs/modules.list"
	loading_order >"$work/order"
	while read -r path; do
		place_module "$path"
	done <"$work/order"
	make_cpio "$work/initramfs" "$out/modules.cpio"
}

make_modules_image() {
	# The build time of a squashfs must not make it another one.
	env -u SOURCE_DATE_EPOCH mksquashfs "$work/tree/lib/modules" \
		"$out/modules.squashfs" -comp lz4 -all-root -noappend -no-progress \
		-quiet -no-xattrs -mkfs-time 0 -all-time 0 >"$work/err" 2>&1 ||
		die "mksquashfs: $(tail -n 1 "$work/err")"
}

json_list() {
	local word sep=''
	for word in "$@"; do
		printf '%s"%s"' "$sep" "$word"
		sep=', '
	done
}

write_facts() {
	local order

	mapfile -t order < <(sed 's,.*/,,; s,\.ko.*,,' "$work/order")
	cat >"$out/kernel.json" <<-EOF_JSON
	{"version": "$version",
	 "config": "$config_source",
	 "lacks": [$(json_list "${lacks[@]}")],
	 "boot_modules": [$(json_list "${order[@]}")]}
	EOF_JSON
}

lacks=()
[ ${#deb[@]} -eq 0 ] || unpack_debs
version=$(image_version) || exit
[ -z "$modules" ] || modules=$(find_modules) || exit
find_config
copy_tree
check_needs
place_image
[ -z "$config" ] || cp "$config" "$out/config"
chmod 644 "$out"/*
make_boot_archive
make_modules_image
write_facts
