// SPDX-License-Identifier: Apache-2.0
/* file.h - reading whole files, writing them so that they are whole or absent */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/**
 * file_read() - Read a whole regular file
 * @path:	What to read
 * @max_bytes:	Refuse (ERR_INPUT) when the file is longer
 * @ret_text:	Its bytes and a NUL; owned by the caller
 * @ret_len:	Count of bytes without that NUL; may be NULL
 *
 * Return: 0, or -1 with @err ERR_SYS or ERR_INPUT
 */
WARN_UNUSED
int file_read(const char *path, size_t max_bytes, char **ret_text,
	      size_t *ret_len, struct err *err);

/**
 * file_write() - Write a file atomically: temp file beside it, fsync, rename
 *
 * Return: 0, or -1 with @err ERR_SYS; @path is then as it was
 */
WARN_UNUSED
int file_write(const char *path, const void *bytes, size_t len,
	       struct err *err);

/** file_mkdirs() - Make a directory and its parents; existing ones are fine */
WARN_UNUSED
int file_mkdirs(const char *path, struct err *err);

/** file_rmtree() - Remove a tree; symlinks are not followed; absent is fine */
WARN_UNUSED
int file_rmtree(const char *path, struct err *err);

bool file_exists(const char *path);
/** file_regular() - Whether it is a regular file, or a link to one */
bool file_regular(const char *path);

/** file_list() - Names (not . and ..) in a directory, sorted bytewise */
WARN_UNUSED
int file_list(const char *dir, struct str_list *ret_names, struct err *err);

/** file_copy() - Copy a regular file, sparse where the kernel can, mode kept */
WARN_UNUSED
int file_copy(const char *from, const char *to, struct err *err);

/** fd_write_all() - write(2) until all is out */
WARN_UNUSED
int fd_write_all(int fd, const void *bytes, size_t len, struct err *err);

#endif
