// SPDX-License-Identifier: Apache-2.0
/* heap.h - what the allocator keeps for itself */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

/**
 * heap_give_back() - From now on freed blocks of 128 KiB and more go to the kernel
 *
 * glibc keeps them once it has seen one come and go: mallopt(3), "dynamic mmap
 * threshold". For a process that lives long and reads a large file now and then.
 */
void heap_give_back(void);

#endif
