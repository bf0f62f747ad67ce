/*
 * case_with.c: the bundle's leaves folded once more, with what was handed in
 * behind them.
 *
 * The invariant: no line of the merged finding is better than the same line of
 * the bundle's own.
 */
#include "case_with.h"

#include "case_receipt.h"
#include "case_report.h"
#include "case_wrap.h"
#include "mem.h"
#include "note.h"
#include "reader.h"
#include "record_leaf.h"

#include <inttypes.h>
#include <stdlib.h>

#define OFFER_MAGIC "counterfoil-offer/v1\n"
#define SENTENCE_MAX 65536

struct adding {
	struct case_with *with;
	const struct case_bundle *bundle;
	const char *name; /* of the file at hand */
};

static int add_entry(
    struct adding *a, struct case_with_entry entry, struct err *err)
{
	struct case_with *with = a->with;
	int rc = mem_grow((void **)&with->entries, &with->cap, with->n + 1,
	    sizeof(*with->entries), err);

	entry.name = a->name;
	if (rc == 0)
		with->entries[with->n++] = entry;
	return rc;
}

/* ---- receipts ---- */

static bool is_same_key(const struct note_key *a, const struct note_key *b)
{
	return a->id == b->id && note_key_is_same_point(a, b) &&
	    strcmp(a->name, b->name) == 0;
}

static enum case_with_what weigh_receipt(
    const struct case_bundle *bundle, const struct case_receipt *receipt)
{
	const struct case_state *state = bundle->state;

	if (receipt->index >= bundle->leaf_count)
		return receipt->entered > bundle->finding.time
		    ? CASE_WITH_LATER
		    : CASE_WITH_MISSING;
	struct hash here = case_state_leaf_hash(state, receipt->index);
	if (!hash_is(&here, &receipt->leaf_hash))
		return CASE_WITH_MISSING;
	if (receipt->size > bundle->leaf_count)
		return CASE_WITH_HERE;
	struct hash root = case_state_root(state, receipt->size);
	return hash_is(&root, &receipt->root) ? CASE_WITH_HERE
					      : CASE_WITH_FORKED;
}

static int add_receipt(struct adding *a, struct slice bytes, struct err *err)
{
	struct case_receipt receipt = {0};
	int rc = case_receipt_check(&receipt, bytes, NULL, 0, err);

	if (rc != 0)
		return rc;
	if (is_same_key(
		&receipt.log_key, case_state_log_key(a->bundle->state))) {
		enum case_with_what what = weigh_receipt(a->bundle, &receipt);
		bool is_here =
		    what == CASE_WITH_HERE || what == CASE_WITH_FORKED;
		rc = add_entry(a,
		    (struct case_with_entry){
			.what = what,
			.kind = receipt.record.schema->kind,
			.id = receipt.record.id,
			.index = receipt.index,
			.size = receipt.size,
			.leaf = is_here ? (uint32_t)receipt.index : CASE_NONE,
		    },
		    err);
	} else {
		rc = err_set(err, ERR_UNSUPPORTED,
		    "it is a receipt of another ledger: its key is not the "
		    "one that this case's first record names");
	}
	case_receipt_done(&receipt);
	return rc;
}

/* ---- records ---- */

static int append(struct adding *a, struct slice note, struct err *err)
{
	struct case_with *with = a->with;
	int rc = mem_grow((void **)&with->leaves, &with->leaf_cap,
	    with->leaf_count + 1, sizeof(*with->leaves), err);

	if (rc != 0)
		return rc;
	struct buf *leaf = &with->leaves[with->leaf_count++];
	buf_init(leaf, RECORD_LEAF_MAX);
	rc = record_leaf_put(leaf, a->bundle->finding.time, note, err);
	if (rc == 0)
		rc = case_state_add(with->state, buf_slice(leaf), err);
	return rc;
}

static int add_record(struct adding *a, struct slice bytes, struct err *err)
{
	struct record record = {0};
	struct note note;
	struct case_state *state = a->with->state;
	int rc = note_parse(&note, bytes, err);

	if (rc == 0)
		rc = record_parse(&record, note.text, err);
	if (rc != 0)
		goto out;
	struct case_with_entry entry = {
	    .what = CASE_WITH_HERE,
	    .kind = record.schema->kind,
	    .id = record.id,
	    .leaf = case_state_find_leaf(state, &record.id),
	};
	if (entry.leaf == CASE_NONE && record.at > a->bundle->finding.time) {
		entry.what = CASE_WITH_LATER;
	} else if (entry.leaf == CASE_NONE) {
		entry.what = CASE_WITH_ADDED;
		rc = append(a, bytes, err);
		entry.leaf = case_state_find_leaf(state, &record.id);
	}
	if (rc == 0)
		rc = add_entry(a, entry, err);
out:
	record_done(&record);
	return rc;
}

/* "<what> <n>" and n bytes. */
static struct slice read_part(struct reader *reader, const char *what)
{
	unsigned long long n;

	reader_expect(reader, what);
	if (!slice_to_u64(reader_line(reader), &n) || n > reader_left(reader)) {
		reader->failed = true;
		return (struct slice){0};
	}
	return reader_bytes(reader, (size_t)n);
}

/* The reveals in an offer change no finding and are passed over. */
static int add_offer(struct adding *a, struct slice bytes, struct err *err)
{
	struct reader reader;
	int rc = 0;

	reader_init(&reader, bytes.p, bytes.n);
	reader_expect(&reader, OFFER_MAGIC);
	while (rc == 0 && reader_left(&reader) > 0) {
		struct slice note = read_part(&reader, "record ");
		(void)read_part(&reader, "reveals ");
		if (reader.failed)
			return err_set(
			    err, ERR_FORMAT, "it is not a whole offer");
		rc = add_record(a, note, err);
	}
	return rc;
}

static int add_file(
    struct adding *a, const struct case_with_file *file, struct err *err)
{
	struct slice bytes = buf_slice(&file->bytes);
	int rc;

	a->name = file->name;
	if (case_receipt_is_one(bytes))
		rc = add_receipt(a, bytes, err);
	else if (slice_starts_with(bytes, OFFER_MAGIC))
		rc = add_offer(a, bytes, err);
	else if (slice_starts_with(bytes, RECORD_MAGIC))
		rc = add_record(a, bytes, err);
	else
		rc = err_set(err, ERR_FORMAT,
		    "neither a receipt, nor a signed record, nor an offer");
	if (rc != 0)
		err_prefix(err, "--with %s: %s", file->name,
		    rc == ERR_VERIFY ? "FALSE" : "could not be checked");
	return rc;
}

/* ---- the worse of both ---- */

static int badness(enum case_word word)
{
	static const int ranks[CASE_WORD_COUNT] = {
	    [CASE_YES] = 5,
	    [CASE_CONTESTED] = 4,
	    [CASE_NOT_SHOWN] = 3,
	    [CASE_NO_UNWITNESSED] = 2,
	    [CASE_NO] = 1,
	    [CASE_NOT_APPLICABLE] = 0,
	};

	return ranks[word];
}

static int copy_line(
    struct case_line *to, const struct case_line *from, struct err *err)
{
	struct case_reason *reasons =
	    mem_new(from->reason_count + 1, sizeof(*reasons));

	if (reasons == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < from->reason_count; i++)
		reasons[i] = from->reasons[i];
	free(to->reasons);
	*to = *from;
	to->reasons = reasons;
	return 0;
}

/* `ours` of the bundle, `theirs` with everything: the worse one in `theirs`. */
static int merge_line(struct case_with *with, const struct case_line *ours,
    struct case_line *theirs, struct err *err)
{
	int a = badness(ours->word), b = badness(theirs->word);

	if (b > a)
		with->is_standing = false;
	return a > b ? copy_line(theirs, ours, err) : 0;
}

/* Both have their lines bytewise by item; an item that is only in the second
 * one came with what was added, and its line stands as it is. */
static int merge(
    struct case_with *with, const struct case_finding *bundle, struct err *err)
{
	struct case_finding *merged = &with->finding;
	size_t at = 0;
	int rc = merge_line(with, &bundle->unlisted, &merged->unlisted, err);

	for (size_t i = 0; i < merged->line_count && rc == 0; i++) {
		struct case_line *line = &merged->lines[i];
		const struct case_line *ours = &bundle->lines[at];

		if (at < bundle->line_count && ours->item == line->item &&
		    ours->form == line->form) {
			rc = merge_line(with, ours, line, err);
			at++;
		} else if (badness(line->word) > badness(CASE_NO)) {
			with->is_standing = false;
		}
	}
	merged->size = bundle->size;
	merged->root = bundle->root;
	return rc;
}

static int make_finding(
    struct case_with *with, const struct case_bundle *bundle, struct err *err)
{
	const struct case_finding *f = &bundle->finding;
	struct case_cosignatures cosignatures = {
	    .n = f->witnessed_count,
	    .witnessed = f->witnessed,
	};

	for (size_t i = 0; i < with->n; i++)
		if (with->entries[i].what == CASE_WITH_MISSING ||
		    with->entries[i].what == CASE_WITH_FORKED)
			cosignatures.is_incomplete = true;
	with->is_standing = !cosignatures.is_incomplete;
	int rc = case_finding_make(&with->finding, with->state, f->question,
	    f->time, &cosignatures, err);
	return rc == 0 ? merge(with, f, err) : rc;
}

static int fold_bundle(
    struct case_with *with, const struct case_bundle *bundle, struct err *err)
{
	int rc = 0;

	with->state = case_state_new();
	if (with->state == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < bundle->leaf_count && rc == 0; i++)
		rc = case_state_add(
		    with->state, case_state_leaf(bundle->state, i)->bytes, err);
	case_state_loosen(with->state);
	return rc;
}

int case_with_make(struct case_with *ret_with, const struct case_bundle *bundle,
    const struct case_with_file *files, size_t n, struct err *err)
{
	struct case_with with = {0};
	struct adding a = {.with = &with, .bundle = bundle};
	int rc = fold_bundle(&with, bundle, err);

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = add_file(&a, &files[i], err);
	if (rc == 0)
		rc = make_finding(&with, bundle, err);
	if (rc == 0)
		*ret_with = with;
	else
		case_with_done(&with);
	return rc;
}

void case_with_done(struct case_with *with)
{
	case_finding_done(&with->finding);
	case_state_free(with->state);
	for (size_t i = 0; i < with->leaf_count; i++)
		buf_done(&with->leaves[i]);
	free(with->leaves);
	free(with->entries);
	*with = (struct case_with){0};
}

/* ---- words ---- */

static void put_entry(const struct case_with *with,
    const struct case_with_entry *entry, struct buf *line)
{
	buf_printf(line, "%s: ", entry->name);
	if (entry->leaf != CASE_NONE) {
		case_report_put_leaf_name(with->state, entry->leaf, line);
	} else {
		buf_printf(line, "%s ", record_schema_of(entry->kind)->name);
		case_report_put_id(line, &entry->id);
	}
	switch (entry->what) {
	case CASE_WITH_HERE:
		buf_puts(line, ", is in the ledger.");
		break;
	case CASE_WITH_LATER:
		buf_puts(line,
		    ", is of a time after this finding and changes nothing "
		    "in it.");
		break;
	case CASE_WITH_MISSING:
		buf_printf(line,
		    ", IS MISSING: the ledger's key signed that it is record "
		    "%" PRIu64 " of %" PRIu64
		    ", and it is not here. The ledger is incomplete.",
		    entry->index + 1, entry->size);
		break;
	case CASE_WITH_FORKED:
		buf_printf(line,
		    ", is here, but the ledger's key signed another history "
		    "of %" PRIu64 " records with it. The ledger is incomplete.",
		    entry->size);
		break;
	case CASE_WITH_ADDED:
		buf_puts(line,
		    ", is signed and NOT IN THE LEDGER: it was added as the "
		    "last record.");
		break;
	}
}

void case_with_put_words(const struct case_with *with, struct buf *out)
{
	struct buf line;

	buf_init(&line, SENTENCE_MAX);
	for (size_t i = 0; i < with->n; i++) {
		buf_clear(&line);
		put_entry(with, &with->entries[i], &line);
		if (line.failed != 0 && out->failed == 0)
			out->failed = line.failed;
		case_wrap_put(out, "  - ", buf_slice(&line));
	}
	buf_done(&line);
}
