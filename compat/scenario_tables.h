// SPDX-License-Identifier: Apache-2.0
/* scenario_tables.h - parts of scenario and matrix files; for compat/ alone */
#ifndef COMPAT_SCENARIO_TABLES_H
#define COMPAT_SCENARIO_TABLES_H

#include "base/bind.h"
#include "compat/scenario.h"

extern const struct bind_table workload_table;
extern const struct bind_table peer_table;
extern const struct bind_table pre_dump_table;
extern const struct bind_table migration_table;
extern const struct bind_table snapshots_table;
extern const struct bind_table commands_table;
extern const struct bind_table step_table;
extern const struct bind_table limits_table;
extern const struct bind_table needs_table;
extern const struct bind_table requirement_table;
extern const struct bind_table expect_table;

/** check_copy() - Part of migration_table's check: what goes with what */
void check_copy(const struct migration *migration, struct bind_ctx *ctx);

#endif
