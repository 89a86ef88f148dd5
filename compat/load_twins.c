// SPDX-License-Identifier: Apache-2.0
/* load_twins.c - machines that are to be like the host of a profile */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/load_internal.h"
#include "compat/twin.h"

bool load_is_profile(const char *entry)
{
	return strchr(entry, '/') || str_ends(entry, ".yaml") ||
	       str_ends(entry, ".yml");
}

static bool read_twin(struct loader *l, const struct origin *from,
		      struct machine *machine)
{
	const char *path = machine->from_profile;
	struct bind_diags *diags = load_diags_of(l->diags, path);
	struct err err = ERR_INIT;

	if (!twin_read(path, &machine->twin, diags, &err))
		return true;
	if (!diags->n)
		load_complain(l, from, NULL, "%s", err.msg);
	return false;
}

bool load_twin(struct loader *l, const struct origin *from, const char *folder,
	       struct machine *machine)
{
	char *path CLEANUP_FREE = NULL;
	char *real;

	if (!machine->from_profile)
		return true;
	path = path_join(folder, machine->from_profile);
	real = realpath(path, NULL);
	if (!real) {
		load_complain(l, from, NULL, "there is no file '%s'", path);
		return false;
	}
	free(machine->from_profile);
	machine->from_profile = real;
	return read_twin(l, from, machine);
}

bool load_profile(struct loader *l, const struct origin *from,
		  const char *folder, const char *path,
		  struct machine *ret_machine)
{
	struct machine machine = { .from_profile = xstrdup(path) };

	if (!load_twin(l, from, folder, &machine)) {
		machine_release(&machine);
		return false;
	}
	machine.name = twin_name(machine.twin);
	*ret_machine = machine;
	return true;
}
