// SPDX-License-Identifier: Apache-2.0
/* console.c - what a guest's serial console tells of its end */
#include "runner/console.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

#define TAIL_BYTES 65536

/* What the kernel and our init print when it is over, most telling first. */
static const char *const signs[] = {
	"Kernel panic - not syncing: ",
	"crmatrix-init: fatal: ",
	"BUG: ",
	"Oops: ",
	"soft lockup",
	"Out of memory: ",
};

static char *read_tail(const char *path, size_t *ret_len)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *bytes;
	struct stat st;
	off_t from;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st))
		return NULL;
	from = st.st_size > TAIL_BYTES ? st.st_size - TAIL_BYTES : 0;
	bytes = xcalloc(TAIL_BYTES + 1, 1);
	n = pread(fd, bytes, TAIL_BYTES, from);
	if (n < 0)
		n = 0;
	*ret_len = (size_t)n;
	return bytes;
}

char *console_trouble(const char *path)
{
	size_t len = 0;
	CLEANUP_FREE char *bytes = read_tail(path, &len);

	for (size_t i = 0; bytes && i < ARRAY_SIZE(signs); i++) {
		const char *at = memmem(bytes, len, signs[i], strlen(signs[i]));
		size_t left;

		if (!at)
			continue;
		left = len - (size_t)(at - bytes);
		return str_utf8_clean(at, strcspn(at, "\r\n") < left ?
						  strcspn(at, "\r\n") :
						  left);
	}
	return NULL;
}
