// SPDX-License-Identifier: Apache-2.0
/* images.h - what machines boot from: found in the cache, or built */
#ifndef RUNNER_IMAGES_H
#define RUNNER_IMAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "compat/outfit.h"
#include "runner/cache.h"

struct boot_files;

/*
 * What each is for:
 * console=ttyS0	the serial console, always logged
 * panic=-1 oops=panic	a kernel in trouble ends its guest at once
 * quiet		a slow console makes a slow boot; panics show all the same
 * cryptomgr.notests	no self-tests of ciphers: 0.3 to 0.5 s under emulation
 * no_timer_check	a starved emulator fails the check of the timer interrupt
 * tsc=reliable		no change of clock source when a guest was paused
 * nowatchdog		no false alarm of a lockup when the host is busy
 */
#define IMAGES_CMDLINE                                               \
	"console=ttyS0 panic=-1 oops=panic quiet cryptomgr.notests " \
	"no_timer_check tsc=reliable nowatchdog"

/**
 * struct images_opts - How to get images
 * @cache:	Where they are kept; borrowed
 * @refresh:	Look for newer packages, even where the cache has what it needs
 * @jobs:	Builds at a time; 0: as many as there are processors, at most 4
 * @say:	Told what goes on, a line at a time; NULL: nobody. With several
 *		jobs it is called in child processes
 * @arg:	For @say
 */
struct images_opts {
	const struct cache *cache;
	bool refresh;
	unsigned jobs;
	void (*say)(void *arg, const char *line);
	void *arg;
};

/**
 * images_prepare() - Get the boot files of machines, building what is missing
 * @outfits:	Kernels and userlands may repeat
 * @n:		How many
 * @ret_files:	Array of @n, zeroed; each to be released by the caller
 * @err:	ERR_INPUT: no such kernel, userland or package, or a kernel a guest
 *		cannot use, with all that it lacks; ERR_CHILD: a build failed;
 *		ERR_SYS
 *
 * Works without a network when all is in the cache. A catalogue name stays what
 * it was resolved to until something of it must be built, or @refresh.
 *
 * Return: 0, or -1
 */
WARN_UNUSED
int images_prepare(const struct images_opts *opts, const struct outfit *outfits,
		   size_t n, struct boot_files *ret_files, struct err *err);

/**
 * images_keys() - Which entries of the cache machines boot from
 * @ret_keys:	Of those that are there: nothing is built; owned
 */
WARN_UNUSED
int images_keys(const struct images_opts *opts, const struct outfit *outfits,
		size_t n, struct str_list *ret_keys, struct err *err);

/**
 * images_build() - Get kernels and userlands by their names into the cache
 * @names:	Of kernels and userlands alike; none: all of the catalogues
 */
WARN_UNUSED
int images_build(const struct images_opts *opts, const struct str_list *names,
		 struct err *err);

/** images_build_kernel() - Get one kernel, a user's own too, into the cache */
WARN_UNUSED
int images_build_kernel(const struct images_opts *opts,
			const struct kernel_ref *kernel, struct err *err);

/** struct images_versions - Packages and their versions; owned */
struct images_versions {
	struct str_list names, versions;
};

void images_versions_release(struct images_versions *versions);

/**
 * images_list_kernels() - All kernels of a suite that a pattern fits, older ones first
 * @opts:	.refresh: read its package lists anew
 * @ret_kernels: SUITE/PACKAGE each, as machines name them; metapackages are left out,
 *		and versions as Debian writes them
 * @err:	ERR_INPUT when there is none
 */
WARN_UNUSED
int images_list_kernels(const struct images_opts *opts, const char *suite,
			const char *pattern,
			struct images_versions *ret_kernels, struct err *err);

/** images_list_versions() - Of packages, those that a suite has; otherwise as
 * images_list_kernels() */
WARN_UNUSED
int images_list_versions(const struct images_opts *opts, const char *suite,
			 const struct str_list *packages,
			 struct images_versions *ret_versions, struct err *err);

#endif
