// SPDX-License-Identifier: Apache-2.0
/* sequence.h - what stands between tools when several are done one after the other */
#ifndef GUEST_SEQUENCE_H
#define GUEST_SEQUENCE_H

/* All return an exit status. */

/** sequence_mark() - Tell the host @name, as a mark */
int sequence_mark(const char *name);

/** sequence_shell() - A script for the shell, to its end */
int sequence_shell(const char *script);

/** sequence_in_net() - "PATH TOOL ARGUMENT...": a tool in that network namespace, and
 * back */
int sequence_in_net(int argc, char *const *argv);

/** sequence_empty() - Remove what is in a folder */
int sequence_empty(const char *folder);

/** sequence_sync() - Have the file system of a path written out */
int sequence_sync(const char *path);

#endif
