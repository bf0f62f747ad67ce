/*
 * case_wrap.h: sentences set in lines of at most 80 columns, and record text
 * made fit to stand in one. The width of a character comes from a table here,
 * not from a locale, so that the same text gives the same bytes everywhere.
 */
#ifndef CASE_WRAP_H
#define CASE_WRAP_H

#include "buf.h"
#include "slice.h"

#include <stddef.h>

#define CASE_WRAP_COLUMNS 80

/* Columns that UTF-8 text takes on a terminal. */
size_t case_wrap_width(struct slice text);

/*
 * Appends `text` as lines: `first` before the first one, as many spaces before
 * the others; runs of spaces become one; a longer word than a line is broken.
 * Always ends in a line feed.
 */
void case_wrap_put(struct buf *out, const char *first, struct slice text);

/* Free text from a record, unescaped; a line break becomes a space. */
void case_wrap_put_plain(struct buf *out, struct slice escaped);

/* The same in quotation marks, cut between two words after at most `columns`
 * columns; "..." stands where something was left out. */
void case_wrap_put_quote(struct buf *out, struct slice escaped, size_t columns);

#endif
