/*
 * cmd_verify.c: `counterfoil verify`: checks a bundle or a receipt from the
 * file alone, with the same core as the small counterfoil-verify.
 */
#include "case_bundle.h"
#include "case_receipt.h"
#include "case_report.h"
#include "cli.h"
#include "cli_args.h"
#include "cli_keys.h"
#include "cli_out.h"
#include "file.h"
#include "mem.h"

#include <stdlib.h>

#define PIN_FILE_MAX 65536
#define WORDS_MAX (2 * (size_t)CASE_BUNDLE_MAX)

struct pins {
	size_t n;
	struct note_key *keys;
	size_t cap;
};

static int add_pin(
    struct pins *pins, const struct note_key *key, struct err *err)
{
	int rc = mem_grow((void **)&pins->keys, &pins->cap, pins->n + 1,
	    sizeof(pins->keys[0]), err);

	if (rc == 0)
		pins->keys[pins->n++] = *key;
	return rc;
}

/* A key file, or one public key a line. */
static int add_pin_file(struct pins *pins, const char *path, struct err *err)
{
	struct note_key key;
	struct buf file;
	bool is_locked;
	size_t before = pins->n;

	buf_init(&file, PIN_FILE_MAX);
	int rc = file_read_user(&file, path, PIN_FILE_MAX, err);
	struct slice rest = buf_slice(&file);
	if (rc == 0 && note_key_file_peek(&key, &is_locked, rest, NULL) == 0) {
		rc = add_pin(pins, &key, err);
		rest.p = NULL;
	}
	while (rc == 0 && rest.p != NULL) {
		struct slice line = slice_trim(slice_cut(&rest, '\n'));
		if (line.n == 0 || line.p[0] == '#')
			continue;
		rc = note_key_parse(&key, line, err);
		if (rc == 0)
			rc = add_pin(pins, &key, err);
	}
	if (rc == 0 && pins->n == before)
		rc = err_set(err, ERR_FORMAT, "there is no key in it");
	buf_done(&file);
	return rc;
}

static int read_pins(
    struct pins *pins, const struct cli_args *args, struct err *err)
{
	struct note_key key;
	const char *value;

	for (size_t at = 0;
	     (value = cli_args_next(args, "pin", &at)) != NULL;) {
		int rc = note_key_parse(&key, slice_of(value), NULL) == 0
		    ? add_pin(pins, &key, err)
		    : add_pin_file(pins, value, err);
		if (rc != 0) {
			err_prefix(err, "verify: --pin %s", value);
			return rc == ERR_NOMEM ? rc : ERR_USAGE;
		}
	}
	return 0;
}

/* ---- what is printed ---- */

static bool is_pinned(const struct pins *pins, const struct note_key *key)
{
	for (size_t i = 0; i < pins->n; i++)
		if (pins->keys[i].id == key->id &&
		    note_key_is_same_point(&pins->keys[i], key))
			return true;
	return false;
}

static void put_key(struct buf *out, const struct pins *pins, const char *what,
    const struct note_key *key)
{
	buf_printf(out, "  %s (%s): ", key->name, what);
	if (is_pinned(pins, key))
		buf_puts(out, "pinned by you");
	else
		case_report_put_key(out, key);
	buf_putc(out, '\n');
}

static void put_keys(
    struct buf *out, const struct pins *pins, const struct case_state *state)
{
	buf_puts(out,
	    "WHO SIGNED (no file can prove who holds a key: compare "
	    "these fingerprints\nwith ones that you got elsewhere, "
	    "or pin the keys with --pin)\n");
	put_key(out, pins, "the ledger", case_state_log_key(state));
	for (size_t i = 0; i < case_state_witness_count(state); i++)
		put_key(out, pins, "witness", case_state_witness(state, i));
	for (uint32_t i = 0; i < case_state_party_count(state); i++) {
		const struct case_party *party = case_state_party(state, i);
		const struct note_key *key = case_state_party_key(state, i);

		if (key != NULL && party->enrolled_leaf != CASE_NONE)
			put_key(out, pins, case_side_name(party->side), key);
	}
}

static int check_bundle(const struct cli_args *args, const struct pins *pins,
    struct slice bytes, struct buf *out, struct err *err)
{
	struct case_bundle bundle = {0};

	int rc = case_bundle_check(&bundle, bytes, pins->keys, pins->n, err);
	if (rc != 0)
		goto out;
	if (cli_args_has(args, "machine")) {
		case_finding_put_machine(&bundle.finding, out);
		goto out;
	}
	buf_puts(out,
	    "This finding HOLDS: it follows from the signed records "
	    "in this file.\n");
	if (case_state_is_clock_set(bundle.state))
		buf_puts(out,
		    "clock: set - this ledger's clock was set for a "
		    "demonstration.\n");
	buf_putc(out, '\n');
	put_keys(out, pins, bundle.state);
	buf_putc(out, '\n');
	buf_put_slice(out, bundle.screen);
	buf_printf(out,
	    "\nChecked: %zu records, %zu signatures, %zu cosignatures, %zu "
	    "reveals, every rule; the\nfinding was worked out again from the "
	    "records alone.\n",
	    bundle.leaf_count, bundle.signature_count,
	    bundle.finding.witnessed_count, bundle.reveal_count);
out:
	case_bundle_done(&bundle);
	return rc;
}

static int check_receipt(const struct pins *pins, struct slice bytes,
    struct buf *out, struct err *err)
{
	struct case_receipt receipt = {0};

	int rc = case_receipt_check(&receipt, bytes, pins->keys, pins->n, err);
	if (rc == 0) {
		buf_puts(out,
		    "This receipt HOLDS: the record was in the "
		    "ledger when the ledger signed it.\n");
		case_receipt_put_words(&receipt, out);
	}
	case_receipt_done(&receipt);
	return rc;
}

static int check(const struct cli_args *args, const struct pins *pins,
    struct slice bytes, struct err *err)
{
	const char *path = args->words[0];
	struct buf out;
	int rc;

	buf_init(&out, WORDS_MAX);
	if (case_bundle_is_one(bytes))
		rc = check_bundle(args, pins, bytes, &out, err);
	else if (case_receipt_is_one(bytes))
		rc = check_receipt(pins, bytes, &out, err);
	else
		rc = err_set(err, ERR_FORMAT,
		    "neither a bundle nor a receipt: its first line is not "
		    "theirs");
	if (rc == 0)
		rc = buf_check(&out, err);
	if (rc == 0)
		cli_out_report(buf_slice(&out));
	else
		err_prefix(err, "%s: %s", path,
		    rc == ERR_VERIFY ? "FALSE" : "could not be checked");
	buf_done(&out);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct pins pins = {0};
	struct buf file;

	buf_init(&file, CASE_BUNDLE_MAX);
	int rc = read_pins(&pins, args, err);
	if (rc == 0)
		rc =
		    file_read_user(&file, args->words[0], CASE_BUNDLE_MAX, err);
	if (rc == 0)
		rc = check(args, &pins, buf_slice(&file), err);
	free(pins.keys);
	buf_done(&file);
	return rc;
}

static const struct cli_option options[] = {
    {"pin", 0, "KEY|FILE", true, "a key that must be in the case"},
    {"machine", 0, NULL, false, "print the finding's machine form"},
};

const struct cli_command cmd_verify = {
    .name = "verify",
    .group = CLI_CHECKING,
    .usage = "FILE [--pin KEY|FILE]... [--machine]",
    .summary = "Checks a bundle or a receipt from the file alone",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 1,
    .words_max = 1,
    .examples = "  counterfoil verify finding.bundle --pin ledger.key\n",
    .run = run,
};
