// SPDX-License-Identifier: Apache-2.0
/* report_signs.c - what the marks in the grids mean */
#include "base/mem.h"
#include "compat/report_view.h"

static bool shows_ms(const struct view_sum *sum)
{
	return sum->worst->result->verdict == VERDICT_PASS &&
	       sum->service_ns != UNMEASURED;
}

static bool shows_note(const struct view_sum *sum)
{
	return sum->worst->note != VIEW_NO_NOTE;
}

static bool shows_repeats(const struct view_sum *sum)
{
	return sum->n > 1;
}

static bool shows_retries(const struct view_sum *sum)
{
	return sum->retried;
}

static bool shows_remarks(const struct view_sum *sum)
{
	return sum->remarked;
}

const struct view_sign view_signs[] = {
	{ shows_ms, "ok N: N ms between the last answer before and the first "
		    "after, at the peer" },
	{ shows_note, "a, b, c: see the causes below" },
	{ shows_repeats, "xN: N repetitions, the median; K/N: so in K of N" },
	{ shows_retries, "*: took more than one attempt" },
	{ shows_remarks, "~: see the remarks below" },
};
const size_t n_view_signs = ARRAY_SIZE(view_signs);

bool view_uses(const struct view *view, const struct view_sign *sign)
{
	size_t i = 0;

	while (i < view->n_cells) {
		const struct view_cell *cell = &view->cells[i];
		struct view_sum sum;
		size_t n;

		(void)view_find(view, cell->scenario, cell->source,
				cell->target, &n);
		view_sum(cell, n, &sum);
		if (sign->is_used(&sum))
			return true;
		i += n;
	}
	return false;
}
