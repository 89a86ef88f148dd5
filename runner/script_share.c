// SPDX-License-Identifier: Apache-2.0
/* script_share.c - a file system that both guests have, for their shells */
#include "base/mem.h"
#include "base/str.h"
#include "runner/script_internal.h"

#define SHARE "/run/share"

/*
 * The kernel's own NFS server, version 4 alone: that needs no portmapper. It is the
 * target's, so that images come to lie where they are read; its clients begin with
 * it, so there is no grace period to be waited for.
 */
char *script_share_export(void)
{
	return xasprintf(
		"mkdir -p " SHARE "/images " SHARE "/workload\n"
		"mount --bind " SHARE "/images $IMAGES || exit 1\n"
		"mount --bind " SHARE "/workload $STATE || exit 1\n"
		"mount -t nfsd nfsd /proc/fs/nfsd || exit 1\n"
		"exportfs -o rw,no_root_squash,no_subtree_check,fsid=0 "
		"%s:" SHARE " || exit 1\n"
		"rpc.nfsd -N 3 2 || exit 1\n"
		"rpc.mountd -N 3 || exit 1\n"
		"echo Y >/proc/fs/nfsd/v4_end_grace\n",
		domain_roles[ROLE_SOURCE].ip[1]);
}

char *script_share_mount(void)
{
	return xasprintf("mkdir -p " SHARE "\n"
			 "mount -t nfs4 %s:/ " SHARE " || exit 1\n"
			 "mount --bind " SHARE "/images $IMAGES || exit 1\n"
			 "mount --bind " SHARE "/workload $STATE || exit 1\n",
			 domain_roles[ROLE_TARGET].ip[1]);
}
