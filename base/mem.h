// SPDX-License-Identifier: Apache-2.0
/* mem.h - allocation that cannot fail, cleanup at end of scope */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Run @fn on the address of the variable when it leaves its scope. */
#define CLEANUP(fn) __attribute__((cleanup(fn), unused))
#define CLEANUP_FREE CLEANUP(mem_freep)
#define CLEANUP_FD CLEANUP(fd_closep)
#define CLEANUP_FILE CLEANUP(file_closep)

/* Hand over what a cleanup variable owns; it is NULL afterwards. */
#define TAKE(p)                             \
	({                                  \
		__typeof__(p) taken_ = (p); \
		(p) = NULL;                 \
		taken_;                     \
	})

/* Hand over a descriptor; the variable is -1 afterwards. */
#define TAKE_FD(fd)                \
	({                         \
		int taken_ = (fd); \
		(fd) = -1;         \
		taken_;            \
	})

/** mem_exhausted() - Say "out of memory" and end the program, exit status 3 */
_Noreturn void mem_exhausted(void);

/* Out of memory ends the program with a message: none of these fails. */
void *xcalloc(size_t n, size_t size) __attribute__((returns_nonnull));
void *xreallocarray(void *p, size_t n, size_t size)
	__attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((returns_nonnull, nonnull));
char *xstrndup(const char *s, size_t n) __attribute__((returns_nonnull));
char *xasprintf(const char *fmt, ...)
	__attribute__((returns_nonnull, format(printf, 1, 2)));
char *xvasprintf(const char *fmt, va_list ap)
	__attribute__((returns_nonnull, format(printf, 1, 0)));

/** xnew() - One zeroed object of @type, owned by the caller */
#define xnew(type) ((type *)xcalloc(1, sizeof(type)))

/**
 * VEC_PUSH() - Append a zeroed element to an array kept as pointer and count
 * @ptr:	The array, owned, may be NULL when @n is 0
 * @n:		Its count, size_t
 *
 * Grows by doubling, so that appending stays cheap.
 *
 * Return: pointer to the new element, valid until the next VEC_PUSH()
 */
#define VEC_PUSH(ptr, n)                                              \
	({                                                            \
		if (((n) & ((n)-1)) == 0)                             \
			(ptr) = xreallocarray((ptr), (n) ? (n)*2 : 1, \
					      sizeof(*(ptr)));        \
		memset(&(ptr)[(n)], 0, sizeof(*(ptr)));               \
		&(ptr)[(n)++];                                        \
	})

void mem_freep(void *p);
void fd_closep(const int *fd);
void file_closep(FILE **f);

#endif
