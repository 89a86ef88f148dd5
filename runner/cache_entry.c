// SPDX-License-Identifier: Apache-2.0
/* cache_entry.c - one entry of the cache: its entry.json and its files */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "runner/cache_internal.h"
#include "runner/jsonfile.h"

void cache_entry_release(struct cache_entry *entry)
{
	for (size_t i = 0; i < entry->n; i++) {
		free(entry->files[i].name);
		free(entry->files[i].sha256);
	}
	free(entry->files);
	free(entry->dir);
	free(entry->kind);
	free(entry->name);
	free(entry->key);
	free(entry->created);
	json_decref(entry->inputs);
	*entry = (struct cache_entry){ 0 };
}

char *cache_entry_path(const struct cache_entry *entry, const char *name)
{
	for (size_t i = 0; i < entry->n; i++)
		if (str_eq(entry->files[i].name, name))
			return xasprintf("%s/%s", entry->dir, name);
	return NULL;
}

uint64_t cache_entry_bytes(const struct cache_entry *entry)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < entry->n; i++)
		sum += entry->files[i].size_bytes;
	return sum;
}

uint64_t cache_mtime_ns(const struct stat *st)
{
	return (uint64_t)st->st_mtim.tv_sec * NS_PER_S +
	       (uint64_t)st->st_mtim.tv_nsec;
}

static int take_file(struct cache_entry *entry, json_t *json, struct err *err)
{
	const char *name = NULL, *sha256 = NULL;
	json_int_t size = 0, mtime_ns = 0;
	json_error_t why;

	if (json_unpack_ex(json, &why, 0, "{s:s,s:I,s:I,s:s}", "name", &name,
			   "size", &size, "mtime_ns", &mtime_ns, "sha256",
			   &sha256))
		return err_set(err, ERR_PARSE, 0, "%s/" CACHE_META ": %s",
			       entry->dir, why.text);
	*VEC_PUSH(entry->files, entry->n) =
		(struct cache_file){ .name = xstrdup(name),
				     .size_bytes = (uint64_t)size,
				     .mtime_ns = (uint64_t)mtime_ns,
				     .sha256 = xstrdup(sha256) };
	return 0;
}

static int take_entry(struct cache_entry *entry, json_t *json, struct err *err)
{
	const char *kind, *name, *key, *created;
	json_t *inputs, *files;
	json_error_t why;
	json_t *file;
	size_t i;

	if (json_unpack_ex(json, &why, 0, "{s:s,s:s,s:s,s:s,s:o,s:o}", "kind",
			   &kind, "name", &name, "key", &key, "created",
			   &created, "inputs", &inputs, "files", &files))
		return err_set(err, ERR_PARSE, 0, "%s/" CACHE_META ": %s",
			       entry->dir, why.text);
	entry->kind = xstrdup(kind);
	entry->name = xstrdup(name);
	entry->key = xstrdup(key);
	entry->created = xstrdup(created);
	entry->inputs = json_incref(inputs);
	json_array_foreach(files, i,
			   file) if (take_file(entry, file, err)) return -1;
	return 0;
}

int cache_entry_read(const char *dir, struct cache_entry *ret_entry,
		     struct err *err)
{
	struct cache_entry entry CLEANUP(
		cache_entry_release) = { .dir = xstrdup(dir) };
	CLEANUP_FREE char *path = xasprintf("%s/" CACHE_META, dir);
	json_t *json = NULL;
	struct stat st;
	int status;

	if (stat(path, &st) < 0)
		return err_errno(err, "'%s'", path);
	entry.used_ns = cache_mtime_ns(&st);
	if (jsonfile_read(path, &json, err))
		return -1;
	status = take_entry(&entry, json, err);
	json_decref(json);
	if (status)
		return -1;
	*ret_entry = entry;
	entry = (struct cache_entry){ 0 };
	return 0;
}

int cache_entry_write(const struct cache_entry *entry, struct err *err)
{
	CLEANUP_FREE char *path = xasprintf("%s/" CACHE_META, entry->dir);
	json_t *files = json_array();

	for (size_t i = 0; i < entry->n; i++) {
		const struct cache_file *f = &entry->files[i];

		json_array_append_new(
			files, json_pack("{s:s,s:I,s:I,s:s}", "name", f->name,
					 "size", (json_int_t)f->size_bytes,
					 "mtime_ns", (json_int_t)f->mtime_ns,
					 "sha256", f->sha256));
	}
	return jsonfile_write(path,
			      json_pack("{s:s,s:s,s:s,s:s,s:s,s:o,s:O}",
					"schema", CACHE_FORMAT, "kind",
					entry->kind, "name", entry->name, "key",
					entry->key, "created", entry->created,
					"files", files, "inputs",
					entry->inputs),
			      err);
}

static int scan_file(struct cache_entry *entry, const char *name,
		     struct err *err)
{
	CLEANUP_FREE char *path = xasprintf("%s/%s", entry->dir, name);
	CLEANUP_FD int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char digest[DIGEST_HEX];
	struct stat st;

	if (fd < 0 || fsync(fd) < 0 || fstat(fd, &st) < 0)
		return err_errno(err, "'%s'", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_PARSE, 0, "'%s' is no regular file",
			       path);
	if (digest_file(path, digest, err))
		return -1;
	*VEC_PUSH(entry->files, entry->n) =
		(struct cache_file){ .name = xstrdup(name),
				     .size_bytes = (uint64_t)st.st_size,
				     .mtime_ns = cache_mtime_ns(&st),
				     .sha256 = xstrdup(digest) };
	return 0;
}

int cache_entry_scan(struct cache_entry *entry, struct err *err)
{
	struct str_list names CLEANUP(str_list_release) = { 0 };

	if (file_list(entry->dir, &names, err))
		return -1;
	if (names.n == 0 || names.n > CACHE_FILES_MAX)
		return err_set(err, ERR_PARSE, 0,
			       "the build left %zu files in '%s'", names.n,
			       entry->dir);
	for (size_t i = 0; i < names.n; i++)
		if (scan_file(entry, names.v[i], err))
			return -1;
	return 0;
}

/* What is wrong with one file at a glance, or NULL; @ret_renewed: its time
 * changed, not its content. */
static char *glance(const struct cache_entry *entry, struct cache_file *file,
		    bool *ret_renewed)
{
	CLEANUP_FREE char *path = xasprintf("%s/%s", entry->dir, file->name);
	char digest[DIGEST_HEX];
	struct err ignored = ERR_INIT;
	struct stat st;
	uint64_t mtime_ns;

	if (stat(path, &st) < 0)
		return xasprintf("%s: %s", file->name, strerror(errno));
	if ((uint64_t)st.st_size != file->size_bytes)
		return xasprintf("%s has %lld bytes instead of %llu",
				 file->name, (long long)st.st_size,
				 (unsigned long long)file->size_bytes);
	mtime_ns = cache_mtime_ns(&st);
	if (mtime_ns == file->mtime_ns)
		return NULL;
	if (digest_file(path, digest, &ignored))
		return xstrdup(ignored.msg);
	if (!str_eq(digest, file->sha256))
		return xasprintf("%s has another digest", file->name);
	file->mtime_ns = mtime_ns;
	*ret_renewed = true;
	return NULL;
}

static char *glance_all(struct cache_entry *entry)
{
	bool renewed = false;
	char *why = NULL;
	struct err ignored = ERR_INIT;

	for (size_t i = 0; i < entry->n && !why; i++)
		why = glance(entry, &entry->files[i], &renewed);
	/* Saves the next user the digest; a read-only cache can't. */
	if (!why && renewed && cache_entry_write(entry, &ignored))
		return NULL;
	return why;
}

static void mark_used(const struct cache_entry *entry)
{
	CLEANUP_FREE char *path = xasprintf("%s/" CACHE_META, entry->dir);

	(void)utimensat(AT_FDCWD, path, NULL, 0);
}

char *cache_entry_examine(const char *dir, const char *key,
			  struct cache_entry *ret_entry)
{
	struct cache_entry entry CLEANUP(cache_entry_release) = { 0 };
	struct err unreadable = ERR_INIT;
	char *why;

	if (cache_entry_read(dir, &entry, &unreadable))
		return xstrdup(unreadable.msg);
	if (!str_eq(entry.key, key))
		return xstrdup("its key is another's");
	why = glance_all(&entry);
	if (why)
		return why;
	mark_used(&entry);
	*ret_entry = entry;
	entry = (struct cache_entry){ 0 };
	return NULL;
}

void cache_verify(const struct cache_entry *entry, struct str_list *ret_faults)
{
	struct str_list faults = { 0 };

	for (size_t i = 0; i < entry->n; i++) {
		const struct cache_file *f = &entry->files[i];
		CLEANUP_FREE char *path =
			xasprintf("%s/%s", entry->dir, f->name);
		char digest[DIGEST_HEX];
		struct err why = ERR_INIT;

		if (digest_file(path, digest, &why))
			str_list_add(&faults, why.msg);
		else if (!str_eq(digest, f->sha256))
			str_list_take(&faults,
				      xasprintf("'%s' has SHA-256 %s instead "
						"of %s",
						path, digest, f->sha256));
	}
	*ret_faults = faults;
}
