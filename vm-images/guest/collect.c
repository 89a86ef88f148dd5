// SPDX-License-Identifier: Apache-2.0
/* collect.c - what is brought back from a guest when a cell ends */
#include "collect.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "images.h"

#define EVIDENCE_FD 4
#define BLOCK 512
/* What eleven octal digits can say. */
#define SIZE_MAX_USTAR ((INT64_C(1) << 33) - 1)

static const char *const names[] = { "dump.log",       "stats-dump",
				     "restore.log",    "stats-restore",
				     "lazy-pages.log", "page-server.log" };

/** struct ustar - A file's header, POSIX.1-1988; numbers are octal digits */
struct ustar {
	char name[100];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char sum[8];
	char type;
	char linkname[100];
	char magic[6];
	char version[2];
	char uname[32];
	char gname[32];
	char devmajor[8];
	char devminor[8];
	char prefix[155];
	char padding[12];
};

static_assert(sizeof(struct ustar) == BLOCK, "a header is one block");

static int put(const void *bytes, size_t len)
{
	struct err err;

	return fd_write_all(EVIDENCE_FD, bytes, len, &err);
}

/* The sum counts its own field as blanks. */
static void sign(struct ustar *head)
{
	const unsigned char *byte = (const unsigned char *)head;
	unsigned int sum = 0;

	memset(head->sum, ' ', sizeof(head->sum));
	for (size_t i = 0; i < sizeof(*head); i++)
		sum += byte[i];
	(void)snprintf(head->sum, sizeof(head->sum), "%06o", sum);
}

static int put_header(const char *name, int64_t size)
{
	struct ustar head = { .mode = "0000644",
			      .uid = "0000000",
			      .gid = "0000000",
			      .mtime = "00000000000",
			      .type = '0',
			      .magic = "ustar",
			      .version = "00" };

	(void)snprintf(head.name, sizeof(head.name), "%s", name);
	(void)snprintf(head.size, sizeof(head.size), "%011" PRIo64,
		       (uint64_t)size);
	sign(&head);
	return put(&head, sizeof(head));
}

/* Exactly so many bytes, whatever becomes of the file meanwhile. */
static int put_content(int fd, int64_t left)
{
	static char buf[1 << 16];
	int64_t pad = (BLOCK - left % BLOCK) % BLOCK;

	while (left > 0) {
		size_t want = left < (int64_t)sizeof(buf) ? (size_t)left :
							    sizeof(buf);
		ssize_t got = read(fd, buf, want);

		if (got <= 0) {
			memset(buf, 0, want);
			got = (ssize_t)want;
		}
		if (put(buf, (size_t)got))
			return -1;
		left -= got;
	}
	memset(buf, 0, BLOCK);
	return put(buf, (size_t)pad);
}

/* 1: written; 0: not there, or no file. */
static int put_file(int dir, const char *name)
{
	CLEANUP_FD int fd = openat(
		dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	int64_t size;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return 0;
	size = st.st_size < SIZE_MAX_USTAR ? st.st_size : SIZE_MAX_USTAR;
	return put_header(name, size) || put_content(fd, size) ? -1 : 1;
}

static int put_logs(const char *path)
{
	static const char end[2 * BLOCK];
	CLEANUP_FD int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int files = 0;

	for (size_t i = 0; dir >= 0 && i < ARRAY_SIZE(names); i++) {
		int got = put_file(dir, names[i]);

		if (got < 0)
			return -1;
		files += got;
	}
	return files ? put(end, sizeof(end)) : 0;
}

int collect(const char *images, const char *logs)
{
	int status = images_bytes(images);

	if (put_logs(logs)) {
		perror(logs);
		return 1;
	}
	return status;
}
