// SPDX-License-Identifier: Apache-2.0
/* testing.c - what unit tests share: fixtures, assertions, golden files */
#include "tests/lib/testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

#define GOLDEN_MAX ((size_t)16 * 1024 * 1024)

/* Set by tmpdir_setup() in the process that runs the test. */
static char *tmpdir;

int testing_contains(const char *text, const char *part)
{
	return text && strstr(text, part) != NULL;
}

void tmpdir_setup(void)
{
	const char *parent = getenv("TMPDIR");

	tmpdir = xasprintf("%s/crmatrix-test.XXXXXX",
			   parent && *parent ? parent : "/tmp");
	ck_assert_msg(mkdtemp(tmpdir) != NULL, "cannot make '%s'", tmpdir);
}

void tmpdir_teardown(void)
{
	struct err err = ERR_INIT;

	ck_assert_ok(file_rmtree(tmpdir, &err), &err);
	free(TAKE(tmpdir));
}

const char *tmpdir_path(void)
{
	return tmpdir;
}

char *tmpdir_join(const char *name)
{
	return xasprintf("%s/%s", tmpdir, name);
}

char *tmpdir_write(const char *name, const char *text)
{
	char *path = tmpdir_join(name);
	struct err err = ERR_INIT;

	ck_assert_ok(file_write(path, text, strlen(text), &err), &err);
	return path;
}

static bool is_source(const char *dir)
{
	CLEANUP_FREE char *mark = xasprintf("%s/tests/lib/testing.h", dir);

	return file_exists(mark);
}

char *source_path(const char *relative)
{
	CLEANUP_FREE char *dir = NULL;
	const char *given = getenv("CRMATRIX_SOURCE");

	if (given && *given)
		return xasprintf("%s/%s", given, relative);
	dir = getcwd(NULL, 0);
	while (dir && !is_source(dir)) {
		char *slash = strrchr(dir, '/');

		ck_assert_msg(slash != NULL, "not inside the source tree");
		*slash = '\0';
	}
	ck_assert_msg(dir != NULL, "the working directory is gone");
	return xasprintf("%s/%s", dir, relative);
}

char *golden_capture(const char *folder)
{
	static const char *const names[] = { "capture.pcap", "capture.pcapng" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP_FREE char *path = xasprintf("%s/%s", folder, names[i]);

		if (file_exists(path))
			return TAKE(path);
	}
	return NULL;
}

static void print_diff(const char *path, const char *got)
{
	CLEANUP_FREE char *command = NULL;
	CLEANUP_FREE char *quoted = str_shell_quote(path);
	FILE *diff;

	command = xasprintf("diff -u --label expected --label got %s - >&2",
			    quoted);
	(void)fflush(NULL);
	diff = popen(command, "w"); /* NOLINT(cert-env33-c): quoted above */
	if (!diff)
		return;
	(void)fputs(got, diff);
	(void)pclose(diff);
}

void golden_check(const char *relative, const char *got)
{
	CLEANUP_FREE char *path = source_path(relative);
	CLEANUP_FREE char *want = NULL;
	const char *update = getenv("UPDATE_GOLDEN");
	struct err err = ERR_INIT;

	if (update && *update && !str_eq(update, "0")) {
		ck_assert_ok(file_write(path, got, strlen(got), &err), &err);
		return;
	}
	if (file_read(path, GOLDEN_MAX, &want, NULL, &err) < 0)
		ck_abort_msg("%s (UPDATE_GOLDEN=1 makes it)", err.msg);
	if (str_eq(want, got))
		return;
	print_diff(path, got);
	ck_abort_msg("differs from '%s' (UPDATE_GOLDEN=1 rewrites it)",
		     relative);
}
