// SPDX-License-Identifier: Apache-2.0
/* mem.c - allocation that cannot fail, cleanup at end of scope */
#include "base/mem.h"

#include <string.h>
#include <unistd.h>

_Noreturn void mem_exhausted(void)
{
	static const char msg[] = "crmatrix: out of memory\n";

	if (write(STDERR_FILENO, msg, sizeof(msg) - 1) < 0)
		abort();
	_exit(3);
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		mem_exhausted();
	return p;
}

void *xreallocarray(void *p, size_t n, size_t size)
{
	p = reallocarray(p, n ? n : 1, size ? size : 1);
	if (!p)
		mem_exhausted();
	return p;
}

char *xstrdup(const char *s)
{
	char *p = strdup(s);

	if (!p)
		mem_exhausted();
	return p;
}

char *xstrndup(const char *s, size_t n)
{
	char *p = strndup(s, n);

	if (!p)
		mem_exhausted();
	return p;
}

char *xvasprintf(const char *fmt, va_list ap)
{
	char *p = NULL;

	if (vasprintf(&p, fmt, ap) < 0)
		mem_exhausted();
	return p;
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *p;

	va_start(ap, fmt);
	p = xvasprintf(fmt, ap);
	va_end(ap);
	return p;
}

void mem_freep(void *p)
{
	void *taken;

	memcpy(&taken, p, sizeof(taken));
	free(taken);
}

void fd_closep(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

void file_closep(FILE **f)
{
	if (*f)
		(void)fclose(*f);
}
