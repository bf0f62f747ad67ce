/*
 * case_offer.h: records on their way into the ledger: their texts, the
 * signatures so far, and the reveals of their withheld fields.
 *
 * As bytes (a file, or what a server is sent): the line
 * `counterfoil-offer/v1`, then for each record a line `record <n>`, n bytes of
 * note so far (text, empty line, the signature lines so far in the order of
 * the `signer:` lines), a line `reveals <n>`, n bytes of reveal lines. There
 * is one spelling of an offer; every signature and reveal in it is checked
 * when it is read.
 */
#ifndef CASE_OFFER_H
#define CASE_OFFER_H

#include "buf.h"
#include "case_state.h"
#include "err.h"
#include "record.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A list of 2 million rows in parts of 60 kB would pass; a file that claims
 * more is no offer. */
#define CASE_OFFER_MAX (256u << 20)
#define CASE_OFFER_RECORDS_MAX 9999

struct case_offer_record {
	struct buf text;
	struct buf reveals;
	struct buf signatures[RECORD_SIGNERS_MAX]; /* one line each, or empty */
	struct record record; /* of text */
};

struct case_offer {
	size_t n;
	struct case_offer_record **records;
	size_t cap;
};

/* Accepts a zeroed struct. */
void case_offer_done(struct case_offer *offer);

/* Adds an unsigned record; takes the two buffers' contents. */
int case_offer_add(struct case_offer *offer, struct buf *text,
    struct buf *reveals, struct err *err) MUST_CHECK;

/* Whether one file can hold them: all are signed by the same parties, as far as
 * they are signed. */
bool case_offer_is_uniform(const struct case_offer *offer);

/*
 * Takes an offer file apart. ERR_FORMAT says where; ERR_VERIFY: a reveal does
 * not belong to its record. Signatures are checked by case_offer_check, which
 * needs the parties' keys.
 */
int case_offer_parse(
    struct case_offer *offer, struct slice bytes, struct err *err) MUST_CHECK;
int case_offer_put(const struct case_offer *offer, struct buf *out,
    struct err *err) MUST_CHECK;
/* The same without the reveals: for whoever only enters it. */
int case_offer_put_bare(const struct case_offer *offer, struct buf *out,
    struct err *err) MUST_CHECK;

/* Every signature that is there, with the key that the case (or, for the
 * genesis and a join, the record itself) gives. ERR_VERIFY. */
int case_offer_check(const struct case_offer *offer,
    const struct case_state *state, struct err *err) MUST_CHECK;

/* Whether everybody named has signed. */
bool case_offer_is_complete(const struct case_offer *offer);

/* Walks the parties that still have to sign: start with *cursor = 0; an
 * absent slice at the end. (All records of one offer have the same signers.) */
struct slice case_offer_missing(const struct case_offer *offer, size_t *cursor);

/* The signed note of one record; needs all its signatures. */
int case_offer_put_note(const struct case_offer_record *record, struct buf *out,
    struct err *err) MUST_CHECK;

/* The record that the offer is about: its last one. */
const struct record *case_offer_main(const struct case_offer *offer);

/* `offer-expires` of the main record has passed at `now`. */
bool case_offer_is_expired(const struct case_offer *offer, int64_t now);

#endif
