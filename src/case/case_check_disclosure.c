/*
 * case_check_disclosure.c: what a disclosure proves, in plain words, and what
 * it does not.
 *
 * The invariant: that the bytes stood in an image of this case is told only if
 * a record was found that says the root and was itself checked.
 */
#include "case_check_disclosure.h"

#include "case_receipt.h"
#include "case_report.h"
#include "case_slim.h"
#include "case_wrap.h"

#include <inttypes.h>

#define LINE_MAX 4096

struct checking {
	const struct case_check *check;
	struct case_disclosure d;
	struct buf source; /* words about where the record was found */
	bool is_found;
	bool is_state; /* with all the keys of a case, and a blank line */
};

/* ---- the record ---- */

static int check_record(
    struct checking *c, const struct record *record, struct err *err)
{
	if (!hash_is(&record->id, &c->d.image))
		return 0;
	c->is_found = true;
	return case_disclosure_check_record(&c->d, record, err);
}

/* A slim bundle leaves records out, such as the order: what it says of a
 * record's standing would be wrong. */
static void put_found(struct checking *c, const struct case_state *state,
    uint32_t leaf, bool is_whole)
{
	const struct case_leaf *l = case_state_leaf(state, leaf);
	struct buf line;

	buf_init(&line, LINE_MAX);
	case_report_put_leaf_name(state, leaf, &line);
	buf_puts(&line, ", says this root. Its standing: ");
	buf_puts(&line,
	    is_whole ? case_standing_name(l->standing)
		     : "not checked, for this bundle is not the whole ledger");
	if (is_whole && l->rule != CASE_RULE_NONE)
		buf_printf(&line, " (%s)", case_rule_name(l->rule));
	buf_puts(&line, ".");
	case_wrap_put(&c->source, "  ", buf_slice(&line));
	buf_putc(&c->source, '\n');
	buf_done(&line);
	case_check_put_signers(&c->source, c->check, state);
	c->is_state = true;
}

static int check_state(void *cookie, const struct case_state *state,
    bool is_whole, struct err *err)
{
	struct checking *c = cookie;
	const uint32_t leaf = case_state_find_leaf(state, &c->d.image);
	struct record record = {0};

	if (leaf == CASE_NONE || c->is_found)
		return 0;
	int rc = case_state_record(state, leaf, &record, err);
	if (rc == 0)
		rc = check_record(c, &record, err);
	if (rc == 0)
		put_found(c, state, leaf, is_whole);
	record_done(&record);
	return rc;
}

static int check_receipt(
    struct checking *c, const struct case_with_file *file, struct err *err)
{
	const bool was_found = c->is_found;
	struct case_receipt receipt = {0};
	int rc = case_check_fail_with(
	    case_receipt_check(&receipt, buf_slice(&file->bytes),
		c->check->pins, c->check->pin_count, err),
	    file, err);

	if (rc == 0 && !was_found)
		rc = check_record(c, &receipt.record, err);
	if (rc == 0 && !was_found && c->is_found)
		case_receipt_put_words(&receipt, &c->source);
	case_receipt_done(&receipt);
	return rc;
}

static int check_source(
    struct checking *c, const struct case_with_file *file, struct err *err)
{
	const struct slice bytes = buf_slice(&file->bytes);

	if (case_bundle_is_one(bytes) || case_slim_is_one(bytes))
		return case_check_with_state(
		    c->check, file, check_state, c, err);
	if (case_receipt_is_one(bytes))
		return check_receipt(c, file, err);
	return case_check_fail_with(
	    err_set(err, ERR_FORMAT, "neither a bundle nor a receipt"), file,
	    err);
}

static int check_sources(struct checking *c, struct err *err)
{
	char hex[HASH_HEX_SIZE];
	int rc = 0;

	for (size_t i = 0; i < c->check->with_count && rc == 0; i++)
		rc = check_source(c, &c->check->with[i], err);
	if (rc == 0 && !c->is_found && c->check->with_count > 0) {
		hash_to_hex(hex, &c->d.image);
		rc = err_set(err, ERR_NOTFOUND,
		    "the record of the image that it names, %s, is in none of "
		    "the files of --with",
		    hex);
	}
	return rc;
}

/* ---- words ---- */

void case_check_disclosure_put_ranges(
    const struct case_disclosure *d, struct buf *out)
{
	const struct case_disclosure_sizes sizes = case_disclosure_measure(d);
	uint64_t first, last;

	for (size_t i = 0; i < d->run_count; i++) {
		case_disclosure_range(d, i, &first, &last);
		buf_printf(out,
		    "  bytes %" PRIu64 " to %" PRIu64 " (%" PRIu64 ")\n", first,
		    last, last - first + 1);
	}
	buf_printf(out,
	    "  shown: %" PRIu64 " of %" PRIu64 " bytes; not shown: %" PRIu64
	    ". Proof: %" PRIu64 " bytes.\n",
	    sizes.shown, d->length, d->length - sizes.shown, sizes.proof);
}

static void put_hash(struct buf *out, const char *what, const struct hash *hash)
{
	char hex[HASH_HEX_SIZE];

	hash_to_hex(hex, hash);
	buf_printf(out, "%s%s\n", what, hex);
}

static void put_about(struct buf *out, const struct case_disclosure *d)
{
	buf_printf(out, "ABOUT\n  copy:   %s, %" PRIu64 " bytes\n", d->item,
	    d->length);
	put_hash(out, "  record: ", &d->image);
	put_hash(out, "  root:   ", &d->root);
	buf_puts(out, "\nSHOWN\n");
	case_check_disclosure_put_ranges(d, out);
}

static void put_proved(struct buf *out, bool is_vouched)
{
	buf_puts(out, "WHAT THIS PROVES\n");
	if (!is_vouched) {
		case_wrap_put(out, "  - ",
		    slice_of("each of these bytes stands at this place in an "
			     "image of this length and with this tree root. "
			     "But record, length and root are this file's own "
			     "word: compare all three with the ledger, or "
			     "give a receipt or bundle that holds the record "
			     "with --with."));
		return;
	}
	case_wrap_put(out, "  - ",
	    slice_of("each of these bytes stands at this place in the image: "
		     "none is changed, moved or left out within a range;"));
	case_wrap_put(out, "  - ",
	    slice_of("that was fixed when the record of the image was signed: "
		     "these bytes were not made or changed later."));
}

static void put_not_proved(struct buf *out)
{
	buf_puts(out, "\nWHAT IT DOES NOT PROVE\n");
	case_wrap_put(out, "  - ",
	    slice_of("what stands in the bytes that are not shown, and "
		     "whether they would change the meaning of these;"));
	case_wrap_put(out, "  - ",
	    slice_of("that the image is a true copy of the drive: that is the "
		     "word of those who signed its record;"));
	case_wrap_put(out, "  - ",
	    slice_of("who wrote these bytes to the drive, and when."));
}

static void put_words(struct checking *c, struct buf *out)
{
	case_wrap_put(out, "",
	    slice_of(c->is_found
		    ? "This disclosure HOLDS: the bytes in it are those of "
		      "the image that the record in the ledger describes."
		    : "The bytes in this disclosure LEAD TO THE ROOT that "
		      "stands in it. Nobody vouches for that root here."));
	buf_putc(out, '\n');
	put_about(out, &c->d);
	if (c->is_found) {
		buf_puts(out, "\nWHERE THE ROOT IS RECORDED\n");
		buf_put_slice(out, buf_slice(&c->source));
		if (!c->is_state)
			buf_putc(out, '\n');
	} else {
		buf_putc(out, '\n');
	}
	put_proved(out, c->is_found);
	put_not_proved(out);
}

int case_check_disclosure(const struct case_check *check,
    const struct case_disclosure_in *in, struct buf *out, bool *ret_is_vouched,
    struct err *err)
{
	struct checking c = {.check = check};

	if (check->is_machine || check->is_leaves)
		return err_set(err, ERR_USAGE,
		    "it is a disclosure: --machine and --leaves are for "
		    "bundles");
	if (check->pin_count > 0 && check->with_count == 0)
		return err_set(err, ERR_USAGE,
		    "it is a disclosure: a key can only be found in the file "
		    "of its record, given with --with");
	buf_init(&c.source, CASE_CHECK_WORDS_MAX);
	int rc = case_disclosure_check(&c.d, in, check->shown, err);
	if (rc == 0)
		rc = check_sources(&c, err);
	if (rc == 0)
		rc = buf_check(&c.source, err);
	if (rc == 0)
		put_words(&c, out);
	if (rc == 0)
		rc = buf_check(out, err);
	*ret_is_vouched = c.is_found;
	buf_done(&c.source);
	case_disclosure_done(&c.d);
	return rc;
}
