// SPDX-License-Identifier: Apache-2.0
/* loaded.h - functions of a library that is loaded when it is wanted */
#ifndef RUNNER_LOADED_H
#define RUNNER_LOADED_H

#include <stddef.h>

#include "base/err.h"

/*
 * crmatrix starts twice in every cell, as the capture and as the peer, and all 70
 * libraries together take 7 of the 8 ms of that. What only some of its processes
 * call is loaded by those; and commands that read runs need no libvirt on their
 * host. A library's functions are members of a struct, by their own names and
 * types:
 *
 *	#define X_API(FN) FN(x_open) FN(x_close)
 *	struct x_api { X_API(LOADED_MEMBER) };
 *	static const struct loaded_function functions[] = {
 *	#define FUNCTION(name) LOADED_FUNCTION(struct x_api, name)
 *		X_API(FUNCTION)
 *	};
 */
/* NOLINTNEXTLINE(bugprone-macro-parentheses): a declaration has none */
#define LOADED_MEMBER(name) __typeof__(name) *name;
#define LOADED_FUNCTION(api, name) { #name, offsetof(api, name) },

/** struct loaded_function - One, and where its pointer goes */
struct loaded_function {
	const char *name;
	size_t at;
};

/**
 * struct loaded_library - Where functions come from
 * @names:	Of the file, NULL-terminated; the first that is there is taken
 * @package:	Debian's name, for whom it is missing
 */
struct loaded_library {
	const char *const *names;
	const char *package;
	const struct loaded_function *functions;
	size_t n_functions;
};

/**
 * loaded_fill() - Load a library for as long as the process lives
 * @api:	Struct of pointers to its functions
 *
 * Return: 0, or -1 with ERR_MISSING when it is not installed or lacks one
 */
WARN_UNUSED
int loaded_fill(const struct loaded_library *library, void *api,
		struct err *err);

#endif
