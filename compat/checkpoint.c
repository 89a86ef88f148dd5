// SPDX-License-Identifier: Apache-2.0
/* checkpoint.c - what a checkpoint archive tells, and which machine is like that */
#include "compat/checkpoint.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/shape.h"
#include "base/str.h"

const char *const checkpoint_layout_names[] = {
	[CHECKPOINT_PODMAN] = "podman",
	[CHECKPOINT_KUBELET] = "kubelet",
	[CHECKPOINT_OCI] = "oci",
	[CHECKPOINT_LAYOUT_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(checkpoint_layout_names) ==
		      CHECKPOINT_LAYOUT_COUNT + 1,
	      "checkpoint_layout_names[] doesn't match enum checkpoint_layout");

static const struct shape_member members[] = {
	SHAPE_MEMBER(struct checkpoint, layout, SHAPE_NAME,
		     .names = checkpoint_layout_names),
	SHAPE_MEMBER(struct checkpoint, name, SHAPE_TEXT),
	SHAPE_MEMBER(struct checkpoint, image, SHAPE_TEXT),
	SHAPE_MEMBER(struct checkpoint, engine, SHAPE_TEXT),
	SHAPE_MEMBER(struct checkpoint, engine_version, SHAPE_TEXT),
	SHAPE_MEMBER(struct checkpoint, runtime, SHAPE_TEXT),
	SHAPE_MEMBER(struct checkpoint, runtime_version, SHAPE_TEXT),
	SHAPE_MEMBER(struct checkpoint, kernel, SHAPE_TEXT),
	SHAPE_MEMBER(struct checkpoint, criu, SHAPE_TEXT),
	SHAPE_MEMBER(struct checkpoint, arch, SHAPE_TEXT),
	SHAPE_MEMBER(struct checkpoint, distribution, SHAPE_TEXT),
	SHAPE_MEMBER(struct checkpoint, distribution_version, SHAPE_TEXT),
	SHAPE_MEMBER(struct checkpoint, cgroup_version, SHAPE_TEXT),
	SHAPE_MEMBER(struct checkpoint, created, SHAPE_TEXT),
	SHAPE_MEMBER(struct checkpoint, image_bytes, SHAPE_COUNT),
};
static const struct shape shape = SHAPE_OF(struct checkpoint, members);

json_t *checkpoint_to_json(const struct checkpoint *checkpoint)
{
	return shape_write(&shape, checkpoint);
}

void checkpoint_release(struct checkpoint *checkpoint)
{
	shape_release(&shape, checkpoint);
	*checkpoint = (struct checkpoint){ 0 };
}

static bool fits(const char *told, const char *is)
{
	return !told || str_eq(told, is);
}

bool checkpoint_is_from(const struct checkpoint *checkpoint,
			const struct machine_result *machine)
{
	const char *arch;

	if (!checkpoint->kernel && !checkpoint->criu)
		return false;
	arch = facts_get(&machine->facts, "arch");
	return fits(checkpoint->kernel, machine->kernel) &&
	       fits(checkpoint->criu, machine->criu) &&
	       (!arch || fits(checkpoint->arch, arch));
}
