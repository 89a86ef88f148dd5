// SPDX-License-Identifier: Apache-2.0
/* bootfiles.c - what each machine of a plan boots from */
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
	struct boot_files *files = xcalloc(plan->n_machines, sizeof(*files));
	const struct machine **machines =
		xcalloc(plan->n_machines, sizeof(*machines));
	int rc;

	for (size_t i = 0; i < plan->n_machines; i++)
		machines[i] = &plan->machines[i];
	rc = images_prepare(&opts, machines, plan->n_machines, files, err);
	free(machines);
	if (rc)
		bootfiles_free(files, plan->n_machines);
	else
		*ret_files = files;
	return rc;
}

void bootfiles_free(struct boot_files *files, size_t n)
{
	if (!files)
		return;
	for (size_t i = 0; i < n; i++)
		boot_files_release(&files[i]);
	free(files);
}
