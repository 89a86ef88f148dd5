#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# setup.sh - install what this project needs on a Debian host
set -Eeuo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=lib.sh
. "$here/lib.sh"

usage() {
	cat <<-'EOF_USAGE'
	Usage: setup.sh [test|ci]

	Installs the Debian packages with which crmatrix is built and run, with 'test'
	also those that test and lint it, with 'ci' those that run templates for CI
	systems ('make check-ci'), and makes the user libvirt-qemu if the host
	has none. What is there already is left alone; when nothing is missing it only
	looks. Root rights are taken by sudo.

	The packages come from the sites that the host's own apt uses, by a private
	configuration of apt: /etc/apt and its package lists stay as they are. No
	service is started.

	CRMATRIX_MIRROR, CRMATRIX_SECURITY_MIRROR   archive sites to use instead
	EOF_USAGE
}

# What each is for stands beside it where the name does not tell.
build_packages=(gcc make pkg-config libc6-dev libvirt-dev libpcap-dev libjansson-dev
	libyaml-dev libmnl-dev libhiredis-dev
	libcurl4-gnutls-dev		# the HTTP client; libvirt brings this flavour along
	libsqlite3-dev			# the index of runs over time
	libxml2-dev			# JUnit reports are written with its xmlwriter
	libarchive-dev			# checkpoint archives of container engines; the agent's
	libacl1-dev			# what libarchive wants in a static program, the agent
	nettle-dev check		# SHA-256; unit tests
	scdoc)				# man pages
run_packages=(libvirt-daemon-driver-qemu	# the embedded driver, no daemon
	libvirt-daemon				# libvirt_iohelper, which writes saved machines
	qemu-system-x86 seabios ipxe-qemu	# ROMs of the virtual machines
	libjemalloc2				# QEMU's memory, quicker than libc's
	mmdebstrap squashfs-tools uidmap	# root file systems, without root too
	kmod xz-utils zstd lz4 cpio		# kernels' modules and initramfs
	e2fsprogs				# the disk that outlives a guest's reboot
	debian-archive-keyring iproute2 util-linux)
test_packages=(clang clang-tidy clang-format cppcheck shellcheck yamllint valgrind
	python3 python3-jsonschema python3-yaml
	libxml2-utils			# xmllint: JUnit reports against their schema
	tshark				# a second opinion on captures
	tcptrace			# another, and how quick they can be read
	libvirt-clients			# virsh, XML schemas
	afl++				# a second fuzzer
	debhelper			# the package
	chromium chromium-driver	# the page in a real browser,
	python3-selenium		# and who drives it
	eslint				# the page's scripts
	openssh-client)
ci_packages=(slurmctld slurmd slurm-client munge	# a Slurm of one node
	groovy default-jre-headless	# Jenkins' language, in its version 2.4
	git rsync			# what gitlab-ci-local copies trees with
	python3 python3-yaml)

# QEMU 7.2 of Debian 12 makes 6.12 guests panic under emulation.
qemu_minimum=1:8.0

with_test=no with_ci=no
case ${1:-} in
'') ;;
test) with_test=yes ;;
ci) with_ci=yes ;;
-h | --help)
	usage
	exit 0 ;;
*) die "unknown argument '$1' (see --help)" ;;
esac

codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
wanted=("${build_packages[@]}" "${run_packages[@]}")
if [ $with_test = yes ]; then
	wanted+=("${test_packages[@]}")
	# The sanitizers' and libFuzzer's runtime is a package per version.
	[ "$codename" = bookworm ] && wanted+=(libclang-rt-14-dev) ||
		wanted+=(libclang-rt-dev)
fi

[ $with_ci = no ] || wanted+=("${ci_packages[@]}")

# Sets missing=() and old_qemu.
look() {
	local -A version=()
	local name status v

	while read -r name status v; do
		case $status in
		*i) version[$name]=$v ;;
		esac
	done < <(dpkg-query -W -f '${Package} ${db:Status-Abbrev} ${Version}\n' \
		"${wanted[@]}" 2>/dev/null || true)
	missing=() old_qemu=''
	for name in "${wanted[@]}"; do
		if [ -z "${version[$name]:-}" ]; then
			missing+=("$name")
		elif [ "$name" = qemu-system-x86 ] &&
			dpkg --compare-versions "${version[$name]}" lt $qemu_minimum; then
			old_qemu=${version[$name]}
			missing+=("$name")
		fi
	done
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

need_root() {
	[ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
		die "root rights are needed and sudo is not installed; as root: $(readlink -f "$0")"
}

# Debian's libvirt-daemon-system makes this user, same ids; the embedded driver
# looks it up and needs nothing else of that package, which starts daemons.
make_libvirt_user() {
	local uid=(-u 64055) gid=(-g 64055)

	getent passwd libvirt-qemu >/dev/null && return
	need_root
	say "making the system user and group libvirt-qemu"
	! getent passwd 64055 >/dev/null || uid=()
	! getent group 64055 >/dev/null || gid=()
	getent group kvm >/dev/null || as_root groupadd --system kvm
	getent group libvirt-qemu >/dev/null ||
		as_root groupadd --system "${gid[@]}" libvirt-qemu
	as_root useradd -K SYS_UID_MAX=64999 --system "${uid[@]}" -g kvm -G libvirt-qemu -M \
		-d /var/lib/libvirt -s /usr/sbin/nologin -c 'Libvirt Qemu' libvirt-qemu
}

apt_dir=''
policy=/usr/sbin/policy-rc.d
policy_made=no

clean_up() {
	[ $policy_made = no ] || as_root rm -f "$policy"
	[ -z "$apt_dir" ] || as_root rm -rf "$apt_dir"
}
trap clean_up EXIT

# A new service is not to run just because its package came along.
forbid_services() {
	[ -e "$policy" ] && return
	printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
	policy_made=yes
	as_root chmod 755 "$policy"
}

# The private apt, but with the host's idea of what is installed.
open_apt() {
	local suites=("$codename" "$codename-updates" "$codename-security")

	[ "$codename" = bookworm ] && suites+=(bookworm-backports)
	apt_dir=$(mktemp -d "${TMPDIR:-/tmp}/crmatrix-apt.XXXXXX")
	chmod 755 "$apt_dir"
	apt_root_open "$apt_dir" yes "${suites[@]}"
	cat >>"$apt_dir/apt.conf" <<-'EOF_CONF'
	Dir::State::status "/var/lib/dpkg/status";
	Dir::State::extended_states "/var/lib/apt/extended_states";
	Dir::Log "/var/log/apt";
	DPkg::Lock::Timeout "600";
	EOF_CONF
}

# Say what is going to come, and from which archive: install TARGET PACKAGE...
install() {
	local target=() plan
	if [ "$1" != "$codename" ]; then
		target=(-t "$1")
	fi
	shift

	plan=$(private_apt "$apt_dir" apt-get -s -q install --no-install-recommends \
		"${target[@]}" "$@" 2>&1) || die "apt can't install $*:
$plan"
	say "installing (package, version, archive):"
	sed -n 's/^Inst \([^ ]*\)\( \[[^]]*\]\)\? (\([^ ]*\) \(.*\) \[[^]]*\]).*/  \1 \3 \4/p' \
		<<<"$plan" >&2
	as_root env "APT_CONFIG=$apt_dir/apt.conf" DEBIAN_FRONTEND=noninteractive \
		apt-get -y -q -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold \
		install --no-install-recommends "${target[@]}" "$@" >"$apt_dir/install.log" 2>&1 ||
		die "installing failed:
$(tail -n 20 "$apt_dir/install.log")"
}

install_missing() {
	local name others=() qemu=()

	need_root
	say "missing: ${missing[*]}"
	[ -z "$old_qemu" ] ||
		say "QEMU $old_qemu is too old: emulated guests with Linux 6.12 panic on it"
	for name in "${missing[@]}"; do
		case $name in
		qemu-system-x86 | seabios | ipxe-qemu) qemu+=("$name") ;;
		*) others+=("$name") ;;
		esac
	done
	open_apt
	forbid_services
	[ ${#others[@]} -eq 0 ] || install "$codename" "${others[@]}"
	if [ ${#qemu[@]} -gt 0 ]; then
		[ "$codename" = bookworm ] && codename_qemu=bookworm-backports ||
			codename_qemu=$codename
		install "$codename_qemu" "${qemu[@]}"
	fi
	look
	[ ${#missing[@]} -eq 0 ] || die "still missing: ${missing[*]}"
}

command -v dpkg-query >/dev/null ||
	die "this host is no Debian; install by hand: ${wanted[*]} (QEMU 8 or later)"
look
[ ${#missing[@]} -eq 0 ] || install_missing
make_libvirt_user
