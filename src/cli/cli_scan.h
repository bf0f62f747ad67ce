/*
 * cli_scan.h: lists of items that come from a hand scanner or a file: one item
 * a line, what was seen of it after commas. An item may carry the check
 * character of its label (flow_check.h), which is checked and left away. Blank
 * lines, and lines that begin with '#', are passed over; CR before LF is
 * dropped.
 */
#ifndef CLI_SCAN_H
#define CLI_SCAN_H

#include "buf.h"
#include "err.h"
#include "slice.h"

#include <stddef.h>

#define CLI_SCAN_CELLS_MAX 4
#define CLI_SCAN_MAX (64u << 20)

struct cli_scan_line {
	size_t number; /* from 1, in the file */
	size_t n; /* cells, at least 1; trimmed */
	struct slice cells[CLI_SCAN_CELLS_MAX];
};

struct cli_scan {
	struct buf text;
	size_t n;
	struct cli_scan_line *lines;
	size_t cap;
};

/* path "-": standard input. ERR_USAGE names the line: no identifier, an item
 * scanned twice, too many cells, not UTF-8; ERR_VERIFY: a check character that
 * does not fit. */
int cli_scan_read(
    struct cli_scan *scan, const char *path, struct err *err) MUST_CHECK;
void cli_scan_done(struct cli_scan *scan);

#endif
