/*
 * cmd_disclose.c: `counterfoil disclose`: a file with chosen bytes of an image
 * and their proof, and the record of whom it is given to.
 *
 * The order of things: the record is judged while nothing has been read (not
 * even where a file lies); then files become ranges and it is judged again;
 * then the file is written under no name; only when the image had the recorded
 * root the file gets its name, and its digest goes into the record.
 */
#include "case_check_disclosure.h"
#include "case_offer.h"
#include "cli_disclosure.h"
#include "cli_disclosure_files.h"
#include "cli_image.h"
#include "cli_json.h"
#include "cli_make.h"
#include "cli_out.h"
#include "mem.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

static const struct cli_option options[] = {
    {"item", 0, "COPY", false, "the image, as the ledger names it"},
    {"seed", 0, "FILE", false,
	"the seed of its salts, which stays secret (default: the case "
	"folder's)"},
    {"tree", 0, "FILE", false,
	"the leaves of its tree (default: beside it, with .tree)"},
    {"ranges", 0, "A-B,...", true,
	"first and last byte to show, or all; it grows to whole chunks of "
	"65536 bytes"},
    {"files", 0, "PATH", true,
	"a file to show, as its file system calls it; with N: in front, the "
	"one in volume N"},
    {"volume", 0, "N", false, "look for files in this volume only"},
    {"output", 'o', "FILE", false, "where to write the disclosure"},
    {"from", 0, "PARTY", false, "who discloses"},
    {"to", 0, "PARTY", false, "who receives it"},
    {"on-behalf-of", 0, "PARTY", false, "for whom the receiver acts"},
    {"receiver", 0, "WORD", false,
	"refused or absent: the receiver does not sign"},
    {"witness", 0, "PARTY", true, "a witness who signs"},
    {"order", 0, "RECORD", false, "the order under which it is done"},
    {"purpose", 0, "TEXT", false, "what for"},
    {"objection", 0, "TEXT", true, "an objection raised"},
    {"remark", 0, "TEXT", false, "anything else (withheld)"},
    {"although", 0, NULL, false,
	"do it even if it breaks a rule, marked as a breach"},
};

static const struct cli_compose_option fields[] = {
    {"from", RECORD_F_FROM},
    {"to", RECORD_F_TO},
    {"on-behalf-of", RECORD_F_ON_BEHALF_OF},
    {"receiver", RECORD_F_RECEIVER},
    {"witness", RECORD_F_WITNESS},
    {"order", RECORD_F_ORDER},
    {"purpose", RECORD_F_PURPOSE},
    {"objection", RECORD_F_OBJECTION},
    {"remark", RECORD_F_REMARK},
};

/* In a record that is only judged: nothing has been read yet. */
#define RANGES_UNKNOWN "of files, in the document"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
/* 65536 ranges, and files of as many parts. */
#define JSON_MAX (256u << 20)

/* ---- what is disclosed ---- */

static int find_image(
    const struct cli_case *c, struct case_disclosure *d, struct err *err)
{
	struct record record = {0};
	const char *typed;
	uint32_t item;
	int rc = cli_args_need(c->args, "item", &typed, err);

	if (rc == 0)
		rc = cli_case_find_item(c, typed, &item, err);
	if (rc != 0)
		return rc;
	const struct case_item *copy = case_state_item(c->state, item);
	rc = case_state_record(c->state, copy->leaf, &record, err);
	if (rc == 0) {
		rc = case_disclosure_of(d, &record, copy->id, err);
		err_prefix(err, "disclose: %s", typed);
	}
	record_done(&record);
	return rc;
}

static int read_ranges(
    const struct cli_args *args, struct case_disclosure *d, struct err *err)
{
	const char *typed;
	int rc = 0;

	if (!cli_args_has(args, "ranges") && !cli_args_has(args, "files"))
		rc = err_set(err, ERR_USAGE,
		    "disclose: give --ranges A-B,... or --files PATH");
	if (rc == 0 && cli_args_has(args, "volume") &&
	    !cli_args_has(args, "files"))
		rc = err_set(err, ERR_USAGE,
		    "disclose: --volume says where --files are looked for");
	for (size_t at = 0;
	     rc == 0 && (typed = cli_args_next(args, "ranges", &at)) != NULL;) {
		rc = cli_disclosure_add_ranges(d, typed, err);
		err_prefix(err, "disclose");
	}
	if (rc == 0 && d->run_count == 0 && d->length > 0 &&
	    !cli_args_has(args, "files"))
		rc = err_set(err, ERR_USAGE, "disclose: nothing is shown");
	return rc;
}

static void tell_ranges(const struct case_disclosure *d)
{
	struct buf words;

	buf_init(&words, CASE_DISCLOSURE_HEAD_MAX);
	case_check_disclosure_put_ranges(d, &words);
	cli_out("%s will be shown, in whole chunks of %d bytes:\n", d->item,
	    TREE_CHUNK_SIZE);
	cli_out_slice(buf_slice(&words));
	buf_done(&words);
}

/* Bytes that are shown because they stand in the same chunks as the files, or
 * in --ranges. */
static uint64_t others(
    const struct case_disclosure *d, const struct cli_disclosure_files *files)
{
	const uint64_t shown = case_disclosure_measure(d).shown;

	return shown > files->stored ? shown - files->stored : 0;
}

/* From files to ranges, and what comes with them. */
static int read_files(struct cli_case *c, struct case_disclosure *d,
    struct cli_disclosure_files *files, struct err *err)
{
	int rc =
	    cli_disclosure_files_add(d, c->args, c->args->words[0], files, err);

	err_prefix(err, "disclose");
	if (rc == 0)
		cli_disclosure_files_say(files);
	if (rc == 0 && d->run_count == 0)
		rc = err_set(err, ERR_USAGE,
		    "disclose: nothing of these files is stored, so nothing "
		    "is shown");
	if (rc != 0)
		return rc;
	if (others(d, files) > 0)
		cli_out("with them come %" PRIu64 " bytes that are not theirs "
			"and stand in the same chunks%s: look at them "
			"(counterfoil-verify --output) before you give them "
			"away\n",
		    others(d, files),
		    cli_args_has(c->args, "ranges") ? " or in --ranges" : "");
	return 0;
}

/* ---- the record ---- */

static int put_signers(struct cli_compose *m, struct err *err)
{
	const struct cli_args *args = m->c->args;
	const char *party;
	int rc = cli_args_need(args, "from", &party, err);

	if (rc == 0)
		rc = cli_compose_signer(m, party, err);
	if (rc == 0)
		rc = cli_args_need(args, "to", &party, err);
	if (rc == 0 && !cli_args_has(args, "receiver"))
		rc = cli_compose_signer(m, party, err);
	for (size_t at = 0;
	     rc == 0 && (party = cli_args_next(args, "witness", &at)) != NULL;)
		rc = cli_compose_signer(m, party, err);
	return rc;
}

static int put_block(
    struct cli_compose *m, const struct case_disclosure *d, struct err *err)
{
	char text[96];
	uint64_t first, last;
	int rc = cli_compose_block(m, d->item, err);

	if (rc == 0 && d->run_count == 0 && d->length > 0)
		return cli_compose_put(m, RECORD_F_RANGE, RANGES_UNKNOWN, err);
	if (rc == 0 && d->run_count > CLI_DISCLOSURE_RANGES) {
		(void)snprintf(text, sizeof(text),
		    "%zu ranges, %" PRIu64 " bytes, in the document",
		    d->run_count, case_disclosure_measure(d).shown);
		return cli_compose_put(m, RECORD_F_RANGE, text, err);
	}
	for (size_t i = 0; i < d->run_count && rc == 0; i++) {
		case_disclosure_range(d, i, &first, &last);
		(void)snprintf(text, sizeof(text), "%" PRIu64 ", %" PRIu64,
		    first, last - first + 1);
		rc = cli_compose_put(m, RECORD_F_RANGE, text, err);
	}
	return rc;
}

/* `file` is NULL before there is one. is_now: only to be judged as of now. */
static int compose(struct cli_case *c, struct cli_keys *keys,
    const struct case_disclosure *d, const struct hash *file, bool is_now,
    struct case_offer *offer, struct err *err)
{
	struct cli_compose m = {0};
	char hex[HASH_HEX_SIZE];
	int rc =
	    cli_compose_start_now(&m, c, keys, RECORD_DISCLOSURE, is_now, err);

	if (rc == 0)
		rc = put_signers(&m, err);
	if (rc == 0)
		rc = cli_compose_options(&m, fields, COUNT(fields), err);
	if (rc == 0 && file != NULL) {
		hash_to_hex(hex, file);
		rc = cli_compose_put(&m, RECORD_F_DOCUMENT, hex, err);
	}
	if (rc == 0)
		rc = put_block(&m, d, err);
	if (rc == 0)
		rc = cli_compose_finish(&m, offer, err);
	cli_compose_done(&m);
	return rc;
}

/* Whether the law would take it, before an hour of reading. */
static int judge(struct cli_case *c, struct cli_keys *keys,
    const struct case_disclosure *d, struct err *err)
{
	struct case_offer offer = {0}, now = {0};
	int rc = CLI_DONE;

	if (cli_args_has(c->args, "at"))
		rc = compose(c, keys, d, NULL, true, &now, err);
	if (rc == 0)
		rc = cli_case_judge_now(c, &now, err);
	if (rc == CLI_DONE)
		rc = compose(c, keys, d, NULL, false, &offer, err);
	if (rc == 0)
		rc = cli_case_judge(
		    c, keys, &offer, cli_args_has(c->args, "although"), err);
	case_offer_done(&now);
	case_offer_done(&offer);
	return rc;
}

/* ---- all of it ---- */

static int make_file(struct cli_case *c, struct file_draft *draft,
    const struct case_disclosure *d, const char *path, struct hash *ret_hash,
    struct err *err)
{
	struct tree_seed seed = {{0}};
	const struct cli_disclosure_image image = {
	    .path = c->args->words[0],
	    .tree = cli_args_get(c->args, "tree"),
	    .seed = &seed,
	};
	int rc = cli_image_read_seed(c, c->args, d->item, &seed, err);

	if (rc == 0)
		rc = file_draft_open(draft, AT_FDCWD, path, 0600, err);
	if (rc == 0)
		rc = cli_disclosure_write(draft, d, &image, ret_hash, err);
	err_prefix(err, "disclose");
	mem_wipe(&seed, sizeof(seed));
	return rc;
}

/* What was made, and what became of its record. */
static int print_json(struct cli_case *c, const struct case_disclosure *d,
    const struct cli_disclosure_files *files, const struct hash *hash,
    const struct case_offer *offer, struct err *err)
{
	const struct case_disclosure_sizes sizes = case_disclosure_measure(d);
	const struct hash *id = &case_offer_main(offer)->id;
	uint64_t first, last;
	struct buf out;
	struct json j;

	buf_init(&out, JSON_MAX);
	json_init(&j, &out);
	json_open_object(&j, NULL);
	json_text(&j, "image", slice_of(c->args->words[0]));
	json_text(&j, "item", slice_of(d->item));
	json_text(&j, "file", slice_of(cli_args_get(c->args, "output")));
	cli_json_hash(&j, "sha256", hash);
	cli_json_u64(&j, "length", d->length);
	cli_json_u64(&j, "bytes_shown", sizes.shown);
	cli_json_u64(&j, "bytes_of_proof", sizes.proof);
	json_open_array(&j, "ranges");
	for (size_t i = 0; i < d->run_count; i++) {
		case_disclosure_range(d, i, &first, &last);
		json_open_object(&j, NULL);
		cli_json_span(&j, first, last - first + 1);
		json_close_object(&j);
	}
	json_close_array(&j);
	cli_disclosure_files_put_json(files, &j);
	if (files->n > 0)
		cli_json_u64(&j, "bytes_not_theirs", others(d, files));
	else
		json_null(&j, "bytes_not_theirs");
	cli_json_hash(&j, "record", id);
	json_bool(
	    &j, "is_entered", case_state_find_leaf(c->state, id) != CASE_NONE);
	json_close_object(&j);
	int rc = buf_check(&out, err);
	if (rc == 0)
		cli_out_raw(buf_slice(&out));
	buf_done(&out);
	return rc;
}

static int disclose(struct cli_case *c, struct cli_keys *keys,
    const struct case_disclosure *d, const struct cli_disclosure_files *files,
    struct err *err)
{
	const char *path = cli_args_get(c->args, "output");
	struct file_draft draft = {0};
	struct case_offer offer = {0};
	struct hash hash;
	char hex[HASH_HEX_SIZE];
	int rc = make_file(c, &draft, d, path, &hash, err);

	if (rc == 0)
		rc = compose(c, keys, d, &hash, false, &offer, err);
	if (rc == 0)
		rc = file_draft_publish(&draft, err);
	file_draft_done(&draft);
	if (rc == 0) {
		hash_to_hex(hex, &hash);
		cli_out("written: %s\n  SHA-256 %s\n", path, hex);
		rc = cli_compose_submit(c, keys, &offer, err);
		if (rc == CLI_FALSE && file_remove(AT_FDCWD, path, NULL) != 0)
			cli_out_remark("%s could not be removed", path);
		if (rc < 0)
			err_prefix(err,
			    "%s is written, but its record is not entered: "
			    "hand it to nobody",
			    path);
	}
	if (rc == CLI_DONE && cli_args_has(c->args, "json"))
		rc = print_json(c, d, files, &hash, &offer, err);
	case_offer_done(&offer);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct cli_disclosure_files files = {0};
	struct cli_case c = {0};
	struct cli_keys keys = {0};
	struct case_disclosure d = {0};
	const char *path;
	int rc = cli_args_need(args, "output", &path, err);

	if (cli_args_has(args, "json"))
		cli_out_set_aside();
	cli_image_allow_files();
	if (rc == 0)
		rc = cli_case_open(&c, args, err);
	if (rc == 0)
		rc = cli_keys_open(&keys, args, err);
	if (rc == 0)
		rc = find_image(&c, &d, err);
	if (rc == 0)
		rc = read_ranges(args, &d, err);
	if (rc == 0)
		rc = judge(&c, &keys, &d, err);
	if (rc == CLI_DONE && cli_args_has(args, "files")) {
		rc = read_files(&c, &d, &files, err);
		if (rc == 0)
			rc = judge(&c, &keys, &d, err);
	}
	if (rc == CLI_DONE) {
		tell_ranges(&d);
		rc = disclose(&c, &keys, &d, &files, err);
	}
	cli_disclosure_files_done(&files);
	case_disclosure_done(&d);
	cli_keys_done(&keys);
	cli_case_done(&c);
	return rc;
}

const struct cli_command cmd_disclose = {
    .name = "disclose",
    .group = CLI_CUSTODY,
    .usage = "IMAGE --item COPY --ranges A-B,... --files PATH -o FILE "
	     "--from PARTY --to PARTY",
    .summary = "Gives chosen bytes of an image to somebody, with proof",
    .shared = CLI_SHARED_MAKER | CLI_SHARED_JSON,
    .options = options,
    .option_count = COUNT(options),
    .words_min = 1,
    .words_max = 1,
    .examples =
	"  counterfoil disclose I-0007.E01 --item I-0007 \\\n"
	"      --ranges 1048576-2097151 -o court.disclosure --order last \\\n"
	"      --from lab.example --to court.example --as lab.example \\\n"
	"      --as court.example\n",
    .run = run,
};
