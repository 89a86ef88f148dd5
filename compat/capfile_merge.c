// SPDX-License-Identifier: Apache-2.0
/* capfile_merge.c - several captures of one lab, read as one by time */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/capfile.h"

#define NO_INTERFACE UINT32_MAX

/*
 * struct input - One of the files
 * @frame:	Its next frame, while @there
 * @numbers, @n_numbers: Its interfaces' numbers in the merge, NO_INTERFACE for
 *		those that had no frame yet
 */
struct input {
	char *path;
	struct capfile *file;
	struct capframe frame;
	bool there;
	uint32_t *numbers;
	size_t n_numbers;
};

/* struct origin - Where an interface of the merge comes from */
struct origin {
	size_t input;
	size_t interface;
};

/*
 * struct capmerge - Several captures read as one
 * @taken:	The input whose frame was given last; @n before the first
 */
struct capmerge {
	struct input *inputs;
	size_t n;
	size_t taken;
	uint64_t frames;
	struct origin *origins;
	size_t n_origins;
};

static int advance(struct input *input, struct err *err)
{
	int rc = capfile_next(input->file, &input->frame, err);

	input->there = rc == 1;
	return rc < 0 ? -1 : 0;
}

static int open_inputs(struct capmerge *merge, const char *const *paths,
		       struct err *err)
{
	for (size_t i = 0; i < merge->n; i++) {
		struct input *input = &merge->inputs[i];

		input->path = xstrdup(paths[i]);
		if (capfile_open(paths[i], &input->file, err) ||
		    advance(input, err))
			return -1;
	}
	return 0;
}

int capmerge_open(const char *const *paths, size_t n,
		  struct capmerge **ret_merge, struct err *err)
{
	struct capmerge *merge = xnew(struct capmerge);

	assert(n > 0);
	merge->inputs = xcalloc(n, sizeof(*merge->inputs));
	merge->n = merge->taken = n;
	if (open_inputs(merge, paths, err)) {
		capmerge_close(merge);
		return -1;
	}
	*ret_merge = merge;
	return 0;
}

/*
 * The input with the earliest frame. As mergecap has it, so that frames have
 * the same numbers: of equal times the last file's, and what has no time comes
 * at once. Return: its index, merge->n when there is none
 */
static size_t choose(const struct capmerge *merge)
{
	size_t chosen = merge->n;

	for (size_t i = 0; i < merge->n; i++) {
		const struct input *input = &merge->inputs[i];

		if (!input->there)
			continue;
		if (!input->frame.has_time)
			return i;
		if (chosen == merge->n ||
		    input->frame.at_ns <= merge->inputs[chosen].frame.at_ns)
			chosen = i;
	}
	return chosen;
}

static uint32_t number_interface(struct capmerge *merge, size_t i,
				 uint32_t interface)
{
	struct input *input = &merge->inputs[i];
	struct origin *origin;

	while (input->n_numbers <= interface)
		*VEC_PUSH(input->numbers, input->n_numbers) = NO_INTERFACE;
	if (input->numbers[interface] == NO_INTERFACE) {
		input->numbers[interface] = (uint32_t)merge->n_origins;
		origin = VEC_PUSH(merge->origins, merge->n_origins);
		*origin = (struct origin){ i, interface };
	}
	return input->numbers[interface];
}

int capmerge_next(struct capmerge *merge, struct capframe *ret_frame,
		  struct err *err)
{
	size_t i;

	if (merge->taken < merge->n &&
	    advance(&merge->inputs[merge->taken], err))
		return -1;
	i = choose(merge);
	merge->taken = i;
	if (i == merge->n)
		return 0;
	*ret_frame = merge->inputs[i].frame;
	ret_frame->number = ++merge->frames;
	ret_frame->interface = number_interface(merge, i, ret_frame->interface);
	return 1;
}

size_t capmerge_n_interfaces(const struct capmerge *merge)
{
	return merge->n_origins;
}

const struct capfile_interface *capmerge_interface(const struct capmerge *merge,
						   size_t interface,
						   const char **ret_path)
{
	const struct origin *origin = &merge->origins[interface];
	const struct input *input = &merge->inputs[origin->input];

	if (ret_path)
		*ret_path = input->path;
	return capfile_interface(input->file, origin->interface);
}

uint64_t capmerge_drops(const struct capmerge *merge)
{
	uint64_t sum = 0;
	bool silent = false;

	for (size_t i = 0; i < merge->n; i++) {
		uint64_t drops = capfile_drops(merge->inputs[i].file);

		if (drops == CAPFILE_UNKNOWN)
			silent = true;
		else if (drops < CAPFILE_UNKNOWN - 1 - sum)
			sum += drops;
		else
			sum = CAPFILE_UNKNOWN - 1;
	}
	return sum == 0 && silent ? CAPFILE_UNKNOWN : sum;
}

char *capmerge_note(const struct capmerge *merge)
{
	struct str_list notes = { 0 };
	char *all = NULL;

	for (size_t i = 0; i < merge->n; i++) {
		char *note = capfile_note(merge->inputs[i].file);

		if (note)
			str_list_take(&notes, note);
	}
	if (notes.n > 0)
		all = str_list_join(&notes, "\n");
	str_list_release(&notes);
	return all;
}

void capmerge_close(struct capmerge *merge)
{
	if (!merge)
		return;
	for (size_t i = 0; i < merge->n; i++) {
		capfile_close(merge->inputs[i].file);
		free(merge->inputs[i].path);
		free(merge->inputs[i].numbers);
	}
	free(merge->inputs);
	free(merge->origins);
	free(merge);
}
