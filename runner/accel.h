// SPDX-License-Identifier: Apache-2.0
/* accel.h - whether hardware acceleration boots anything here */
#ifndef RUNNER_ACCEL_H
#define RUNNER_ACCEL_H

#include <stdbool.h>

#include "base/err.h"

/** enum accel - As asked for */
enum accel { ACCEL_AUTO, ACCEL_KVM, ACCEL_TCG, ACCEL_COUNT };
extern const char *const accel_names[ACCEL_COUNT + 1];

/**
 * accel_probe_kvm() - Boot a kernel with KVM up to its first process
 * @kernel, @initramfs: One of ours
 * @cache:	Folder where the answer is kept until the host boots again
 * @ret_works:	Whether it came that far in time
 * @ret_why:	When not: why, one sentence; owned
 *
 * /dev/kvm may exist, open, and yet boot nothing: only a boot tells.
 */
WARN_UNUSED
int accel_probe_kvm(const char *kernel, const char *initramfs,
		    const char *cache, bool *ret_works, char **ret_why,
		    struct err *err);

/**
 * accel_decide() - What to use
 * @ret_kvm:	KVM or TCG
 * @ret_note:	For people when the choice is not plain; owned, NULL: none
 *
 * Return: 0, or -1 with ERR_MISSING when KVM is asked for and does not work
 */
WARN_UNUSED
int accel_decide(enum accel asked, const char *kernel, const char *initramfs,
		 const char *cache, bool *ret_kvm, char **ret_note,
		 struct err *err);

#endif
