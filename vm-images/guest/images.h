// SPDX-License-Identifier: Apache-2.0
/* images.h - what criu left in a folder of images */
#ifndef GUEST_IMAGES_H
#define GUEST_IMAGES_H

/**
 * images_bytes() - Print how large the images in a folder are, in bytes
 *
 * Those in folders below count too; logs and statistics, which are no images, and
 * symbolic links do not.
 *
 * Return: exit status
 */
int images_bytes(const char *dir);

/**
 * images_age() - Print how long ago a file was last written, in ns
 *
 * Return: exit status; 1 also when the clock was set back meanwhile
 */
int images_age(const char *path);

#endif
