// SPDX-License-Identifier: Apache-2.0
/* capfile_options.h - options of pcapng's blocks */
#ifndef COMPAT_CAPFILE_OPTIONS_H
#define COMPAT_CAPFILE_OPTIONS_H

#include "compat/capfile_internal.h"

/*
 * Each takes the options at @at, @len bytes, of the block at @offset into
 * @iface. Return: 0, or -1 when one of them is longer than there is room, or has
 * not the length that its kind has.
 */
WARN_UNUSED
int capoptions_interface(struct capfile *file, uint64_t offset,
			 const uint8_t *at, uint32_t len,
			 struct capiface *iface, struct err *err);
WARN_UNUSED
int capoptions_statistics(struct capfile *file, uint64_t offset,
			  const uint8_t *at, uint32_t len,
			  struct capiface *iface, struct err *err);

/** capoptions_frame() - Likewise of a frame; @ret_comment is the file's */
WARN_UNUSED
int capoptions_frame(struct capfile *file, uint64_t offset, const uint8_t *at,
		     uint32_t len, struct capiface *iface,
		     const char **ret_comment, struct err *err);

/** capoptions_lost() - @n more frames were lost before one that is there */
void capoptions_lost(struct capiface *iface, uint64_t n);

#endif
