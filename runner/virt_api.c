// SPDX-License-Identifier: Apache-2.0
/* virt_api.c - libvirt's functions, loaded when the first VM is wanted */
#include "runner/virt_api.h"

#include "base/mem.h"

static const char *const names[] = { "libvirt.so.0", NULL };

static const struct loaded_function functions[] = {
#define FUNCTION(name) LOADED_FUNCTION(struct virt_api, name)
	VIRT_API(FUNCTION)
};

static const struct loaded_library library = {
	.names = names,
	.package = "libvirt0",
	.functions = functions,
	.n_functions = ARRAY_SIZE(functions),
};

int virt_api_load(const struct virt_api **ret_api, struct err *err)
{
	static struct virt_api api;

	*ret_api = &api;
	return loaded_fill(&library, &api, err);
}
