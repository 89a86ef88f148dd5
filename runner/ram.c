// SPDX-License-Identifier: Apache-2.0
/* ram.c - guests' memory that outlives their QEMU */
#include "runner/ram.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/file.h"

/* Without a limit: what a machine's YAML says is the limit. */
#define OPTIONS "mode=700,huge=always,size=0"

int ram_mount(const char *dir, struct err *err)
{
	if (file_mkdirs(dir, err))
		return -1;
	if (mount("tmpfs", dir, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		  OPTIONS))
		return err_errno(err, "mount a tmpfs with huge pages on '%s'",
				 dir);
	return 0;
}

int ram_file(const char *path, uint64_t bytes, bool clean, struct err *err)
{
	int fd = open(path,
		      O_RDWR | O_CREAT | O_CLOEXEC | (clean ? O_TRUNC : 0),
		      0600);
	int rc = 0;

	if (fd < 0)
		return err_errno(err, "open '%s'", path);
	if (ftruncate(fd, (off_t)bytes))
		rc = err_errno(err, "size '%s'", path);
	close(fd);
	return rc;
}
