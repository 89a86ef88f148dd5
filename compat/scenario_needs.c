// SPDX-License-Identifier: Apache-2.0
/* scenario_needs.c - what a scenario's machines must have beyond their own */
#include "compat/scenario.h"

#include "base/mem.h"
#include "compat/scenario_tables.h"

#define AT(m) .offset = offsetof(struct needs, m)

static const struct bind_field more_fields[] = {
	{ .key = "packages",
	  .type = BIND_STR_LIST,
	  .offset = offsetof(struct needs_more, packages),
	  .required = true,
	  .pattern = PACKAGE_PATTERN,
	  .help = "Debian packages." },
};

static const struct bind_table more_table = {
	.name = "packages-for",
	.help = "What only one userland needs.",
	.size = sizeof(struct needs_more),
	.pos_offset = BIND_NO_POS,
	.fields = more_fields,
	.n = ARRAY_SIZE(more_fields),
	.short_key = "packages",
};

/* Nothing given is 0, which the bounds must allow; a machine's own are higher
 * than what they would let through. */
static const struct bind_field needs_fields[] = {
	{ .key = "packages",
	  .type = BIND_STR_LIST,
	  AT(packages),
	  .pattern = PACKAGE_PATTERN,
	  .help = "Debian packages, beside those of the machine's userland." },
	{ .key = "packages-for",
	  .type = BIND_NAMED,
	  AT(more),
	  .count_offset = offsetof(struct needs, n_more),
	  .table = &more_table,
	  .pattern = MACHINE_NAME_PATTERN,
	  .help = "Further ones by userland, as another Debian may have parted "
		  "a package: {trixie: docker-cli}." },
	{ .key = "memory",
	  .type = BIND_SIZE,
	  AT(memory_bytes),
	  .dflt = "0M",
	  .max = MACHINE_MEMORY_MAX,
	  .help = "At least so much memory." },
	{ .key = "vcpus",
	  .type = BIND_UINT,
	  AT(vcpus),
	  .dflt = "0",
	  .max = MACHINE_VCPUS_MAX,
	  .help = "At least so many virtual CPUs." },
};

const struct bind_table needs_table = {
	.name = "needs",
	.help = "What the machines must have beyond what they are declared "
		"with; they are given it.",
	.size = sizeof(struct needs),
	.pos_offset = offsetof(struct needs, pos),
	.fields = needs_fields,
	.n = ARRAY_SIZE(needs_fields),
};
