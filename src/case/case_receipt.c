/*
 * case_receipt.c: one leaf, its proof and its checkpoint in one file.
 *
 * The invariant: nothing is told from a receipt that its hash path does not
 * lead to a root which the log's key signed. What cannot be checked without
 * the genesis (keys of parties and witnesses) is counted and said.
 */
#include "case_receipt.h"

#include "case_report.h"
#include "case_wrap.h"
#include "log_checkpoint.h"
#include "log_proof.h"
#include "note.h"
#include "reader.h"
#include "record_leaf.h"

#include <inttypes.h>
#include <string.h>

#define MAGIC "counterfoil-receipt/v1\n"
#define SENTENCE_MAX 65536

bool case_receipt_is_one(struct slice bytes)
{
	return slice_starts_with(bytes, MAGIC);
}

int case_receipt_put(struct buf *out, const struct note_key *log_key,
    struct slice leaf, uint64_t index, const struct tree_proof *path,
    struct slice checkpoint, struct err *err)
{
	buf_puts(out, MAGIC "log ");
	note_key_put(out, log_key);
	buf_printf(out, "\nleaf %zu\n", leaf.n);
	buf_put_slice(out, leaf);
	log_proof_put(out, index, path, checkpoint);
	return buf_check(out, err);
}

/* The file's own parts. */
struct layout {
	struct slice leaf;
	struct slice note; /* the signed record in it */
	struct log_proof proof;
};

static int read_layout(struct case_receipt *receipt, struct layout *layout,
    struct slice bytes, struct err *err)
{
	struct reader reader;
	unsigned long long n;

	if (bytes.n > CASE_RECEIPT_MAX)
		return err_set(
		    err, ERR_LIMIT, "a receipt of %zu bytes", bytes.n);
	reader_init(&reader, bytes.p, bytes.n);
	reader_expect(&reader, MAGIC);
	if (reader.failed)
		return err_set(err, ERR_FORMAT, "not a counterfoil receipt");
	reader_expect(&reader, "log ");
	struct slice vkey = reader_line(&reader);
	if (reader.failed)
		return err_set(err, ERR_FORMAT,
		    "not a whole receipt: the line \"log\" is missing");
	int rc = note_key_parse(&receipt->log_key, vkey, err);
	if (rc != 0)
		return rc;
	reader_expect(&reader, "leaf ");
	if (!slice_to_u64(reader_line(&reader), &n) || n > reader_left(&reader))
		return err_set(err, ERR_FORMAT,
		    "not a whole receipt: the line \"leaf\" is misspelt, or "
		    "says more bytes than there are");
	layout->leaf = reader_bytes(&reader, (size_t)n);
	rc = log_proof_parse(
	    &layout->proof, reader_bytes(&reader, reader_left(&reader)), err);
	if (rc == 0 && layout->proof.extra.p != NULL)
		rc = err_set(err, ERR_FORMAT,
		    "the proof has an extra line, which nothing vouches for");
	return rc;
}

/* The signature lines must be those of the `signer:` lines, in order. */
static int check_signers(
    const struct record *record, const struct note *note, struct err *err)
{
	bool is_same = note->n == record->signer_count;

	for (size_t i = 0; is_same && i < note->n; i++)
		is_same = note->signatures[i].id == record->signers[i].key_id &&
		    slice_is(
			note->signatures[i].name, record->signers[i].party);
	if (!is_same)
		return err_set(err, ERR_VERIFY,
		    "the record's signatures are not those that its signer: "
		    "lines name");
	return 0;
}

static int check_record(
    struct case_receipt *receipt, struct layout *layout, struct err *err)
{
	struct record_leaf leaf;
	struct note note;
	int rc = record_leaf_parse(&leaf, layout->leaf, err);

	if (rc == 0)
		rc = note_parse(&note, leaf.note, err);
	if (rc == 0)
		rc = record_parse(&receipt->record, note.text, err);
	if (rc == 0)
		rc = check_signers(&receipt->record, &note, err);
	if (rc != 0)
		return rc;
	layout->note = leaf.note;
	receipt->entered = leaf.entered;
	return 0;
}

static int check_inclusion(
    struct case_receipt *receipt, const struct layout *layout, struct err *err)
{
	struct log_checkpoint head;
	struct note note;
	struct hash_run *run = hash_new();
	int rc;

	if (run == NULL)
		return err_nomem(err);
	receipt->leaf_hash =
	    tree_leaf_hash(run, layout->leaf.p, layout->leaf.n);
	hash_free(run);
	rc = note_parse(&note, layout->proof.checkpoint, err);
	if (rc == 0)
		rc = log_checkpoint_parse(&head, note.text, err);
	if (rc != 0) {
		err_prefix(err, "the checkpoint");
		return rc;
	}
	rc = tree_check_inclusion(&layout->proof.path, layout->proof.index,
	    head.size, &receipt->leaf_hash, &head.root, NULL);
	if (rc == ERR_VERIFY)
		return err_set(err, rc,
		    "the record in this receipt is not in the ledger whose "
		    "root the log signed: the record, its time of entry, its "
		    "signatures or the proof was changed");
	if (rc != 0)
		return err_set(err, rc, "the proof could not be worked out");
	receipt->index = layout->proof.index;
	receipt->size = head.size;
	receipt->root = head.root;
	return 0;
}

static bool is_same_key(const struct note_key *a, const struct note_key *b)
{
	return a->id == b->id && a->type == b->type &&
	    note_key_is_same_point(a, b) && strcmp(a->name, b->name) == 0;
}

/* One pinned key: its signature over the record or the checkpoint. */
static int check_pin(struct case_receipt *receipt, const struct note *record,
    const struct note *checkpoint, const struct note_key *key, struct err *err)
{
	const struct note_signature *s = note_find(record, key);
	int64_t when;

	if (is_same_key(key, &receipt->log_key)) {
		receipt->is_log_pinned = true;
		return 0;
	}
	if (s != NULL) {
		receipt->confirmed_count++;
		return note_check(key, record->text, s, err);
	}
	s = note_find(checkpoint, key);
	if (s != NULL && key->type == NOTE_KEY_COSIGNATURE) {
		receipt->confirmed_count++;
		return log_checkpoint_check_cosignature(
		    &when, key, checkpoint->text, s, err);
	}
	return err_set(err, ERR_VERIFY,
	    "the pinned key %s (%08" PRIx32 ") has signed nothing in this "
	    "receipt",
	    key->name, key->id);
}

static int check_signatures(struct case_receipt *receipt,
    const struct layout *layout, const struct note_key *pinned, size_t n,
    struct err *err)
{
	struct log_checkpoint head;
	struct note checkpoint, record;
	int rc = log_checkpoint_open(&head, &checkpoint,
	    layout->proof.checkpoint, &receipt->log_key, err);

	if (rc != 0) {
		err_prefix(err, "the checkpoint");
		return rc;
	}
	rc = note_parse(&record, layout->note, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = check_pin(receipt, &record, &checkpoint, &pinned[i], err);
	if (rc == 0)
		receipt->unchecked_count =
		    record.n + checkpoint.n - 1 - receipt->confirmed_count;
	return rc;
}

int case_receipt_check(struct case_receipt *ret_receipt, struct slice bytes,
    const struct note_key *pinned, size_t pinned_count, struct err *err)
{
	struct case_receipt receipt = {0};
	struct layout layout = {0};
	int rc = read_layout(&receipt, &layout, bytes, err);

	if (rc == 0)
		rc = check_inclusion(&receipt, &layout, err);
	if (rc == 0)
		rc = check_record(&receipt, &layout, err);
	if (rc == 0)
		rc = check_signatures(
		    &receipt, &layout, pinned, pinned_count, err);
	if (rc == 0)
		*ret_receipt = receipt;
	else
		case_receipt_done(&receipt);
	return rc;
}

void case_receipt_done(struct case_receipt *receipt)
{
	record_done(&receipt->record);
	*receipt = (struct case_receipt){0};
}

static void put_entry(const struct case_receipt *receipt, struct buf *line)
{
	const struct record *record = &receipt->record;

	buf_printf(line,
	    "The ledger %s holds this %s as record %" PRIu64 " of %" PRIu64
	    " (%s). Record id ",
	    receipt->log_key.name, record->schema->name, receipt->index + 1,
	    receipt->size, record->schema->says);
	case_report_put_id(line, &record->id);
	buf_puts(line, ", dated ");
	case_report_put_when(line, record->at);
	buf_puts(line, ", entered ");
	case_report_put_when(line, receipt->entered);
	buf_puts(line, " (UTC).");
}

static void put_signers(const struct case_receipt *receipt, struct buf *line)
{
	const struct record *record = &receipt->record;

	buf_puts(line, "Signed by ");
	for (size_t i = 0; i < record->signer_count; i++)
		buf_printf(line, "%s%.*s (key %08" PRIx32 ")",
		    i > 0 ? ", " : "", SLICE_ARG(record->signers[i].party),
		    record->signers[i].key_id);
	buf_printf(line,
	    ". %zu of its and its witnesses' signatures were "
	    "checked against pinned keys",
	    receipt->confirmed_count);
	if (receipt->unchecked_count > 0)
		buf_printf(line,
		    "; %zu can be checked only with the case's "
		    "list of parties, which a bundle holds",
		    receipt->unchecked_count);
	buf_puts(line, ".");
}

static void put_log_key(const struct case_receipt *receipt, struct buf *line)
{
	buf_printf(line, "The ledger's key is %s, ", receipt->log_key.name);
	case_report_put_key(line, &receipt->log_key);
	buf_puts(line,
	    receipt->is_log_pinned
		? ": it is one that you pinned."
		: ". That is the receipt's own word: compare it with the key "
		  "that the case's first record names, or pin it.");
}

void case_receipt_put_words(const struct case_receipt *receipt, struct buf *out)
{
	static void (*const sentences[])(const struct case_receipt *,
	    struct buf *) = {put_entry, put_signers, put_log_key};
	struct buf line;

	buf_init(&line, SENTENCE_MAX);
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		sentences[i](receipt, &line);
		if (line.failed != 0 && out->failed == 0)
			out->failed = line.failed;
		case_wrap_put(out, "  ", buf_slice(&line));
		buf_clear(&line);
	}
	buf_done(&line);
}
