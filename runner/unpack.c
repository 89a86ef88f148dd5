// SPDX-License-Identifier: Apache-2.0
/* unpack.c - files on their way out of guests */
#include "runner/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

#define BLOCK 65536

static struct archive *tar_open(int fd)
{
	struct archive *archive = archive_read_new();

	if (!archive)
		abort();
	(void)archive_read_support_format_tar(archive);
	(void)archive_read_open_fd(archive, fd, BLOCK);
	return archive;
}

static const char *wanted(struct archive_entry *entry, const char *const *names)
{
	const char *path = archive_entry_pathname(entry);

	if (!path || archive_entry_filetype(entry) != AE_IFREG)
		return NULL;
	if (str_starts(path, "./"))
		path += 2;
	while (*names && !str_eq(path, *names))
		names++;
	return *names;
}

static int copy_data(struct archive *archive, FILE *f, uint64_t max)
{
	char block[BLOCK];

	while (max > 0) {
		size_t step = max < sizeof(block) ? (size_t)max : sizeof(block);
		la_ssize_t n = archive_read_data(archive, block, step);

		if (n <= 0)
			break;
		if (fwrite(block, 1, (size_t)n, f) != (size_t)n)
			return -1;
		max -= (uint64_t)n;
	}
	return 0;
}

static int take(struct archive *archive, const char *path, uint64_t max,
		struct err *err)
{
	FILE *f = fopen(path, "we");
	int rc;

	if (!f)
		return err_errno(err, "open '%s'", path);
	rc = copy_data(archive, f, max);
	if (fclose(f) || rc)
		return err_errno(err, "write '%s'", path);
	return 0;
}

static bool next(struct archive *archive, struct archive_entry **ret_entry)
{
	int rc = archive_read_next_header(archive, ret_entry);

	return rc == ARCHIVE_OK || rc == ARCHIVE_WARN;
}

static int take_all(struct archive *archive, const char *dir,
		    const char *const *names, uint64_t max, struct err *err)
{
	struct archive_entry *entry;

	while (next(archive, &entry)) {
		const char *name = wanted(entry, names);
		CLEANUP_FREE char *path = name ? xasprintf("%s/%s", dir, name) :
						 NULL;

		if (path && take(archive, path, max, err))
			return -1;
	}
	return 0;
}

int unpack_files(const char *tar, const char *dir, const char *const *names,
		 uint64_t max, struct err *err)
{
	CLEANUP_FD int fd = open(tar, O_RDONLY | O_CLOEXEC);
	struct archive *archive;
	int rc;

	if (fd < 0)
		return err_errno(err, "open '%s'", tar);
	archive = tar_open(fd);
	rc = take_all(archive, dir, names, max, err);
	(void)archive_read_free(archive);
	return rc;
}
