/*
 * cli_exam.h: one reading of evidence, from the order to the record: what
 * `examine`, `ls`, `cat` and `recover` have in common.
 *
 *	cli_exam_open(&x, args, what, err)     judged, then opened; not before
 *	... read x.image ...
 *	cli_exam_put(&x, CLI_EXAM_COVERAGE, err, "read: %" PRIu64, bytes)
 *	cli_exam_put_result(&x, &digest, err)
 *	cli_exam_enter(&x, err)
 *	cli_exam_done(&x)
 *
 * Nothing of the image is opened before the ledger was asked, and a reading
 * that the law does not cover is refused: there is no --although.
 */
#ifndef CLI_EXAM_H
#define CLI_EXAM_H

#include "buf.h"
#include "cli_args.h"
#include "cli_case.h"
#include "cli_keys.h"
#include "err.h"
#include "hash.h"
#include "media_open.h"
#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* IMAGE is the first word of the command line. */
#define CLI_EXAM_OPTIONS                                                       \
	{"under", 0, "ORDER", false, "the order under which it is read"},      \
	    {"item", 0, "COPY", false,                                         \
		"the image, as the ledger names it (default: as its file is "  \
		"named, I-0007 for I-0007.E01)"},                              \
	    {"purpose", 0, "TEXT", false,                                      \
		"what for (default: as the order says)"},                      \
	    {"examiner", 0, "PARTY", false,                                    \
		"who examines (default: the first --as)"},                     \
	    {"custodian", 0, "PARTY", false,                                   \
		"who holds the image, and signs"},                             \
	    {"host", 0, "PARTY", false,                                        \
		"on whose machine (default: the examiner's)"},                 \
	    {"witness", 0, "PARTY", true, "who watched and signs"},            \
	    {"present-throughout", 0, "yes|no", false,                         \
		"was the witness there from beginning to end"},                \
	    {"objection", 0, "TEXT", true, "an objection raised"},             \
	{                                                                      \
		"remark", 0, "TEXT", false, "anything else (withheld)"         \
	}

/* What the record says of the reading, in these fields. */
enum cli_exam_line {
	CLI_EXAM_TOOL, /* a program beside counterfoil itself, and version */
	CLI_EXAM_COVERAGE,
	CLI_EXAM_GAP,
	CLI_EXAM_LINES
};

/* More lines of one kind are counted, and the last one says how many. */
#define CLI_EXAM_LINES_MAX 200

struct cli_exam {
	const struct cli_args *args;
	struct cli_case c;
	struct cli_keys keys;
	struct media_open image;
	uint32_t order; /* its leaf */
	char item[TEXT_IDENTIFIER_MAX + 1];
	/* The kinds of finding, each with a NUL; from --finds, else the
	 * order's, else all that the command knows. */
	struct buf finds;
	struct buf lines[CLI_EXAM_LINES]; /* each line with a NUL */
	size_t counts[CLI_EXAM_LINES];
	struct hash results[16];
	size_t result_count;
	int64_t started;
};

/*
 * Case, keys, order and item are found; an examination that looks for the
 * kinds `kinds` (n names; --finds may choose fewer, and the order must permit
 * them) is judged; then the image is opened. CLI_DONE, CLI_FALSE: it was
 * refused, which has been said; or an error: ERR_NOTFOUND, ERR_USAGE,
 * ERR_CONFLICT: the image has another length than the ledger has for it.
 * cli_exam_done accepts a zeroed struct and a failed one.
 */
int cli_exam_open(struct cli_exam *x, const struct cli_args *args,
    const char *const *kinds, size_t n, struct err *err) MUST_CHECK;
void cli_exam_done(struct cli_exam *x);

/* Whether the kind of finding is to be looked for. */
bool cli_exam_finds(const struct cli_exam *x, const char *kind);

/* A line of the record. The first error is kept until cli_exam_enter. */
void cli_exam_put(struct cli_exam *x, enum cli_exam_line line, const char *fmt,
    ...) PRINTF_LIKE(3, 4);
/* The digest of a result; 16 at most. */
void cli_exam_put_result(struct cli_exam *x, const struct hash *hash);

/* Makes, signs and enters the record, or offers it to those who must sign,
 * too. An enum cli_exit or a negative code; after CLI_FALSE or an error the
 * caller removes what it wrote. */
int cli_exam_enter(struct cli_exam *x, struct err *err) MUST_CHECK;

#endif
