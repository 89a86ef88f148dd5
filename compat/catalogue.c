// SPDX-License-Identifier: Apache-2.0
/* catalogue.c - the known failure modes: its chapters, in order of asking */
#include "compat/catalogue.h"

#include "base/mem.h"

const struct mode_rules *const catalogue[] = {
	&catalogue_kernel,    &catalogue_cpu,	  &catalogue_objects,
	&catalogue_processes, &catalogue_refused, &catalogue_target,
	&catalogue_images,    &catalogue_engines, &catalogue_silent,
};
const size_t n_catalogue = ARRAY_SIZE(catalogue);
