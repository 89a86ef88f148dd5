// SPDX-License-Identifier: Apache-2.0
/* selfprobe_files.c - state of open files, and files that are read by name */
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "scenarios/workloads/mix.h"
#include "scenarios/workloads/selfprobe.h"

static int fd = -1;

void selfprobe_file(struct text *t, const char *path)
{
	static char block[4096];
	int file = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t sum = 0;
	ssize_t n;

	if (file < 0) {
		text_str(t, "none");
		return;
	}
	while ((n = read(file, block, sizeof(block))) > 0)
		for (ssize_t i = 0; i < n; i++)
			sum = mix64(sum ^ (unsigned char)block[i]);
	close(file);
	text_hex(t, sum);
}

static void set_offset(void)
{
	fd = open("/srv/probed", O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || ftruncate(fd, 8192) < 0 || lseek(fd, 1234, SEEK_SET) < 0)
		guest_die("/srv/probed");
}

static void tell_offset(struct text *t)
{
	text_u64(t, (uint64_t)lseek(fd, 0, SEEK_CUR));
}

static void set_flags(void)
{
	if (fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK) < 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		guest_die("fcntl");
}

static void tell_flags(struct text *t)
{
	text_u64(t, (uint64_t)fcntl(fd, F_GETFL));
	text_str(t, "/");
	text_u64(t, (uint64_t)fcntl(fd, F_GETFD));
}

static void tell_hosts(struct text *t)
{
	selfprobe_file(t, "/etc/hosts");
}

static void tell_resolver(struct text *t)
{
	selfprobe_file(t, "/etc/resolv.conf");
}

static void tell_folder(struct text *t)
{
	char path[256] = "";

	text_str(t, getcwd(path, sizeof(path)) ? path : "none");
}

static const struct selfprobe table[] = {
	{ "file_offset", set_offset, tell_offset },
	{ "file_flags", set_flags, tell_flags },
	{ "file_folder", NULL, tell_folder },
	{ "file_hosts", NULL, tell_hosts },
	{ "file_resolver", NULL, tell_resolver },
};

const struct selfprobes selfprobes_files = { "files", table,
					     sizeof(table) / sizeof(table[0]) };
