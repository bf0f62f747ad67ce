/*
 * cli_examine_state.h: an examination that was broken off, and how to go on
 * with it: everything that it found so far, encrypted (exam_journal.h), in
 * private/examinations/COPY.journal, its key in COPY.key beside it.
 *
 * What was found after the last mark is forgotten and found again, so that what
 * comes out does not depend on where it was broken off.
 */
#ifndef CLI_EXAMINE_STATE_H
#define CLI_EXAMINE_STATE_H

#include "cage_hit.h"
#include "cage_scan.h"
#include "cli_case.h"
#include "err.h"

#include <stdbool.h>
#include <stdint.h>

struct cli_examine_state;

/* What an examination is of: one that is gone on with must be of the same. */
struct cli_examine_of {
	const char *item;
	uint64_t length, finds;
	struct hash order;
};

/* How far it is. */
struct cli_examine_mark {
	uint64_t done; /* bytes of the image */
	struct cage_scan_numbers numbers;
};

/* Everything up to a mark was given. */
typedef int cli_examine_marked_fn(void *cookie, struct err *err);

/*
 * Begins one. ERR_CONFLICT: one was broken off; with is_resumed that is gone on
 * with: its hits up to the last mark go to `put`, each mark is told by
 * `marked`, and *ret_mark is the last one.
 * is_resumed and there is none: begins one. ERR_CONFLICT too: it was of another
 * order, of other finds or of an image of another length.
 */
int cli_examine_state_open(struct cli_examine_state **ret_state,
    struct cli_case *c, const struct cli_examine_of *of, bool is_resumed,
    cage_scan_hit_fn *put, cli_examine_marked_fn *marked, void *cookie,
    struct cli_examine_mark *ret_mark, struct err *err) MUST_CHECK;

int cli_examine_state_hit(struct cli_examine_state *state,
    const struct cage_hit *hit, struct err *err) MUST_CHECK;
/* Everything that was given is kept from now on; on disk every so often. */
int cli_examine_state_mark(struct cli_examine_state *state,
    const struct cli_examine_mark *mark, struct err *err) MUST_CHECK;

/* Keeps the files, for another run. NULL is accepted. */
void cli_examine_state_close(struct cli_examine_state *state);
/* Removes them, the key first: the examination is recorded, or given up. */
int cli_examine_state_remove(
    struct cli_case *c, const char *item, struct err *err) MUST_CHECK;

#endif
