// SPDX-License-Identifier: Apache-2.0
/* scenario_diff.h - in what two scenarios differ */
#ifndef TESTS_LIB_SCENARIO_DIFF_H
#define TESTS_LIB_SCENARIO_DIFF_H

#include "compat/scenario.h"

/**
 * scenario_diff() - The keys of @a that are not alike in @b
 *
 * Words for people (title, about), what is declared of the other one, and
 * expectations do not count.
 *
 * Return: "migration.dump, steps", owned; empty when they are alike
 */
char *scenario_diff(struct scenario *a, struct scenario *b);

#endif
