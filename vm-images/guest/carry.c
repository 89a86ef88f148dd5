// SPDX-License-Identifier: Apache-2.0
/* carry.c - files and folders from one guest to the other, as an archive of libarchive */
#include "carry.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "stream.h"

#define USAGE 2
#define BLOCK ((size_t)256 * 1024)
/* Owners stay numbers: no names of them are looked up. */
#define ALIKE \
	(ARCHIVE_EXTRACT_OWNER | ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME)

/* EILSEQ is libarchive's for what a format cannot hold, not the kernel's. */
static void tell(const char *what, struct archive *archive)
{
	int code = archive_errno(archive);
	bool known = code > 0 && code != EILSEQ;

	(void)fprintf(stderr, "%s: %s%s%s\n", what,
		      archive_error_string(archive), known ? ": " : "",
		      known ? strerror(code) : "");
}

/* --- Sending ---------------------------------------------------------------- */

struct sender {
	struct archive *out;
	struct archive_entry *entry;
	struct archive_entry_linkresolver *twins;
	char buf[BLOCK];
};

/* As much as its header says: what a file grew by stays, what it shrank by is zeros,
 * and so is what cannot be read, which is told. */
static int put_content(struct sender *s, const char *path, int fd)
{
	ssize_t got, put = 0;

	while ((got = read(fd, s->buf, BLOCK)) > 0) {
		put = archive_write_data(s->out, s->buf, (size_t)got);
		if (put < got)
			break;
	}
	if (got < 0)
		perror(path);
	return put < 0 ? -1 : 0;
}

static int put_entry(struct sender *s, const char *path, const struct stat *st)
{
	struct archive_entry *none = NULL;
	CLEANUP_FD int fd = -1;
	ssize_t len = 0;
	int status;

	(void)archive_entry_clear(s->entry);
	archive_entry_copy_pathname(s->entry, path);
	archive_entry_copy_stat(s->entry, st);
	if (S_ISREG(st->st_mode))
		fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	else if (S_ISLNK(st->st_mode))
		len = readlink(path, s->buf, BLOCK - 1);
	if (len < 0 || (fd < 0 && S_ISREG(st->st_mode))) {
		perror(path);
		return 0;
	}
	if (len > 0) {
		s->buf[len] = '\0';
		archive_entry_copy_symlink(s->entry, s->buf);
	}
	archive_entry_linkify(s->twins, &s->entry, &none);
	status = archive_write_header(s->out, s->entry);
	if (status == ARCHIVE_FATAL)
		return -1;
	if (status == ARCHIVE_OK)
		return fd < 0 ? 0 : put_content(s, path, fd);
	tell(path, s->out);
	return 0;
}

/* What cannot be sent is told and left out; the rest still goes. A folder comes once
 * more after what is in it, for that changes its time. */
static int put_all(struct sender *s, FTS *walk, const char *without)
{
	FTSENT *item;

	while ((item = fts_read(walk))) {
		if (str_eq(item->fts_path, without)) {
			(void)fts_set(walk, item, FTS_SKIP);
		} else if (item->fts_info == FTS_DNR ||
			   item->fts_info == FTS_ERR ||
			   item->fts_info == FTS_NS) {
			errno = item->fts_errno;
			perror(item->fts_path);
		} else if (put_entry(s, item->fts_path, item->fts_statp)) {
			return -1;
		}
	}
	return 0;
}

/* In pax times have nanoseconds, and names need not be of any character set. An archive
 * without its end is one cut short. */
static int put_archive(struct sender *s, FTS *walk, const char *without,
		       int sock)
{
	(void)archive_write_set_format_pax(s->out);
	(void)archive_write_set_options(s->out, "hdrcharset=BINARY");
	(void)archive_write_set_bytes_per_block(s->out, BLOCK);
	archive_entry_linkresolver_set_strategy(s->twins,
						archive_format(s->out));
	if (!archive_write_open_fd(s->out, sock) &&
	    (!walk || !put_all(s, walk, without)) &&
	    !archive_write_close(s->out))
		return 0;
	tell("send", s->out);
	(void)archive_write_fail(s->out);
	return 1;
}

int carry_send(int argc, char *const *argv)
{
	static struct sender s;
	FTS *walk = NULL;
	int sock, status;

	if (argc < 3)
		return USAGE;
	sock = stream_dial(argv[0], argv[1]);
	if (sock < 0) {
		perror("connect");
		return 1;
	}
	if (argc > 3)
		walk = fts_open(argv + 3, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	s.out = archive_write_new();
	s.entry = archive_entry_new();
	s.twins = archive_entry_linkresolver_new();
	if ((argc > 3 && !walk) || !s.out || !s.entry || !s.twins)
		abort();
	status = put_archive(&s, walk, argv[2], sock);
	archive_entry_linkresolver_free(s.twins);
	archive_entry_free(s.entry);
	(void)archive_write_free(s.out);
	if (walk)
		(void)fts_close(walk);
	close(sock);
	return status;
}

/* --- Receiving -------------------------------------------------------------- */

/* An archive's end has a mark; libarchive takes one that just ends, too. */
static int end(struct archive *in)
{
	if (archive_filter_bytes(in, 0) > archive_read_header_position(in))
		return 0;
	(void)fprintf(stderr, "receive: cut short\n");
	return 1;
}

/* What does not arrive is told, and the rest still taken. */
static int take_all(struct archive *in, struct archive *disk)
{
	struct archive_entry *entry;
	int made = ARCHIVE_OK, status = 0;

	while (made != ARCHIVE_FATAL) {
		int got = archive_read_next_header(in, &entry);

		if (got == ARCHIVE_EOF)
			return end(in) || status;
		if (got != ARCHIVE_OK) {
			tell("receive", in);
			return 1;
		}
		made = archive_read_extract2(in, entry, disk);
		if (made != ARCHIVE_OK) {
			tell(archive_entry_pathname(entry), in);
			status = 1;
		}
	}
	return status;
}

int carry_receive(const char *ip, const char *port)
{
	struct archive *in, *disk;
	int status, sock = stream_accept(ip, port);

	if (sock < 0) {
		perror("listen");
		return 1;
	}
	in = archive_read_new();
	disk = archive_write_disk_new();
	if (!in || !disk)
		abort();
	(void)archive_read_support_format_tar(in);
	(void)archive_write_disk_set_options(disk, ALIKE);
	if (archive_read_open_fd(in, sock, BLOCK)) {
		tell("receive", in);
		status = 1;
	} else {
		status = take_all(in, disk);
	}
	if (archive_write_free(disk))
		status = 1;
	(void)archive_read_free(in);
	close(sock);
	return status;
}
