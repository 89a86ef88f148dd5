# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What 'crmatrix profile' asks a host beyond facts.sh: each feature that its criu
# can be asked for, one a line: criu_feature.NAME=yes or no. Names that a criu does
# not know are left out.
fact() { printf '%s=%s\n' "$1" "$2"; }
fact cgroup_controllers "$(cat /sys/fs/cgroup/cgroup.controllers 2>/dev/null)"
fact nr_hugepages "$(cat /proc/sys/vm/nr_hugepages)"
fact host_build "$(. /etc/os-release && echo "$PRETTY_NAME")"
command -v criu >/dev/null || exit 0
for name in mem_dirty_track aio_remap timerfd tun userns fdinfo_lock seccomp_suspend \
	seccomp_filters loginuid cgroupns tcp_half_closed compat_cr uffd uffd-noncoop \
	can_map_vdso sk_ns sk_unix_file net_diag_raw nsid link_nsid kcmp_epoll timens \
	external_net_ns clone3_set_tid newifindex nftables has_ipt_legacy pidfd_store \
	ns_pid apparmor_stacking network_lock_nftables sockopt_buf_lock memfd_hugetlb \
	move_mount_set_group openat2 get_rseq_conf ipv6_freebind pagemap_scan \
	timer_cr_ids overlayfs_maps breakpoints pagemap_scan_guard_pages; do
	if said=$(criu check --feature "$name" 2>&1); then
		fact "criu_feature.$name" yes
	else
		case $said in
		*nknown\ feature*) ;;
		*) fact "criu_feature.$name" no ;;
		esac
	fi
done
