/*
 * cli_search.h: where a text stands in the case: in labels, serial numbers,
 * seals, names of parties and persons, places, statements. Open fields, and
 * withheld ones as far as their reveals are in this folder.
 */
#ifndef CLI_SEARCH_H
#define CLI_SEARCH_H

#include "cli_case.h"
#include "cli_reveals.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cli_search_hit {
	struct slice item; /* the item or party; absent: record level */
	enum record_name name; /* the field; the block's own: its id */
	struct slice value; /* escaped, as on its line */
	uint32_t leaf; /* the first record that says so */
	bool is_withheld;
};

struct cli_search {
	const struct cli_case *c;
	struct buf needle; /* folded */
	size_t n, cap;
	struct cli_search_hit *hits; /* in the order of the ledger */
	size_t hidden; /* withheld values that are not in this folder */
	struct cli_reveals *reveals; /* of every leaf: hits borrow from them */
};

/* Letters are compared without regard to case, after NFC; only in records of
 * `kind` unless it is RECORD_KIND_COUNT. ERR_USAGE: the text is empty or not
 * UTF-8. cli_search_done accepts a zeroed struct. */
int cli_search_make(struct cli_search *search, const struct cli_case *c,
    struct slice text, enum record_kind kind, struct err *err) MUST_CHECK;
void cli_search_done(struct cli_search *search);

#endif
