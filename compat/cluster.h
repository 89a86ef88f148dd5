// SPDX-License-Identifier: Apache-2.0
/* cluster.h - which messages say the same of different things */
#ifndef COMPAT_CLUSTER_H
#define COMPAT_CLUSTER_H

/**
 * cluster_shape() - A message without what differs from cell to cell
 * @text:	Any message
 *
 * Numbers become "#" (with "0x" and other hexadecimal digits too, where a digit is
 * among them), paths of files "/", what stands in quotes "''". So errors with one
 * cause have one shape, whatever the pid, file or machine.
 *
 * Return: the shape, owned
 */
char *cluster_shape(const char *text);

#endif
