// SPDX-License-Identifier: Apache-2.0
/* twin.h - the machine nearest to a real host, and what of it differs */
#ifndef COMPAT_TWIN_H
#define COMPAT_TWIN_H

#include <stdio.h>

#include "compat/machine.h"

/*
 * DOC: Theory of operation
 *
 * A machine with from-profile is half a machine when it has been read: twin_read()
 * gives it the facts of its host, and twin_fill() all that its file does not say, of
 * what there is to choose from. What differs then is known beforehand (struct
 * twin_diff) for the reasons why; what differs in the end the guest's facts say
 * (twin_attest()).
 */

/**
 * struct twin_diff - What of a twin is not as its host
 * @item:	"kernel", "memory", ...
 * @host, @twin: Both values
 * @why:	Why it could not be the same
 */
struct twin_diff {
	char *item, *host, *twin, *why;
};

/**
 * struct twin - The host that a machine is to be like; all owned
 * @of:		What its profile calls it
 * @host:	The facts of its profile
 */
struct twin {
	char *of;
	struct facts host;
	struct twin_diff *diffs;
	size_t n_diffs;
};

void twin_free(struct twin *twin);

json_t *twin_to_json(const struct twin *twin);
WARN_UNUSED
int twin_from_json(const json_t *json, struct twin **ret_twin, struct err *err);

/** struct twin_kernel - A kernel to choose; owned
 * @name:	As machines name it
 * @release:	As it calls itself (uname -r), NULL: not known
 * @version:	"6.1.192", of a catalogue's name "6.1" */
struct twin_kernel {
	char *name, *release, *version;
};

/** struct twin_userland - A userland to choose; owned
 * @criu, @glibc: Versions, NULL: not known */
struct twin_userland {
	char *name, *criu, *glibc;
};

/** struct twin_menu - What there is to choose from */
struct twin_menu {
	struct twin_kernel *kernels;
	size_t n_kernels;
	struct twin_userland *userlands;
	size_t n_userlands;
};

void twin_menu_release(struct twin_menu *menu);

#define TWIN_MEMORY_MAX (UINT64_C(1) << 30)
#define TWIN_VCPUS_MAX 2

/**
 * twin_read() - Make a machine that of a profile's host
 * @path:	Of the profile
 * @ret_twin:	Without diffs; owned
 * @diags:	Its errors, with their places
 * @err:	ERR_INPUT, ERR_SYS: see bind_file(); ERR_INPUT also when it is no
 *		host that a guest can be like
 */
WARN_UNUSED
int twin_read(const char *path, struct twin **ret_twin,
	      struct bind_diags *diags, struct err *err);

/** twin_name() - A machine's name of what a profile calls its host; owned */
char *twin_name(const struct twin *twin);

/** twin_fill() - Give a machine with a twin what its file does not say
 * @menu: With a kernel and a userland at least
 *
 * At most TWIN_MEMORY_MAX and TWIN_VCPUS_MAX, for cells are run side by side. */
void twin_fill(struct machine *machine, const struct twin_menu *menu);

/** twin_fill_cpu() - Its CPU model and features alone, see twin_fill() */
void twin_fill_cpu(struct machine *machine);

/** twin_differs() - Note a difference, unless both are the same
 * @host, @twin: NULL: has none
 * @why: Static or not, it is copied */
void twin_differs(struct twin *twin, const char *item, const char *host,
		  const char *is, const char *why);

/** twin_attest() - What of the guest is not as the host, a sentence each */
void twin_attest(const struct twin *twin, const struct facts *guest,
		 struct str_list *ret_notes);

/** twin_print() - What differs, a line each, for people */
void twin_print(const struct machine *machine, FILE *out);

#endif
