// SPDX-License-Identifier: Apache-2.0
/* scenario_copy.c - how images are copied: rounds before the dump, and what goes
 * with what */
#include "compat/scenario_tables.h"

#include "base/mem.h"
#include "compat/scenario.h"

#define AT(s, m) .offset = offsetof(struct s, m)

static const struct bind_field pre_dump_fields[] = {
	{ .key = "rounds",
	  .type = BIND_UINT,
	  AT(pre_dump, rounds),
	  .dflt = "0",
	  .max = PRE_DUMP_ROUNDS_MAX,
	  .help = "At most so many." },
	{ .key = "until-pages",
	  .type = BIND_UINT,
	  AT(pre_dump, until_pages),
	  .dflt = "0",
	  .max = UINT32_MAX,
	  .help = "No further one when the latest wrote no more than so many "
		  "pages; 0: never." },
	{ .key = "until-progress",
	  .type = BIND_UINT,
	  AT(pre_dump, until_progress),
	  .dflt = "0",
	  .max = 100,
	  .help = "No further one when the latest did not write so many "
		  "percent fewer pages than the one before; 0: never." },
};

const struct bind_table pre_dump_table = {
	.name = "pre-dump",
	.help = "Rounds of criu pre-dump before the dump; then the dump writes "
		"only what has changed since the latest.",
	.size = sizeof(struct pre_dump),
	.pos_offset = BIND_NO_POS,
	.fields = pre_dump_fields,
	.n = ARRAY_SIZE(pre_dump_fields),
	.short_key = "rounds",
};

static bool has_pages_on_the_way(const struct migration *migration)
{
	return migration->mode == MODE_LAZY_PAGES ||
	       migration->transport == TRANSPORT_PAGE_SERVER;
}

/* Others have checks of their own. */
static bool has_no_choice(const struct migration *migration)
{
	return migration->mode == MODE_LAZY_PAGES ||
	       migration->mode == MODE_RESTART ||
	       migration->mode == MODE_COMMANDS;
}

void check_copy(const struct migration *migration, struct bind_ctx *ctx)
{
	const struct {
		const char *key;
		bool asked;
	} of_stop_copy[] = {
		{ "pre-dump", migration->pre_dump.rounds > 0 },
		{ "original", migration->original != ORIGINAL_KILLED },
		{ "transport", migration->transport != TRANSPORT_STREAM },
	};

	for (size_t i = 0; i < ARRAY_SIZE(of_stop_copy); i++)
		if (has_no_choice(migration) && of_stop_copy[i].asked)
			bind_report(ctx, bind_pos_of(ctx, of_stop_copy[i].key),
				    NULL, "'%s' goes with mode 'stop-copy'",
				    of_stop_copy[i].key);
	if (migration->uncork && migration->transport != TRANSPORT_PAGE_SERVER)
		bind_report(ctx, bind_pos_of(ctx, "uncork"), NULL,
			    "'uncork' goes with transport 'page-server'");
	if (migration->uncork && migration->tls)
		bind_report(ctx, bind_pos_of(ctx, "uncork"), NULL,
			    "'uncork' does not go with 'tls': criu makes that "
			    "on connections of its own alone");
	if (migration->tls && !has_pages_on_the_way(migration))
		bind_report(ctx, bind_pos_of(ctx, "tls"), NULL,
			    "'tls' goes with transport 'page-server' or mode "
			    "'lazy-pages'");
}
