// SPDX-License-Identifier: Apache-2.0
/* images_own.c - kernels of a user's own, and every kernel's initramfs */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "runner/datadir.h"
#include "runner/images_internal.h"

/* --- A user's own kernel --------------------------------------------------- */

/* Where one of the user's files is; owned, NULL with @err when nowhere. */
static char *place_of(const char *what, const char *path, struct err *err)
{
	char *absolute = realpath(path, NULL);

	if (!absolute)
		(void)err_set(err, ERR_INPUT, errno, "%s '%s': %s", what, path,
			      strerror(errno));
	return absolute;
}

static int add_file(json_t *list, struct str_list *args, const char *option,
		    const char *path, struct err *err)
{
	CLEANUP_FREE char *absolute = place_of("kernel file", path, err);
	char digest[DIGEST_HEX];

	if (!absolute)
		return -1;
	if (digest_file(absolute, digest, err))
		return -1;
	images_add(args, option, absolute);
	json_array_append_new(list, json_string(digest));
	return 0;
}

static int add_modules(json_t *list, struct str_list *args, const char *path,
		       struct err *err)
{
	CLEANUP_FREE char *absolute = place_of("modules directory", path, err);
	char digest[DIGEST_HEX];

	if (!absolute)
		return -1;
	if (images_tree_digest(absolute, digest, err))
		return -1;
	images_add(args, "--modules", absolute);
	json_array_append_new(list, json_string(digest));
	return 0;
}

static int own_inputs(const struct kernel_ref *ref, struct str_list *args,
		      json_t **ret_inputs, struct err *err)
{
	static const char *const scripts[] = { "build-kernel.sh", NULL };
	CLEANUP_JSON json_t *files = json_array();
	CLEANUP_JSON json_t *digests = json_object();

	for (size_t i = 0; i < ref->debs.n; i++)
		if (add_file(files, args, "--deb", ref->debs.v[i], err))
			return -1;
	if (ref->image && add_file(files, args, "--image", ref->image, err))
		return -1;
	if (ref->modules && add_modules(files, args, ref->modules, err))
		return -1;
	if (images_script_digests(digests, scripts, err))
		return -1;
	*ret_inputs =
		json_pack("{s:O,s:O}", "files", files, "scripts", digests);
	return 0;
}

int images_own_kernel(const struct images_opts *opts,
		      const struct kernel_ref *ref, bool may_build,
		      bool *ret_found, struct cache_entry *ret_entry,
		      struct err *err)
{
	const char *path = ref->image ? ref->image : ref->debs.v[0];
	const char *slash = strrchr(path, '/');
	struct str_list args CLEANUP(str_list_release) = { 0 };
	CLEANUP_JSON json_t *inputs = NULL;
	struct images_work work = { .script = "build-kernel.sh",
				    .args = &args };
	struct cache_recipe recipe = { .kind = "kernel",
				       .name = slash ? slash + 1 : path };
	char key[DIGEST_HEX];

	if (own_inputs(ref, &args, &inputs, err))
		return -1;
	cache_key(recipe.kind, inputs, key);
	if (cache_find(opts->cache, key, ret_found, ret_entry, err))
		return -1;
	if (*ret_found || !may_build)
		return 0;
	recipe.inputs = inputs;
	if (images_get(opts, &recipe, &work, ret_entry, err))
		return -1;
	*ret_found = true;
	return 0;
}

/* --- What every guest starts with -------------------------------------------- */

static int add_guest_program(json_t *inputs, struct str_list *args,
			     const char *name, struct err *err)
{
	CLEANUP_FREE char *option = xasprintf("--%s", name);
	CLEANUP_FREE char *path = datadir_guest(name);
	char digest[DIGEST_HEX];

	if (digest_file(path, digest, err))
		return err_wrap(err,
				"guest program '%s' ('make guest' builds it)",
				name);
	images_add(args, option, path);
	json_object_set_new(inputs, name, json_string(digest));
	return 0;
}

int images_initramfs(const struct images_opts *opts,
		     const struct cache_entry *kernel, bool may_build,
		     bool *ret_found, struct cache_entry *ret_entry,
		     struct err *err)
{
	static const char *const scripts[] = { "build-initramfs.sh", NULL };
	CLEANUP_FREE char *modules = cache_entry_path(kernel, "modules.cpio");
	CLEANUP_JSON json_t *inputs = json_object();
	struct str_list args CLEANUP(str_list_release) = { 0 };
	struct images_work work = { .script = "build-initramfs.sh",
				    .args = &args };
	struct cache_recipe recipe = { .kind = "initramfs",
				       .name = kernel->name,
				       .inputs = inputs };
	char key[DIGEST_HEX];

	if (!modules)
		return err_set(err, ERR_PARSE, 0, "'%s' has no modules.cpio",
			       kernel->dir);
	json_object_set_new(inputs, "kernel", json_string(kernel->key));
	images_add(&args, "--modules", modules);
	if (add_guest_program(inputs, &args, "init", err) ||
	    add_guest_program(inputs, &args, "agent", err) ||
	    images_script_digests(inputs, scripts, err))
		return -1;
	cache_key(recipe.kind, inputs, key);
	if (cache_find(opts->cache, key, ret_found, ret_entry, err))
		return -1;
	if (*ret_found || !may_build)
		return 0;
	if (images_get(opts, &recipe, &work, ret_entry, err))
		return -1;
	*ret_found = true;
	return 0;
}
