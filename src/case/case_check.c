/*
 * case_check.c: one file checked, and told in words or in lines.
 *
 * The invariant: nothing is told about a file that did not hold.
 */
#include "case_check.h"

#include "case_check_disclosure.h"
#include "case_check_reveal.h"
#include "case_receipt.h"
#include "case_report.h"
#include "case_reveal.h"
#include "case_slim.h"
#include "case_wrap.h"
#include "mem.h"
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SENTENCE_MAX 65536

/* pins */

void case_check_done(struct case_check *check)
{
	for (size_t i = 0; i < check->with_count; i++)
		buf_done(&check->with[i].bytes);
	free(check->with);
	free(check->pins);
	*check = (struct case_check){0};
}

static int add_pin(
    struct case_check *check, const struct note_key *key, struct err *err)
{
	int rc = mem_grow((void **)&check->pins, &check->pin_cap,
	    check->pin_count + 1, sizeof(*check->pins), err);

	if (rc == 0)
		check->pins[check->pin_count++] = *key;
	return rc;
}

int case_check_add_pins(
    struct case_check *check, struct slice text, struct err *err)
{
	struct note_key key;
	bool is_locked;
	size_t before = check->pin_count;
	int rc = 0;

	if (note_key_file_peek(&key, &is_locked, text, NULL) == 0)
		return add_pin(check, &key, err);
	while (rc == 0 && text.p != NULL) {
		struct slice line = slice_trim(slice_cut(&text, '\n'));
		if (line.n == 0 || line.p[0] == '#')
			continue;
		rc = note_key_parse(&key, line, err);
		if (rc == 0)
			rc = add_pin(check, &key, err);
	}
	if (rc == 0 && check->pin_count == before)
		rc = err_set(err, ERR_FORMAT, "there is no key in it");
	return rc;
}

int case_check_add_with(struct case_check *check, const char *name,
    struct buf *bytes, struct err *err)
{
	int rc = mem_grow((void **)&check->with, &check->with_cap,
	    check->with_count + 1, sizeof(*check->with), err);

	if (rc == 0) {
		check->with[check->with_count++] =
		    (struct case_with_file){name, *bytes};
		*bytes = (struct buf){0};
	}
	return rc;
}

static bool is_pinned(
    const struct case_check *check, const struct note_key *key)
{
	for (size_t i = 0; i < check->pin_count; i++) {
		const struct note_key *pin = &check->pins[i];
		if (pin->id == key->id && note_key_is_same_point(pin, key) &&
		    strcmp(pin->name, key->name) == 0)
			return true;
	}
	return false;
}

/* words */

static void put_signer(struct buf *out, const struct case_check *check,
    const char *what, const struct note_key *key)
{
	struct buf line;

	buf_init(&line, SENTENCE_MAX);
	buf_printf(&line, "%s (%s): ", key->name, what);
	if (is_pinned(check, key))
		buf_puts(&line, "pinned by you");
	else
		case_report_put_key(&line, key);
	case_wrap_put(out, "  ", buf_slice(&line));
	buf_done(&line);
}

/* Whose keys signed: the one thing that no file can prove about itself. */
void case_check_put_signers(struct buf *out, const struct case_check *check,
    const struct case_state *state)
{
	buf_puts(out,
	    "WHO SIGNED\n"
	    "  This file cannot prove who holds a key. Compare these "
	    "fingerprints with ones\n"
	    "  that you got elsewhere, or pin the keys with --pin.\n");
	put_signer(out, check, "the ledger", case_state_log_key(state));
	for (size_t i = 0; i < case_state_witness_count(state); i++)
		put_signer(out, check, "witness", case_state_witness(state, i));
	for (size_t i = 0; i < case_state_party_count(state); i++) {
		const struct note_key *key =
		    case_state_party_key(state, (uint32_t)i);
		const struct case_party *party =
		    case_state_party(state, (uint32_t)i);
		if (key != NULL && party->enrolled_leaf != CASE_NONE)
			put_signer(
			    out, check, case_side_name(party->side), key);
	}
	buf_putc(out, '\n');
}

static void put_key(
    struct buf *out, const struct case_check *check, const struct note_key *key)
{
	buf_printf(out, "%s (", key->name);
	if (is_pinned(check, key))
		buf_puts(out, "pinned by you");
	else
		case_report_put_key(out, key);
	buf_putc(out, ')');
}

/* A witness of the site by the name of one of the case, with another key. */
static void put_namesakes(struct buf *out, const struct case_state *state,
    const struct log_site *site)
{
	struct buf line;

	buf_init(&line, SENTENCE_MAX);
	for (size_t i = 0; i < site->witness_count; i++)
		for (size_t k = 0; k < case_state_witness_count(state); k++) {
			const struct note_key *mine = &site->witnesses[i].key;
			const struct note_key *other =
			    case_state_witness(state, k);
			if (strcmp(mine->name, other->name) != 0 ||
			    note_key_is_same_point(mine, other))
				continue;
			buf_clear(&line);
			buf_printf(&line,
			    "BEWARE: this %s is not the witness of that name "
			    "whom the case names: it has another key.",
			    mine->name);
			case_wrap_put(out, "  ", buf_slice(&line));
		}
	buf_done(&line);
}

/* Which log, and who has cosigned that; of what use it is. */
static void put_site(struct buf *out, const struct case_check *check,
    const struct case_state *state, const struct log_site *site)
{
	struct buf line;

	buf_init(&line, SENTENCE_MAX);
	buf_printf(&line,
	    "This checkpoint is entry %" PRIu64 " of the site log ",
	    site->index);
	put_key(&line, check, &site->key);
	buf_puts(&line,
	    site->witness_count == 0 ? ", which no witness has cosigned."
				     : ", which was cosigned by ");
	for (size_t i = 0; i < site->witness_count; i++) {
		buf_puts(&line, i == 0 ? "" : "; ");
		put_key(&line, check, &site->witnesses[i].key);
		buf_puts(&line, " at ");
		case_report_put_when(&line, site->witnesses[i].when);
	}
	if (site->witness_count > 0)
		buf_puts(&line, " UTC.");
	case_wrap_put(out, "  ", buf_slice(&line));
	buf_done(&line);
	put_namesakes(out, state, site);
	case_wrap_put(out, "  ",
	    slice_of("These names and keys are this file's own word, unless "
		     "you pin them. That shows that this checkpoint was there, "
		     "not that it "
		     "is the only one of its ledger: for that count only "
		     "those who cosigned the ledger itself, as told above."));
}

/* What stands beside the checkpoint and changes no word of the finding. */
static int put_beside(struct buf *out, const struct case_check *check,
    const struct case_bundle *bundle, struct err *err)
{
	int rc = 0;

	if (bundle->site == NULL && bundle->beside.stamps.n == 0)
		return 0;
	buf_puts(out, "\nWHO ELSE SAW IT\n");
	if (bundle->site != NULL)
		put_site(out, check, bundle->state, bundle->site);
	if (bundle->beside.stamps.n == 0)
		return 0;
	if (check->tell_stamps != NULL)
		rc = check->tell_stamps(check->stamps_cookie, bundle, out, err);
	else
		case_wrap_put(out, "  ",
		    slice_of("There are time stamps in this file, which this "
			     "program cannot check; `counterfoil verify` "
			     "can."));
	return rc;
}

static void put_checks(struct buf *out, const struct case_check *check,
    const struct case_bundle *bundle)
{
	buf_printf(out,
	    "\nWHAT THIS PROGRAM DID\n"
	    "  - hashed all %zu records: together they give the tree root "
	    "above;\n"
	    "  - checked %zu signatures of parties on them, and every rule for "
	    "every record;\n"
	    "  - checked the ledger's signature on that root, and %zu "
	    "cosignature%s;\n",
	    bundle->leaf_count, bundle->signature_count,
	    bundle->finding.witnessed_count,
	    bundle->finding.witnessed_count == 1 ? "" : "s");
	if (bundle->reveal_count > 0)
		buf_printf(out,
		    "  - checked %zu opened value%s against what was signed;\n",
		    bundle->reveal_count, bundle->reveal_count == 1 ? "" : "s");
	if (check->pin_count > 0)
		buf_printf(out, "  - found %zu pinned key%s in the case;\n",
		    check->pin_count, check->pin_count == 1 ? "" : "s");
	buf_puts(out,
	    "  - worked the finding out again from the records "
	    "alone: it is the same, letter\n"
	    "    by letter.\n");
}

static void put_beginning(
    struct buf *out, const struct case_state *state, const char *sentence)
{
	case_wrap_put(out, "", slice_of(sentence));
	if (case_state_is_clock_set(state))
		buf_puts(out,
		    "clock: set - this ledger's clock was set for a "
		    "demonstration.\n");
	buf_putc(out, '\n');
}

static int put_bundle(struct buf *out, const struct case_check *check,
    const struct case_bundle *bundle, struct err *err)
{
	put_beginning(out, bundle->state,
	    "This finding HOLDS: it follows from the signed records in this "
	    "file.");
	case_check_put_signers(out, check, bundle->state);
	buf_put_slice(out, bundle->screen);
	int rc = put_beside(out, check, bundle, err);
	put_checks(out, check, bundle);
	return rc;
}

static int put_with(struct buf *out, const struct case_check *check,
    const struct case_bundle *bundle, const struct case_with *with,
    struct err *err)
{
	put_beginning(out, bundle->state,
	    with->is_standing
		? "This finding HOLDS, and it STANDS with what you added."
		: "The finding in this file follows from the records in it, "
		  "but it DOES NOT STAND with what you added. What stands "
		  "then is below: of each line the worse word.");
	buf_puts(out, "WHAT YOU ADDED\n");
	case_with_put_words(with, out);
	buf_putc(out, '\n');
	case_check_put_signers(out, check, bundle->state);
	case_report_put(&with->finding, out);
	int rc = put_beside(out, check, bundle, err);
	put_checks(out, check, bundle);
	return rc;
}

static void put_slim_line(struct buf *out, const struct case_slim *slim,
    const struct case_line *line, const struct case_reason *reason)
{
	const struct case_item *item = case_state_item(slim->state, line->item);
	struct buf words;

	buf_init(&words, SENTENCE_MAX);
	buf_printf(&words, "%.*s, %s: YES, %s: ", SLICE_ARG(item->id),
	    case_form_name(line->form), case_code_words(reason->code));
	case_report_put_leaf_name(slim->state, reason->leaf, &words);
	buf_putc(&words, '.');
	case_wrap_put(out, "  - ", buf_slice(&words));
	buf_done(&words);
}

/* Of a slim bundle: what is YES, why, and what was not looked at. */
static void put_slim(struct buf *out, const struct case_check *check,
    const struct case_slim *slim)
{
	const struct case_finding *f = &slim->finding;
	struct buf question;

	put_beginning(out, slim->state,
	    "This slim bundle HOLDS: its records are in the ledger, and they "
	    "show what stands below as YES. Everything else reads as not "
	    "shown.");
	case_check_put_signers(out, check, slim->state);
	buf_init(&question, SENTENCE_MAX);
	case_report_put_question(f, &question);
	buf_puts(out, "QUESTION\n");
	case_wrap_put(out, "  ", buf_slice(&question));
	buf_done(&question);
	buf_puts(out, "\nSHOWN\n");
	for (size_t i = 0; i < f->line_count; i++)
		for (size_t k = 0; k < f->lines[i].reason_count; k++)
			put_slim_line(
			    out, slim, &f->lines[i], &f->lines[i].reasons[k]);
	buf_printf(out,
	    "\nWHAT THIS PROGRAM DID\n"
	    "  - checked the ledger's signature on its tree root, and that "
	    "these %zu of its\n"
	    "    %" PRIu64 " records are in that tree;\n"
	    "  - checked %zu signatures of parties on them.\n"
	    "  - revocation not checked: whether a key here was revoked stands "
	    "in records that\n"
	    "    are not here.\n",
	    slim->leaf_count, slim->size, slim->signature_count);
}

/* lines */

/* `indexes` in the ledger, or NULL: the state holds all of it. */
static void put_leaves(
    struct buf *out, const struct case_state *state, const uint64_t *indexes)
{
	for (size_t i = 0; i < case_state_leaf_count(state); i++) {
		const struct case_leaf *leaf = case_state_leaf(state, i);

		buf_printf(out, "%" PRIu64 " %s %s %s ",
		    indexes != NULL ? indexes[i] : i,
		    record_schema_of(leaf->kind)->name,
		    case_standing_name(leaf->standing),
		    leaf->rule == CASE_RULE_NONE ? "-"
						 : case_rule_name(leaf->rule));
		text_put_hex(out, leaf->id.b, HASH_SIZE);
		buf_putc(out, '\n');
	}
}

/* files */

/* `with` is NULL if nothing is held against the bundle. */
static int put_result(struct buf *out, const struct case_check *check,
    const struct case_bundle *bundle, const struct case_with *with,
    struct err *err)
{
	if (check->is_leaves)
		put_leaves(
		    out, with != NULL ? with->state : bundle->state, NULL);
	if (check->is_machine)
		case_finding_put_machine(
		    with != NULL ? &with->finding : &bundle->finding, out);
	if (check->is_leaves || check->is_machine)
		return 0;
	return with != NULL ? put_with(out, check, bundle, with, err)
			    : put_bundle(out, check, bundle, err);
}

int case_check_fail_with(
    int rc, const struct case_with_file *file, struct err *err)
{
	if (rc == 0)
		return 0;
	err_prefix(err, "--with %s: %s", file->name,
	    rc == ERR_VERIFY ? "FALSE" : "could not be checked");
	if (rc == ERR_VERIFY && err != NULL)
		err->code = ERR_UNSUPPORTED;
	return rc == ERR_VERIFY ? ERR_UNSUPPORTED : rc;
}

static int with_slim(const struct case_check *check,
    const struct case_with_file *file,
    int (*each)(void *cookie, const struct case_state *state, bool is_whole,
	struct err *err),
    void *cookie, struct err *err)
{
	struct case_slim slim = {0};
	int rc =
	    case_check_fail_with(case_slim_check(&slim, buf_slice(&file->bytes),
				     check->pins, check->pin_count, err),
		file, err);

	if (rc == 0)
		rc = each(cookie, slim.state, false, err);
	case_slim_done(&slim);
	return rc;
}

int case_check_with_state(const struct case_check *check,
    const struct case_with_file *file,
    int (*each)(void *cookie, const struct case_state *state, bool is_whole,
	struct err *err),
    void *cookie, struct err *err)
{
	struct case_bundle bundle = {0};

	if (case_slim_is_one(buf_slice(&file->bytes)))
		return with_slim(check, file, each, cookie, err);
	int rc = case_check_fail_with(
	    case_bundle_check(&bundle, buf_slice(&file->bytes), check->pins,
		check->pin_count, err),
	    file, err);
	if (rc == 0)
		rc = each(cookie, bundle.state, true, err);
	case_bundle_done(&bundle);
	return rc;
}

/* The name that belongs in front of a message. */
static int fail_file(int rc, const char *name, struct err *err)
{
	if (rc != 0)
		err_prefix(err, "%s: %s", name,
		    rc == ERR_VERIFY ? "FALSE" : "could not be checked");
	return rc;
}

static int check_bundle(const struct case_check *check, const char *name,
    struct slice bytes, struct buf *out, bool *ret_stands, struct err *err)
{
	struct case_bundle bundle = {0};
	struct case_with with = {.is_standing = true};
	bool has_with = check->with_count > 0;
	int rc = fail_file(case_bundle_check(&bundle, bytes, check->pins,
			       check->pin_count, err),
	    name, err);

	if (rc == 0 && has_with)
		rc = case_with_make(
		    &with, &bundle, check->with, check->with_count, err);
	if (rc == 0) {
		rc = fail_file(put_result(out, check, &bundle,
				   has_with ? &with : NULL, err),
		    name, err);
		*ret_stands = with.is_standing;
	}
	case_with_done(&with);
	case_bundle_done(&bundle);
	return rc;
}

static int check_slim(const struct case_check *check, struct slice bytes,
    struct buf *out, struct err *err)
{
	struct case_slim slim = {0};

	if (check->with_count > 0)
		return err_set(err, ERR_USAGE,
		    "it is a slim bundle, and lacks records anyway: --with is "
		    "for whole ones");
	int rc =
	    case_slim_check(&slim, bytes, check->pins, check->pin_count, err);
	if (rc == 0 && check->is_leaves)
		put_leaves(out, slim.state, slim.indexes);
	if (rc == 0 && check->is_machine)
		case_finding_put_machine(&slim.finding, out);
	if (rc == 0 && !check->is_leaves && !check->is_machine)
		put_slim(out, check, &slim);
	case_slim_done(&slim);
	return rc;
}

static int check_receipt(const struct case_check *check, struct slice bytes,
    struct buf *out, struct err *err)
{
	struct case_receipt receipt = {0};

	if (check->is_machine || check->is_leaves || check->with_count > 0)
		return err_set(err, ERR_USAGE,
		    "it is a receipt: --machine, --leaves and --with are for "
		    "bundles");
	int rc = case_receipt_check(
	    &receipt, bytes, check->pins, check->pin_count, err);
	if (rc == 0) {
		buf_puts(out,
		    "This receipt HOLDS: the record was in the "
		    "ledger when the ledger signed it.\n");
		case_receipt_put_words(&receipt, out);
	}
	case_receipt_done(&receipt);
	return rc;
}

static int check_reveal(const struct case_check *check, struct slice bytes,
    struct buf *out, struct err *err)
{
	if (check->is_machine || check->is_leaves)
		return err_set(err, ERR_USAGE,
		    "it is a reveal file: --machine and --leaves are for "
		    "bundles");
	return case_check_reveal(check, bytes, out, err);
}

static bool is_known(struct slice bytes)
{
	return case_bundle_is_one(bytes) || case_slim_is_one(bytes) ||
	    case_reveal_is_one(bytes) || case_receipt_is_one(bytes);
}

int case_check_file(const struct case_check *check, const char *name,
    struct slice bytes, struct buf *out, bool *ret_stands, struct err *err)
{
	bool stands = true;
	int rc;

	if (check->shown != NULL && is_known(bytes))
		rc = fail_file(
		    err_set(err, ERR_USAGE,
			"only of a disclosure the bytes can be written out"),
		    name, err);
	else if (case_bundle_is_one(bytes))
		rc = check_bundle(check, name, bytes, out, &stands, err);
	else if (case_slim_is_one(bytes))
		rc = fail_file(check_slim(check, bytes, out, err), name, err);
	else if (case_reveal_is_one(bytes))
		rc = fail_file(check_reveal(check, bytes, out, err), name, err);
	else if (case_receipt_is_one(bytes))
		rc =
		    fail_file(check_receipt(check, bytes, out, err), name, err);
	else
		rc = fail_file(
		    err_set(err, ERR_FORMAT,
			"neither a counterfoil bundle, nor a receipt, nor a "
			"reveal file, nor a disclosure: its first line is not "
			"one of theirs"),
		    name, err);
	if (rc == 0)
		rc = buf_check(out, err);
	if (rc == 0)
		*ret_stands = stands;
	return rc;
}

/* ---- streams ---- */

/* What was read ahead, then the rest. */
struct again {
	struct slice ahead;
	const struct case_disclosure_in *in;
};

static int read_again(
    void *cookie, void *bytes, size_t max, size_t *ret_n, struct err *err)
{
	struct again *again = cookie;
	const size_t n = again->ahead.n < max ? again->ahead.n : max;

	if (n == 0)
		return again->in->read(
		    again->in->cookie, bytes, max, ret_n, err);
	memcpy(bytes, again->ahead.p, n);
	again->ahead.p += n;
	again->ahead.n -= n;
	*ret_n = n;
	return 0;
}

/* Until there are so many bytes, or no more. */
static int read_until(struct buf *out, const struct case_disclosure_in *in,
    size_t n, struct err *err)
{
	char part[4096];
	size_t got = 1;
	int rc = 0;

	while (rc == 0 && got > 0 && out->n < n) {
		rc = in->read(in->cookie, part, sizeof part, &got, err);
		if (rc == 0)
			buf_put(out, part, got);
		if (rc == 0)
			rc = buf_check(out, err);
	}
	return rc;
}

int case_check_stream(const struct case_check *check, const char *name,
    const struct case_disclosure_in *in, struct buf *out, bool *ret_stands,
    bool *ret_is_vouched, struct err *err)
{
	bool is_vouched = true;
	struct buf file;

	buf_init(&file, CASE_BUNDLE_MAX);
	int rc = fail_file(
	    read_until(&file, in, CASE_DISCLOSURE_MAGIC_SIZE, err), name, err);
	if (rc == 0 && case_disclosure_is_one(buf_slice(&file))) {
		struct again again = {buf_slice(&file), in};
		const struct case_disclosure_in whole = {read_again, &again};
		rc = fail_file(
		    case_check_disclosure(check, &whole, out, &is_vouched, err),
		    name, err);
		if (rc == 0)
			*ret_stands = true;
	} else if (rc == 0) {
		rc = fail_file(read_until(&file, in, SIZE_MAX, err), name, err);
		if (rc == 0)
			rc = case_check_file(check, name, buf_slice(&file), out,
			    ret_stands, err);
	}
	*ret_is_vouched = is_vouched;
	buf_done(&file);
	return rc;
}
