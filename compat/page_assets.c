// SPDX-License-Identifier: Apache-2.0
/* page_assets.c - style sheet and scripts of the page, within the program */
#include "compat/page_assets.h"

/* Each as it stands in compat/page/; the scripts, one after the other, are one.
 * The Makefile knows that this file depends on them. */
#define BEGIN(name)                                         \
	".globl page_" name "_begin, page_" name "_end\n\t" \
	"page_" name "_begin:\n\t"
#define FILE_(file) ".incbin \"compat/page/" file "\"\n\t"
#define END(name) "page_" name "_end:\n\t.byte 0\n\t"

/* One file a line. */
/* clang-format off */
__asm__(".pushsection .rodata\n\t"
	BEGIN("css")
	FILE_("page.css")
	END("css")
	BEGIN("early")
	FILE_("early.js")
	END("early")
	BEGIN("js")
	FILE_("query.js")
	FILE_("model.js")
	FILE_("dom.js")
	FILE_("figures.js")
	FILE_("grid.js")
	FILE_("charts.js")
	FILE_("time.js")
	FILE_("story.js")
	FILE_("parts.js")
	FILE_("page.js")
	END("js")
	".popsection");
/* clang-format on */
