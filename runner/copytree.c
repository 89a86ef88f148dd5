// SPDX-License-Identifier: Apache-2.0
/* copytree.c - folders copied, with nothing in them but folders and regular files */
#include "runner/copytree.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

int copytree(const char *from, const char *to, unsigned depth, struct err *err)
{
	CLEANUP(str_list_release) struct str_list names = { 0 };
	struct stat st;

	if (lstat(from, &st) < 0)
		return err_errno(err, "read '%s'", from);
	if (S_ISREG(st.st_mode))
		return file_copy(from, to, err);
	if (!S_ISDIR(st.st_mode) || !depth)
		return err_set(err, ERR_INPUT, 0,
			       "'%s' is no regular file or folder, or too deep",
			       from);
	if (file_mkdirs(to, err) || file_list(from, &names, err))
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP_FREE char *a = xasprintf("%s/%s", from, names.v[i]);
		CLEANUP_FREE char *b = xasprintf("%s/%s", to, names.v[i]);

		if (copytree(a, b, depth - 1, err))
			return -1;
	}
	return 0;
}
