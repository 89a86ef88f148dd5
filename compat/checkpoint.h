// SPDX-License-Identifier: Apache-2.0
/* checkpoint.h - checkpoint archives of container engines: what they tell */
#ifndef COMPAT_CHECKPOINT_H
#define COMPAT_CHECKPOINT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "compat/results.h"

/**
 * enum checkpoint_layout - Who lays an archive out so
 * @CHECKPOINT_PODMAN:	podman container checkpoint --export
 * @CHECKPOINT_KUBELET:	The kubelet's checkpoint API, by CRI-O or containerd
 * @CHECKPOINT_OCI:	An OCI image of one of these, as an image layout
 */
enum checkpoint_layout {
	CHECKPOINT_PODMAN,
	CHECKPOINT_KUBELET,
	CHECKPOINT_OCI,
	CHECKPOINT_LAYOUT_COUNT
};
extern const char *const checkpoint_layout_names[CHECKPOINT_LAYOUT_COUNT + 1];

/**
 * struct checkpoint - What an archive tells; NULL: it does not
 * @layout:	enum checkpoint_layout
 * @name, @image: Of the container
 * @engine:	"podman", "cri-o", "containerd", or as an annotation says
 * @runtime:	Such as "runc"
 * @kernel:	uname -r of where it was made
 * @criu:	Its version, as crmatrix writes versions
 * @arch:	As uname -m
 * @distribution: Name and version
 * @created:	When the checkpoint was made, as it says
 * @image_bytes: Size of criu's images in it
 */
struct checkpoint {
	int layout;
	char *name, *image;
	char *engine, *engine_version;
	char *runtime, *runtime_version;
	char *kernel, *criu, *arch;
	char *distribution, *distribution_version;
	char *cgroup_version;
	char *created;
	uint64_t image_bytes;
};

/**
 * checkpoint_read() - Read an archive, or the folder of an OCI image layout
 * @path:	tar, also compressed by gzip, bzip2, xz or zstd
 *
 * Members are read in bounded memory, whatever they claim to be; what is of no
 * interest is passed over.
 *
 * Return: 0, or -1 with ERR_SYS, or ERR_INPUT naming file and member
 */
WARN_UNUSED
int checkpoint_read(const char *path, struct checkpoint *ret_checkpoint,
		    struct err *err);
/** checkpoint_parse() - The same of an archive in memory; @name is for messages */
WARN_UNUSED
int checkpoint_parse(const char *name, const void *bytes, size_t len,
		     struct checkpoint *ret_checkpoint, struct err *err);
void checkpoint_release(struct checkpoint *checkpoint);

/** checkpoint_to_json() - A new reference; what it does not tell is null */
json_t *checkpoint_to_json(const struct checkpoint *checkpoint);

/** checkpoint_is_from() - Whether a machine is as where it was made, in kernel,
 * CRIU and architecture, as far as it tells; when it tells neither kernel nor CRIU,
 * no machine is. CPUs are not told by archives */
bool checkpoint_is_from(const struct checkpoint *checkpoint,
			const struct machine_result *machine);

#endif
