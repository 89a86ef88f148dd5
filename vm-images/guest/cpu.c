// SPDX-License-Identifier: Apache-2.0
/* cpu.c - facts of CPU and kernel that no file tells; Intel SDM vol. 1, chapter 13 */
#include "cpu.h"

#include <cpuid.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/auxv.h>

#define LEAF_XSAVE 0xd
#define AUX_RSEQ_FEATURE_SIZE 27 /* of the kernel, from 6.3 on */

static uint64_t read_xcr0(void)
{
	uint32_t low, high;

	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (uint64_t)high << 32 | low;
}

int cpu_print(void)
{
	unsigned int a = 0, b = 0, c = 0, d = 0, bytes = 0;
	unsigned long rseq;
	uint64_t xcr0 = 0;

	if (__get_cpuid(1, &a, &b, &c, &d) && (c & bit_OSXSAVE)) {
		xcr0 = read_xcr0();
		if (__get_cpuid_count(LEAF_XSAVE, 0, &a, &b, &c, &d))
			bytes = b;
	}
	printf("xsave_bytes=%u\nxcr0=0x%llx\n", bytes,
	       (unsigned long long)xcr0);
	rseq = getauxval(AUX_RSEQ_FEATURE_SIZE);
	if (rseq)
		printf("rseq_bytes=%lu\n", rseq);
	return 0;
}
