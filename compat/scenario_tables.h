// SPDX-License-Identifier: Apache-2.0
/* scenario_tables.h - parts of scenario and matrix files; for compat/ alone */
#ifndef COMPAT_SCENARIO_TABLES_H
#define COMPAT_SCENARIO_TABLES_H

#include "base/bind.h"

extern const struct bind_table workload_table;
extern const struct bind_table peer_table;
extern const struct bind_table migration_table;
extern const struct bind_table commands_table;
extern const struct bind_table step_table;
extern const struct bind_table limits_table;
extern const struct bind_table needs_table;
extern const struct bind_table requirement_table;
extern const struct bind_table expect_table;

#endif
