// SPDX-License-Identifier: Apache-2.0
/* archive.c - a dump that is kept in the run's folder and restored on many targets */
#include "runner/archive.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "compat/verdict.h"
#include "runner/cell_internal.h"
#include "runner/digest.h"
#include "runner/jsonfile.h"

#define NOTE "archive.json"
#define OBSERVATION "observation.json"
#define SCHEMA "crmatrix/archive/1"
#define TAR_MAX (UINT64_C(4) << 30)

/* --- Its folder ------------------------------------------------------------- */

/* An attempt's folder is RUN/cells/ID/attempt-N. */
static char *archive_path(const struct cell_opts *opts)
{
	const struct cell *cell = opts->cell;
	CLEANUP_FREE char *repeat =
		cell->repeat > 1 ? xasprintf("#%" PRIu64, cell->repeat) :
				   xstrdup("");

	return xasprintf("%s/../../../archives/%s.%s%s", opts->dir,
			 cell->scenario->name, cell->source->name, repeat);
}

static int lock(const char *dir, int *ret_fd, struct err *err)
{
	CLEANUP_FREE char *path = xasprintf("%s.lock", dir);
	CLEANUP_FD int fd = -1;

	*strrchr(path, '/') = '\0';
	if (file_mkdirs(path, err))
		return -1;
	path[strlen(path)] = '/';
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0 || flock(fd, LOCK_EX))
		return err_errno(err, "lock '%s'", path);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

int archive_save(const char *dir, const struct cell *cell, long pid,
		 struct err *err)
{
	CLEANUP_FREE char *images = xasprintf("%s/" ARCHIVE_IMAGES, dir);
	CLEANUP_FREE char *note = xasprintf("%s/" NOTE, dir);
	char digest[DIGEST_HEX];
	struct stat st;
	json_t *json;

	if (stat(images, &st))
		return err_errno(err, "look at '%s'", images);
	if (digest_file(images, digest, err))
		return -1;
	json = json_pack("{s:s, s:s, s:s, s:I, s:{s:s, s:I, s:s}}", "schema",
			 SCHEMA, "scenario", cell->scenario->name, "source",
			 cell->source->name, "pid", (json_int_t)pid, "images",
			 "file", ARCHIVE_IMAGES, "bytes",
			 (json_int_t)st.st_size, "sha256", digest);
	return jsonfile_write(note, json, err);
}

int archive_load(const char *dir, char **ret_tar, size_t *ret_len,
		 long *ret_pid, struct err *err)
{
	CLEANUP_FREE char *images = xasprintf("%s/" ARCHIVE_IMAGES, dir);
	CLEANUP_FREE char *note = xasprintf("%s/" NOTE, dir);
	CLEANUP_FREE char *tar = NULL;
	char digest[DIGEST_HEX];
	const char *wanted;
	json_t *json = NULL;
	json_int_t pid;
	size_t len;
	int rc = 0;

	if (jsonfile_read(note, &json, err))
		return -1;
	if (json_unpack(json, "{s:I, s:{s:s}}", "pid", &pid, "images", "sha256",
			&wanted) ||
	    pid <= 0 || pid > INT_MAX)
		rc = err_set(err, ERR_PARSE, 0, "%s is no note of an archive",
			     note);
	if (!rc)
		rc = file_read(images, TAR_MAX, &tar, &len, err);
	if (!rc) {
		digest_bytes(tar, len, digest);
		if (!str_eq(digest, wanted))
			rc = err_set(err, ERR_PARSE, 0,
				     "%s is damaged: its digest is %s, not %s",
				     images, digest, wanted);
	}
	json_decref(json);
	if (rc)
		return -1;
	*ret_tar = TAKE(tar);
	*ret_len = len;
	*ret_pid = (long)pid;
	return 0;
}

/* --- The source's half ------------------------------------------------------ */

static int read_observation(const char *dir, struct observation *ret_obs,
			    struct err *err)
{
	CLEANUP_FREE char *path = xasprintf("%s/" OBSERVATION, dir);
	json_t *json = NULL;
	int rc;

	if (jsonfile_read(path, &json, err))
		return -1;
	rc = observation_from_json(json, ret_obs, err);
	json_decref(json);
	return rc;
}

static int make(const struct cell_opts *opts, const char *dir, struct err *err)
{
	CLEANUP_FREE char *temp = xasprintf("%s.new", dir);
	CLEANUP_FREE char *path = xasprintf("%s/" OBSERVATION, temp);
	CLEANUP(observation_release) struct observation obs = { 0 };
	struct cell_opts half = *opts;
	int rc;

	half.dir = temp;
	if ((file_exists(temp) && file_rmtree(temp, err)) ||
	    file_mkdirs(temp, err))
		return -1;
	cell_begin(&half, &obs);
	cell_run_half(&half, CELL_DUMP_HALF, NULL, &obs);
	lab_drop(opts->lab);
	if (obs.broken)
		return err_set(err, ERR_GUEST, 0, "the archive: %s",
			       obs.broken);
	rc = jsonfile_write(path, observation_to_json(&obs), err);
	if (!rc && rename(temp, dir))
		rc = err_errno(err, "rename '%s'", temp);
	return rc;
}

/* Whether the source's half came to its end. */
static bool is_whole(const char *dir)
{
	CLEANUP_FREE char *note = xasprintf("%s/" NOTE, dir);

	return file_exists(note);
}

/* --- The target's half ------------------------------------------------------ */

static const char *const kept[] = { "dump.log", "stats-dump",
				    "console-source.log" };

static int copy_evidence(const char *from, const char *to, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		CLEANUP_FREE char *here = xasprintf("%s/%s", from, kept[i]);
		CLEANUP_FREE char *there = xasprintf("%s/%s", to, kept[i]);

		if (file_exists(here) && file_copy(here, there, err))
			return -1;
	}
	return 0;
}

/* What the target's half is judged against. */
static void take_half(struct observation *dumped, struct observation *obs)
{
	obs->source_facts = dumped->source_facts;
	dumped->source_facts = (struct facts){ 0 };
	obs->workload_facts = dumped->workload_facts;
	dumped->workload_facts = (struct facts){ 0 };
	for (int point = PROBE_READY; point <= PROBE_DUMP; point++) {
		obs->probes[point] = dumped->probes[point];
		dumped->probes[point] = (struct bind_map){ 0 };
	}
}

/* Of a workload that could not be dumped this is all: as if this cell had tried. */
static int as_its_own(const struct cell_opts *opts, struct observation *obs,
		      struct err *err)
{
	free(obs->cell);
	obs->cell = xstrdup(opts->cell->id);
	obs->attempt = opts->attempt;
	return lab_known_facts(opts->lab, ROLE_TARGET,
			       &opts->cell->outfits[ROLE_TARGET]->machine,
			       opts->files[ROLE_TARGET], &obs->target_facts,
			       err);
}

static int run_halves(const struct cell_opts *opts, const char *dir,
		      struct observation *obs, struct err *err)
{
	CLEANUP(observation_release) struct observation dumped = { 0 };
	CLEANUP_FREE char *there = xasprintf("%s/" OBSERVATION, dir);
	CLEANUP_FD int fd = -1;

	if (lock(dir, &fd, err) ||
	    (!file_exists(there) && make(opts, dir, err)) ||
	    read_observation(dir, &dumped, err) ||
	    copy_evidence(dir, opts->dir, err))
		return -1;
	fd_closep(&fd);
	fd = -1;
	if (is_whole(dir)) {
		take_half(&dumped, obs);
		cell_run_half(opts, CELL_RESTORE_HALF, dir, obs);
		return 0;
	}
	facts_release(&dumped.target_facts);
	if (as_its_own(opts, &dumped, err))
		return -1;
	observation_release(obs);
	*obs = dumped;
	dumped = (struct observation){ 0 };
	return 0;
}

void archive_run(const struct cell_opts *opts, struct observation *ret_obs)
{
	CLEANUP_FREE char *dir = archive_path(opts);
	struct err err = ERR_INIT;

	cell_begin(opts, ret_obs);
	if (run_halves(opts, dir, ret_obs, &err) == 0)
		return;
	ret_obs->broken = xstrdup(err.msg);
	ret_obs->broken_phase = PHASE_DUMP;
	ret_obs->ended_ns = clock_now_ns();
}
