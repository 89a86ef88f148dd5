// SPDX-License-Identifier: Apache-2.0
/* images.h - what criu left in a folder of images */
#ifndef GUEST_IMAGES_H
#define GUEST_IMAGES_H

/**
 * images_bytes() - Print how large the images in a folder are, in bytes
 *
 * Logs and statistics, which are no images, do not count; nor do folders below.
 *
 * Return: exit status
 */
int images_bytes(const char *dir);

#endif
