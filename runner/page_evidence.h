// SPDX-License-Identifier: Apache-2.0
/* page_evidence.h - what the page shows of a run's folder */
#ifndef RUNNER_PAGE_EVIDENCE_H
#define RUNNER_PAGE_EVIDENCE_H

#include "compat/page.h"

/**
 * page_evidence_read() - Read the folder of a cell's last attempt
 * @arg:	Path of the run's folder, const char *
 *
 * Other people's folders are read too: what lies outside of the folder, as seen
 * through links, is not there.
 *
 * Return: false when there is none
 */
bool page_evidence_read(void *arg, const struct result *cell,
			struct page_evidence *ret_evidence);

/** page_href() - A run's folder as seen from the folder of the file @page, as a
 * relative path that begins with a dot; owned; NULL when there is no way */
char *page_href(const char *run, const char *page);

#endif
