/*
 * counterfoil-verify.c: checks one bundle or receipt, alone: no ledger, no
 * network, no library to install. What an outsider is handed.
 *
 * The invariant is the exit status: 0 it holds; 1 it was checked and is false;
 * 2 wrong usage; 3 it could not be checked. Never 0 by default.
 */
#include "buf.h"
#include "case_bundle.h"
#include "case_receipt.h"
#include "case_report.h"
#include "case_wrap.h"
#include "file.h"
#include "mem.h"
#include "note_key.h"

#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	EXIT_HOLDS = 0,
	EXIT_FALSE = 1,
	EXIT_USAGE = 2,
	EXIT_UNCHECKED = 3
};

#define PIN_FILE_MAX 65536
#define SENTENCE_MAX 65536
#define OUTPUT_MAX (2 * (size_t)CASE_BUNDLE_MAX)

struct options {
	struct note_key *pins;
	size_t pin_count, pin_cap;
	bool is_machine;
	bool is_quiet;
	const char *path;
};

static const char usage[] =
    "usage: counterfoil-verify [--pin KEY|FILE]... [--machine] [--quiet] FILE\n"
    "\n"
    "Checks a bundle (a finding with everything it rests on) or a receipt "
    "(one\n"
    "record with the proof that a ledger holds it). Works everything out "
    "again\n"
    "from the file alone. FILE - is standard input.\n"
    "\n"
    "  --pin KEY|FILE  a key that must be in the case, as name+id+base64, or "
    "a\n"
    "                  file with one on each line; may be given again\n"
    "  --machine       print the finding in its short form\n"
    "  --quiet         print nothing if it holds\n"
    "  --help          print this\n"
    "\n"
    "Exit status: 0 it holds; 1 checked, and false; 2 wrong usage; 3 it could\n"
    "not be checked.\n";

/* options */

static int add_pin(
    struct options *options, const struct note_key *key, struct err *err)
{
	int rc = mem_grow((void **)&options->pins, &options->pin_cap,
	    options->pin_count + 1, sizeof(*options->pins), err);

	if (rc == 0)
		options->pins[options->pin_count++] = *key;
	return rc;
}

/* A key file, or one key on each line; empty lines and # lines are passed
 * over. */
static int add_pins(struct options *options, struct slice file, struct err *err)
{
	struct note_key key;
	bool is_locked;
	size_t before = options->pin_count;
	int rc = 0;

	if (note_key_file_peek(&key, &is_locked, file, NULL) == 0)
		return add_pin(options, &key, err);
	while (rc == 0 && file.p != NULL) {
		struct slice line = slice_trim(slice_cut(&file, '\n'));
		if (line.n == 0 || line.p[0] == '#')
			continue;
		rc = note_key_parse(&key, line, err);
		if (rc == 0)
			rc = add_pin(options, &key, err);
	}
	if (rc == 0 && options->pin_count == before)
		rc = err_set(err, ERR_FORMAT, "there is no key in it");
	return rc;
}

static int take_pin(struct options *options, const char *arg, struct err *err)
{
	struct note_key key;
	struct buf file;

	if (note_key_parse(&key, slice_of(arg), NULL) == 0)
		return add_pin(options, &key, err);
	buf_init(&file, PIN_FILE_MAX);
	int rc = file_read_user(&file, arg, PIN_FILE_MAX, err);
	if (rc == 0)
		rc = add_pins(options, buf_slice(&file), err);
	if (rc != 0)
		err_prefix(err, "--pin %s", arg);
	buf_done(&file);
	return rc;
}

/* EXIT_HOLDS: go on; `is_help` then says that there is nothing to do. */
static int take_options(
    struct options *options, int argc, char **argv, bool *is_help)
{
	static const struct option longs[] = {
	    {"pin", required_argument, NULL, 'p'},
	    {"machine", no_argument, NULL, 'm'},
	    {"quiet", no_argument, NULL, 'q'},
	    {"help", no_argument, NULL, 'h'},
	    {0},
	};
	int letter;

	while ((letter = getopt_long(argc, argv, "p:mqh", longs, NULL)) != -1) {
		struct err err = {0};
		switch (letter) {
		case 'p':
			if (take_pin(options, optarg, &err) == 0)
				break;
			fprintf(
			    stderr, "counterfoil-verify: %s\n", err.message);
			return EXIT_USAGE;
		case 'm':
			options->is_machine = true;
			break;
		case 'q':
			options->is_quiet = true;
			break;
		case 'h':
			*is_help = true;
			return EXIT_HOLDS;
		default:
			fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	if (argc - optind != 1) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	options->path = argv[optind];
	return EXIT_HOLDS;
}

/* what is printed */

static bool is_pinned(const struct options *options, const struct note_key *key)
{
	for (size_t i = 0; i < options->pin_count; i++) {
		const struct note_key *pin = &options->pins[i];
		if (pin->id == key->id && note_key_is_same_point(pin, key) &&
		    strcmp(pin->name, key->name) == 0)
			return true;
	}
	return false;
}

static void put_signer(struct buf *out, const struct options *options,
    const char *what, const struct note_key *key)
{
	struct buf line;

	buf_init(&line, SENTENCE_MAX);
	buf_printf(&line, "%s (%s): ", key->name, what);
	if (is_pinned(options, key))
		buf_puts(&line, "pinned by you");
	else
		case_report_put_key(&line, key);
	case_wrap_put(out, "  ", buf_slice(&line));
	buf_done(&line);
}

/* Whose keys signed: the one thing that no file can prove about itself. */
static void put_signers(struct buf *out, const struct options *options,
    const struct case_state *state)
{
	buf_puts(out,
	    "WHO SIGNED\n"
	    "  This file cannot prove who holds a key. Compare these "
	    "fingerprints with ones\n"
	    "  that you got elsewhere, or pin the keys with --pin.\n");
	put_signer(out, options, "the ledger", case_state_log_key(state));
	for (size_t i = 0; i < case_state_witness_count(state); i++)
		put_signer(
		    out, options, "witness", case_state_witness(state, i));
	for (size_t i = 0; i < case_state_party_count(state); i++) {
		const struct note_key *key =
		    case_state_party_key(state, (uint32_t)i);
		const struct case_party *party =
		    case_state_party(state, (uint32_t)i);
		if (key != NULL && party->enrolled_leaf != CASE_NONE)
			put_signer(
			    out, options, case_side_name(party->side), key);
	}
	buf_putc(out, '\n');
}

static void put_checks(struct buf *out, const struct options *options,
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
	if (options->pin_count > 0)
		buf_printf(out, "  - found %zu pinned key%s in the case;\n",
		    options->pin_count, options->pin_count == 1 ? "" : "s");
	buf_puts(out,
	    "  - worked the finding out again from the records "
	    "alone: it is the same, letter\n"
	    "    by letter.\n");
}

static void put_bundle(struct buf *out, const struct options *options,
    const struct case_bundle *bundle)
{
	if (options->is_machine) {
		case_finding_put_machine(&bundle->finding, out);
		return;
	}
	buf_puts(out,
	    "This finding HOLDS: it follows from the signed records "
	    "in this file.\n");
	if (case_state_is_clock_set(bundle->state))
		buf_puts(out,
		    "clock: set - this ledger's clock was set for a "
		    "demonstration.\n");
	buf_putc(out, '\n');
	put_signers(out, options, bundle->state);
	buf_put_slice(out, bundle->screen);
	put_checks(out, options, bundle);
}

/* checking */

static int check_bundle(const struct options *options, struct slice bytes,
    struct buf *out, struct err *err)
{
	struct case_bundle bundle = {0};
	int rc = case_bundle_check(
	    &bundle, bytes, options->pins, options->pin_count, err);

	if (rc == 0)
		put_bundle(out, options, &bundle);
	case_bundle_done(&bundle);
	return rc;
}

static int check_receipt(const struct options *options, struct slice bytes,
    struct buf *out, struct err *err)
{
	struct case_receipt receipt = {0};
	int rc = case_receipt_check(
	    &receipt, bytes, options->pins, options->pin_count, err);

	if (rc == 0) {
		buf_puts(out,
		    "This receipt HOLDS: the record was in the "
		    "ledger when the ledger signed it.\n");
		case_receipt_put_words(&receipt, out);
	}
	case_receipt_done(&receipt);
	return rc;
}

static int check_file(
    const struct options *options, struct buf *out, struct err *err)
{
	struct buf file;

	buf_init(&file, CASE_BUNDLE_MAX);
	int rc = file_read_user(&file, options->path, CASE_BUNDLE_MAX, err);
	if (rc != 0)
		goto out;
	if (case_bundle_is_one(buf_slice(&file)))
		rc = check_bundle(options, buf_slice(&file), out, err);
	else if (case_receipt_is_one(buf_slice(&file)))
		rc = check_receipt(options, buf_slice(&file), out, err);
	else
		rc = err_set(err, ERR_FORMAT,
		    "neither a counterfoil bundle nor a receipt: the first "
		    "line is not \"counterfoil-bundle/v1\" or "
		    "\"counterfoil-receipt/v1\"");
	if (rc == 0)
		rc = buf_check(out, err);
out:
	buf_done(&file);
	return rc;
}

static int verify(const struct options *options)
{
	struct err err = {0};
	struct buf out;
	int status = EXIT_HOLDS;

	buf_init(&out, OUTPUT_MAX);
	int rc = check_file(options, &out, &err);
	if (rc != 0) {
		err_prefix(&err, "%s: %s", options->path,
		    rc == ERR_VERIFY ? "FALSE" : "could not be checked");
		fprintf(stderr, "counterfoil-verify: %s\n", err.message);
		status = rc == ERR_VERIFY ? EXIT_FALSE : EXIT_UNCHECKED;
	} else if (!options->is_quiet) {
		size_t n = fwrite(out.p, 1, out.n, stdout);
		if (n != out.n || fflush(stdout) != 0)
			status = EXIT_UNCHECKED;
	}
	buf_done(&out);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = {0};
	bool is_help = false;

	note_key_setup();
	int status = take_options(&options, argc, argv, &is_help);
	if (is_help)
		fputs(usage, stdout);
	else if (status == EXIT_HOLDS)
		status = verify(&options);
	free(options.pins);
	return status;
}
