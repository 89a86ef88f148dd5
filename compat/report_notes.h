// SPDX-License-Identifier: Apache-2.0
/* report_notes.h - the legend of causes; for compat/report*.c */
#ifndef COMPAT_REPORT_NOTES_H
#define COMPAT_REPORT_NOTES_H

#include "compat/report_view.h"

/** view_take_notes() - Fill the notes of a view whose cells are sorted, in order
 * of appearance, and each cell's index of its note */
void view_take_notes(struct view *view);

/** note_heading() - "pid-taken", "skipped", "broken", ...; borrowed */
const char *note_heading(const struct view_note *note);

#endif
