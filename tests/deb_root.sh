#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# deb_root.sh - the Debian package installed and run in a root that has nothing else
set -Eeuo pipefail
# shellcheck source=../vm-images/lib.sh
. "$(dirname "$0")/../vm-images/lib.sh"

usage() {
	cat <<-'EOF_USAGE'
	Usage: deb_root.sh PACKAGE.deb

	Makes a minimal Debian 12, installs PACKAGE with what it depends on, and tries it
	there: version, man page, completion, doctor, lists, and one cell, with this
	user's cache of images. Needs root.
	EOF_USAGE
}

case ${1:-} in
-h | --help) usage; exit 0 ;;
'') usage >&2; exit 2 ;;
esac
[ "$(id -u)" = 0 ] || refuse 'only root may make a root file system and enter it'
[ -e "$1" ] || refuse "there is no '$1'"
package=$(realpath "$1")
cache=${CRMATRIX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/crmatrix}
make_scratch deb-root
root=$work/root
main=$(archive_site main)
security=$(archive_site security)

say "making a minimal Debian 12 from $main"
mmdebstrap --quiet --variant=apt --include=mount bookworm "$root" \
	"deb $main bookworm main" "deb $main bookworm-updates main" \
	"deb $main bookworm-backports main" "deb $security bookworm-security main"
mkdir -p "$root/old" "$root/cache" "$cache"
cp "$package" "$root/crmatrix.deb"
cp /etc/resolv.conf "$root/etc/" 2>/dev/null || true
cat >"$root/try.sh" <<'EOF_TRY'
set -eux
export DEBIAN_FRONTEND=noninteractive
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
apt-get -q update >/update.log
# Debian 12's own QEMU is too old: the dependency says so.
apt-get -q install -y --no-install-recommends -t bookworm-backports /crmatrix.deb man-db >/install.log 2>&1 ||
	{ tail -n 30 /install.log; exit 1; }
crmatrix --version
ls /usr/share/man/man1/crmatrix-run.1.gz /usr/share/bash-completion/completions/crmatrix
# One of the folders that Debian's zsh looks into.
ls /usr/share/zsh/vendor-completions/_crmatrix
MANWIDTH=80 man crmatrix-run 2>/dev/null | grep -q -e --matrix || zgrep -q matrix /usr/share/man/man1/crmatrix-run.1.gz
getent passwd libvirt-qemu
crmatrix doctor
test "$(crmatrix list cells | wc -l)" -gt 50
cd /root
crmatrix run --machine bookworm-6.1 --scenario counter
crmatrix explain results/run-* counter.bookworm-6.1.bookworm-6.1 >/story
grep -q '^witnesses' /story
apt-get -q remove -y crmatrix >/remove.log
test ! -e /usr/bin/crmatrix
EOF_TRY
# shellcheck disable=SC2016 # the inner shell is to expand
unshare --mount --propagation private bash -eu -c '
	root=$1
	mount --bind "$root" "$root"
	mount -t proc proc "$root/proc"
	mount -t sysfs sysfs "$root/sys"
	mount --rbind /dev "$root/dev"
	mount -t tmpfs tmpfs "$root/run"
	mount --bind "$2" "$root/cache"
	cd "$root"
	pivot_root . old
	umount -l /old
	cd /
	exec /usr/bin/env -i CI=1 CRMATRIX_CACHE=/cache HOME=/root \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin sh /try.sh
' sh "$root" "$cache"
say 'the package works there'
