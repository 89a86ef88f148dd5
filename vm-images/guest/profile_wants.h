// SPDX-License-Identifier: Apache-2.0
/* profile_wants.h - what a workload of elsewhere has, as its machine told it */
#ifndef GUEST_PROFILE_WANTS_H
#define GUEST_PROFILE_WANTS_H

#include "base/str.h"

/** struct wants - The workload's facts, and what will have come along */
struct wants {
	struct str_list lines, moved;
};

/** wants_fact() - Value of a fact, borrowed; NULL: it was not told */
const char *wants_fact(const struct wants *wants, const char *key);

/** wants_words() - Add the words of a fact */
void wants_words(const struct wants *wants, const char *key,
		 struct str_list *words);

/** wants_say_network() - Ports that are taken, addresses and devices that are not
 * here */
void wants_say_network(const struct wants *wants);

/** wants_say_engine() - What the engine lacks here that made the container */
void wants_say_engine(const struct wants *wants);

/** wants_keep_missing() - Of @words, paths, those whose file is not there and does
 * not come along; with @folder, the folder that it would be in */
void wants_keep_missing(const struct wants *wants, const struct str_list *words,
			bool folder, struct str_list *missing);

#endif
