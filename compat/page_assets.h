// SPDX-License-Identifier: Apache-2.0
/* page_assets.h - style sheet and scripts of the page; each ends with a NUL */
#ifndef COMPAT_PAGE_ASSETS_H
#define COMPAT_PAGE_ASSETS_H

extern const char page_css_begin[], page_css_end[];
/** page_early - Run before anything is drawn: the theme, the plain tables hidden */
extern const char page_early_begin[], page_early_end[];
extern const char page_js_begin[], page_js_end[];

#endif
