/*
 * serve_submission.h: signed records as somebody hands them in, taken apart and
 * their signatures checked, before they stand in the queue.
 *
 * A body is one signed note, or an offer (case_offer.h) whose every record is
 * complete. Reveals in it are checked against their records and then dropped:
 * the ledger does not need them, and this server keeps no secret.
 */
#ifndef SERVE_SUBMISSION_H
#define SERVE_SUBMISSION_H

#include "buf.h"
#include "case_checked.h"
#include "err.h"
#include "serve_ledger.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 130 parts of a list, 50,000 items and more. */
#define SERVE_SUBMISSION_MAX (8u << 20)
#define SERVE_SUBMISSION_RECORDS_MAX 256

/* Memory that the state borrows once the record is in the ledger. */
struct serve_block {
	struct serve_block *next;
	size_t n;
	char bytes[];
};

/* One record on its way: an empty line for the time of entry, then its note. */
struct serve_entry {
	struct serve_block *leaf;
	struct case_checked checked;
	uint32_t index; /* its leaf, or CASE_NONE */
};

enum serve_outcome {
	SERVE_ENTERED, /* in the ledger now, and durable */
	SERVE_KNOWN, /* was there already */
	SERVE_REFUSED, /* by the law; the refusal is signed */
	SERVE_UNAVAILABLE, /* could not be done; nothing is known to be in */
};

struct serve_submission {
	struct serve_submission *next;
	size_t n, cap;
	struct serve_entry *entries;
	size_t bytes; /* of all leaves */
	bool is_known; /* was in the ledger when it was checked */
	bool is_although; /* a breach enters, marked as one */
	/* Of one that is denied: which record, and the party that signed it. */
	size_t denied_entry, denied_signer;
	enum serve_outcome outcome;
	struct buf answer; /* what to send back: always set by the queue */
	/* Called once, on the queue's thread; takes the submission. */
	void (*done)(struct serve_submission *submission, void *cookie);
	void *cookie;
};

/* Whether the body means to be an offer: its first line. */
bool serve_submission_is_offer(struct slice body);

/*
 * Copies what it needs of `body`. ERR_FORMAT, ERR_LIMIT: no signed records, or
 * not all signatures are there. ERR_DENIED: a signature is not by a party of
 * the case, or is false. ERR_IO: the ledger cannot be looked at.
 *
 * If the record that is denied was truly signed by a party all the same,
 * *ret_denied (may be NULL; otherwise set to NULL) is the submission, for
 * serve_submission_refuse alone.
 */
int serve_submission_new(struct serve_submission **ret_submission,
    struct serve_submission **ret_denied, struct serve_ledger *ledger,
    struct slice body, struct err *err) MUST_CHECK;

/* Who signed the record that is denied. */
struct slice serve_submission_denied_party(
    const struct serve_submission *submission);

/* The answer becomes the refusal of that record, signed by the ledger's key:
 * `why` is the error that denied it. Errors: case_refusal_sign's. */
int serve_submission_refuse(struct serve_submission *submission,
    const struct serve_ledger *ledger, const struct err *why,
    struct err *err) MUST_CHECK;
void serve_submission_free(struct serve_submission *submission);

/* The parties that signed the first record (all have the same). */
const struct record *serve_submission_record(
    const struct serve_submission *submission);

#endif
