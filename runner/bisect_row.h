// SPDX-License-Identifier: Apache-2.0
/* bisect_row.h - which candidates a bisection is about: kernels, CRIU versions */
#ifndef RUNNER_BISECT_ROW_H
#define RUNNER_BISECT_ROW_H

#include "compat/bisection.h"

/**
 * bisect_kernels() - Kernels as machines name them, in the order given
 * @names:	Of the catalogue, or SUITE/PACKAGE; SUITE/PATTERN stands for all that
 *		fit, older ones first
 * @err:	ERR_INPUT: one that is not there, or twice
 */
WARN_UNUSED
int bisect_kernels(const struct str_list *names, struct bisection *bisection,
		   struct err *err);

/**
 * bisect_kernels_from() - Kernels of a folder, by version, older ones first
 *
 * Each linux-image_*.deb with the linux-base, -binary and -modules of its version;
 * each bzImage or vmlinuz (bzImage-VERSION, vmlinuz-VERSION), with modules-VERSION
 * or lib/modules/VERSION where there is one; and each folder that holds one kernel,
 * as packages or as such files.
 */
WARN_UNUSED
int bisect_kernels_from(const char *folder, struct bisection *bisection,
			struct err *err);

/** bisect_userlands() - CRIU versions by the userlands they come with, in order */
WARN_UNUSED
int bisect_userlands(const struct str_list *names, struct bisection *bisection,
		     struct err *err);

#endif
