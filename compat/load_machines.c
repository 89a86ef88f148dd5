// SPDX-License-Identifier: Apache-2.0
/* load_machines.c - files of machines, and choosing among them */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/load_internal.h"

/** struct gathered - Machines of all files, and which file each is from */
struct gathered {
	struct machines machines;
	struct str_list files;
};

static void resolve_one(struct loader *l, const struct origin *from,
			const char *folder, char **path)
{
	char *resolved;

	if (!*path)
		return;
	resolved = path_resolve(l, from, folder, NULL, *path);
	free(*path);
	*path = resolved;
}

static void resolve_kernel(struct loader *l, const char *file,
			   struct machine *machine)
{
	struct kernel_ref *kernel = &machine->kernel;
	char *folder CLEANUP_FREE = path_folder(file);
	struct origin from;

	for (size_t i = 0; i < kernel->debs.n; i++) {
		from = origin_at(file, "/machines/%s/kernel/debs/%zu",
				 machine->name, i);
		resolve_one(l, &from, folder, &kernel->debs.v[i]);
	}
	from = origin_at(file, "/machines/%s/kernel/image", machine->name);
	resolve_one(l, &from, folder, &kernel->image);
	from = origin_at(file, "/machines/%s/kernel/modules", machine->name);
	resolve_one(l, &from, folder, &kernel->modules);
}

/* Takes a machine over, unless its name is missing or taken. */
static void gather(struct loader *l, const char *file, struct machine *machine,
		   struct gathered *all)
{
	const struct machine *same;

	if (!machine->name)
		return;
	same = machines_find(&all->machines, machine->name);
	if (same) {
		struct origin here =
			origin_at(file, "/machines/%s", machine->name);

		load_complain(l, &here, NULL, "machine '%s' is already in %s",
			      machine->name,
			      all->files.v[same - all->machines.v]);
		return;
	}
	resolve_kernel(l, file, machine);
	*VEC_PUSH(all->machines.v, all->machines.n) = *machine;
	*machine = (struct machine){ 0 };
	str_list_add(&all->files, file);
}

static void read_file(struct loader *l, const struct origin *from,
		      const char *file, struct gathered *all)
{
	struct bind_diags *diags = load_diags_of(l->diags, file);
	struct machines machines = { 0 };
	struct err err = ERR_INIT;

	if (bind_file(file, &machines_table, &machines, diags, &err) &&
	    !diags->n)
		load_complain(l, from, NULL, "%s", err.msg);
	for (size_t i = 0; i < machines.n; i++)
		gather(l, file, &machines.v[i], all);
	bind_release(&machines_table, &machines);
}

static void read_files(struct loader *l, struct gathered *all)
{
	const struct str_list *files = &l->matrix.machine_files;
	const struct load_request *request = l->request;
	struct origin from = origin_at(NULL, "%s", "");

	if (!files->n && request->machines_file)
		read_file(l, &from, request->machines_file, all);
	for (size_t i = 0; i < files->n; i++) {
		char *folder CLEANUP_FREE = path_folder(request->matrix);
		char *file CLEANUP_FREE = path_join(folder, files->v[i]);

		from = origin_at(request->matrix, "/machine-files/%zu", i);
		read_file(l, &from, file, all);
	}
}

/* The n-th of all machines. */
static void take(struct loader *l, struct gathered *all, size_t nth)
{
	struct machine *machine = &all->machines.v[nth];
	const char *file = nth < all->files.n ? all->files.v[nth] : "";
	char *folder CLEANUP_FREE = path_folder(file);
	struct origin from =
		origin_at(file, "/machines/%s/from-profile", machine->name);

	(void)load_twin(l, &from, folder, machine); /* what is wrong is said */
	*VEC_PUSH(l->set->machines, l->set->n_machines) = *machine;
	*machine = (struct machine){ 0 };
}

static bool is_taken(const struct loader *l, const char *name)
{
	for (size_t i = 0; i < l->set->n_machines; i++)
		if (str_eq(l->set->machines[i].name, name))
			return true;
	return false;
}

static void take_profile(struct loader *l, const struct origin *from,
			 const char *path)
{
	char *folder CLEANUP_FREE = path_folder(from->file ? from->file : "");
	struct machine machine = { 0 };

	if (!load_profile(l, from, folder, path, &machine))
		return;
	if (is_taken(l, machine.name)) {
		load_complain(l, from, NULL,
			      "'%s' is of a host called '%s', as another "
			      "machine is",
			      path, machine.name);
		machine_release(&machine);
		return;
	}
	*VEC_PUSH(l->set->machines, l->set->n_machines) = machine;
}

/* Of all machines; their number: none is called so. */
static size_t index_of(const struct machines *machines, const char *name)
{
	size_t i = 0;

	while (i < machines->n && !str_eq(machines->v[i].name, name))
		i++;
	return i;
}

static void choose(struct loader *l, struct gathered *all,
		   const struct str_list *names, const struct str_list *known,
		   const char *file)
{
	for (size_t i = 0; i < names->n; i++) {
		struct origin from = origin_at(file, "/machines/%zu", i);
		size_t at = index_of(&all->machines, names->v[i]);

		if (load_is_profile(names->v[i])) {
			take_profile(l, &from, names->v[i]);
			continue;
		}
		if (is_taken(l, names->v[i]))
			continue;
		if (at < all->machines.n)
			take(l, all, at);
		else
			load_unknown(l, &from, "machine", names->v[i], known);
	}
}

void load_machines(struct loader *l)
{
	const struct str_list *asked = l->request->machines;
	struct str_list known CLEANUP(str_list_release) = { 0 };
	struct gathered all = { 0 };

	read_files(l, &all);
	for (size_t i = 0; i < all.machines.n; i++)
		str_list_add(&known, all.machines.v[i].name);
	if (asked && asked->n)
		choose(l, &all, asked, &known, NULL);
	else if (l->matrix.machines.n)
		choose(l, &all, &l->matrix.machines, &known,
		       l->request->matrix);
	else
		for (size_t i = 0; i < all.machines.n; i++)
			take(l, &all, i);
	for (size_t i = 0; i < l->set->n_machines; i++)
		if (!str_list_has(&known, l->set->machines[i].name))
			str_list_add(&known, l->set->machines[i].name);
	load_narrow_check(l, &known);
	bind_release(&machines_table, &all.machines);
	str_list_release(&all.files);
}
