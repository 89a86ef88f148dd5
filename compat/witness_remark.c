// SPDX-License-Identifier: Apache-2.0
/* witness_remark.c - what the wire saw that its witness lets pass */
#include <inttypes.h>

#include "base/mem.h"
#include "compat/catalogue.h"
#include "compat/wire_inquest.h"
#include "compat/witness.h"

/* Where the catalogue says more of a mode, NULL: nowhere. */
static const char *link_of(const char *mode)
{
	for (size_t i = 0; i < n_catalogue; i++) {
		for (size_t k = 0; k < catalogue[i]->n; k++) {
			const struct mode_rule *rule = &catalogue[i]->v[k];

			if (str_eq(rule->mode, mode) && rule->link)
				return rule->link;
		}
	}
	return NULL;
}

static bool was_told(const struct testimony *t, const char *mode)
{
	for (size_t i = 0; i < t->n_remarks; i++) {
		if (str_eq(t->remarks[i].mode, mode))
			return true;
	}
	return false;
}

/* The last frame that proves it: the target's, not what it is compared with. */
static uint64_t proof(const struct finding *finding)
{
	uint64_t frame = 0;

	for (size_t i = 0; i < finding->n_frames; i++) {
		if (finding->frames[i].proves)
			frame = finding->frames[i].event.frame;
	}
	return frame;
}

void witness_remark(const struct observation *obs,
		    const struct wire_report *wire,
		    const struct wire_mac *source,
		    const struct wire_mac *target, const char *name,
		    struct testimony *testimony)
{
	CLEANUP(finding_release) struct finding finding = { 0 };
	struct cause *remark;
	const char *link;
	uint64_t frame;

	if (!wire_damage(wire, source, target, &finding) ||
	    was_told(testimony, finding.rule))
		return;
	link = link_of(finding.rule);
	frame = proof(&finding);
	remark = VEC_PUSH(testimony->remarks, testimony->n_remarks);
	remark->mode = xstrdup(finding.rule);
	remark->title = xasprintf("%s%s", name, finding.sentence);
	remark->fix = finding.advice ? xstrdup(finding.advice) : NULL;
	remark->known = link ? xstrdup(link) : NULL;
	if (frame && obs->capture)
		remark->file = xasprintf("%s:%" PRIu64, obs->capture, frame);
}
