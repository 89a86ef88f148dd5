// SPDX-License-Identifier: Apache-2.0
/* checkpoint_internal.h - shared by the files that read checkpoint archives */
#ifndef COMPAT_CHECKPOINT_INTERNAL_H
#define COMPAT_CHECKPOINT_INTERNAL_H

#include <archive.h>

#include "compat/checkpoint.h"

/**
 * struct checkpoint_source - Where an archive lies
 * @name:	For messages
 * @path:	A file; NULL: in memory
 */
struct checkpoint_source {
	const char *name;
	const char *path;
	const void *bytes;
	size_t len;
};

/**
 * checkpoint_open() - Begin to read an archive from its first member on
 *
 * Return: 0 with an archive that the caller frees by archive_read_free(), or -1
 */
WARN_UNUSED
int checkpoint_open(const struct checkpoint_source *source,
		    struct archive **ret_archive, struct err *err);

/** checkpoint_reader() - A reader of what archives are read by, not open yet */
struct archive *checkpoint_reader(void);

/** checkpoint_next() - Go on to the next regular file; its name without "./", valid
 * until the next call. Return: 1, 0 at the end, -1 */
WARN_UNUSED
int checkpoint_next(const char *name, struct archive *archive,
		    const char **ret_path, uint64_t *ret_bytes,
		    struct err *err);

/** checkpoint_slurp() - The first @max bytes of the member; owned, ends with NUL */
WARN_UNUSED
int checkpoint_slurp(const char *name, struct archive *archive, size_t max,
		     char **ret_text, size_t *ret_len, struct err *err);

/**
 * checkpoint_gather() - Take all that the members of a checkpoint tell
 *
 * Return: 0, or -1: unreadable, or no checkpoint
 */
WARN_UNUSED
int checkpoint_gather(const char *name, struct archive *archive,
		      struct checkpoint *checkpoint, struct err *err);

/** checkpoint_set() - Have a copy of @value, unless there is one or it is empty */
void checkpoint_set(char **field, const char *value);

/** checkpoint_version() - CRIU's version as "3.17.1", of that or of its number
 * 31701; owned, NULL for what is neither */
char *checkpoint_version(const char *text);

/** checkpoint_arch() - As uname -m says it, of that or of Go's name */
const char *checkpoint_arch(const char *text);

/** checkpoint_oci() - An image layout: a folder, or an archive of one
 * @is_dir:	@source's path is a folder
 * Return: as checkpoint_read() */
WARN_UNUSED
int checkpoint_oci(const struct checkpoint_source *source, bool is_dir,
		   struct checkpoint *checkpoint, struct err *err);

#endif
