// SPDX-License-Identifier: Apache-2.0
/* cache.c - built things, kept by a digest of all they were built from */
#include "runner/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "runner/cache_internal.h"
#include "runner/jsonfile.h"

static void say(const struct cache *cache, const char *fmt, ...) PRINTF(2, 3);

static void say(const struct cache *cache, const char *fmt, ...)
{
	CLEANUP_FREE char *line = NULL;
	va_list ap;

	if (!cache->say)
		return;
	va_start(ap, fmt);
	line = xvasprintf(fmt, ap);
	va_end(ap);
	cache->say(cache->arg, line);
}

char *cache_usual_dir(void)
{
	const char *own = getenv("CRMATRIX_CACHE");
	const char *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	if (own && *own)
		return xstrdup(own);
	/* A relative $XDG_CACHE_HOME is to be ignored, says its standard. */
	if (xdg && *xdg == '/')
		return xasprintf("%s/crmatrix", xdg);
	return xasprintf("%s/.cache/crmatrix", home && *home ? home : "");
}

int cache_open(const char *dir, struct cache *ret_cache, struct err *err)
{
	CLEANUP_FREE char *wanted = dir ? xstrdup(dir) : cache_usual_dir();
	CLEANUP_FREE char *images = xasprintf("%s/images", wanted);
	char *absolute;

	if (file_mkdirs(images, err))
		return err_wrap(err, "cache (set CRMATRIX_CACHE to move it)");
	absolute = realpath(wanted, NULL);
	if (!absolute)
		return err_errno(err, "cache '%s'", wanted);
	*ret_cache = (struct cache){ .dir = absolute };
	return 0;
}

void cache_release(struct cache *cache)
{
	free(cache->dir);
	*cache = (struct cache){ 0 };
}

void cache_key(const char *kind, const json_t *inputs, char out[DIGEST_HEX])
{
	CLEANUP_FREE char *text = json_dumps(
		inputs, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	CLEANUP_FREE char *all = xasprintf(CACHE_FORMAT "\n%s\n%s", kind, text);

	digest_text(all, out);
}

char *cache_dir_of(const struct cache *cache, const char *key)
{
	return xasprintf("%s/images/%s", cache->dir, key);
}

/* Whoever removed an entry removed its lock file too: then ours is nobody's. */
static bool still_there(int fd, const char *path)
{
	struct stat ours, theirs;

	return fstat(fd, &ours) == 0 && stat(path, &theirs) == 0 &&
	       ours.st_ino == theirs.st_ino;
}

static int lock_once(const struct cache *cache, const char *path,
		     const char *what, int *ret_fd, struct err *err)
{
	CLEANUP_FD int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0)
		return err_errno(err, "open '%s'", path);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		*ret_fd = TAKE_FD(fd);
		return 0;
	}
	if (errno != EWOULDBLOCK)
		return err_errno(err, "lock '%s'", path);
	if (!what)
		return err_set(err, ERR_SYS, EWOULDBLOCK,
			       "'%s' is in use by another process", path);
	say(cache, "waiting for another process that builds %s", what);
	while (flock(fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return err_errno(err, "lock '%s'", path);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

/* Wait for the right to change what lies under a key. */
int cache_lock(const struct cache *cache, const char *key, const char *what,
	       int *ret_fd, struct err *err)
{
	CLEANUP_FREE char *path =
		xasprintf("%s/images/%s.lock", cache->dir, key);
	int fd;

	for (;;) {
		if (lock_once(cache, path, what, &fd, err))
			return -1;
		if (still_there(fd, path))
			break;
		(void)close(fd);
	}
	*ret_fd = fd;
	return 0;
}

/* Keep what is damaged out of the way, for whoever wants to know why. With the
 * lock of @key. */
static int set_aside(const struct cache *cache, const char *key,
		     const char *why, struct err *err)
{
	CLEANUP_FREE char *dir = cache_dir_of(cache, key);
	CLEANUP_FREE char *aside = xasprintf("%s.damaged", dir);

	say(cache, "cached image '%s' is damaged (%s), setting it aside", dir,
	    why);
	if (file_rmtree(aside, err))
		return -1;
	if (rename(dir, aside) < 0 && errno != ENOENT)
		return err_errno(err, "rename '%s'", dir);
	return 0;
}

int cache_set_aside(const struct cache *cache, const char *key, const char *why,
		    struct err *err)
{
	CLEANUP_FD int lock = -1;

	if (cache_lock(cache, key, NULL, &lock, err))
		return -1;
	return set_aside(cache, key, why, err);
}

/* With the lock of @key. */
static int find_locked(const struct cache *cache, const char *key,
		       bool *ret_found, struct cache_entry *ret_entry,
		       struct err *err)
{
	CLEANUP_FREE char *dir = cache_dir_of(cache, key);
	CLEANUP_FREE char *why = NULL;

	*ret_found = false;
	if (!file_exists(dir))
		return 0;
	why = cache_entry_examine(dir, key, ret_entry);
	if (why)
		return set_aside(cache, key, why, err);
	*ret_found = true;
	return 0;
}

int cache_find(const struct cache *cache, const char *key, bool *ret_found,
	       struct cache_entry *ret_entry, struct err *err)
{
	CLEANUP_FREE char *dir = cache_dir_of(cache, key);
	CLEANUP_FREE char *why = NULL;
	CLEANUP_FD int lock = -1;

	*ret_found = false;
	if (!file_exists(dir))
		return 0;
	why = cache_entry_examine(dir, key, ret_entry);
	*ret_found = !why;
	if (!why)
		return 0;
	/* Somebody else may have noticed, and built it anew by now. */
	if (cache_lock(cache, key, "the same", &lock, err))
		return -1;
	return find_locked(cache, key, ret_found, ret_entry, err);
}

/* Run the recipe in @dir and make an entry of what it left there. */
static int build_into(const struct cache_recipe *recipe, const char *key,
		      const char *dir, struct err *err)
{
	struct cache_entry entry CLEANUP(cache_entry_release) = {
		.dir = xstrdup(dir),
		.kind = xstrdup(recipe->kind),
		.name = xstrdup(recipe->name),
		.key = xstrdup(key),
		.inputs = json_deep_copy(recipe->inputs),
	};
	char now[21];

	if (file_mkdirs(dir, err) || recipe->build(recipe->arg, dir, err))
		return -1;
	clock_iso8601(clock_real_ns(), now);
	entry.created = xstrdup(now);
	if (cache_entry_scan(&entry, err))
		return -1;
	return cache_entry_write(&entry, err);
}

static int sync_dir(const char *path, struct err *err)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return err_errno(err, "sync '%s'", path);
	return 0;
}

static int build(const struct cache *cache, const struct cache_recipe *recipe,
		 const char *key, struct err *err)
{
	CLEANUP_FREE char *dir = cache_dir_of(cache, key);
	CLEANUP_FREE char *temp = xasprintf("%s.new", dir);
	CLEANUP_FREE char *parent = xasprintf("%s/images", cache->dir);
	struct err ignored = ERR_INIT;

	/* What a process left that died while building this. */
	if (file_rmtree(temp, err))
		return -1;
	if (build_into(recipe, key, temp, err)) {
		if (file_rmtree(temp, &ignored))
			say(cache, "%s, ignoring", ignored.msg);
		return -1;
	}
	if (rename(temp, dir) < 0)
		return err_errno(err, "rename '%s'", temp);
	return sync_dir(parent, err);
}

int cache_get(const struct cache *cache, const struct cache_recipe *recipe,
	      struct cache_entry *ret_entry, struct err *err)
{
	CLEANUP_FREE char *what =
		xasprintf("%s '%s'", recipe->kind, recipe->name);
	CLEANUP_FD int lock = -1;
	char key[DIGEST_HEX];
	bool found = false;

	cache_key(recipe->kind, recipe->inputs, key);
	if (cache_lock(cache, key, what, &lock, err) ||
	    find_locked(cache, key, &found, ret_entry, err))
		return err_wrap(err, "%s", what);
	if (found)
		return 0;
	if (build(cache, recipe, key, err) ||
	    find_locked(cache, key, &found, ret_entry, err))
		return err_wrap(err, "%s", what);
	if (!found)
		return err_set(err, ERR_PARSE, 0,
			       "%s: damaged while it was built", what);
	return 0;
}

static char *answer_path(const struct cache *cache, const char *key)
{
	return xasprintf("%s/resolved/%s.json", cache->dir, key);
}

json_t *cache_recall(const struct cache *cache, const char *key)
{
	CLEANUP_FREE char *path = answer_path(cache, key);
	struct err ignored = ERR_INIT;
	json_t *answer = NULL;

	if (jsonfile_read(path, &answer, &ignored))
		return NULL;
	return answer;
}

int cache_remember(const struct cache *cache, const char *key,
		   const json_t *answer, struct err *err)
{
	CLEANUP_FREE char *dir = xasprintf("%s/resolved", cache->dir);
	CLEANUP_FREE char *path = answer_path(cache, key);

	if (file_mkdirs(dir, err))
		return -1;
	return jsonfile_write(path, json_deep_copy(answer), err);
}
