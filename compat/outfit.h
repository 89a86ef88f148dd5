// SPDX-License-Identifier: Apache-2.0
/* outfit.h - machines as cells boot them: with what their scenario needs */
#ifndef COMPAT_OUTFIT_H
#define COMPAT_OUTFIT_H

#include "compat/machine.h"
#include "compat/scenario.h"

/**
 * struct outfit - A machine as declared, or raised to what scenarios need
 * @label:	Of its own among the outfits of a plan: the machine's name, and
 *		what it has beyond what is declared
 * @declared:	Borrowed
 * @machine:	What is booted: @declared with more memory and vCPUs; borrows
 *		its strings, so it is not to be released
 * @packages:	Beside those of its userland; sorted, each once
 * @asked:	The scenario that needs more than is declared, the first of such;
 *		NULL: none. Borrowed
 */
struct outfit {
	char *label;
	const struct machine *declared;
	struct machine machine;
	struct str_list packages;
	const struct scenario *asked;
};

/** needs_text() - "ar, zip, docker-cli (trixie), 1G memory, 2 vCPUs", or NULL:
 * nothing; owned by the caller */
char *needs_text(const struct needs *needs);

/** outfit_init() - Of @machine for @scenario; both are borrowed */
void outfit_init(struct outfit *outfit, const struct machine *machine,
		 const struct scenario *scenario);
void outfit_release(struct outfit *outfit);

/** outfit_origin() - Which file's key asked for its packages ("a.yaml:3:8:
 * needs.packages"); NULL
 * for a machine as declared; owned by the caller */
char *outfit_origin(const struct outfit *outfit);

#endif
