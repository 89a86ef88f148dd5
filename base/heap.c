// SPDX-License-Identifier: Apache-2.0
/* heap.c - what the allocator keeps for itself */
#include "base/heap.h"

#include <malloc.h>

void heap_give_back(void)
{
	/* A threshold that was set stays where it is. */
	mallopt(M_MMAP_THRESHOLD, 128 << 10);
}
