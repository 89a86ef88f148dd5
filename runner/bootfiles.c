// SPDX-License-Identifier: Apache-2.0
/* bootfiles.c - what all that a plan boots is booted from */
#include "runner/bootfiles.h"

#include "base/mem.h"
#include "runner/images.h"

static void say(void *arg, const char *line)
{
	progress_note(arg, "%s", line);
}

int bootfiles_prepare(const struct plan *plan, const struct cache *cache,
		      struct progress *progress, struct boot_files **ret_files,
		      struct err *err)
{
	struct images_opts opts = { .cache = cache,
				    .say = say,
				    .arg = progress };
	struct boot_files *files = xcalloc(plan->n_outfits, sizeof(*files));

	if (images_prepare(&opts, plan->outfits, plan->n_outfits, files, err)) {
		bootfiles_free(files, plan->n_outfits);
		return -1;
	}
	*ret_files = files;
	return 0;
}

void bootfiles_free(struct boot_files *files, size_t n)
{
	if (!files)
		return;
	for (size_t i = 0; i < n; i++)
		boot_files_release(&files[i]);
	free(files);
}
