// SPDX-License-Identifier: Apache-2.0
/* obstacles_memory.c - mappings of unusual kinds, and rings of the kernel */
#include <asm/ldt.h>
#include <linux/aio_abi.h>
#include <stdint.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/obstacles.h"

#define PAGE 4096UL
#define HUGE (2UL << 20)

#ifndef MADV_GUARD_INSTALL /* Linux 6.13 */
#define MADV_GUARD_INSTALL 102
#endif

static char *map(unsigned long bytes, int prot, int flags)
{
	char *p = mmap(NULL, bytes, prot, MAP_PRIVATE | MAP_ANONYMOUS | flags,
		       -1, 0);

	if (p == MAP_FAILED)
		guest_die("mmap");
	return p;
}

static void fill(char *p, unsigned long bytes, unsigned long step)
{
	for (unsigned long i = 0; i < bytes; i += step)
		p[i] = (char)(1 + i / step);
}

static void make_touched(const char *mib)
{
	unsigned long bytes = obstacle_number(mib) << 20;

	fill(map(bytes, PROT_READ | PROT_WRITE, 0), bytes, PAGE);
}

/* Accounted for, but not touched. */
static void make_reserved(const char *mib)
{
	/* cppcheck-suppress leakReturnValNotUsed ; it stays mapped */
	(void)map(obstacle_number(mib) << 20, PROT_READ | PROT_WRITE, 0);
}

static void make_huge_pages(const char *pages)
{
	unsigned long bytes = obstacle_number(pages) * HUGE;

	fill(map(bytes, PROT_READ | PROT_WRITE, MAP_HUGETLB), bytes, HUGE);
}

static void make_guard_pages(const char *arg)
{
	char *p = map(4 * PAGE, PROT_READ | PROT_WRITE, 0);

	(void)arg;
	fill(p + PAGE, 3 * PAGE, PAGE);
	obstacle_check(madvise(p, PAGE, MADV_GUARD_INSTALL), "guard pages");
}

static void make_aio(const char *arg)
{
	aio_context_t ring = 0;

	(void)arg;
	obstacle_check(syscall(SYS_io_setup, 8, &ring), "io_setup");
}

static void make_ldt(const char *arg)
{
	struct user_desc desc = { .limit = 0xfffff,
				  .seg_32bit = 1,
				  .limit_in_pages = 1,
				  .useable = 1 };

	(void)arg;
	obstacle_check(syscall(SYS_modify_ldt, 1, &desc, sizeof(desc)),
		       "modify_ldt");
}

static void make_sysv_shm(const char *arg)
{
	int id = obstacle_check(shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0600),
				"shmget");

	(void)arg;
	if ((intptr_t)shmat(id, NULL, 0) == -1)
		guest_die("shmat");
}

static const struct obstacle table[] = {
	{ "touched", "MIB", make_touched },
	{ "reserved", "MIB", make_reserved },
	{ "huge-pages", "PAGES", make_huge_pages },
	{ "guard-pages", NULL, make_guard_pages },
	{ "aio", NULL, make_aio },
	{ "ldt", NULL, make_ldt },
	{ "sysv-shm", NULL, make_sysv_shm },
};

const struct obstacles obstacles_memory = { table,
					    sizeof(table) / sizeof(table[0]) };
