/*
 * cli_make.h: the way in which every command makes its one record: open case
 * and keys, start a draft, name the signers, copy options to fields, let the
 * command add what is not a plain option, finish, submit.
 */
#ifndef CLI_MAKE_H
#define CLI_MAKE_H

#include "cli_args.h"
#include "cli_compose.h"
#include "err.h"
#include "record_schema.h"

#include <stddef.h>

struct cli_make {
	enum record_kind kind;
	const struct cli_compose_option *options;
	size_t option_count;
	/* Record-level fields first, then blocks; NULL: nothing to add. */
	int (*fill)(struct cli_compose *compose, struct err *err);
};

/*
 * Returns an enum cli_exit or a negative code. A required field of the table
 * whose option is missing, and an option that names a party which the case
 * does not know, are errors before anything is asked or signed.
 */
int cli_make_record(const struct cli_make *make, const struct cli_args *args,
    struct err *err) MUST_CHECK;

/* As cli_compose_put, for a party that the case must know. */
int cli_make_put_party(struct cli_compose *compose, enum record_name field,
    const char *party, struct err *err) MUST_CHECK;

/* Blocks for words[first..] of the command line, items that the case must
 * know; `fill` (may be NULL) adds the fields of each. */
int cli_make_blocks(struct cli_compose *compose, size_t first,
    int (*fill)(struct cli_compose *compose, size_t word, struct err *err),
    struct err *err) MUST_CHECK;

/* Adds every item, kind of item or `all` in a repeatable option to the
 * record's `concerns:`; `all` if it was not given and is_all_default. */
int cli_make_put_concerns(struct cli_compose *compose, const char *option,
    bool is_all_default, struct err *err) MUST_CHECK;

#endif
