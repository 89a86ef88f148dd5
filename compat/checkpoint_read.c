// SPDX-License-Identifier: Apache-2.0
/* checkpoint_read.c - archives, member by member, in bounded memory */
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/checkpoint_internal.h"

#define BLOCK 65536
/* A container's checkpoint has some hundred members, and an image layout few. */
#define MEMBERS_MAX 1000000
#define OCI_MARK "oci-layout"

/* By libarchive, which knows all that tar has become; but only by filters that it
 * has itself: it would start programs for others. */
struct archive *checkpoint_reader(void)
{
	struct archive *archive = archive_read_new();

	if (!archive)
		abort();
	(void)archive_read_support_format_tar(archive);
	(void)archive_read_support_filter_gzip(archive);
	(void)archive_read_support_filter_bzip2(archive);
	(void)archive_read_support_filter_xz(archive);
	(void)archive_read_support_filter_zstd(archive);
	return archive;
}

static int fail(const char *name, struct archive *archive, struct err *err)
{
	const char *why = archive_error_string(archive);
	CLEANUP_FREE char *clean =
		str_utf8_clean(why ? why : "cannot be read",
			       strlen(why ? why : "cannot be read"));

	return err_set(err, ERR_INPUT, 0, "%s: %s", name, clean);
}

int checkpoint_open(const struct checkpoint_source *source,
		    struct archive **ret_archive, struct err *err)
{
	struct archive *archive = checkpoint_reader();
	int rc = source->path ?
			 archive_read_open_filename(archive, source->path,
						    BLOCK) :
			 archive_read_open_memory(archive, source->bytes,
						  source->len);

	if (rc != ARCHIVE_OK) {
		(void)fail(source->name, archive, err);
		(void)archive_read_free(archive);
		return -1;
	}
	*ret_archive = archive;
	return 0;
}

static const char *bare(const char *path)
{
	while (str_starts(path, "./") || str_starts(path, "/"))
		path += path[0] == '/' ? 1 : 2;
	return path;
}

int checkpoint_next(const char *name, struct archive *archive,
		    const char **ret_path, uint64_t *ret_bytes, struct err *err)
{
	struct archive_entry *entry;

	for (;;) {
		int rc = archive_read_next_header(archive, &entry);
		const char *path;

		if (rc == ARCHIVE_EOF)
			return 0;
		if (rc < ARCHIVE_WARN)
			return fail(name, archive, err);
		if (archive_file_count(archive) > MEMBERS_MAX)
			return err_set(err, ERR_INPUT, 0,
				       "%s: more than %d members", name,
				       MEMBERS_MAX);
		path = archive_entry_pathname(entry);
		if (!path || archive_entry_filetype(entry) != AE_IFREG)
			continue;
		*ret_path = bare(path);
		*ret_bytes = archive_entry_size(entry) > 0 ?
				     (uint64_t)archive_entry_size(entry) :
				     0;
		return 1;
	}
}

int checkpoint_slurp(const char *name, struct archive *archive, size_t max,
		     char **ret_text, size_t *ret_len, struct err *err)
{
	char block[BLOCK];
	struct strbuf buf;
	size_t len = 0;
	la_ssize_t n = 0;

	strbuf_open(&buf);
	while (len < max) {
		size_t step = max - len < BLOCK ? max - len : BLOCK;

		n = archive_read_data(archive, block, step);
		if (n <= 0)
			break;
		(void)fwrite(block, 1, (size_t)n, buf.f);
		len += (size_t)n;
	}
	*ret_text = strbuf_take(&buf);
	*ret_len = len;
	if (n >= 0)
		return 0;
	free(*ret_text);
	*ret_text = NULL;
	return fail(name, archive, err);
}

/* An image layout says so in its first members, or in its last. */
static int is_layout(const struct checkpoint_source *source, bool *ret_is,
		     struct err *err)
{
	struct archive *archive;
	const char *path;
	uint64_t bytes;
	int rc;

	*ret_is = false;
	if (checkpoint_open(source, &archive, err))
		return -1;
	while (!*ret_is && (rc = checkpoint_next(source->name, archive, &path,
						 &bytes, err)) > 0)
		*ret_is = str_eq(path, OCI_MARK);
	(void)archive_read_free(archive);
	return *ret_is || rc == 0 ? 0 : -1;
}

static int read_archive(const struct checkpoint_source *source,
			struct checkpoint *checkpoint, struct err *err)
{
	struct archive *archive;
	bool layout;
	int rc;

	if (is_layout(source, &layout, err))
		return -1;
	if (layout)
		return checkpoint_oci(source, false, checkpoint, err);
	if (checkpoint_open(source, &archive, err))
		return -1;
	rc = checkpoint_gather(source->name, archive, checkpoint, err);
	(void)archive_read_free(archive);
	return rc;
}

static int finish(int rc, struct checkpoint *read,
		  struct checkpoint *ret_checkpoint)
{
	if (rc) {
		checkpoint_release(read);
		return -1;
	}
	*ret_checkpoint = *read;
	return 0;
}

int checkpoint_read(const char *path, struct checkpoint *ret_checkpoint,
		    struct err *err)
{
	struct checkpoint_source source = { .name = path, .path = path };
	struct checkpoint read = { 0 };
	struct stat st;
	int rc;

	if (stat(path, &st))
		return err_errno(err, "open '%s'", path);
	if (S_ISDIR(st.st_mode))
		rc = checkpoint_oci(&source, true, &read, err);
	else
		rc = read_archive(&source, &read, err);
	return finish(rc, &read, ret_checkpoint);
}

int checkpoint_parse(const char *name, const void *bytes, size_t len,
		     struct checkpoint *ret_checkpoint, struct err *err)
{
	struct checkpoint_source source = { .name = name,
					    .bytes = bytes,
					    .len = len };
	struct checkpoint read = { 0 };
	int rc = read_archive(&source, &read, err);

	return finish(rc, &read, ret_checkpoint);
}
