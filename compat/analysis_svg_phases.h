// SPDX-License-Identifier: Apache-2.0
/* analysis_svg_phases.h - when the phases of a migration were */
#ifndef COMPAT_ANALYSIS_SVG_PHASES_H
#define COMPAT_ANALYSIS_SVG_PHASES_H

#include <stddef.h>
#include <stdint.h>

#include "compat/wire.h"

/** struct svg_phase - One; @text is owned */
struct svg_phase {
	uint64_t at_ns;
	char *text;
};

/** struct svg_phases - Owned, at most WIRE_PHASES_MAX */
struct svg_phases {
	struct svg_phase *v;
	size_t n;
};

/**
 * svg_phases_read() - Take the comments of a capture apart
 *
 * Each line of a comment is a phase, at the time of its frame, or as much before
 * or after that as the line ends with: "dump begins (1.204 ms before this frame)",
 * see pcapng_notes.h. In a blackout there are few frames.
 */
void svg_phases_read(const struct wire_report *report,
		     struct svg_phases *ret_phases);
void svg_phases_release(struct svg_phases *phases);

#endif
