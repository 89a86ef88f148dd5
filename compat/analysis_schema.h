// SPDX-License-Identifier: Apache-2.0
/* analysis_schema.h - the name of what 'crmatrix analyze --json' writes */
#ifndef COMPAT_ANALYSIS_SCHEMA_H
#define COMPAT_ANALYSIS_SCHEMA_H

#define ANALYSIS_SCHEMA "crmatrix/analyze/1"

#endif
