/*
 * case_check_reveal.c: values and the records that committed to them, from as
 * many files as it takes.
 */
#include "case_check_reveal.h"

#include "case_bundle.h"
#include "case_receipt.h"
#include "case_report.h"
#include "case_reveal.h"
#include "case_slim.h"
#include "case_wrap.h"
#include "mem.h"

#include <stdlib.h>

#define LINE_MAX 131072

struct checking {
	const struct case_check *check;
	struct case_reveal reveal;
	bool *is_checked; /* value i was found good */
	bool is_signer_checked;
};

/* ---- against one record, or a state full of them ---- */

static int check_record(
    struct checking *c, const struct record *record, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < c->reveal.n && rc == 0; i++) {
		if (!hash_is(&c->reveal.reveals[i].record_id, &record->id))
			continue;
		rc = record_withheld_check(record, &c->reveal.reveals[i], err);
		c->is_checked[i] = rc == 0;
	}
	return rc;
}

static int check_state(void *cookie, const struct case_state *state,
    bool is_whole, struct err *err)
{
	struct checking *c = cookie;
	struct record record = {0};
	struct hash last = {{0}};
	int rc = case_reveal_check_signer(&c->reveal, state, err);

	(void)is_whole;
	c->is_signer_checked = rc == 0;
	/* They are in order, so that each record is taken apart once. */
	for (size_t i = 0; i < c->reveal.n && rc == 0; i++) {
		const struct hash *id = &c->reveal.reveals[i].record_id;
		uint32_t leaf = case_state_find_leaf(state, id);
		if (leaf == CASE_NONE || (i > 0 && hash_is(id, &last)))
			continue;
		last = *id;
		rc = case_state_record(state, leaf, &record, err);
		if (rc == 0)
			rc = check_record(c, &record, err);
	}
	record_done(&record);
	return rc;
}

/* ---- the files ---- */

static int check_receipt(
    struct checking *c, const struct case_with_file *file, struct err *err)
{
	struct case_receipt receipt = {0};
	int rc = case_check_fail_with(
	    case_receipt_check(&receipt, buf_slice(&file->bytes), NULL, 0, err),
	    file, err);

	if (rc == 0)
		rc = check_record(c, &receipt.record, err);
	case_receipt_done(&receipt);
	return rc;
}

static int check_note(
    struct checking *c, const struct case_with_file *file, struct err *err)
{
	struct record record = {0};
	struct note note;
	int rc = note_parse(&note, buf_slice(&file->bytes), err);

	if (rc == 0)
		rc = record_parse(&record, note.text, err);
	rc = case_check_fail_with(rc, file, err);
	if (rc == 0)
		rc = check_record(c, &record, err);
	record_done(&record);
	return rc;
}

static int check_source(
    struct checking *c, const struct case_with_file *file, struct err *err)
{
	struct slice bytes = buf_slice(&file->bytes);

	if (case_bundle_is_one(bytes) || case_slim_is_one(bytes))
		return case_check_with_state(
		    c->check, file, check_state, c, err);
	if (case_receipt_is_one(bytes))
		return check_receipt(c, file, err);
	if (slice_starts_with(bytes, RECORD_MAGIC))
		return check_note(c, file, err);
	return case_check_fail_with(
	    err_set(err, ERR_FORMAT,
		"neither a bundle, nor a receipt, nor a signed record"),
	    file, err);
}

/* ---- the signer, without a bundle ---- */

static int check_pins(struct checking *c, struct err *err)
{
	const struct note *note = &c->reveal.note;

	for (size_t i = 0; i < c->check->pin_count; i++) {
		const struct note_key *pin = &c->check->pins[i];
		if (c->is_signer_checked || note_find(note, pin) == NULL)
			continue;
		int rc = note_check(pin, note->text, &note->signatures[0], err);
		if (rc != 0)
			return rc;
		c->is_signer_checked = true;
	}
	return 0;
}

/* ---- words ---- */

static void put_head(struct checking *c, struct buf *out)
{
	const struct case_reveal *r = &c->reveal;
	struct buf line;

	buf_init(&line, LINE_MAX);
	buf_printf(&line, "Revealed by %.*s on ", SLICE_ARG(r->signer));
	case_report_put_when(&line, r->at);
	buf_puts(&line, " UTC");
	for (size_t i = 0; i < r->for_count; i++)
		buf_printf(&line, "%s%.*s", i == 0 ? ", for " : ", ",
		    SLICE_ARG(r->for_parties[i]));
	buf_puts(&line,
	    c->is_signer_checked
		? "; that signature was checked."
		: "; that signature was NOT checked: it takes a bundle of the "
		  "case, or that key pinned.");
	buf_puts(&line, " Everybody who has the file can read it.");
	case_wrap_put(out, "  ", buf_slice(&line));
	buf_done(&line);
}

static void put_words(struct checking *c, struct buf *out)
{
	const struct case_reveal *r = &c->reveal;
	struct buf line;

	case_wrap_put(out, "",
	    slice_of("These values HOLD: each is the one that was committed "
		     "to when its record was signed."));
	put_head(c, out);
	buf_init(&line, LINE_MAX);
	for (size_t i = 0; i < r->n; i++) {
		const struct hash *id = &r->reveals[i].record_id;
		if (i == 0 || !hash_is(id, &r->reveals[i - 1].record_id)) {
			buf_puts(out, "\nrecord ");
			case_report_put_id(out, id);
			buf_putc(out, '\n');
		}
		buf_clear(&line);
		case_reveal_put_value(&line, &r->reveals[i]);
		if (line.failed != 0 && out->failed == 0)
			out->failed = line.failed;
		case_wrap_put(out, "  ", buf_slice(&line));
	}
	buf_wipe(&line);
}

int case_check_reveal(const struct case_check *check, struct slice bytes,
    struct buf *out, struct err *err)
{
	struct checking c = {.check = check};
	int rc = case_reveal_parse(&c.reveal, bytes, err);

	if (rc == 0) {
		c.is_checked = mem_new(c.reveal.n, sizeof(*c.is_checked));
		rc = c.is_checked == NULL ? err_nomem(err) : 0;
	}
	for (size_t i = 0; i < check->with_count && rc == 0; i++)
		rc = check_source(&c, &check->with[i], err);
	if (rc == 0)
		rc = check_pins(&c, err);
	for (size_t i = 0; i < c.reveal.n && rc == 0; i++) {
		char hex[HASH_HEX_SIZE];
		if (c.is_checked[i])
			continue;
		hash_to_hex(hex, &c.reveal.reveals[i].record_id);
		rc = err_set(err, ERR_NOTFOUND,
		    "record %.12s is needed to check it: give the case's "
		    "bundle, or that record or its receipt, with --with",
		    hex);
	}
	if (rc == 0)
		put_words(&c, out);
	free(c.is_checked);
	case_reveal_done(&c.reveal);
	return rc;
}
