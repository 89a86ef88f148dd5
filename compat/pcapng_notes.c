// SPDX-License-Identifier: Apache-2.0
/* pcapng_notes.c - a live capture made whole: in order of time, with notes */
#include "compat/pcapng_notes.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/capfile.h"
#include "compat/pcapng_write.h"

/* struct place - Where a frame's block is in the file */
struct place {
	uint64_t at_ns;
	uint64_t offset;
};

/*
 * struct draft - A capture as it was written live
 * @bytes, @size: The file, mapped
 * @frames, @n:	By time, equal ones as in the file
 * @sorted:	They were so in the file
 */
struct draft {
	const char *path;
	uint8_t *bytes;
	size_t size;
	struct place *frames;
	size_t n;
	bool sorted;
};

static void draft_release(struct draft *draft)
{
	if (draft->bytes)
		(void)munmap(draft->bytes, draft->size);
	free(draft->frames);
}

static void capfile_closep(struct capfile **file)
{
	capfile_close(*file);
}

/* --- Reading -------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static int read_places(struct draft *draft, struct err *err)
{
	CLEANUP(capfile_closep) struct capfile *file = NULL;
	struct capframe frame;
	uint64_t last_ns = 0;
	int rc;

	if (capfile_open(draft->path, &file, err))
		return -1;
	draft->sorted = true;
	while ((rc = capfile_next(file, &frame, err)) == 1) {
		*VEC_PUSH(draft->frames, draft->n) =
			(struct place){ frame.at_ns, frame.offset };
		draft->sorted &= frame.at_ns >= last_ns;
		last_ns = frame.at_ns;
	}
	return rc;
}

static int map_file(struct draft *draft, struct err *err)
{
	CLEANUP_FD int fd = open(draft->path, O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	void *bytes;

	if (size < 0)
		return err_errno(err, "open '%s'", draft->path);
	bytes = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return err_errno(err, "map '%s'", draft->path);
	draft->bytes = bytes;
	draft->size = (size_t)size;
	return 0;
}

/* --- Notes ---------------------------------------------------------------- */

/* struct remark - A note at its frame */
struct remark {
	size_t frame;
	uint64_t at_ns;
	char *text;
};

struct remarks {
	struct remark *v;
	size_t n;
};

static void remarks_release(struct remarks *remarks)
{
	for (size_t i = 0; i < remarks->n; i++)
		free(remarks->v[i].text);
	free(remarks->v);
}

static int by_instant(const void *a, const void *b)
{
	const struct remark *x = a, *y = b;

	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	return strcmp(x->text, y->text);
}

/* The first frame at or after an instant, or the last one. */
static size_t frame_at(const struct draft *draft, uint64_t at_ns)
{
	size_t low = 0, high = draft->n - 1;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (draft->frames[middle].at_ns < at_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static char *word(const struct pcapng_note *note, uint64_t frame_ns)
{
	bool before = note->at_ns <= frame_ns;
	uint64_t us =
		(before ? frame_ns - note->at_ns : note->at_ns - frame_ns) /
		1000;

	return xasprintf("%s (%" PRIu64 ".%03" PRIu64 " ms %s this frame)",
			 note->text, us / 1000, us % 1000,
			 before ? "before" : "after");
}

static void place_notes(const struct draft *draft,
			const struct pcapng_note *notes, size_t n,
			struct remarks *remarks)
{
	for (size_t i = 0; i < n; i++) {
		size_t frame = frame_at(draft, notes[i].at_ns);

		*VEC_PUSH(remarks->v, remarks->n) = (struct remark){
			frame, notes[i].at_ns,
			word(&notes[i], draft->frames[frame].at_ns)
		};
	}
	if (n > 0)
		qsort(remarks->v, n, sizeof(*remarks->v), by_instant);
}

/* --- Writing -------------------------------------------------------------- */

static uint32_t get32(const struct draft *draft, uint64_t offset)
{
	uint32_t value;

	memcpy(&value, draft->bytes + offset, sizeof(value));
	return value;
}

/* Of the block's second word. */
static uint32_t block_len(const struct draft *draft, size_t i)
{
	return get32(draft, draft->frames[i].offset + 4);
}

/* A frame with what is remarked on it, as pcapng_frame() wrote it before. */
static void write_remarked(const struct draft *draft, size_t i,
			   const struct remark *remarks, size_t n, FILE *f)
{
	uint64_t body = draft->frames[i].offset + 8;
	CLEANUP_FREE const char **comments = xcalloc(n, sizeof(*comments));

	for (size_t k = 0; k < n; k++)
		comments[k] = remarks[k].text;
	pcapng_frame(f,
		     &(struct pcapng_frame){ .interface = get32(draft, body),
					     .at_ns = draft->frames[i].at_ns,
					     .bytes = draft->bytes + body + 20,
					     .cap_len = get32(draft, body + 12),
					     .len = get32(draft, body + 16),
					     .comments = comments,
					     .n_comments = n });
}

/* What is before the first frame and behind the last stays as it is. */
static void write_all(const struct draft *draft, const struct remarks *remarks,
		      FILE *f)
{
	uint64_t begin = UINT64_MAX, end = 0;
	size_t done = 0;

	for (size_t i = 0; i < draft->n; i++) {
		uint64_t offset = draft->frames[i].offset;

		begin = offset < begin ? offset : begin;
		end = offset >= end ? offset + block_len(draft, i) : end;
	}
	(void)fwrite(draft->bytes, 1, begin, f);
	for (size_t i = 0; i < draft->n; i++) {
		size_t first = done;

		while (done < remarks->n && remarks->v[done].frame == i)
			done++;
		if (done > first)
			write_remarked(draft, i, remarks->v + first,
				       done - first, f);
		else
			(void)fwrite(draft->bytes + draft->frames[i].offset, 1,
				     block_len(draft, i), f);
	}
	(void)fwrite(draft->bytes + end, 1, draft->size - end, f);
}

static int replace(const struct draft *draft, const struct remarks *remarks,
		   struct err *err)
{
	CLEANUP_FREE char *temp = xasprintf("%s.new", draft->path);
	FILE *f = fopen(temp, "we");
	bool bad;

	if (!f)
		return err_errno(err, "create '%s'", temp);
	write_all(draft, remarks, f);
	bad = ferror(f);
	if (fclose(f) || bad || rename(temp, draft->path)) {
		(void)err_errno(err, "write '%s'", temp);
		(void)unlink(temp);
		return -1;
	}
	return 0;
}

int pcapng_finish(const char *path, const struct pcapng_note *notes, size_t n,
		  struct err *err)
{
	CLEANUP(draft_release) struct draft draft = { .path = path };
	CLEANUP(remarks_release) struct remarks remarks = { 0 };

	if (read_places(&draft, err))
		return -1;
	if (draft.n == 0 || (draft.sorted && n == 0))
		return 0;
	if (!draft.sorted)
		qsort(draft.frames, draft.n, sizeof(*draft.frames), by_time);
	if (map_file(&draft, err))
		return -1;
	place_notes(&draft, notes, n, &remarks);
	return replace(&draft, &remarks, err);
}
