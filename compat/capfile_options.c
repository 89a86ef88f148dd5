// SPDX-License-Identifier: Apache-2.0
/* capfile_options.c - options of pcapng's blocks: names, resolution, comments */
#include "compat/capfile_options.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

/* Of names, which are kept for each interface. */
#define NAME_MAX_BYTES 255

enum {
	OPT_END = 0,
	OPT_COMMENT = 1,
	IF_NAME = 2,
	IF_DESCRIPTION = 3,
	IF_TSRESOL = 9,
	IF_TSOFFSET = 14,
	EPB_DROPCOUNT = 4,
	ISB_IFRECV = 4,
	ISB_IFDROP = 5,
	ISB_FILTERACCEPT = 6,
	ISB_OSDROP = 7
};

/* struct options - Those of a block that are yet to be read */
struct options {
	struct capfile *file;
	uint64_t offset;
	const uint8_t *at;
	uint32_t len;
};

struct option {
	uint16_t code;
	uint16_t len;
	const uint8_t *value;
};

/* Return: 1, 0 at the end, or -1 */
static int next_option(struct options *o, struct option *ret_option,
		       struct err *err)
{
	struct option option;
	uint32_t taken;

	if (o->len < 4)
		return 0;
	option.code = capfile_get16(o->file, o->at);
	option.len = capfile_get16(o->file, o->at + 2);
	option.value = o->at + 4;
	if (option.code == OPT_END)
		return 0;
	taken = 4 + ((option.len + 3U) & ~3U);
	if (taken > o->len)
		return capfile_bad(o->file, o->offset, err,
				   "option %u has %u bytes, the block has %u",
				   option.code, option.len, o->len - 4);
	o->at += taken;
	o->len -= taken;
	*ret_option = option;
	return 1;
}

static int check_len(const struct options *o, const struct option *option,
		     uint16_t len, struct err *err)
{
	if (option->len == len)
		return 0;
	return capfile_bad(o->file, o->offset, err,
			   "option %u has %u bytes instead of %u", option->code,
			   option->len, len);
}

static int get_u64(const struct options *o, const struct option *option,
		   uint64_t *to, struct err *err)
{
	if (check_len(o, option, 8, err))
		return -1;
	*to = capfile_get64(o->file, option->value);
	return 0;
}

/* --- Interfaces ----------------------------------------------------------- */

static void set_text(char **to, const struct option *option)
{
	size_t len = option->len < NAME_MAX_BYTES ? option->len :
						    NAME_MAX_BYTES;

	free(*to);
	*to = str_utf8_clean((const char *)option->value, len);
}

static uint64_t power_of_10(unsigned n)
{
	uint64_t power = 1;

	while (n-- > 0)
		power *= 10;
	return power;
}

/* 10 or 2 to the minus @value. What is finer than all that 64 bits can count
 * is as good as no time. */
static void set_resolution(struct capiface *iface, uint8_t value)
{
	unsigned n = value & 0x7f;

	iface->mul = iface->div = 1;
	if (value & 0x80) {
		iface->mul = NS_PER_S;
		iface->shift = n;
	} else if (n <= 9) {
		iface->mul = power_of_10(9 - n);
	} else if (n <= 9 + 19) {
		iface->div = power_of_10(n - 9);
	} else {
		iface->mul = 0;
	}
}

static int take_interface(const struct options *o, const struct option *option,
			  struct capiface *iface, struct err *err)
{
	uint64_t seconds;

	switch (option->code) {
	case IF_NAME:
		set_text(&iface->pub.name, option);
		return 0;
	case IF_DESCRIPTION:
		set_text(&iface->pub.description, option);
		return 0;
	case IF_TSRESOL:
		if (check_len(o, option, 1, err))
			return -1;
		set_resolution(iface, option->value[0]);
		return 0;
	case IF_TSOFFSET:
		if (get_u64(o, option, &seconds, err))
			return -1;
		iface->offset_s = (int64_t)seconds;
		return 0;
	default:
		return 0;
	}
}

int capoptions_interface(struct capfile *file, uint64_t offset,
			 const uint8_t *at, uint32_t len,
			 struct capiface *iface, struct err *err)
{
	struct options o = { file, offset, at, len };
	struct option option;
	int rc;

	while ((rc = next_option(&o, &option, err)) == 1)
		if (take_interface(&o, &option, iface, err))
			return -1;
	return rc;
}

/* --- Statistics ----------------------------------------------------------- */

int capoptions_statistics(struct capfile *file, uint64_t offset,
			  const uint8_t *at, uint32_t len,
			  struct capiface *iface, struct err *err)
{
	const struct {
		uint16_t code;
		uint64_t *to;
	} figures[] = {
		{ ISB_IFRECV, &iface->pub.received },
		{ ISB_IFDROP, &iface->pub.if_drops },
		{ ISB_FILTERACCEPT, &iface->pub.accepted },
		{ ISB_OSDROP, &iface->pub.os_drops },
	};
	struct options o = { file, offset, at, len };
	struct option option;
	int rc;

	while ((rc = next_option(&o, &option, err)) == 1)
		for (size_t i = 0; i < ARRAY_SIZE(figures); i++)
			if (figures[i].code == option.code &&
			    get_u64(&o, &option, figures[i].to, err))
				return -1;
	return rc;
}

/* --- Frames --------------------------------------------------------------- */

void capoptions_lost(struct capiface *iface, uint64_t n)
{
	uint64_t *sum = &iface->pub.between_drops;

	if (*sum == CAPFILE_UNKNOWN)
		*sum = 0;
	/* Never CAPFILE_UNKNOWN by counting. */
	*sum = n < CAPFILE_UNKNOWN - 1 - *sum ? *sum + n : CAPFILE_UNKNOWN - 1;
}

static void add_comment(struct capfile *file, const struct option *option,
			const char **comment)
{
	CLEANUP_FREE char *text =
		str_utf8_clean((const char *)option->value, option->len);
	char *all = *comment ? xasprintf("%s\n%s", *comment, text) :
			       xstrdup(text);

	free(file->comment);
	file->comment = all;
	*comment = all;
}

int capoptions_frame(struct capfile *file, uint64_t offset, const uint8_t *at,
		     uint32_t len, struct capiface *iface,
		     const char **ret_comment, struct err *err)
{
	struct options o = { file, offset, at, len };
	struct option option;
	uint64_t drops;
	int rc;

	while ((rc = next_option(&o, &option, err)) == 1) {
		if (option.code == OPT_COMMENT)
			add_comment(file, &option, ret_comment);
		if (option.code != EPB_DROPCOUNT)
			continue;
		if (get_u64(&o, &option, &drops, err))
			return -1;
		capoptions_lost(iface, drops);
	}
	return rc;
}
