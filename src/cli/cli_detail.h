/*
 * cli_detail.h: what the list says of an item: open fields as they stand,
 * withheld ones as far as their reveals are in this folder.
 */
#ifndef CLI_DETAIL_H
#define CLI_DETAIL_H

#include "cli_case.h"
#include "cli_reveals.h"
#include "err.h"
#include "record.h"
#include "slice.h"

#include <stdbool.h>
#include <stdint.h>

/* Keeps the last record that was asked about: items of one part of the list
 * are best asked about in a row. Zero it, set `c`; cli_detail_done. */
struct cli_detail {
	const struct cli_case *c;
	bool is_loaded;
	uint32_t leaf;
	struct record record;
	struct cli_reveals reveals;
};

void cli_detail_done(struct cli_detail *detail);

/*
 * The value, escaped as on its line; absent if the list does not state it or
 * withholds it from this folder: then *ret_is_withheld (may be NULL) is true.
 * Borrowed until the next call.
 */
int cli_detail_get(struct cli_detail *detail, uint32_t item,
    enum record_name name, struct slice *ret_value, bool *ret_is_withheld,
    struct err *err) MUST_CHECK;

#endif
