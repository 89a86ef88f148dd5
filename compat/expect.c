// SPDX-License-Identifier: Apache-2.0
/* expect.c - known outcomes as scenario and matrix files tell them */
#include <stdlib.h>

#include "base/mem.h"
#include "compat/catalogue.h"
#include "compat/scenario.h"
#include "compat/scenario_tables.h"

#define AT(m) .offset = offsetof(struct expect, m)

/* Of all verdicts only these can be expected. */
static const char *const outcome_names[] = {
	[VERDICT_PASS] = "pass", [VERDICT_FAIL] = "fail",
	[VERDICT_XFAIL] = "",	 [VERDICT_XPASS] = "",
	[VERDICT_SKIP] = "skip", [VERDICT_SKIP + 1] = NULL,
};

static void check_cause(const char *cause, struct bind_ctx *ctx)
{
	char *suggestion CLEANUP_FREE = NULL;
	const char *nearest;

	if (!cause || catalogue_knows(cause, &nearest))
		return;
	if (nearest)
		suggestion = xasprintf("did you mean '%s'?", nearest);
	bind_report(ctx, bind_pos_of(ctx, "cause"), suggestion,
		    "no failure mode is called '%.40s'", cause);
}

static void check_expect(void *obj, struct bind_ctx *ctx)
{
	const struct expect *expect = obj;

	check_cause(expect->cause, ctx);
	for (size_t i = 0; i < expect->when.n; i++) {
		const struct bind_pair *pair = &expect->when.v[i];
		const char *wrong = when_check(pair->key, pair->value);
		char *suggestion CLEANUP_FREE = NULL;
		char *nearest CLEANUP_FREE = NULL;

		if (!wrong)
			continue;
		nearest = when_suggest(pair->key);
		if (nearest)
			suggestion = xasprintf("did you mean '%s'?", nearest);
		bind_report(ctx, pair->pos, suggestion,
			    "condition on '%.40s': %s", pair->key, wrong);
	}
}

static const struct bind_field expect_fields[] = {
	{ .key = "when",
	  .type = BIND_STR_MAP,
	  AT(when),
	  .help = "Conditions on facts of the pair, all of which must hold, "
		  "such as source.kernel_version: '<5.13'; left out: always." },
	{ .key = "verdict",
	  .type = BIND_ENUM,
	  AT(verdict),
	  .required = true,
	  .names = outcome_names,
	  .help = "The outcome expected: 'fail' turns a failure into an "
		  "expected one, 'skip' leaves the cell out, 'pass' revokes "
		  "rules after this one." },
	{ .key = "cause",
	  .type = BIND_STR,
	  AT(cause),
	  .pattern = "^[a-z0-9][a-z0-9-]*$",
	  .help = "Failure mode that must be diagnosed too, such as "
		  "rseq-not-dumpable; left out: any." },
	{ .key = "reason",
	  .type = BIND_STR,
	  AT(reason),
	  .required = true,
	  .help = "Why, in one sentence." },
	{ .key = "link",
	  .type = BIND_STR,
	  AT(link),
	  .help = "Issue, commit or document that tells more." },
};

const struct bind_table expect_table = {
	.name = "expect",
	.help = "A known outcome; the first rule that fits decides.",
	.size = sizeof(struct expect),
	.pos_offset = offsetof(struct expect, pos),
	.fields = expect_fields,
	.n = ARRAY_SIZE(expect_fields),
	.check = check_expect,
};
