// SPDX-License-Identifier: Apache-2.0
/* loaded.c - functions of a library that is loaded when it is wanted */
#include "runner/loaded.h"

#include <dlfcn.h>
#include <string.h>

static int missing(const struct loaded_library *library, struct err *err)
{
	return err_set(err, ERR_MISSING, 0,
		       "load %s: %s; install package %s, see `crmatrix doctor`",
		       library->names[0], dlerror(), library->package);
}

static void *open_one(const struct loaded_library *library)
{
	void *handle = NULL;

	for (const char *const *name = library->names; *name && !handle; name++)
		handle = dlopen(*name, RTLD_NOW);
	return handle;
}

int loaded_fill(const struct loaded_library *library, void *api,
		struct err *err)
{
	void *handle = open_one(library);

	if (!handle)
		return missing(library, err);
	for (size_t i = 0; i < library->n_functions; i++) {
		const struct loaded_function *f = &library->functions[i];
		void *function = dlsym(handle, f->name);

		if (!function)
			return missing(library, err);
		/* To C a function's pointer is no object's: it is copied. */
		memcpy((char *)api + f->at, &function, sizeof(function));
	}
	return 0;
}
