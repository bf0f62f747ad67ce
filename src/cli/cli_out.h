/*
 * cli_out.h: the only place that writes to the terminal.
 *
 * All text passes text_show: control characters, and characters that reorder
 * or hide a line, are written \xNN, so that nothing out of a record, an image
 * or the name of a file can act on the reader's terminal, or stand there as a
 * line of its own. Lines end where a format says so, and where a slice has a
 * LF. Colour only where a person looks:
 * standard output is a terminal, NO_COLOR is unset or empty, TERM is not dumb.
 */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include "buf.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Standard output, filtered. */
void cli_out(const char *fmt, ...) PRINTF_LIKE(1, 2);
void cli_out_slice(struct slice text);

/* Filtered, with the words YES, NO, CONTESTED, NOT SHOWN, OVERDUE and refused
 * coloured where they stand as whole words: for screens of case_report.h. */
void cli_out_report(struct slice text);

/* Bytes as they are: JSON, a bundle, a receipt. */
void cli_out_raw(struct slice bytes);

/* From here on words go to standard error: standard output is for what
 * cli_out_raw writes, such as the JSON of a command that also says things. */
void cli_out_set_aside(void);

/* Standard error, filtered: `counterfoil: ` and one line; LF is added. */
void cli_out_error(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* Standard error, filtered, no prefix: remarks that are not the result. */
void cli_out_remark(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* 0, or ERR_IO if anything could not be written (flushes). */
int cli_out_finish(struct err *err) MUST_CHECK;

bool cli_out_is_terminal(void);

/* "1 item", "213 items": into a number and a noun with its plural s. */
const char *cli_out_s(uint64_t count); /* "" or "s" */

/* Progress on standard error, only on a terminal and only once the work has
 * lasted 2 s. Zero it to start; `what` is "reading leaves". */
struct cli_out_progress {
	int64_t started_ms, shown_ms;
	bool is_shown;
};
void cli_out_progress_tick(struct cli_out_progress *progress, const char *what,
    uint64_t done, uint64_t total);
/* The same for work that does not say how far it is: `what` and the seconds. */
void cli_out_progress_wait(struct cli_out_progress *progress, const char *what);
void cli_out_progress_end(struct cli_out_progress *progress);

#endif
