// SPDX-License-Identifier: Apache-2.0
/* checkpoint_oci.c - checkpoints as OCI images: index, manifest, layer */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/checkpoint_internal.h"

#define INDEX_MAX ((size_t)1024 * 1024)
#define SHA256 "sha256:"
#define SHA256_HEX 64
#define BLOCK 65536

/** struct layout - An image layout: members of an archive, or files of a folder */
struct layout {
	const struct checkpoint_source *source;
	bool is_dir;
};

/* A digest becomes part of a path: nothing else may. */
static bool is_digest(const char *text)
{
	return text && str_starts(text, SHA256) &&
	       strlen(text) == strlen(SHA256) + SHA256_HEX &&
	       strspn(text + strlen(SHA256), "0123456789abcdef") == SHA256_HEX;
}

static int blob_path(const struct layout *layout, const json_t *descriptor,
		     const char *of, char **ret_path, struct err *err)
{
	const char *digest =
		json_string_value(json_object_get(descriptor, "digest"));

	if (!is_digest(digest))
		return err_set(err, ERR_INPUT, 0,
			       "%s: %s: 'digest' is not of sha256",
			       layout->source->name, of);
	*ret_path = xasprintf("blobs/sha256/%s", digest + strlen(SHA256));
	return 0;
}

/* Go to a member of the archive, from its beginning on. */
static int seek(const struct layout *layout, const char *path,
		struct archive **ret_archive, struct err *err)
{
	const char *name = layout->source->name;
	struct archive *archive;
	const char *at;
	uint64_t bytes;
	int rc;

	if (checkpoint_open(layout->source, &archive, err))
		return -1;
	while ((rc = checkpoint_next(name, archive, &at, &bytes, err)) > 0) {
		if (!str_eq(at, path))
			continue;
		*ret_archive = archive;
		return 0;
	}
	(void)archive_read_free(archive);
	return rc ? -1 :
		    err_set(err, ERR_INPUT, 0, "%s: there is no %s in it", name,
			    path);
}

static int read_text(const struct layout *layout, const char *path,
		     char **ret_text, size_t *ret_len, struct err *err)
{
	struct archive *archive;
	int rc;

	if (layout->is_dir) {
		CLEANUP_FREE char *full =
			xasprintf("%s/%s", layout->source->path, path);

		return file_read(full, INDEX_MAX, ret_text, ret_len, err);
	}
	if (seek(layout, path, &archive, err))
		return -1;
	rc = checkpoint_slurp(layout->source->name, archive, INDEX_MAX,
			      ret_text, ret_len, err);
	(void)archive_read_free(archive);
	return rc;
}

static int read_json(const struct layout *layout, const char *path,
		     json_t **ret_json, struct err *err)
{
	CLEANUP_FREE char *text = NULL;
	json_error_t why;
	size_t len;

	if (read_text(layout, path, &text, &len, err))
		return -1;
	*ret_json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	if (*ret_json)
		return 0;
	return err_set(err, ERR_INPUT, why.line, "%s: %s:%d:%d: no JSON",
		       layout->source->name, path, why.line, why.column);
}

/* --- Annotations ---------------------------------------------------------- */

/* As CRI-O and checkpointctl name them, and as Podman does. */
static const char *const prefixes[] = { "org.criu.checkpoint.",
					"io.podman.annotations.checkpoint." };

static const struct {
	const char *suffix;
	size_t offset;
} notes[] = {
	{ "container.name", offsetof(struct checkpoint, name) },
	{ "name", offsetof(struct checkpoint, name) },
	{ "rootfsImageName", offsetof(struct checkpoint, image) },
	{ "rootfs-image-name", offsetof(struct checkpoint, image) },
	{ "rawImageName", offsetof(struct checkpoint, image) },
	{ "raw-image-name", offsetof(struct checkpoint, image) },
	{ "engine.name", offsetof(struct checkpoint, engine) },
	{ "engine.version", offsetof(struct checkpoint, engine_version) },
	{ "podman.version", offsetof(struct checkpoint, engine_version) },
	{ "runtime.name", offsetof(struct checkpoint, runtime) },
	{ "runtime.version", offsetof(struct checkpoint, runtime_version) },
	{ "host.kernel", offsetof(struct checkpoint, kernel) },
	{ "distribution.name", offsetof(struct checkpoint, distribution) },
	{ "distribution.version",
	  offsetof(struct checkpoint, distribution_version) },
	{ "cgroup.version", offsetof(struct checkpoint, cgroup_version) },
};

static const char *note(const json_t *annotations, const char *suffix)
{
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		CLEANUP_FREE char *key = xasprintf("%s%s", prefixes[i], suffix);
		const char *text =
			json_string_value(json_object_get(annotations, key));

		if (text && *text)
			return text;
	}
	return NULL;
}

/* What they say goes before what the members say: it is what engines read. */
static void take_annotations(const json_t *manifest,
			     struct checkpoint *checkpoint)
{
	const json_t *annotations = json_object_get(manifest, "annotations");
	const char *criu = note(annotations, "criu.version");
	const char *arch = note(annotations, "host.arch");
	CLEANUP_FREE char *version = criu ? checkpoint_version(criu) : NULL;

	for (size_t i = 0; i < ARRAY_SIZE(notes); i++) {
		char **field = (char **)((char *)checkpoint + notes[i].offset);

		checkpoint_set(field, note(annotations, notes[i].suffix));
	}
	checkpoint_set(&checkpoint->criu, version);
	if (arch)
		checkpoint_set(&checkpoint->arch, checkpoint_arch(arch));
	checkpoint_set(
		&checkpoint->created,
		json_string_value(json_object_get(
			annotations, "org.opencontainers.image.created")));
}

/* --- The layer -------------------------------------------------------------- */

/** struct nest - The member that is an archive itself */
struct nest {
	struct archive *outer;
	char block[BLOCK];
};

static la_ssize_t read_nest(struct archive *inner, void *arg,
			    const void **ret_block)
{
	struct nest *nest = arg;
	la_ssize_t n = archive_read_data(nest->outer, nest->block,
					 sizeof(nest->block));

	if (n < 0)
		archive_set_error(inner, -1, "%s",
				  archive_error_string(nest->outer));
	*ret_block = nest->block;
	return n < 0 ? ARCHIVE_FATAL : n;
}

static int gather_nested(const struct layout *layout, const char *path,
			 struct checkpoint *checkpoint, struct err *err)
{
	CLEANUP_FREE char *name =
		xasprintf("%s: %s", layout->source->name, path);
	CLEANUP_FREE struct nest *nest = xcalloc(1, sizeof(*nest));
	struct archive *inner;
	int rc;

	if (seek(layout, path, &nest->outer, err))
		return -1;
	inner = checkpoint_reader();
	if (archive_read_open(inner, nest, NULL, read_nest, NULL))
		rc = err_set(err, ERR_INPUT, 0, "%s: no archive", name);
	else
		rc = checkpoint_gather(name, inner, checkpoint, err);
	(void)archive_read_free(inner);
	(void)archive_read_free(nest->outer);
	return rc;
}

static int gather_file(const struct layout *layout, const char *path,
		       struct checkpoint *checkpoint, struct err *err)
{
	CLEANUP_FREE char *full =
		xasprintf("%s/%s", layout->source->path, path);
	struct checkpoint_source source = { .name = full, .path = full };
	struct archive *archive;
	int rc;

	if (checkpoint_open(&source, &archive, err))
		return -1;
	rc = checkpoint_gather(full, archive, checkpoint, err);
	(void)archive_read_free(archive);
	return rc;
}

static int take_layer(const struct layout *layout, const json_t *manifest,
		      struct checkpoint *checkpoint, struct err *err)
{
	const json_t *layers = json_object_get(manifest, "layers");
	CLEANUP_FREE char *path = NULL;

	if (json_array_size(layers) != 1)
		return err_set(err, ERR_INPUT, 0,
			       "%s: the image of a checkpoint has one layer, "
			       "this has %zu",
			       layout->source->name, json_array_size(layers));
	if (blob_path(layout, json_array_get(layers, 0), "layer", &path, err))
		return -1;
	return layout->is_dir ? gather_file(layout, path, checkpoint, err) :
				gather_nested(layout, path, checkpoint, err);
}

static int take_index(const struct layout *layout, const json_t *index,
		      struct checkpoint *checkpoint, struct err *err)
{
	const json_t *manifests = json_object_get(index, "manifests");
	CLEANUP_FREE char *path = NULL;
	json_t *manifest;
	int rc;

	if (json_array_size(manifests) != 1)
		return err_set(err, ERR_INPUT, 0,
			       "%s: index.json: one image is wanted, there "
			       "are %zu",
			       layout->source->name,
			       json_array_size(manifests));
	if (blob_path(layout, json_array_get(manifests, 0), "index.json", &path,
		      err) ||
	    read_json(layout, path, &manifest, err))
		return -1;
	take_annotations(manifest, checkpoint);
	rc = take_layer(layout, manifest, checkpoint, err);
	json_decref(manifest);
	return rc;
}

int checkpoint_oci(const struct checkpoint_source *source, bool is_dir,
		   struct checkpoint *checkpoint, struct err *err)
{
	struct layout layout = { .source = source, .is_dir = is_dir };
	json_t *index;
	int rc;

	if (read_json(&layout, "index.json", &index, err))
		return -1;
	rc = take_index(&layout, index, checkpoint, err);
	checkpoint->layout = CHECKPOINT_OCI;
	json_decref(index);
	return rc;
}
