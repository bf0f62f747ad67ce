/*
 * record.h: one record's text taken apart, without copying it.
 *
 * findings section 1. A text that parses has exactly one spelling: parsing and
 * writing again gives the same bytes. No rule is judged here, only form.
 */
#ifndef RECORD_H
#define RECORD_H

#include "err.h"
#include "hash.h"
#include "record_schema.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_HEX_ID_SIZE 65
#define RECORD_SHORT_ID 12 /* hex digits that screens show */

struct record_value {
	enum record_name name;
	bool is_withheld; /* value is then the commitment, 64 hex digits */
	uint32_t occurrence; /* from 1, within the record or the block */
	struct slice value;
};

struct record_block {
	struct slice id; /* of the item or party */
	size_t first; /* its values: values[first .. first + n - 1] */
	size_t n;
};

struct record_signer {
	struct slice party;
	uint32_t key_id;
};

struct record {
	struct slice text;
	const struct record_schema *schema;
	struct hash id; /* SHA-256 of the text */
	size_t header_n; /* bytes through the last `signer:` line */
	struct slice case_ref; /* absent in the genesis */
	int64_t at;
	size_t signer_count;
	struct record_signer signers[RECORD_SIGNERS_MAX];
	size_t value_count;
	struct record_value *values; /* record level first, then by block */
	size_t top_count; /* how many of them are record level */
	size_t block_count;
	struct record_block *blocks;
	size_t value_cap, block_cap; /* capacity of the two arrays */
};

/*
 * Borrows `text` for the life of the record. ERR_FORMAT says which line and
 * what to do; ERR_LIMIT. Zero *record before the first use; it may be parsed
 * into again and again (the arrays are reused); record_done frees them.
 */
int record_parse(
    struct record *record, struct slice text, struct err *err) MUST_CHECK;
void record_done(struct record *record);
/* As record_parse, but leaves `id` zero: for whoever knows it already or works
 * it out by record_id_of. */
int record_parse_without_id(
    struct record *record, struct slice text, struct err *err) MUST_CHECK;

/* The id only, for a text that is not taken apart. */
struct hash record_id_of(struct slice text);

/* The first record-level value, or an absent slice (also when withheld). */
struct slice record_get(const struct record *record, enum record_name name);
/* Whether it stands there at all, open or withheld. */
bool record_has(const struct record *record, enum record_name name);
/* As record_get, within a block. */
struct slice record_block_get(const struct record *record,
    const struct record_block *block, enum record_name name);

/*
 * Walks the values of one name at record level (block == NULL) or in a block:
 *	for (v = record_next(r, b, NAME, NULL); v; v = record_next(r, b, NAME,
 *v))
 */
const struct record_value *record_next(const struct record *record,
    const struct record_block *block, enum record_name name,
    const struct record_value *previous);

/* Convenience over record_get; 0 and false when absent. The text has been
 * validated, so a present value always converts. */
bool record_get_count(
    const struct record *record, enum record_name name, uint64_t *ret_count);
bool record_get_time(const struct record *record, enum record_name name,
    int64_t *ret_when); /* TIME and DUE fields */
/* As record_get_time, for fields that say from when: a date is its start. */
bool record_get_start(
    const struct record *record, enum record_name name, int64_t *ret_when);
bool record_get_hash(const struct record *record, enum record_name name,
    struct hash *ret_hash); /* HASH and RECORD fields */

/* `as-of`: size and root. false when absent. */
bool record_get_as_of(
    const struct record *record, uint64_t *ret_size, struct hash *ret_root);

/* Is `party` among the signers? */
bool record_is_signed_by(const struct record *record, struct slice party);

/* Order of identifiers without regard to case: two that differ only in case
 * are one name written twice, and are refused (findings section 1). */
int record_compare_names(struct slice a, struct slice b);

/* SHA-256 over the item blocks as they stand in the text, for `population:`
 * over several parts: feed each part's bytes in order. */
struct slice record_block_bytes(const struct record *record);

#endif
