// SPDX-License-Identifier: Apache-2.0
/* machine.c - machines as asked for: their file, finding one by name */
#include "compat/machine.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/twin.h"

#define MIB (UINT64_C(1) << 20)

#define AT(s, m) .offset = offsetof(struct s, m)

static void check_kernel(void *obj, struct bind_ctx *ctx)
{
	(void)obj;
	if (bind_key_given(ctx, "modules") && !bind_key_given(ctx, "image"))
		bind_report(ctx, bind_pos_of(ctx, "modules"), NULL,
			    "'modules' is for 'image' alone");
}

static const struct bind_field kernel_fields[] = {
	{ .key = "name",
	  .type = BIND_STR,
	  AT(kernel_ref, name),
	  .pattern = KERNEL_PATTERN,
	  .help = "A kernel of vm-images/kernels.yaml, such as 6.12; or "
		  "SUITE/PACKAGE, a Debian suite and a linux-image package of "
		  "it." },
	{ .key = "debs",
	  .type = BIND_STR_LIST,
	  AT(kernel_ref, debs),
	  .help = "Your own kernel packages: all .deb files that hold its image "
		  "and modules, relative to this file." },
	{ .key = "image",
	  .type = BIND_STR,
	  AT(kernel_ref, image),
	  .help = "Your own bzImage, relative to this file." },
	{ .key = "modules",
	  .type = BIND_STR,
	  AT(kernel_ref, modules),
	  .help = "The modules directory of 'image' (it has modules.order), "
		  "relative to this file; left out when all is built in." },
};

static const char *const kernel_one_of[] = { "name", "debs", "image", NULL };

static const struct bind_table kernel_table = {
	.name = "kernel",
	.help = "The kernel to boot: a catalogue name, or your own build.",
	.size = sizeof(struct kernel_ref),
	.pos_offset = BIND_NO_POS,
	.fields = kernel_fields,
	.n = ARRAY_SIZE(kernel_fields),
	.short_key = "name",
	.one_of = kernel_one_of,
	.check = check_kernel,
};

static const struct bind_field machine_fields[] = {
	{ .key = "kernel",
	  .type = BIND_STRUCT,
	  AT(machine, kernel),
	  .required = true,
	  .table = &kernel_table,
	  .help = "The kernel to boot: a catalogue name, or your own build." },
	{ .key = "cpu",
	  .type = BIND_STR,
	  AT(machine, cpu),
	  .dflt = "max",
	  .pattern = "^[A-Za-z0-9][A-Za-z0-9_.-]*$",
	  .help = "CPU model as libvirt names it; 'max' is all that the "
		  "accelerator offers, 'host' the host's own CPU." },
	{ .key = "cpu-features",
	  .type = BIND_STR_LIST,
	  AT(machine, cpu_features),
	  .pattern = "^[+-][a-z0-9][a-z0-9_.-]*$",
	  .help = "CPU features to require (+avx) or to disable (-xsave), as "
		  "libvirt names them." },
	{ .key = "userland",
	  .type = BIND_STR,
	  AT(machine, userland),
	  .required = true,
	  .pattern = "^[a-z0-9][a-z0-9.+_-]*$",
	  .help = "Root file system with its C library and CRIU: a name of "
		  "vm-images/userlands.yaml." },
	{ .key = "memory",
	  .type = BIND_SIZE,
	  AT(machine, memory_bytes),
	  .dflt = "512M",
	  .min = 256 * MIB,
	  .max = MACHINE_MEMORY_MAX,
	  .help = "Memory of the guest." },
	{ .key = "vcpus",
	  .type = BIND_UINT,
	  AT(machine, vcpus),
	  .dflt = "1",
	  .min = 1,
	  .max = MACHINE_VCPUS_MAX,
	  .help = "Virtual CPUs of the guest." },
	{ .key = "cmdline",
	  .type = BIND_STR,
	  AT(machine, cmdline),
	  .help = "Text appended to the kernel's command line." },
	{ .key = "from-profile",
	  .type = BIND_STR,
	  AT(machine, from_profile),
	  .help = "A real host's facts as 'crmatrix profile' writes them, "
		  "relative to this file: whatever the machine does not say "
		  "is chosen to be as near to that host as can be." },
};

/* What was not said of a twin is chosen. */
static void check_machine(void *obj, struct bind_ctx *ctx)
{
	struct machine *machine = obj;

	if (!machine->from_profile)
		return;
	if (!bind_key_given(ctx, "cpu")) {
		free(machine->cpu);
		machine->cpu = NULL;
	}
	if (!bind_key_given(ctx, "memory"))
		machine->memory_bytes = 0;
	if (!bind_key_given(ctx, "vcpus"))
		machine->vcpus = 0;
}

const struct bind_table machine_table = {
	.name = "machine",
	.help = "One row or column of a matrix.",
	.size = sizeof(struct machine),
	.pos_offset = offsetof(struct machine, pos),
	.fields = machine_fields,
	.n = ARRAY_SIZE(machine_fields),
	.instead = "from-profile",
	.check = check_machine,
};

static const struct bind_field machines_fields[] = {
	{ .key = "machines",
	  .type = BIND_NAMED,
	  AT(machines, v),
	  .count_offset = offsetof(struct machines, n),
	  .required = true,
	  .table = &machine_table,
	  .pattern = MACHINE_NAME_PATTERN,
	  .help = "Machines by name; names are unique over all files of a "
		  "matrix." },
};

const struct bind_table machines_table = {
	.name = "machines file",
	.help = "Machines that workloads are moved between.",
	.size = sizeof(struct machines),
	.pos_offset = BIND_NO_POS,
	.fields = machines_fields,
	.n = ARRAY_SIZE(machines_fields),
};

const struct machine *machines_find(const struct machines *machines,
				    const char *name)
{
	for (size_t i = 0; i < machines->n; i++)
		if (str_eq(machines->v[i].name, name))
			return &machines->v[i];
	return NULL;
}

const char *machines_suggest(const struct machines *machines, const char *name)
{
	const char **names CLEANUP_FREE = xcalloc(machines->n, sizeof(*names));

	for (size_t i = 0; i < machines->n; i++)
		names[i] = machines->v[i].name;
	return bind_nearest(name, names, machines->n);
}

void machine_release(struct machine *machine)
{
	free(machine->name);
	machine->name = NULL;
	twin_free(machine->twin);
	machine->twin = NULL;
	bind_release(&machine_table, machine);
}
