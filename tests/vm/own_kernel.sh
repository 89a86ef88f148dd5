#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# own_kernel.sh - a kernel of one's own boots, as image and modules and as
# packages; what it lacks is named; a machine is what was asked, or that is noted
# timeout: 420
. "$(dirname "$0")/../lib/vm.sh"
requires python3 unsquashfs

# The catalogue's kernel serves as one of our own.
expect_status 0 "$CRMATRIX" images build 6.1
"$CRMATRIX" images list --json >"$tmp/list"
entry=$(python3 - "$tmp/list" <<-'PY'
	import json, sys
	kernels = [i for i in json.load(open(sys.argv[1]))
	           if i["kind"] == "kernel" and i["name"] == "6.1"]
	print(max(kernels, key=lambda i: i["used"])["path"])
PY
)
mkdir "$tmp/kernel"
cp "$entry/vmlinuz" "$tmp/kernel/bzImage"
unsquashfs -q -n -d "$tmp/kernel/modules" "$entry/modules.squashfs" >/dev/null
version=$(ls "$tmp/kernel/modules")
# Something of our own in it: another key than the catalogue's.
echo "$RANDOM$RANDOM" >"$tmp/kernel/modules/$version/mine"

# --- What a guest needs ---------------------------------------------------------

build() {
	"$CRMATRIX" images build --image "$1" --modules "$2"
}
# refused TEXT IMAGE MODULES
refused() {
	expect_status 2 build "$2" "$3"
	expect_in "$tmp/err" "$1"
}
refused 'no x86 bzImage' "$entry/config" "$tmp/kernel/modules"
refused "no modules of kernel $version" "$tmp/kernel/bzImage" "$tmp"
refused '/nowhere' /nowhere "$tmp/kernel/modules"
cp -al "$tmp/kernel" "$tmp/lacking"
find "$tmp/lacking" -name 'virtio_blk.ko*' -delete -o -name 'overlay.ko*' -delete
refused 'module virtio_blk' "$tmp/lacking/bzImage" "$tmp/lacking/modules"
expect_in "$tmp/err" 'module overlay'
expect_status 2 "$CRMATRIX" images build --deb "$entry/config"
expect_in "$tmp/err" 'no Debian package'

# --- Built by two at once: one does it, the other waits --------------------------

both=()
for i in 1 2; do
	build "$tmp/kernel/bzImage" "$tmp/kernel/modules" >"$tmp/build$i" 2>&1 &
	both+=($!)
done
for i in 1 2; do
	wait "${both[i - 1]}" || { cat "$tmp/build$i"; fail "build $i of two at once"; }
done
[ "$(cat "$tmp"/build? | grep -c "waiting for another process that builds kernel")" = 1 ] ||
	{ cat "$tmp"/build?; fail 'none waited for the other'; }

# --- Machines with it --------------------------------------------------------------

cat >"$tmp/machines.yaml" <<-'YAML'
	machines:
	  own:
	    kernel: {image: kernel/bzImage, modules: kernel/modules}
	    cpu: Haswell-noTSX
	    cpu-features: [-avx2]
	    userland: bookworm
	    memory: 384M
	    vcpus: 2
	    cmdline: crmatrix.test=of-mine
	  # No emulation and few processors have it.
	  wishful:
	    kernel: {image: kernel/bzImage, modules: kernel/modules}
	    cpu: Nehalem
	    cpu-features: [+amx-tile]
	    userland: bookworm
YAML
printf 'machine-files: [machines.yaml]\nscenarios: [counter]\nself: true\n' \
	>"$tmp/matrix.yaml"
cat >"$tmp/cmdline.yaml" <<-'YAML'
	title: the command line is the machine's
	workload: {command: exec sleep 1000}
	steps:
	  - {at: before-dump, on: source, run: 'grep -q crmatrix.test=of-mine /proc/cmdline'}
YAML
expect_status 0 "$CRMATRIX" run --matrix "$tmp/matrix.yaml" --machine own \
	--scenario counter,"$tmp/cmdline.yaml" --out "$tmp/own"
expect_in "$tmp/out" '2 ok'
expect_status 0 "$CRMATRIX" run --matrix "$tmp/matrix.yaml" --machine wishful \
	--scenario counter --out "$tmp/wishful"
expect_in "$tmp/out" 'asked for +amx-tile, but the guest lacks amx_tile'
python3 - "$tmp/own/results.json" "$version" <<-'PY'
	import json, sys
	path, version = sys.argv[1:]
	machine = json.load(open(path))["machines"]["own"]
	facts = machine["facts"]
	assert facts["kernel"] == version == machine["kernel"], machine["kernel"]
	flags = facts["cpu_flags"].split()
	assert "avx" in flags and "avx2" not in flags, flags
	assert facts["vcpus"] == "2", facts["vcpus"]
	assert 300 << 10 < int(facts["memory_kib"]) < 384 << 10, facts["memory_kib"]
	assert not machine.get("notes"), machine["notes"]
PY

# --- As packages ---------------------------------------------------------------------

mkdir "$tmp/debs"
status=$(status_of "$CRMATRIX_SOURCE/vm-images/fetch-kernel.sh" --suite bookworm-security \
	--package linux-image-cloud-amd64 --apt "$tmp/apt" "$tmp/debs")
if [ "$status" != 0 ]; then
	cat "$tmp/err"
	skip 'all but packages was tested: they cannot be downloaded'
fi
deb=$(cd "$tmp/debs" && ls)
cat >"$tmp/machines.yaml" <<-YAML
	machines:
	  packaged: {kernel: {debs: [debs/$deb]}, cpu: Nehalem, userland: bookworm}
YAML
expect_status 0 "$CRMATRIX" run --matrix "$tmp/matrix.yaml" --out "$tmp/packaged"
expect_in "$tmp/out" '1 ok'
# Half of it is refused like any kernel that lacks something.
head -c 1000000 "$tmp/debs/$deb" >"$tmp/half.deb"
expect_status 2 "$CRMATRIX" images build --deb "$tmp/half.deb"
expect_in "$tmp/err" "half.deb' is no Debian package, or damaged"
