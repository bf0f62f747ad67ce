/*
 * case_with.h: what somebody else has, held against a bundle: receipts and
 * signed records that may be missing in it (findings section 7).
 *
 * A receipt whose record is not where the ledger's key said it was shows that
 * the ledger is incomplete. A signed record that the ledger does not hold is
 * appended, and the worse of both findings counts, line by line: YES before
 * CONTESTED before NOT SHOWN before NO. So nothing that is handed in can make
 * a finding better.
 */
#ifndef CASE_WITH_H
#define CASE_WITH_H

#include "buf.h"
#include "case_bundle.h"
#include "case_finding.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Must stay where it is while a case_with made of it lives. */
struct case_with_file {
	const char *name; /* for messages; borrowed */
	struct buf bytes;
};

enum case_with_what {
	CASE_WITH_HERE, /* the bundle has it */
	CASE_WITH_LATER, /* of a time after the finding */
	CASE_WITH_MISSING, /* a receipt's record is not in the bundle */
	CASE_WITH_FORKED, /* a receipt's record is here, in another history */
	CASE_WITH_ADDED, /* a signed record; appended */
};

struct case_with_entry {
	const char *name; /* of the file it came from */
	enum case_with_what what;
	enum record_kind kind;
	struct hash id;
	uint64_t index, size; /* a receipt: leaf and ledger; else 0, 0 */
	uint32_t leaf; /* HERE, FORKED, ADDED; else CASE_NONE */
};

struct case_with {
	struct case_state *state; /* the bundle's leaves, then those added */
	struct case_finding finding; /* the worse of both */
	bool is_standing; /* the bundle's own finding stands unchanged */
	size_t n, cap;
	struct case_with_entry *entries;
	size_t leaf_count, leaf_cap;
	struct buf *leaves; /* added */
};

/*
 * Each file is a receipt, a signed record (a note) or an offer that everybody
 * has signed. ERR_VERIFY: one of them is false, by signature or form, or would
 * be refused always, apart from the time of its entry. ERR_UNSUPPORTED: a
 * receipt of another ledger. ERR_FORMAT: none of the three, or not whole. The
 * message names the file. `bundle` must outlive *ret_with.
 */
int case_with_make(struct case_with *ret_with, const struct case_bundle *bundle,
    const struct case_with_file *files, size_t n, struct err *err) MUST_CHECK;
void case_with_done(struct case_with *with);

/* One plain sentence about each entry, wrapped as case_report.h has it. */
void case_with_put_words(const struct case_with *with, struct buf *out);

#endif
