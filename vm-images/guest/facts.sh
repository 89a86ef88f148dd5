# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Prints what a guest really is, as key=value lines; compat/machine.h lists the
# keys that rules may ask for. 'crmatrix profile' runs it on a host, with AGENT and
# CRIU_CHECK in the environment.
fact() { printf '%s=%s\n' "$1" "$2"; }
release=$(uname -r)
fact kernel "$release"
fact kernel_build "$(uname -v)"
# Debian's package version is in the build text; elsewhere the release has it.
version=$(uname -v | sed -n 's/.* \([0-9][0-9.]*\)-[^ ]* (.*/\1/p')
fact kernel_version "${version:-${release%%-*}}"
fact arch "$(uname -m)"
if command -v criu >/dev/null; then
	fact criu "$(criu --version | sed -n 's/^Version: *//p')"
	fact criu_check "$(tail -n 1 "${CRIU_CHECK:-/run/criu-check.log}")"
fi
fact glibc "$(ldd --version | sed -n '1s/.* //p')"
fact cpu_model "$(sed -n '/^model name/{s/.*: //p;q}' /proc/cpuinfo)"
fact cpu_vendor "$(sed -n '/^vendor_id/{s/.*: //p;q}' /proc/cpuinfo)"
fact cpu_flags "$(sed -n '/^flags/{s/.*: //p;q}' /proc/cpuinfo | tr ' ' '\n' | sort | tr '\n' ' ' | sed 's/ $//')"
"${AGENT:-/usr/lib/crmatrix/agent}" --cpu
fact memory_kib "$(sed -n 's/^MemTotal: *\([0-9]*\).*/\1/p' /proc/meminfo)"
fact vcpus "$(grep -c ^processor /proc/cpuinfo)"
fact clocksource "$(cat /sys/devices/system/clocksource/clocksource0/current_clocksource)"
fact cgroup "$(stat -fc %T /sys/fs/cgroup)"
fact lsm "$(cat /sys/kernel/security/lsm 2>/dev/null)"
fact userland "$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)"
for name in kernel.pid_max kernel.cap_last_cap vm.overcommit_memory \
	vm.unprivileged_userfaultfd net.ipv4.tcp_timestamps \
	net.ipv4.tcp_sack net.ipv4.tcp_window_scaling net.ipv4.tcp_rmem \
	net.ipv4.tcp_wmem net.ipv4.tcp_congestion_control; do
	path=/proc/sys/$(echo "$name" | tr . /)
	[ -r "$path" ] && fact "sysctl.$name" "$(tr '\t' ' ' <"$path")"
done
while read -r module _; do fact "module.$module" loaded; done </proc/modules
