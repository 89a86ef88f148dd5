// SPDX-License-Identifier: Apache-2.0
/* pack.c - files on their way into guests, and those that are there already */
#include "runner/pack.h"

#include <libgen.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "runner/child.h"
#include "runner/datadir.h"
#include "runner/digest.h"

#define TAR_WITHIN_NS (30 * NS_PER_S)
#define FILES_MAX (256UL << 20)

/* What is in the initramfs, not among the workloads. */
static const char *const not_workloads[] = { "agent", "init" };

int pack_files(const struct str_list *files, char **ret_tar, size_t *ret_len,
	       struct err *err)
{
	const char **argv = xcalloc(files->n * 3 + 8, sizeof(*argv));
	struct str_list owned = { 0 };
	struct child_opts opts = { .argv = argv,
				   .max_output = FILES_MAX,
				   .deadline_ns =
					   clock_now_ns() + TAR_WITHIN_NS };
	CLEANUP(child_result_release) struct child_result out = { 0 };
	size_t n = 0;
	int rc;

	argv[n++] = "tar";
	argv[n++] = "--owner=0";
	argv[n++] = "--group=0";
	argv[n++] = "-cf";
	argv[n++] = "-";
	for (size_t i = 0; i < files->n; i++) {
		CLEANUP_FREE char *path = xstrdup(files->v[i]);
		CLEANUP_FREE char *dir = xstrdup(path);

		str_list_add(&owned, dirname(dir));
		argv[n++] = "-C";
		argv[n++] = owned.v[owned.n - 1];
		/* A name may begin with a dash. */
		str_list_take(&owned,
			      xasprintf("--add-file=%s", basename(path)));
		argv[n++] = owned.v[owned.n - 1];
	}
	rc = child_run(&opts, &out, err);
	str_list_release(&owned);
	free(argv);
	if (rc)
		return err_wrap(err, "pack the workload's files");
	*ret_tar = TAKE(out.out);
	*ret_len = out.out_len;
	return 0;
}

/* The guest programs that come with crmatrix, by name and digest. */
int residents_list(struct residents *ret_residents, struct err *err)
{
	CLEANUP_FREE char *dir = datadir_guest("");
	struct str_list names = { 0 };
	int rc = file_list(dir, &names, err);

	for (size_t i = 0; !rc && i < names.n; i++) {
		char *path = datadir_guest(names.v[i]);
		char digest[DIGEST_HEX];

		if (str_eq(names.v[i], not_workloads[0]) ||
		    str_eq(names.v[i], not_workloads[1]) ||
		    !file_regular(path)) {
			free(path);
			continue;
		}
		rc = digest_file(path, digest, err);
		str_list_take(&ret_residents->paths, path);
		str_list_add(&ret_residents->digests, digest);
	}
	str_list_release(&names);
	return rc;
}

void residents_release(struct residents *residents)
{
	str_list_release(&residents->paths);
	str_list_release(&residents->digests);
}

bool residents_have(const struct residents *residents, const char *path)
{
	CLEANUP_FREE char *copy = xstrdup(path);
	const char *name = basename(copy);
	char digest[DIGEST_HEX];
	struct err err;

	for (size_t i = 0; i < residents->paths.n; i++) {
		const char *slash = strrchr(residents->paths.v[i], '/');

		if (str_eq(slash + 1, name))
			return !digest_file(path, digest, &err) &&
			       str_eq(digest, residents->digests.v[i]);
	}
	return false;
}
