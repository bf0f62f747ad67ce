/*
 * case_receipt.h: what a signer keeps: one leaf and the proof that the ledger
 * holds it, so that leaving it out later can be shown (counterfoil-receipt(5),
 * findings section 7).
 *
 *	counterfoil-receipt/v1
 *	log <vkey>
 *	leaf <bytes>
 *	<the leaf, that many bytes>
 *	<C2SP tlog-proof to the end, without an `extra` line>
 *
 * The log's key is the receipt's own word: the genesis that names it is not in
 * here. So a receipt proves what the holder of that key signed; whether it is
 * the case's key is for the reader to compare, or to pin.
 */
#ifndef CASE_RECEIPT_H
#define CASE_RECEIPT_H

#include "buf.h"
#include "err.h"
#include "hash.h"
#include "note_key.h"
#include "record.h"
#include "slice.h"
#include "tree.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CASE_RECEIPT_MAX (256 * 1024)

/* Whether a file means to be a receipt: its first line. */
bool case_receipt_is_one(struct slice bytes);

/* Writes a receipt for leaf `index`; `path` leads to the checkpoint's root.
 * Nothing is checked but that it fits. */
int case_receipt_put(struct buf *out, const struct note_key *log_key,
    struct slice leaf, uint64_t index, const struct tree_proof *path,
    struct slice checkpoint, struct err *err) MUST_CHECK;

struct case_receipt {
	struct record record; /* what was entered; points into the file */
	int64_t entered;
	uint64_t index;
	uint64_t size; /* of the ledger then */
	struct hash leaf_hash;
	struct hash root;
	struct note_key log_key;
	bool is_log_pinned;
	/* Signatures of the record and of the checkpoint that a pinned key
	 * confirmed, and those that only a whole bundle can check. */
	size_t confirmed_count;
	size_t unchecked_count;
};

/*
 * Checks form, the record's form, that its signature lines are those of its
 * `signer:` lines, inclusion, the log's signature, and every other signature
 * whose key is pinned. A pinned key that signed nothing here is ERR_VERIFY.
 * Errors as case_bundle_check. `bytes` must outlive *ret_receipt.
 */
int case_receipt_check(struct case_receipt *ret_receipt, struct slice bytes,
    const struct note_key *pinned, size_t pinned_count,
    struct err *err) MUST_CHECK;
void case_receipt_done(struct case_receipt *receipt);

/* What it shows, in plain sentences, wrapped as case_report.h has it. */
void case_receipt_put_words(
    const struct case_receipt *receipt, struct buf *out);

#endif
