// SPDX-License-Identifier: Apache-2.0
/* shape_internal.h - what base/shape*.c share */
#ifndef BASE_SHAPE_INTERNAL_H
#define BASE_SHAPE_INTERNAL_H

#include <string.h>

#include "base/mem.h"
#include "base/shape.h"

static inline void *shape_at(void *obj, size_t offset)
{
	return (char *)obj + offset;
}

static inline const void *shape_at_const(const void *obj, size_t offset)
{
	return (const char *)obj + offset;
}

/* Members whose types only the tables know are moved as bytes. */
static inline void *shape_pointer(const void *obj, size_t offset)
{
	void *p;

	memcpy(&p, shape_at_const(obj, offset), sizeof(p));
	return p;
}

static inline void shape_set_pointer(void *obj, size_t offset, void *p)
{
	memcpy(shape_at(obj, offset), &p, sizeof(p));
}

static inline size_t shape_count(const void *obj, size_t offset)
{
	size_t n;

	memcpy(&n, shape_at_const(obj, offset), sizeof(n));
	return n;
}

static inline void shape_set_count(void *obj, size_t offset, size_t n)
{
	memcpy(shape_at(obj, offset), &n, sizeof(n));
}

static inline void shape_set_u64(void *obj, size_t offset, uint64_t value)
{
	memcpy(shape_at(obj, offset), &value, sizeof(value));
}

static inline void shape_set_int(void *obj, size_t offset, int value)
{
	memcpy(shape_at(obj, offset), &value, sizeof(value));
}

#endif
