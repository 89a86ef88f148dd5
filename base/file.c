// SPDX-License-Identifier: Apache-2.0
/* file.c - reading whole files, writing them so that they are whole or absent */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <libgen.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define READ_CHUNK ((size_t)64 * 1024)
#define COPY_CHUNK ((size_t)1024 * 1024)

static int open_regular(const char *path, struct stat *ret_st, struct err *err)
{
	/* O_NONBLOCK: opening a FIFO must not wait for its other end. */
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return err_errno(err, "open '%s'", path);
	if (fstat(fd, ret_st) < 0)
		return err_errno(err, "stat '%s'", path);
	if (!S_ISREG(ret_st->st_mode))
		return err_set(err, ERR_INPUT, 0, "'%s' is not a regular file",
			       path);
	return TAKE_FD(fd);
}

/* Bytes read, less than @want at the end of the file only; or -1. */
static ssize_t read_up_to(int fd, char *out, size_t want)
{
	size_t got = 0;

	while (got < want) {
		ssize_t n = read(fd, out + got, want - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

int file_read(const char *path, size_t max_bytes, char **ret_text,
	      size_t *ret_len, struct err *err)
{
	CLEANUP_FD int fd = -1;
	CLEANUP_FREE char *text = NULL;
	struct stat st;
	size_t len = 0;
	size_t want = READ_CHUNK;
	ssize_t got;

	fd = open_regular(path, &st, err);
	if (fd < 0)
		return -1;
	/* Files in /proc have no size; the others fit at the first go. */
	if (st.st_size > 0 && (uint64_t)st.st_size <= max_bytes)
		want = (size_t)st.st_size + 1;
	do {
		text = xreallocarray(text, len + want + 1, 1);
		got = read_up_to(fd, text + len, want);
		if (got < 0)
			return err_errno(err, "read '%s'", path);
		len += (size_t)got;
		if (len > max_bytes)
			return err_set(err, ERR_INPUT, 0,
				       "'%s' is longer than %zu bytes", path,
				       max_bytes);
	} while ((size_t)got == want);
	text[len] = '\0';
	*ret_text = TAKE(text);
	if (ret_len)
		*ret_len = len;
	return 0;
}

int fd_write_all(int fd, const void *bytes, size_t len, struct err *err)
{
	const char *p = bytes;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, "write");
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* A file beside @path, under a name that no one else has. */
static int temp_create(const char *path, char **ret_temp, struct err *err)
{
	CLEANUP_FREE char *temp = NULL;
	uint64_t salt = 0;
	int fd;

	if (getrandom(&salt, sizeof(salt), 0) != sizeof(salt))
		return err_errno(err, "getrandom");
	temp = xasprintf("%s.%016llx.tmp", path, (unsigned long long)salt);
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_errno(err, "create '%s'", path);
	*ret_temp = TAKE(temp);
	return fd;
}

/* The name itself survives a power cut only when its directory is synced. Some
 * file systems cannot; the file is in place then all the same. */
static void sync_parent(const char *path)
{
	CLEANUP_FREE char *copy = xstrdup(path);
	CLEANUP_FD int fd =
		open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		(void)fsync(fd);
}

int file_write(const char *path, const void *bytes, size_t len, struct err *err)
{
	CLEANUP_FREE char *temp = NULL;
	int fd = temp_create(path, &temp, err);
	int status;

	if (fd < 0)
		return -1;
	status = fd_write_all(fd, bytes, len, err);
	if (status == 0 && fsync(fd) < 0)
		status = err_errno(err, "fsync");
	if (close(fd) < 0 && status == 0)
		status = err_errno(err, "close");
	if (status == 0 && rename(temp, path) < 0)
		status = err_errno(err, "rename");
	if (status < 0) {
		(void)unlink(temp);
		return err_wrap(err, "write '%s'", path);
	}
	sync_parent(path);
	return 0;
}

static int make_dir(const char *path, struct err *err)
{
	struct stat st;

	if (mkdir(path, 0777) == 0)
		return 0;
	if (errno != EEXIST)
		return err_errno(err, "make directory '%s'", path);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	errno = ENOTDIR;
	return err_errno(err, "make directory '%s'", path);
}

int file_mkdirs(const char *path, struct err *err)
{
	CLEANUP_FREE char *part = xstrdup(path);

	/* From the second byte on: the root needs no making. */
	for (char *p = part; *p; p++) {
		if (*p != '/' || p == part)
			continue;
		*p = '\0';
		if (make_dir(part, err) < 0)
			return -1;
		*p = '/';
	}
	return make_dir(part, err);
}

static int remove_entry(const FTSENT *entry, struct err *err)
{
	switch (entry->fts_info) {
	case FTS_D: /* again after its content, as FTS_DP */
		return 0;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		if (entry->fts_errno == ENOENT)
			return 0;
		errno = entry->fts_errno;
		return err_errno(err, "remove '%s'", entry->fts_path);
	default:
		if (remove(entry->fts_accpath) == 0 || errno == ENOENT)
			return 0;
		return err_errno(err, "remove '%s'", entry->fts_path);
	}
}

int file_rmtree(const char *path, struct err *err)
{
	CLEANUP_FREE char *root = xstrdup(path);
	char *const roots[] = { root, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	const FTSENT *entry;
	int status = 0;

	if (!tree)
		return err_errno(err, "remove '%s'", path);
	errno = 0;
	while (status == 0 && (entry = fts_read(tree)) != NULL) {
		status = remove_entry(entry, err);
		errno = 0;
	}
	if (status == 0 && errno)
		status = err_errno(err, "remove '%s'", path);
	(void)fts_close(tree);
	return status;
}

bool file_regular(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode);
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int file_list(const char *dir, struct str_list *ret_names, struct err *err)
{
	struct str_list names = { 0 };
	const struct dirent *entry;
	DIR *d = opendir(dir);
	int failed;

	if (!d)
		return err_errno(err, "list '%s'", dir);
	errno = 0;
	while ((entry = readdir(d)) != NULL) {
		if (!str_eq(entry->d_name, ".") && !str_eq(entry->d_name, ".."))
			str_list_add(&names, entry->d_name);
		errno = 0;
	}
	failed = errno;
	(void)closedir(d);
	if (failed) {
		str_list_release(&names);
		errno = failed;
		return err_errno(err, "list '%s'", dir);
	}
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), by_name);
	*ret_names = names;
	return 0;
}

/* Copy [start, end), by the kernel where it can, else through a buffer. */
static int copy_range(int in, int out, off_t start, off_t end, struct err *err)
{
	CLEANUP_FREE char *buf = NULL;

	while (start < end) {
		size_t want = (size_t)(end - start);
		off_t out_at = start;
		ssize_t n;

		if (!buf) {
			n = copy_file_range(in, &start, out, &out_at, want, 0);
			if (n > 0)
				continue;
			buf = xcalloc(1, COPY_CHUNK);
		}
		n = pread(in, buf, want < COPY_CHUNK ? want : COPY_CHUNK,
			  start);
		if (n < 0)
			return err_errno(err, "read");
		if (n == 0) /* it shrank meanwhile */
			return 0;
		if (lseek(out, start, SEEK_SET) < 0)
			return err_errno(err, "seek");
		if (fd_write_all(out, buf, (size_t)n, err) < 0)
			return -1;
		start += n;
	}
	return 0;
}

static int copy_data(int in, int out, off_t size, struct err *err)
{
	off_t end = 0;

	if (ioctl(out, FICLONE, in) == 0)
		return 0;
	while (end < size) {
		off_t start = lseek(in, end, SEEK_DATA);

		if (start < 0 && errno == ENXIO) /* only a hole is left */
			break;
		if (start < 0)
			return err_errno(err, "seek");
		end = lseek(in, start, SEEK_HOLE);
		if (end < 0)
			return err_errno(err, "seek");
		if (copy_range(in, out, start, end, err) < 0)
			return -1;
	}
	if (ftruncate(out, size) < 0)
		return err_errno(err, "truncate");
	return 0;
}

int file_copy(const char *from, const char *to, struct err *err)
{
	CLEANUP_FD int in = -1;
	CLEANUP_FREE char *temp = NULL;
	struct stat st;
	int status;
	int out;

	in = open_regular(from, &st, err);
	if (in < 0)
		return -1;
	out = temp_create(to, &temp, err);
	if (out < 0)
		return -1;
	status = copy_data(in, out, st.st_size, err);
	if (status == 0 && fchmod(out, st.st_mode & 07777) < 0)
		status = err_errno(err, "chmod");
	if (close(out) < 0 && status == 0)
		status = err_errno(err, "close");
	if (status == 0 && rename(temp, to) < 0)
		status = err_errno(err, "rename");
	if (status < 0) {
		(void)unlink(temp);
		return err_wrap(err, "copy '%s' to '%s'", from, to);
	}
	return 0;
}
