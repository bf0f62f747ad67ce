/*
 * cmd_unlock.c: `counterfoil unlock`: holders come together and open a locked
 * copy, or a range of it. The record of it is in the ledger before a byte is
 * written.
 */
#include "case_offer.h"
#include "case_state.h"
#include "cli.h"
#include "cli_blob.h"
#include "cli_compose.h"
#include "cli_image.h"
#include "cli_lock.h"
#include "cli_lock_seed.h"
#include "cli_make.h"
#include "cli_out.h"
#include "cli_outside.h"
#include "media_age.h"
#include "mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ITEM_LENGTH_MAX 256
#define PART (1u << 20)
#define RECORD_GOOD_FOR (24 * 60 * 60) /* seconds; as long as an offer */
#define RANGE_TEXT_MAX 48
#define SMALL (64u << 10) /* bytes; a locked seed is far shorter */

struct job {
	struct cli_case c;
	struct cli_keys keys;
	struct cli_lock l;
	struct case_offer offer;
	struct cli_blob in, out;
	struct cli_out_progress progress;
	struct media_age *age;
	struct buf item;
	uint64_t first, n; /* the range; all: 0 and the length */
	struct cli_image_claim claim; /* what it must be, by the ledger */
	struct cli_lock_files files; /* likewise its files */
	struct tree_seed seed; /* secret */
	bool has_seed;
};

static void tick(void *cookie, uint64_t done)
{
	struct job *job = cookie;

	cli_out_progress_tick(
	    &job->progress, "bytes opened", done, job->in.size);
}

static int write_out(
    void *cookie, uint64_t offset, const void *bytes, size_t n, struct err *err)
{
	struct job *job = cookie;

	return cli_blob_write_at(&job->out, offset, bytes, n, err);
}

/* ---- what is asked ---- */

/* "A-B", both included. */
static int read_range(struct job *job, struct err *err)
{
	const char *typed = cli_args_get(job->c.args, "range");
	uint64_t length = media_age_length(job->age);
	unsigned long long first, last;

	job->n = length;
	if (typed == NULL)
		return 0;
	struct slice rest = slice_of(typed);
	struct slice from = slice_cut(&rest, '-');
	if (!slice_to_u64(from, &first) || !slice_to_u64(rest, &last) ||
	    first > last)
		return err_set(err, ERR_USAGE,
		    "unlock: --range %s is not FIRST-LAST, in bytes from 0",
		    typed);
	if (last >= length)
		return err_set(err, ERR_USAGE,
		    "unlock: --range %s: it has %llu bytes", typed,
		    (unsigned long long)length);
	job->first = first;
	job->n = last - first + 1;
	return 0;
}

static int open_file(struct job *job, struct err *err)
{
	const char *path = job->c.args->words[0];
	int rc = cli_blob_open(&job->in, path, err);

	if (rc != 0)
		return rc;
	struct media_age_source source = {
	    cli_blob_read_at, &job->in, job->in.size};
	rc = media_age_check_single(&source, err);
	if (rc == 0)
		rc = media_age_open(&job->age, &source, &job->l.key, err);
	if (rc == 0)
		rc = media_age_check_end(job->age, err);
	if (rc != 0)
		err_prefix(err, "unlock: %s", path);
	return rc != 0 ? rc : read_range(job, err);
}

static bool is_whole(const struct job *job)
{
	return !cli_args_has(job->c.args, "range");
}

/* The seed that is locked beside the image opens with the same key, but no
 * record of the image's opening is one of its seed's. */
static int check_is_copy(struct job *job, struct err *err)
{
	struct hash is;
	int rc = 0;
	bool is_other = job->claim.has_length &&
	    job->claim.length != media_age_length(job->age);

	if (!is_other && job->files.has_seed && job->in.size <= SMALL) {
		rc = cli_blob_hash(&job->in, &is, err);
		is_other = rc == 0 && hash_is(&is, &job->files.seed);
	}
	return is_other ? err_set(err, ERR_VERIFY,
			      "unlock: %s is not the locked copy %s: what is "
			      "in it has another length",
			      job->in.path, job->item.p)
			: rc;
}

/* What all that is opened will be held to. */
static int find_claim(struct job *job, struct err *err)
{
	const char *output = cli_args_get(job->c.args, "output");
	struct slice item = buf_slice(&job->item);
	struct err why = {0};
	int rc = cli_lock_files(&job->l, &job->c, item, &job->files, err);

	if (rc == 0)
		rc = cli_image_claim(&job->c, job->item.p, &job->claim, err);
	if (rc == 0)
		rc = check_is_copy(job, err);
	if (rc != 0 || !is_whole(job) || !job->files.has_seed)
		return rc;
	rc = cli_lock_seed_read(
	    job->in.path, &job->l.key, &job->files.seed, &job->seed, &why);
	job->has_seed = rc == 0;
	if (rc == ERR_NOTFOUND) {
		cli_out_remark("%s.seed.age is not there: the seed is not "
			       "given back, and the tree cannot be checked",
		    job->in.path);
		return 0;
	}
	if (rc != 0)
		return err_set(err, rc, "unlock: %s", why.message);
	return cli_lock_seed_is_given(output)
	    ? err_set(err, ERR_CONFLICT,
		  "unlock: %s.seed is there already and is not written over",
		  output)
	    : 0;
}

/* The shares, the key, the file: all that can be wrong is found before
 * anything is recorded. */
static int prepare(struct job *job, struct err *err)
{
	const char *share;
	int rc = cli_args_need(job->c.args, "share", &share, err);

	if (rc == 0 && !cli_args_has(job->c.args, "output") &&
	    !cli_args_has(job->c.args, "range"))
		rc = err_set(err, ERR_USAGE,
		    "unlock: where to? give -o FILE, or --range FIRST-LAST");
	if (rc == 0)
		rc = cli_outside_check(&job->c, job->c.args,
		    (const char *const[]){"output"}, 1, err);
	if (rc == 0)
		rc = cli_lock_identities(&job->l, job->c.args, err);
	if (rc == 0)
		rc = cli_lock_item_of(&job->l, share, &job->item, err);
	if (rc == 0)
		rc =
		    cli_lock_find(&job->l, &job->c, buf_slice(&job->item), err);
	if (rc == 0)
		rc =
		    cli_lock_open(&job->l, &job->c, buf_slice(&job->item), err);
	if (rc == 0)
		rc = open_file(job, err);
	if (rc == 0)
		rc = find_claim(job, err);
	if (rc == 0 && cli_args_has(job->c.args, "output"))
		rc = cli_blob_create(
		    &job->out, cli_args_get(job->c.args, "output"), err);
	return rc;
}

/* ---- the record ---- */

static const struct cli_compose_option fields[] = {
    {"order", RECORD_F_ORDER},
    {"purpose", RECORD_F_PURPOSE},
    {"objection", RECORD_F_OBJECTION},
    {"remark", RECORD_F_REMARK},
};

/* The range as the record has it; "": all. */
static void put_range(char ret_text[RANGE_TEXT_MAX], const struct job *job)
{
	ret_text[0] = '\0';
	if (!is_whole(job))
		(void)snprintf(ret_text, RANGE_TEXT_MAX, "%llu-%llu",
		    (unsigned long long)job->first,
		    (unsigned long long)(job->first + job->n - 1));
}

static struct slice holder_of(const struct job *job, size_t share)
{
	return job->l.holders[job->l.shares.shares[share].index - 1];
}

static int put_people(
    struct cli_compose *m, const struct job *job, struct err *err)
{
	const struct cli_args *args = job->c.args;
	const char *host = cli_args_get(args, "host"), *witness;
	char name[NOTE_KEY_NAME_MAX + 1];
	int rc = 0;

	if (host == NULL && job->keys.n > 0)
		host = job->keys.keys[0].key.name;
	if (host == NULL)
		return err_set(err, ERR_USAGE,
		    "unlock: on whose machine? give --host PARTY, or --as");
	rc = cli_make_put_party(m, RECORD_F_HOST, host, err);
	for (size_t i = 0; rc == 0 && i < job->l.shares.n; i++) {
		struct slice holder = holder_of(job, i);

		rc = cli_compose_put_slice(m, RECORD_F_HOLDER, holder, err);
		memcpy(name, holder.p, holder.n);
		name[holder.n] = '\0';
		if (rc == 0)
			rc = cli_compose_signer(m, name, err);
	}
	for (size_t at = 0; rc == 0 &&
	     (witness = cli_args_next(args, "witness", &at)) != NULL;) {
		rc = cli_make_put_party(m, RECORD_F_WITNESS, witness, err);
		if (rc == 0)
			rc = cli_compose_signer(m, witness, err);
	}
	/* The host signs too, if its key is at hand. */
	if (rc == 0 && cli_keys_find(&job->keys, slice_of(host)) != NULL)
		rc = cli_compose_signer(m, host, err);
	return rc;
}

/* *ret_is_entered: the ledger has it now. */
static int record_it(struct job *job, bool *ret_is_entered, struct err *err)
{
	struct cli_compose m = {0};
	char range[RANGE_TEXT_MAX];
	const char *order;
	int rc = cli_args_need(job->c.args, "order", &order, err);

	*ret_is_entered = false;
	if (rc == 0)
		rc = cli_compose_start(
		    &m, &job->c, &job->keys, RECORD_UNLOCK, err);
	if (rc == 0)
		rc = put_people(&m, job, err);
	if (rc == 0)
		rc = cli_compose_options(
		    &m, fields, sizeof(fields) / sizeof(fields[0]), err);
	put_range(range, job);
	if (rc == 0 && !is_whole(job))
		rc = cli_compose_put(&m, RECORD_F_RANGE, range, err);
	if (rc == 0)
		rc = cli_compose_block_slice(&m, buf_slice(&job->item), err);
	if (rc == 0)
		rc = cli_compose_finish(&m, &job->offer, err);
	if (rc == 0)
		rc = cli_compose_submit(&job->c, &job->keys, &job->offer, err);
	cli_compose_done(&m);
	if (rc == 0)
		*ret_is_entered =
		    case_state_find_leaf(job->c.state,
			&case_offer_main(&job->offer)->id) != CASE_NONE;
	return rc;
}

static bool names_holder(const struct record *record, struct slice holder)
{
	const struct record_value *v = NULL;

	while ((v = record_next(record, NULL, RECORD_F_HOLDER, v)) != NULL)
		if (slice_is(v->value, holder))
			return true;
	return false;
}

/* The order must still run: a record is no leave to open for ever. */
static int check_order(
    const struct job *job, const struct record *record, struct err *err)
{
	const struct case_state *state = job->c.state;
	struct hash id;
	uint32_t leaf = CASE_NONE;

	if (record_get_hash(record, RECORD_F_ORDER, &id))
		leaf = case_state_find_leaf(state, &id);
	for (size_t i = 0; i < case_state_order_count(state); i++) {
		const struct case_order *order = case_state_order(state, i);

		if (order->leaf == leaf && job->c.now >= order->since &&
		    job->c.now < order->until && job->c.now < order->revoked_at)
			return 0;
	}
	return err_set(err, ERR_VERIFY,
	    "unlock: --record: its order does not run any more; it takes "
	    "another order, and a record under that");
}

/* What the record was made for, and how long ago. */
static int check_extent(const struct job *job, const struct record *record,
    uint32_t leaf, struct err *err)
{
	struct slice recorded = record_get(record, RECORD_F_RANGE);
	int64_t entered = case_state_leaf(job->c.state, leaf)->entered;
	char range[RANGE_TEXT_MAX];

	put_range(range, job);
	if (recorded.n == 0 ? !is_whole(job) : !slice_is_text(recorded, range))
		return recorded.n == 0
		    ? err_set(err, ERR_VERIFY,
			  "unlock: --record: it is of an opening of all bytes, "
			  "without --range")
		    : err_set(err, ERR_VERIFY,
			  "unlock: --record: it is of an opening of the bytes "
			  "%.*s; give --range %.*s",
			  SLICE_ARG(recorded), SLICE_ARG(recorded));
	if (job->c.now - entered > RECORD_GOOD_FOR)
		return err_set(err, ERR_VERIFY,
		    "unlock: --record: it was entered more than 24 hours ago; "
		    "make a new record of a new opening (without --record)");
	return check_order(job, record, err);
}

/* The unlock record that is in the ledger already is of this opening. */
static int check_record(struct job *job, const char *typed, struct err *err)
{
	struct record record = {0};
	uint32_t leaf;
	bool is = false;
	int rc =
	    cli_case_find_record(&job->c, typed, RECORD_UNLOCK, &leaf, err);

	if (rc == 0)
		rc = case_state_record(job->c.state, leaf, &record, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < record.block_count; i++)
		is = is || slice_is(record.blocks[i].id, buf_slice(&job->item));
	for (size_t i = 0; i < job->l.shares.n; i++)
		is = is && names_holder(&record, holder_of(job, i));
	is = is && case_state_leaf(job->c.state, leaf)->standing == CASE_GOOD;
	if (!is)
		rc = err_set(err, ERR_VERIFY,
		    "unlock: record %s does not stand for this: it must be a "
		    "good unlock of %.*s by those who bring shares",
		    typed, SLICE_ARG(buf_slice(&job->item)));
	if (rc == 0)
		rc = check_extent(job, &record, leaf, err);
	record_done(&record);
	return rc;
}

/* ---- the bytes ---- */

static int write_range(struct job *job, struct err *err)
{
	uint8_t *part = mem_new(PART, 1);
	uint64_t done = 0;
	int rc = part == NULL ? err_nomem(err) : 0;

	while (rc == 0 && done < job->n) {
		size_t n =
		    job->n - done < PART ? (size_t)(job->n - done) : PART;

		rc = media_age_read(job->age, job->first + done, part, n, err);
		if (rc == 0 && job->out.fd >= 0)
			rc = cli_blob_write_at(&job->out, done, part, n, err);
		else if (rc == 0)
			cli_out_raw((struct slice){(char *)part, n});
		done += n;
	}
	if (part != NULL)
		mem_wipe(part, PART);
	free(part);
	return rc;
}

static int write_all(struct job *job, struct err *err)
{
	struct media_age_sink sink = {write_out, job, tick};
	struct hash plain = {{0}}, sealed = {{0}}, root = {{0}};
	bool has_root = job->has_seed && job->claim.has_root;
	bool has_hash =
	    !has_root && job->claim.hashes.of[MEDIA_HASH_SHA256].is_there;
	struct media_age_hashes found = {
	    .plain = has_hash ? &plain : NULL,
	    .sealed = job->files.has_sealed ? &sealed : NULL,
	    .seed = has_root ? &job->seed : NULL,
	    .root = has_root ? &root : NULL,
	};
	int rc = media_age_read_all(job->age, &sink, &found, NULL, err);

	if (rc == 0)
		rc = cli_lock_check_found(
		    &found, &job->files, &job->claim, job->item.p, err);
	if (rc == 0 && !has_root && !has_hash)
		cli_out_remark("neither the tree nor the SHA-256 of %s is "
			       "known here: that this is it rests on the "
			       "locked file alone",
		    job->item.p);
	return rc;
}

/* Nothing has its name before all of it was found right. */
static int write_it(struct job *job, struct err *err)
{
	const char *output = cli_args_get(job->c.args, "output");
	int rc = is_whole(job) ? write_all(job, err) : write_range(job, err);

	cli_out_progress_end(&job->progress);
	if (rc == 0 && job->out.fd >= 0)
		rc = cli_blob_publish(&job->out, err);
	if (rc == 0 && job->has_seed)
		rc = cli_lock_seed_give(output, &job->seed, err);
	if (rc != 0) {
		err_prefix(err, "unlock: %s", job->in.path);
		return rc;
	}
	if (output != NULL)
		cli_out_remark("%s: %llu bytes, open: whoever has it can read "
			       "it",
		    output, (unsigned long long)job->n);
	if (job->has_seed)
		cli_out_remark("%s.seed: the seed of its salts, for disclose "
			       "and verify-image; it is secret",
		    output);
	return 0;
}

static int run_open(struct job *job, struct err *err)
{
	const char *record = cli_args_get(job->c.args, "record");
	bool is_entered = true;
	int rc = prepare(job, err);

	if (rc == 0 && record != NULL)
		rc = check_record(job, record, err);
	else if (rc == 0)
		rc = record_it(job, &is_entered, err);
	if (rc != 0)
		return rc;
	if (is_entered)
		return write_it(job, err);
	cli_out_remark("nothing was opened: when all have signed, run this "
		       "again with --record and the record's number");
	return CLI_DONE;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct job job = {.in = CLI_BLOB_NONE, .out = CLI_BLOB_NONE};
	int rc = cli_case_open(&job.c, args, err);

	buf_init(&job.item, ITEM_LENGTH_MAX);
	if (rc == 0)
		rc = cli_keys_open(&job.keys, args, err);
	if (rc == 0)
		rc = run_open(&job, err);
	mem_wipe(&job.seed, sizeof(job.seed));
	media_age_close(job.age);
	cli_blob_done(&job.in);
	cli_blob_done(&job.out);
	cli_lock_done(&job.l);
	buf_done(&job.item);
	case_offer_done(&job.offer);
	cli_keys_done(&job.keys);
	cli_case_done(&job.c);
	return rc;
}

static const struct cli_option options[] = {
    CLI_LOCK_SHARE,
    CLI_LOCK_IDENTITY,
    {"order", 0, "RECORD", false, "the order under which it is opened"},
    {"output", 'o', "FILE", false, "where to write what was locked"},
    {"range", 0, "FIRST-LAST", false,
	"only these bytes, both included; printed unless -o is given"},
    {"host", 0, "PARTY", false, "on whose machine (default: the first --as)"},
    {"witness", 0, "PARTY", true, "who watched and signs"},
    {"purpose", 0, "TEXT", false, "what for"},
    {"record", 0, "RECORD", false,
	"the record of this opening, if it is in the ledger already: for 24 "
	"hours, while its order runs, and for the same --range"},
    {"objection", 0, "TEXT", true, "an objection raised"},
    {"remark", 0, "TEXT", false, "anything else (withheld)"},
};

const struct cli_command cmd_unlock = {
    .name = "unlock",
    .group = CLI_CUSTODY,
    .usage = "FILE --order RECORD --share FILE... -o FILE | --range "
	     "FIRST-LAST",
    .summary = "Opens a locked copy, or a range of it, with the shares of "
	       "enough holders",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 1,
    .words_max = 1,
    .examples =
	"  counterfoil unlock d1.age --order last --host lab.example \\\n"
	"      --share d1.age.court.example.share --identity court.txt \\\n"
	"      --share d1.age.owner.example.share --identity owner.txt \\\n"
	"      -o d1.raw --as court.example --as owner.example\n",
    .run = run,
};
