/*
 * cli_source.h: a case to be compared, from a case folder or a bundle file,
 * with the withheld values that are at hand for it.
 */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H

#include "buf.h"
#include "case_bundle.h"
#include "case_compare.h"
#include "cli_args.h"
#include "cli_case.h"
#include "err.h"
#include "map.h"
#include "record_withheld.h"

#include <stddef.h>
#include <stdint.h>

struct cli_source {
	struct buf name; /* the path, without the number of a list */
	struct cli_case folder;
	struct buf file;
	struct case_bundle bundle;
	const struct case_state *state; /* of the folder or the bundle */
	size_t reveal_count, reveal_cap;
	struct record_reveal *reveals;
	size_t text_count, text_cap;
	struct buf *texts; /* that they point into */
};

/* Opens and checks it; a folder's own reveals and those in a bundle are read.
 * `path` NULL: the case folder of the command line. ERR_VERIFY: it is false. */
int cli_source_open(struct cli_source *source, const struct cli_args *args,
    const char *path, struct err *err) MUST_CHECK;
void cli_source_done(struct cli_source *source); /* accepts a zeroed struct */

/* Adds what a reveal file says about records of this case; its signature must
 * hold. *ret_n: how many values. A file of another case has none. */
int cli_source_add_file(struct cli_source *source, const char *path,
    size_t *ret_n, struct err *err) MUST_CHECK;

/* One side of a comparison: list `number`, counted from 1 in the order of the
 * ledger; 0: the one that findings use. ERR_USAGE: there is no such list. */
int cli_source_side(struct cli_source *source, size_t number,
    struct case_compare_side *ret_side, struct err *err) MUST_CHECK;
/* How many lists of seizures there are. */
size_t cli_source_list_count(const struct cli_source *source);

#endif
