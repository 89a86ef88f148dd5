// SPDX-License-Identifier: Apache-2.0
/* profile_counterpart.c - of what a workload needs, what this machine lacks */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "profile.h"
#include "vm-images/guest/profile_tree.h"
#include "vm-images/guest/profile_wants.h"

#define WANTS_MAX ((size_t)1 << 20)

const char *wants_fact(const struct wants *wants, const char *key)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < wants->lines.n; i++)
		if (str_starts(wants->lines.v[i], key) &&
		    wants->lines.v[i][len] == '=')
			return wants->lines.v[i] + len + 1;
	return NULL;
}

void wants_words(const struct wants *wants, const char *key,
		 struct str_list *words)
{
	const char *value = wants_fact(wants, key);

	if (value)
		str_list_split(words, value, " ");
}

static bool is_host(const struct wants *wants, const char *kind)
{
	CLEANUP_FREE char *key = xasprintf("namespace.%s", kind);

	return str_eq(wants_fact(wants, key), "host");
}

/* A path that moves along, or lies below one. */
static bool moves(const struct wants *wants, const char *path)
{
	for (size_t i = 0; i < wants->moved.n; i++) {
		const char *moved = wants->moved.v[i];
		size_t len = strlen(moved);

		if (strncmp(path, moved, len) == 0 &&
		    (path[len] == '\0' || path[len] == '/'))
			return true;
	}
	return false;
}

/* Owned, NULL: cannot be read */
static char *proc_text(const char *path)
{
	struct err ignored;
	char *text = NULL;

	return file_read(path, WANTS_MAX, &text, NULL, &ignored) ? NULL : text;
}

/* --- Files ------------------------------------------------------------------ */

/** struct differences - Of files, by what differs */
struct differences {
	struct str_list missing, sizes, modes;
};

/* "PATH:SIZE:MODE", see tree_want(). */
static void see_file(const struct wants *wants, char *word,
		     struct differences *d)
{
	char *mode = strrchr(word, ':');
	char *size;
	CLEANUP_FREE char *path = NULL;
	CLEANUP_FREE char *here = NULL;
	struct stat st;

	if (!mode)
		return;
	*mode++ = '\0';
	size = strrchr(word, ':');
	if (!size)
		return;
	*size++ = '\0';
	if (moves(wants, word))
		return;
	path = profile_unescape(xstrdup(word));
	if (stat(path, &st)) {
		str_list_add(&d->missing, word);
		return;
	}
	here = xasprintf("%lld", (long long)st.st_size);
	if (!str_eq(size, "-") && !str_eq(size, here))
		str_list_take(&d->sizes,
			      xasprintf("%s:%s:%s", word, size, here));
	else if (strtoul(mode, NULL, 8) != st.st_mode)
		str_list_take(&d->modes,
			      xasprintf("%s:%s:%o", word, mode, st.st_mode));
}

static void say_files(const struct wants *wants)
{
	CLEANUP(str_list_release) struct str_list files = { 0 };
	struct differences d = { 0 };

	if (!is_host(wants, "mnt"))
		return;
	wants_words(wants, "files", &files);
	for (size_t i = 0; i < files.n; i++)
		see_file(wants, files.v[i], &d);
	profile_say("there.files", "%zu", files.n);
	profile_say_list("there.files_missing", &d.missing);
	profile_say_list("there.files_differ", &d.sizes);
	profile_say_list("there.file_modes_differ", &d.modes);
	str_list_release(&d.missing);
	str_list_release(&d.sizes);
	str_list_release(&d.modes);
}

void wants_keep_missing(const struct wants *wants, const struct str_list *words,
			bool folder, struct str_list *missing)
{
	for (size_t i = 0; i < words->n; i++) {
		CLEANUP_FREE char *path =
			profile_unescape(xstrdup(words->v[i]));
		char *slash = strrchr(path, '/');

		if (folder && slash > path)
			*slash = '\0';
		if (!moves(wants, words->v[i]) && !file_exists(path))
			str_list_add(missing, words->v[i]);
	}
}

static void say_missing(const struct wants *wants, const char *of, bool folder,
			const char *key)
{
	CLEANUP(str_list_release) struct str_list words = { 0 };
	CLEANUP(str_list_release) struct str_list missing = { 0 };

	if (!is_host(wants, "mnt"))
		return;
	wants_words(wants, of, &words);
	wants_keep_missing(wants, &words, folder, &missing);
	profile_say_list(key, &missing);
}

/* What of its machine's files a container has mounted. */
static void say_mount_sources(const struct wants *wants)
{
	CLEANUP(str_list_release) struct str_list words = { 0 };
	CLEANUP(str_list_release) struct str_list missing = { 0 };

	wants_words(wants, "mount_sources", &words);
	wants_keep_missing(wants, &words, false, &missing);
	profile_say_list("there.mount_sources_missing", &missing);
}

/* "NAME (MODE)", as the kernel lists profiles, too. */
static void say_profile(const struct wants *wants)
{
	const char *label = wants_fact(wants, "lsm_label");
	CLEANUP_FREE char *loaded =
		proc_text("/sys/kernel/security/apparmor/profiles");
	CLEANUP_FREE char *line = NULL;
	CLEANUP_FREE char *lines = NULL;

	if (!label || !loaded || !str_ends(label, ")"))
		return;
	line = xasprintf("\n%.*s(", (int)strcspn(label, "("), label);
	lines = xasprintf("\n%s", loaded);
	if (!strstr(lines, line))
		profile_say("there.lsm_profile_missing", "%s", label);
}

/* --- What the kernel grants --------------------------------------------------- */

static void say_tids(const struct wants *wants)
{
	CLEANUP(str_list_release) struct str_list wanted = { 0 };
	CLEANUP(str_list_release) struct str_list taken = { 0 };

	if (!is_host(wants, "pid"))
		return;
	wants_words(wants, "tids", &wanted);
	for (size_t i = 0; i < wanted.n; i++) {
		CLEANUP_FREE char *path = xasprintf("/proc/%s", wanted.v[i]);

		/* The one that looks will be gone by then. */
		if (file_exists(path) &&
		    strtol(wanted.v[i], NULL, 10) != getpid())
			str_list_add(&taken, wanted.v[i]);
	}
	profile_say_list("there.pids_taken", &taken);
}

static uint64_t proc_number(const char *path)
{
	CLEANUP_FREE char *text = proc_text(path);

	return tree_number(text, "", 10);
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static void say_memory(void)
{
	CLEANUP_FREE char *text = proc_text("/proc/meminfo");

	if (!text)
		return;
	profile_say("there.memory_free_kib", "%" PRIu64,
		    tree_number(text, "\nMemAvailable:", 10) +
			    tree_number(text, "\nSwapFree:", 10));
	profile_say("there.hugetlb_free_kib", "%" PRIu64,
		    tree_number(text, "\nHugePages_Free:", 10) *
			    tree_number(text, "\nHugepagesize:", 10));
	/* Only in that mode is more than that refused. */
	if (proc_number("/proc/sys/vm/overcommit_memory") == 2)
		profile_say("there.commit_free_kib", "%" PRIu64,
			    less(tree_number(text, "\nCommitLimit:", 10),
				 tree_number(text, "\nCommitted_AS:", 10)));
}

/* Namespaces of its own that the kernel makes none of. */
static void say_namespaces(const struct wants *wants)
{
	static const char *const kinds[] = { "ipc", "mnt",  "net",
					     "pid", "user", "uts" };
	CLEANUP(str_list_release) struct str_list refused = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		CLEANUP_FREE char *path =
			xasprintf("/proc/sys/user/max_%s_namespaces", kinds[i]);

		if (!is_host(wants, kinds[i]) && file_exists(path) &&
		    proc_number(path) == 0)
			str_list_add(&refused, kinds[i]);
	}
	profile_say_list("there.namespaces_refused", &refused);
}

static void say_clock(const struct wants *wants)
{
	const char *its = wants_fact(wants, "clock_s");
	uint64_t then = its ? strtoull(its, NULL, 10) : 0;
	uint64_t now = (uint64_t)time(NULL);

	if (then)
		profile_say("there.clock_differs_s", "%" PRIu64,
			    now > then ? now - then : then - now);
}

static void say_kernel(void)
{
	CLEANUP_FREE char *maps = tree_text(getpid(), "maps");

	profile_say("there.vdso",
		    maps && strstr(maps, "[vdso]") ? "yes" : "no");
	profile_say("there.aio_free", "%" PRIu64,
		    less(proc_number("/proc/sys/fs/aio-max-nr"),
			 proc_number("/proc/sys/fs/aio-nr")));
}

static char *read_input(void)
{
	CLEANUP(strbuf_release) struct strbuf buf = { 0 };
	char chunk[4096];
	size_t n;

	strbuf_open(&buf);
	while ((n = fread(chunk, 1, sizeof(chunk), stdin)) > 0 &&
	       fwrite(chunk, 1, n, buf.f) == n)
		;
	return strbuf_take(&buf);
}

int profile_counterpart(const char *moved)
{
	CLEANUP_FREE char *text = read_input();
	struct wants wants = { 0 };

	str_list_split(&wants.lines, text, "\n");
	str_list_split(&wants.moved, moved, " ");
	say_files(&wants);
	say_missing(&wants, "watched_files", false, "there.watched_missing");
	say_missing(&wants, "unix_bound", true, "there.unix_folders_missing");
	say_missing(&wants, "unix_services", false,
		    "there.unix_services_missing");
	say_mount_sources(&wants);
	say_profile(&wants);
	if (is_host(&wants, "net"))
		wants_say_network(&wants);
	say_tids(&wants);
	say_memory();
	say_namespaces(&wants);
	say_clock(&wants);
	say_kernel();
	profile_say_criu("there.criu_script");
	wants_say_engine(&wants);
	str_list_release(&wants.lines);
	str_list_release(&wants.moved);
	return 0;
}
