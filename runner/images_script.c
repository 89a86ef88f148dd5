// SPDX-License-Identifier: Apache-2.0
/* images_script.c - running the scripts of vm-images, digesting what goes in */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "runner/cache_internal.h"
#include "runner/child.h"
#include "runner/datadir.h"
#include "runner/images_internal.h"

/* A root takes half a minute; a slow mirror may take a while. */
#define SCRIPT_DEADLINE_S 1800
#define SCRIPT_REFUSED 2

void images_say(const struct images_opts *opts, const char *fmt, ...)
{
	CLEANUP_FREE char *line = NULL;
	va_list ap;

	if (!opts->say)
		return;
	va_start(ap, fmt);
	line = xvasprintf(fmt, ap);
	va_end(ap);
	opts->say(opts->arg, line);
}

/* The system's own programs first: mmdebstrap starts a few for each package, and a
 * python3 that is a script of a version manager takes longer than all their work. */
#define SYSTEM_PATH \
	"PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin"

/** struct telling - A script whose lines are told as they come */
struct telling {
	const struct images_opts *opts;
	const char *name;
};

/* Its own lines, not those of its tools; what is wrong is told in the end. */
static void tell(void *arg, const char *line)
{
	const struct telling *telling = arg;

	if (str_starts(line, telling->name) && !strstr(line, ": error: "))
		images_say(telling->opts, "%s", line);
}

/* The line before @at, when a tool and not the script said it; else "". */
static char *line_before(const char *said, const char *at, const char *name)
{
	const char *begin = at;

	if (at == said)
		return xstrdup("");
	for (begin--; begin > said && begin[-1] != '\n';)
		begin--;
	return str_starts(begin, name) ?
		       xstrdup("") :
		       xasprintf("%.*s; ", (int)(at - begin) - 1, begin);
}

/* The script's own words, which name all that is wrong, without its name on
 * each line, after those of a tool that failed. */
static int script_failed(const char *name, const char *said, struct err *err)
{
	CLEANUP_FREE char *mark = xasprintf("%s: error: ", name);
	const char *at = said ? strstr(said, mark) : NULL;
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE char *before = NULL;

	if (!at)
		return err_wrap(err, "%s", name);
	before = line_before(said, at, name);
	text = xstrdup(at + strlen(mark));
	return err_set(err, err->domain, err->code, "%s%s", before,
		       str_trim(text));
}

int images_script(const struct images_opts *opts, const char *name,
		  const struct str_list *args, char **ret_out, struct err *err)
{
	CLEANUP_FREE char *relative = xasprintf("vm-images/%s", name);
	CLEANUP_FREE char *path = datadir_path(relative);
	CLEANUP_FREE const char **argv = xcalloc(args->n + 2, sizeof(*argv));
	static const char *const env[] = { "LC_ALL=C", SYSTEM_PATH,
					   "CRMATRIX_OWN_GROUP=1", NULL };
	struct child_result result CLEANUP(child_result_release) = { 0 };
	struct telling telling = { .opts = opts, .name = name };
	struct child_opts child = { .env = env,
				    .death_signal = SIGTERM,
				    .on_err_line = tell,
				    .arg = &telling,
				    .any_status = true };

	argv[0] = path;
	for (size_t i = 0; i < args->n; i++)
		argv[i + 1] = args->v[i];
	child.argv = argv;
	child.deadline_ns = clock_now_ns() + SCRIPT_DEADLINE_S * NS_PER_S;
	if (child_run(&child, &result, err))
		return err_wrap(err, "%s", name);
	if (result.status != 0) {
		CLEANUP_FREE char *how = child_status_text(result.status);

		/* Status 2: what it was given is to blame. */
		if (WIFEXITED(result.status) &&
		    WEXITSTATUS(result.status) == SCRIPT_REFUSED)
			(void)err_set(err, ERR_INPUT, 0, "%s", how);
		else
			(void)err_set(err, ERR_CHILD, result.status, "%s", how);
		return script_failed(name, result.err, err);
	}
	if (ret_out)
		*ret_out = TAKE(result.out);
	return 0;
}

static int add_script(json_t *inputs, const char *name, struct err *err)
{
	CLEANUP_FREE char *relative = xasprintf("vm-images/%s", name);
	CLEANUP_FREE char *path = datadir_path(relative);
	char digest[DIGEST_HEX];

	if (digest_file(path, digest, err))
		return err_wrap(err,
				"recipes (CRMATRIX_DATA tells where they are)");
	json_object_set_new(inputs, name, json_string(digest));
	return 0;
}

int images_script_digests(json_t *inputs, const char *const *names,
			  struct err *err)
{
	for (; *names; names++)
		if (add_script(inputs, *names, err))
			return -1;
	return add_script(inputs, "lib.sh", err);
}

void images_tools(const char *dir)
{
	static const char *const argv[] = {
		"dpkg-query", "-W",   "-f",	    "${Package} ${Version}\n",
		"cpio",	      "kmod", "mmdebstrap", "squashfs-tools",
		NULL
	};
	CLEANUP_FREE char *path = xasprintf("%s/tools", dir);
	struct child_opts child = { .argv = argv,
				    .out_path = path,
				    .any_status = true };
	struct child_result result CLEANUP(child_result_release) = { 0 };
	struct err ignored = ERR_INIT;

	/* For people only: an entry without them is as good. */
	if (child_run(&child, &result, &ignored))
		return;
}

static int stamp_tree(FILE *out, const char *dir, struct err *err)
{
	struct str_list names CLEANUP(str_list_release) = { 0 };

	if (file_list(dir, &names, err))
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP_FREE char *path = xasprintf("%s/%s", dir, names.v[i]);
		struct stat st;

		if (lstat(path, &st) < 0)
			return err_errno(err, "'%s'", path);
		(void)fprintf(out, "%s %o", names.v[i], st.st_mode);
		if (S_ISREG(st.st_mode))
			(void)fprintf(out, " %lld %llu", (long long)st.st_size,
				      (unsigned long long)cache_mtime_ns(&st));
		(void)fputc('\n', out);
		if (S_ISDIR(st.st_mode) && stamp_tree(out, path, err))
			return -1;
	}
	return 0;
}

int images_tree_digest(const char *dir, char out[DIGEST_HEX], struct err *err)
{
	struct strbuf buf;
	CLEANUP_FREE char *text = NULL;
	int status;

	strbuf_open(&buf);
	status = stamp_tree(buf.f, dir, err);
	text = strbuf_take(&buf);
	if (status)
		return -1;
	digest_text(text, out);
	return 0;
}
