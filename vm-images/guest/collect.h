// SPDX-License-Identifier: Apache-2.0
/* collect.h - what is brought back from a guest when a cell ends */
#ifndef GUEST_COLLECT_H
#define GUEST_COLLECT_H

/**
 * collect() - Print the bytes of the images in one folder, and write the logs and
 * statistics that criu left in another to descriptor 4
 *
 * As a tar (ustar: pax(1), POSIX.1-1988), of regular files that are there; none: no
 * tar at all. A tar(1) does the same, but to start one costs an emulated guest more
 * than all that it would do here.
 *
 * Return: exit status
 */
int collect(const char *images, const char *logs);

#endif
