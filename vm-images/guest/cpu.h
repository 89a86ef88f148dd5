// SPDX-License-Identifier: Apache-2.0
/* cpu.h - facts of the CPU that no file tells */
#ifndef GUEST_CPU_H
#define GUEST_CPU_H

/** cpu_print() - xsave_bytes (for the enabled features) and xcr0 as key=value
 * lines; both are 0 on a CPU or kernel without xsave. Return: exit status */
int cpu_print(void);

#endif
