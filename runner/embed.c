// SPDX-License-Identifier: Apache-2.0
/* embed.c - libvirt's embedded QEMU driver: its root folder and settings */
#include "runner/embed.h"

#include <string.h>
#include <sys/mount.h>

#include "base/file.h"
#include "base/mem.h"

/*
 * No daemon takes logs or labels files; QEMU runs as we do; our namespaces are
 * all the isolation there is.
 */
static const char qemu_conf[] = "stdio_handler = \"file\"\n"
				"security_driver = \"none\"\n"
				"user = \"root\"\n"
				"group = \"root\"\n"
				"dynamic_ownership = 0\n"
				"remember_owner = 0\n"
				"cgroup_controllers = []\n"
				"namespaces = []\n"
				"max_core = 0\n";

int embed_prepare(const char *cache, struct err *err)
{
	CLEANUP_FREE char *known = xasprintf("%s/libvirt", cache);

	if (file_mkdirs(EMBED_ROOT "/etc", err) ||
	    file_mkdirs(EMBED_ROOT "/cache", err) || file_mkdirs(known, err))
		return -1;
	if (mount(known, EMBED_ROOT "/cache", NULL, MS_BIND, NULL))
		return err_errno(err, "bind '%s'", known);
	return file_write(EMBED_ROOT "/etc/qemu.conf", qemu_conf,
			  strlen(qemu_conf), err);
}
