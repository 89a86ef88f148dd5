// SPDX-License-Identifier: Apache-2.0
/* analysis_svg_phases.c - when the phases of a migration were */
#include "compat/analysis_svg_phases.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

/* struct offset - How far from its frame a phase was */
struct offset {
	uint64_t ns;
	bool before;
};

/* "(1.204 ms before this frame)" and no more */
static bool read_offset(const char *text, struct offset *ret_offset)
{
	uint64_t ms, us;
	const char *point;

	if (*text++ != '(' || !str_take_u64(&text, 10, &ms) || *text++ != '.')
		return false;
	point = text;
	if (!str_take_u64(&text, 10, &us) || text - point != 3 ||
	    ms > INT64_MAX / NS_PER_MS)
		return false;
	*ret_offset = (struct offset){
		.ns = ms * NS_PER_MS + us * 1000,
		.before = str_eq(text, " ms before this frame)"),
	};
	return ret_offset->before || str_eq(text, " ms after this frame)");
}

static uint64_t apply(const struct offset *offset, uint64_t at_ns)
{
	if (offset->before)
		return at_ns > offset->ns ? at_ns - offset->ns : 0;
	return offset->ns < INT64_MAX - at_ns ? at_ns + offset->ns : INT64_MAX;
}

static void add_line(struct svg_phases *phases, uint64_t at_ns, char *line)
{
	char *end = strrchr(line, '(');
	struct svg_phase *phase;
	struct offset offset;

	if (phases->n == WIRE_PHASES_MAX)
		return;
	if (end && read_offset(end, &offset)) {
		at_ns = apply(&offset, at_ns);
		*end = '\0';
	}
	phase = VEC_PUSH(phases->v, phases->n);
	phase->at_ns = at_ns;
	phase->text = xstrdup(str_trim(line));
}

void svg_phases_read(const struct wire_report *report,
		     struct svg_phases *ret_phases)
{
	*ret_phases = (struct svg_phases){ .n = 0 };
	for (size_t i = 0; i < report->n_phases; i++) {
		CLEANUP(str_list_release) struct str_list lines = { 0 };

		str_list_split(&lines, report->phases[i].text, "\n");
		for (size_t j = 0; j < lines.n; j++)
			add_line(ret_phases, report->phases[i].at_ns,
				 lines.v[j]);
	}
}

void svg_phases_release(struct svg_phases *phases)
{
	for (size_t i = 0; i < phases->n; i++)
		free(phases->v[i].text);
	free(phases->v);
	*phases = (struct svg_phases){ .n = 0 };
}
