/*
 * cmd_lock.c: `counterfoil lock`: a copy is encrypted so that t of n holders
 * must come together to open it; a holder checks its share; holders open the
 * copy on trial, and only then may what was not locked be removed.
 */
#include "case_offer.h"
#include "case_state.h"
#include "cli.h"
#include "cli_blob.h"
#include "cli_compose.h"
#include "cli_custodian.h"
#include "cli_lock.h"
#include "cli_make.h"
#include "cli_out.h"
#include "cli_pending.h"
#include "file.h"
#include "media_age.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define PATH_LENGTH_MAX 4096

/* One run of the command. */
struct job {
	struct cli_case c;
	struct cli_keys keys;
	struct cli_lock l;
	struct case_offer offer;
	struct cli_blob in, out;
	struct cli_out_progress progress;
	uint32_t item;
	struct slice item_id;
	const char *trial, *plaintext; /* as the record will say */
	struct hash sealed; /* SHA-256 of the locked file */
	bool is_sealed; /* is it known yet? */
	size_t shares_written;
};

static void tick(void *cookie, uint64_t done)
{
	struct job *job = cookie;

	cli_out_progress_tick(&job->progress, "bytes done", done, job->in.size);
}

/* The sinks get the job, for its progress. */
static int write_out(
    void *cookie, uint64_t offset, const void *bytes, size_t n, struct err *err)
{
	struct job *job = cookie;

	return cli_blob_write_at(&job->out, offset, bytes, n, err);
}

static int write_nowhere(
    void *cookie, uint64_t offset, const void *bytes, size_t n, struct err *err)
{
	(void)cookie;
	(void)offset;
	(void)bytes;
	(void)n;
	(void)err;
	return 0;
}

/* ---- the record ---- */

static int put_key(
    struct cli_compose *m, const struct job *job, struct err *err)
{
	char hex[HASH_HEX_SIZE];
	struct hash point;
	struct buf key;
	int rc;

	buf_init(&key, PATH_LENGTH_MAX);
	media_age_key_put(&key, job->l.lock.recipient);
	rc = buf_check(&key, err);
	if (rc == 0)
		rc = cli_compose_put_slice(
		    m, RECORD_F_QUORUM_KEY, buf_slice(&key), err);
	for (size_t i = 0; rc == 0 && i < job->l.lock.threshold; i++) {
		memcpy(point.b, job->l.lock.commitments[i], sizeof(point.b));
		hash_to_hex(hex, &point);
		rc = record_draft_set_text(
		    m->draft, RECORD_F_COMMITMENT, hex, err);
	}
	buf_done(&key);
	return rc;
}

static int put_holders(
    struct cli_compose *m, const struct job *job, struct err *err)
{
	char name[NOTE_KEY_NAME_MAX + 1];
	int rc = cli_compose_put_count(
	    m, RECORD_F_THRESHOLD, job->l.lock.threshold, err);

	for (size_t i = 0; rc == 0 && i < job->l.holder_count; i++) {
		struct slice holder = job->l.holders[i];

		rc = cli_compose_put_slice(m, RECORD_F_HOLDER, holder, err);
		memcpy(name, holder.p, holder.n);
		name[holder.n] = '\0';
		if (rc == 0)
			rc = cli_compose_signer(m, name, err);
	}
	return rc;
}

static int put_people(
    struct cli_compose *m, const struct job *job, struct err *err)
{
	const struct cli_args *args = m->c->args;
	const char *custodian = NULL, *witness;
	int rc = cli_custodian_put(
	    m, 0, cli_args_get(args, "item"), &custodian, err);

	for (size_t at = 0; rc == 0 &&
	     (witness = cli_args_next(args, "witness", &at)) != NULL;) {
		rc = cli_make_put_party(m, RECORD_F_WITNESS, witness, err);
		if (rc == 0)
			rc = cli_compose_signer(m, witness, err);
	}
	return rc != 0 ? rc : put_holders(m, job, err);
}

static int put_block(
    struct cli_compose *m, const struct job *job, struct err *err)
{
	char hex[HASH_HEX_SIZE];
	int rc = cli_compose_block_slice(m, job->item_id, err);

	if (rc != 0 || !job->is_sealed)
		return rc;
	hash_to_hex(hex, &job->sealed);
	return cli_compose_put(m, RECORD_F_SHA256, hex, err);
}

/* Puts the record into job->offer, instead of what was there. */
static int compose(struct job *job, struct err *err)
{
	struct cli_compose m = {0};

	case_offer_done(&job->offer);
	job->offer = (struct case_offer){0};
	int rc = cli_compose_start(&m, &job->c, &job->keys, RECORD_LOCK, err);
	if (rc == 0)
		rc = put_people(&m, job, err);
	if (rc == 0)
		rc = put_key(&m, job, err);
	if (rc == 0)
		rc = cli_compose_put(&m, RECORD_F_TRIAL, job->trial, err);
	if (rc == 0)
		rc = cli_compose_put(
		    &m, RECORD_F_PLAINTEXT, job->plaintext, err);
	if (rc == 0)
		rc = cli_compose_put(&m, RECORD_F_REMARK,
		    cli_args_get(job->c.args, "remark"), err);
	if (rc == 0)
		rc = put_block(&m, job, err);
	if (rc == 0)
		rc = cli_compose_finish(&m, &job->offer, err);
	cli_compose_done(&m);
	return rc;
}

static int find_item(struct job *job, struct err *err)
{
	const char *item;
	int rc = cli_args_need(job->c.args, "item", &item, err);

	if (rc == 0)
		rc = cli_case_find_item(&job->c, item, &job->item, err);
	if (rc == 0)
		job->item_id = case_state_item(job->c.state, job->item)->id;
	return rc;
}

/* ---- making a lock ---- */

static int find_holders(
    struct job *job, uint8_t (*ret_recipients)[32], struct err *err)
{
	const struct cli_args *args = job->c.args;
	const char *typed;
	uint32_t party;
	int rc = 0;

	for (size_t at = 0;
	     rc == 0 && (typed = cli_args_next(args, "holder", &at)) != NULL;) {
		if (job->l.holder_count == MEDIA_SHARE_MAX)
			return err_set(err, ERR_LIMIT,
			    "lock: more than %d holders", MEDIA_SHARE_MAX);
		rc = cli_case_find_party(&job->c, typed, &party, err);
		if (rc != 0)
			return rc;
		struct slice name = case_state_party(job->c.state, party)->name;
		for (size_t i = 0; i < job->l.holder_count; i++)
			if (slice_is(job->l.holders[i], name))
				return err_set(err, ERR_USAGE,
				    "lock: %s is named twice", typed);
		rc = cli_lock_recipient(
		    &job->c, name, ret_recipients[job->l.holder_count], err);
		job->l.holders[job->l.holder_count++] = name;
	}
	return rc;
}

static int put_share_path(
    struct buf *path, const struct job *job, size_t i, struct err *err)
{
	struct slice holder = job->l.holders[i];

	buf_clear(path);
	buf_printf(path, "%s.", cli_args_get(job->c.args, "output"));
	for (size_t k = 0; k < holder.n; k++)
		buf_putc(path, holder.p[k] == '/' ? '_' : holder.p[k]);
	buf_puts(path, ".share");
	return buf_check(path, err);
}

static int write_share(struct job *job, size_t i, const uint8_t recipient[32],
    const struct buf *path, struct err *err)
{
	struct media_share_text text = {
	    .case_ref = case_state_ref(job->c.state),
	    .item = job->item_id,
	    .holder = job->l.holders[i],
	    .share = job->l.shares.shares[i]};
	struct buf key, plain, sealed;

	buf_init(&key, PATH_LENGTH_MAX);
	buf_init(&plain, MEDIA_SHARE_TEXT_MAX);
	buf_init(&sealed, 2 * MEDIA_SHARE_TEXT_MAX);
	media_age_key_put(&key, job->l.lock.recipient);
	text.quorum_key = buf_slice(&key);
	media_share_put(&plain, &text);
	int rc = buf_check(&key, err);
	if (rc == 0)
		rc = buf_check(&plain, err);
	if (rc == 0)
		rc = media_age_seal_text(
		    buf_slice(&plain), recipient, &sealed, err);
	if (rc == 0)
		rc = file_publish_new(
		    AT_FDCWD, path->p, buf_slice(&sealed), 0600, err);
	explicit_bzero(&text, sizeof(text));
	buf_wipe(&plain);
	buf_done(&sealed);
	buf_done(&key);
	return rc;
}

static int write_shares(
    struct job *job, uint8_t (*recipients)[32], struct err *err)
{
	struct buf path;
	int rc = 0;

	buf_init(&path, PATH_LENGTH_MAX);
	for (size_t i = 0; rc == 0 && i < job->l.holder_count; i++) {
		rc = media_share_check(
		    &job->l.lock, &job->l.shares.shares[i], err);
		if (rc == 0)
			rc = put_share_path(&path, job, i, err);
		if (rc == 0)
			rc = write_share(job, i, recipients[i], &path, err);
		job->shares_written += rc == 0;
		if (rc != 0)
			err_prefix(err, "lock: the share of %.*s",
			    SLICE_ARG(job->l.holders[i]));
	}
	buf_done(&path);
	return rc;
}

/* After a failure no share is left that belongs to nothing. */
static void remove_shares(struct job *job)
{
	struct buf path;

	buf_init(&path, PATH_LENGTH_MAX);
	for (size_t i = 0; i < job->shares_written; i++)
		if (put_share_path(&path, job, i, NULL) == 0)
			(void)unlink(path.p); /* the first error is said */
	buf_done(&path);
}

/* No file that is to be made is there already. */
static int check_paths(struct job *job, struct err *err)
{
	struct buf path;
	int rc = 0;

	buf_init(&path, PATH_LENGTH_MAX);
	for (size_t i = 0; rc == 0 && i < job->l.holder_count; i++) {
		rc = put_share_path(&path, job, i, err);
		if (rc == 0 && file_exists(AT_FDCWD, path.p))
			rc = err_set(err, ERR_CONFLICT,
			    "lock: %s is there already and is not written "
			    "over",
			    path.p);
	}
	buf_done(&path);
	return rc;
}

/* A holder whose key signs here says that its share fits: it is opened. */
static int check_signing_holders(
    struct job *job, bool is_beforehand, struct err *err)
{
	struct buf path;
	int rc = 0;

	buf_init(&path, PATH_LENGTH_MAX);
	for (size_t i = 0; rc == 0 && i < job->l.holder_count; i++) {
		if (cli_keys_find(&job->keys, job->l.holders[i]) == NULL)
			continue;
		if (is_beforehand && job->l.identities.n == 0)
			rc = err_set(err, ERR_USAGE,
			    "lock: %.*s would sign that its share fits; give "
			    "its age keys with --identity FILE, or leave its "
			    "key out and let it sign with `counterfoil accept`",
			    SLICE_ARG(job->l.holders[i]));
		if (is_beforehand)
			continue;
		rc = put_share_path(&path, job, i, err);
		if (rc == 0) {
			struct cli_lock check = {0};

			check.lock = job->l.lock;
			check.holder_count = job->l.holder_count;
			memcpy(check.holders, job->l.holders,
			    sizeof(check.holders));
			check.identities = job->l.identities;
			rc = cli_lock_add_share(
			    &check, &job->c, job->item_id, path.p, err);
			media_share_set_done(&check.shares);
		}
	}
	buf_done(&path);
	return rc;
}

/* The length that the image's record says, if it says one. */
static int check_length(struct job *job, struct err *err)
{
	const struct case_item *item = case_state_item(job->c.state, job->item);
	struct record record = {0};
	unsigned long long length;
	int rc = case_state_record(job->c.state, item->leaf, &record, err);

	for (size_t i = 0; rc == 0 && i < record.block_count; i++) {
		const struct record_block *block = &record.blocks[i];
		struct slice typed =
		    record_block_get(&record, block, RECORD_F_LENGTH);

		if (!slice_is(block->id, job->item_id) ||
		    !slice_to_u64(typed, &length) || length == job->in.size)
			continue;
		rc = err_set(err, ERR_VERIFY,
		    "lock: %s is not what was recorded as %.*s: it has %llu "
		    "bytes, not %llu",
		    job->in.path, SLICE_ARG(job->item_id),
		    (unsigned long long)job->in.size, length);
	}
	record_done(&record);
	return rc;
}

static int encrypt(struct job *job, struct err *err)
{
	bool is_checked = cli_args_has(job->c.args, "check");
	struct hash plain = {{0}}, recorded = {{0}};
	bool is_known = false;
	struct media_age_hashes hashes = {
	    is_checked ? &plain : NULL, &job->sealed};
	struct media_age_source source = {
	    cli_blob_read_at, &job->in, job->in.size};
	struct media_age_sink sink = {write_out, job, tick};
	int rc = check_length(job, err);

	if (rc == 0 && is_checked)
		rc = cli_lock_image_hash(
		    &job->c, job->item, &recorded, &is_known, err);
	if (rc == 0 && is_checked && !is_known)
		rc = err_set(err, ERR_NOTFOUND,
		    "lock: --check: the SHA-256 of %.*s is not known here",
		    SLICE_ARG(job->item_id));
	if (rc == 0)
		rc = media_age_seal(
		    &source, job->l.lock.recipient, &sink, &hashes, err);
	cli_out_progress_end(&job->progress);
	if (rc == 0 && is_checked && !hash_is(&plain, &recorded))
		rc = err_set(err, ERR_VERIFY,
		    "lock: %s is not what was recorded as %.*s: its SHA-256 is "
		    "another",
		    job->in.path, SLICE_ARG(job->item_id));
	job->is_sealed = rc == 0;
	return rc;
}

static int make_files(
    struct job *job, uint8_t (*recipients)[32], struct err *err)
{
	const char *output = cli_args_get(job->c.args, "output");
	int rc = check_paths(job, err);

	if (rc == 0)
		rc = cli_blob_open(&job->in, job->c.args->words[0], err);
	if (rc == 0)
		rc = cli_blob_create(&job->out, output, err);
	if (rc == 0)
		rc = encrypt(job, err);
	if (rc != 0)
		return rc;
	rc = write_shares(job, recipients, err);
	if (rc == 0)
		rc = check_signing_holders(job, false, err);
	if (rc == 0)
		rc = cli_blob_publish(&job->out, err);
	if (rc != 0)
		remove_shares(job);
	return rc;
}

static int make(struct job *job, struct err *err)
{
	const struct cli_args *args = job->c.args;
	uint8_t recipients[MEDIA_SHARE_MAX][32];
	const char *output;
	uint64_t threshold = 0;
	bool is_given = false;
	int rc = cli_args_need(args, "output", &output, err);

	if (rc == 0)
		rc = find_item(job, err);
	if (rc == 0)
		rc = cli_args_count(
		    args, "threshold", &threshold, &is_given, err);
	if (rc == 0 && !is_given)
		rc = err_set(err, ERR_USAGE,
		    "lock: how many holders must come together? give "
		    "--threshold T");
	if (rc == 0)
		rc = find_holders(job, recipients, err);
	if (rc == 0)
		rc = cli_lock_identities(&job->l, args, err);
	if (rc == 0)
		rc = check_signing_holders(job, true, err);
	if (rc == 0)
		rc = media_share_set_init(&job->l.shares, err);
	if (rc == 0)
		rc = media_share_make(&job->l.lock, &job->l.shares,
		    (size_t)threshold, job->l.holder_count, err);
	job->trial = "asserted";
	job->plaintext = "kept";
	/* The law judges who may hold it before anything is encrypted. */
	if (rc == 0)
		rc = compose(job, err);
	if (rc == 0)
		rc = cli_case_judge(
		    &job->c, &job->keys, &job->offer, false, err);
	if (rc == 0)
		rc = make_files(job, recipients, err);
	if (rc == 0)
		rc = compose(job, err);
	if (rc != 0)
		return rc;
	cli_out("%s is locked: any %zu of %zu holders open it. Give each its "
		"share, %s.PARTY.share.\n%s is still there: remove it only "
		"after a trial opening (counterfoil lock --trial).\n",
	    output, job->l.lock.threshold, job->l.holder_count, output,
	    args->words[0]);
	return cli_compose_submit(&job->c, &job->keys, &job->offer, err);
}

/* ---- checking a share ---- */

/* The lock that the word names, an offer or a record; the newest if there is
 * no word. Its first item is in job->item_id. */
static int find_lock(struct job *job, struct err *err)
{
	const char *typed = job->c.args->words[0];
	const struct record *record = NULL;
	uint32_t leaf;
	int rc = cli_pending_read(&job->c, typed, &job->offer, NULL);

	if (rc == 0) {
		record = case_offer_main(&job->offer);
	} else {
		rc = cli_case_find_record(
		    &job->c, typed, RECORD_LOCK, &leaf, err);
		if (rc == 0)
			rc = case_state_record(
			    job->c.state, leaf, &job->l.record, err);
		record = &job->l.record;
	}
	if (rc == 0 &&
	    (record->schema->kind != RECORD_LOCK || record->block_count == 0))
		rc = err_set(
		    err, ERR_USAGE, "lock: %s is no lock of a copy", typed);
	if (rc != 0)
		return rc;
	job->item_id = record->blocks[0].id;
	rc = cli_lock_take(&job->l, record, err);
	if (rc != 0)
		err_prefix(err, "lock: %s", typed);
	return rc;
}

static int check_share(struct job *job, struct err *err)
{
	const char *path = cli_args_get(job->c.args, "check-share");
	int rc = find_lock(job, err);

	if (rc == 0)
		rc = cli_lock_identities(&job->l, job->c.args, err);
	if (rc == 0)
		rc = cli_lock_add_share(
		    &job->l, &job->c, job->item_id, path, err);
	if (rc != 0)
		return rc;
	unsigned index = job->l.shares.shares[0].index;
	cli_out("share verified: %s is share %u of %zu, that of %.*s, and fits "
		"the lock of %.*s; any %zu open it.\n",
	    path, index, job->l.holder_count,
	    SLICE_ARG(job->l.holders[index - 1]), SLICE_ARG(job->item_id),
	    job->l.lock.threshold);
	return CLI_DONE;
}

/* ---- a trial opening ---- */

/* What the plaintext must be: by the record, else by the file that is there. */
static int expected_hash(
    struct job *job, struct cli_blob *image, struct hash *ret, struct err *err)
{
	struct hash of_image;
	bool is_known = false;
	int rc = cli_lock_image_hash(&job->c, job->item, ret, &is_known, err);

	if (rc == 0 && image->fd < 0 && !is_known)
		return err_set(err, ERR_NOTFOUND,
		    "lock: the SHA-256 of %.*s is not known here; take the "
		    "reveal of its image record (counterfoil reveal --take)",
		    SLICE_ARG(job->item_id));
	if (rc == 0 && image->fd >= 0) {
		rc = cli_blob_hash(image, &of_image, err);
		if (rc == 0 && is_known && !hash_is(ret, &of_image))
			return err_set(err, ERR_VERIFY,
			    "lock: %s is not what was recorded as %.*s and is "
			    "not removed",
			    image->path, SLICE_ARG(job->item_id));
		*ret = of_image;
	}
	return rc;
}

static int open_on_trial(
    struct job *job, const struct hash *expected, struct err *err)
{
	struct media_age_source source = {
	    cli_blob_read_at, &job->in, job->in.size};
	struct media_age_sink sink = {write_nowhere, job, tick};
	struct media_age *age = NULL;
	struct hash plain;
	int rc = media_age_check_single(&source, err);

	if (rc == 0)
		rc = media_age_open(&age, &source, &job->l.key, err);
	if (rc == 0)
		rc = media_age_read_all(age, &sink, &plain, NULL, err);
	cli_out_progress_end(&job->progress);
	media_age_close(age);
	if (rc == 0 && !hash_is(&plain, expected))
		rc = err_set(err, ERR_VERIFY,
		    "what is in it is not %.*s: its SHA-256 is another",
		    SLICE_ARG(job->item_id));
	if (rc != 0)
		err_prefix(err, "lock: %s", job->in.path);
	return rc;
}

/* A holder whose key signs here has brought its share. */
static int check_brought(const struct job *job, struct err *err)
{
	for (size_t i = 0; i < job->l.holder_count; i++) {
		bool is_here =
		    cli_keys_find(&job->keys, job->l.holders[i]) == NULL;

		for (size_t k = 0; k < job->l.shares.n; k++)
			is_here =
			    is_here || job->l.shares.shares[k].index == i + 1;
		if (!is_here)
			return err_set(err, ERR_USAGE,
			    "lock: %.*s would sign that its share fits; give "
			    "it with --share FILE, or leave its key out and "
			    "let it sign with `counterfoil accept`",
			    SLICE_ARG(job->l.holders[i]));
	}
	return 0;
}

static int remove_image(const char *path, struct err *err)
{
	if (unlink(path) != 0)
		return err_sys(err, errno, "lock: %s is not removed", path);
	cli_out_remark(
	    "%s is removed; its bytes may still be on the disk until "
	    "they are written over",
	    path);
	return 0;
}

static int trial(struct job *job, struct err *err)
{
	const char *path = cli_args_get(job->c.args, "remove");
	struct cli_blob image = CLI_BLOB_NONE;
	struct hash expected;
	int rc = find_item(job, err);

	if (rc == 0)
		rc = cli_lock_find(&job->l, &job->c, job->item_id, err);
	if (rc == 0)
		rc = cli_lock_identities(&job->l, job->c.args, err);
	if (rc == 0)
		rc = cli_lock_open(&job->l, &job->c, job->item_id, err);
	if (rc == 0)
		rc = check_brought(job, err);
	job->trial = "opened";
	job->plaintext = path != NULL ? "destroyed" : "kept";
	/* Whether the record would be good is known before anything is done. */
	if (rc == 0)
		rc = compose(job, err);
	if (rc == 0)
		rc = cli_case_judge(
		    &job->c, &job->keys, &job->offer, false, err);
	if (rc == 0)
		rc = cli_blob_open(&job->in, job->c.args->words[0], err);
	if (rc == 0 && path != NULL)
		rc = cli_blob_open(&image, path, err);
	if (rc == 0)
		rc = expected_hash(job, &image, &expected, err);
	if (rc == 0)
		rc = open_on_trial(job, &expected, err);
	if (rc == 0)
		rc = cli_blob_hash(&job->in, &job->sealed, err);
	job->is_sealed = rc == 0;
	if (rc == 0)
		rc = compose(job, err);
	if (rc == 0 && path != NULL)
		rc = remove_image(path, err);
	cli_blob_done(&image);
	if (rc != 0)
		return rc;
	cli_out("%s was opened on trial: it holds %.*s.\n", job->in.path,
	    SLICE_ARG(job->item_id));
	return cli_compose_submit(&job->c, &job->keys, &job->offer, err);
}

/* ---- the command ---- */

static int run(const struct cli_args *args, struct err *err)
{
	struct job job = {.in = CLI_BLOB_NONE, .out = CLI_BLOB_NONE};
	bool is_trial = cli_args_has(args, "trial");
	int rc = cli_case_open(&job.c, args, err);

	if (rc == 0 && !is_trial && cli_args_has(args, "remove"))
		rc = err_set(err, ERR_USAGE,
		    "lock: --remove goes with --trial: nothing is removed "
		    "before the locked copy was opened");
	if (rc == 0 && cli_args_has(args, "check-share"))
		rc = check_share(&job, err);
	else if (rc == 0) {
		rc = cli_keys_open(&job.keys, args, err);
		if (rc == 0)
			rc = is_trial ? trial(&job, err) : make(&job, err);
	}
	cli_blob_done(&job.in);
	cli_blob_done(&job.out);
	cli_lock_done(&job.l);
	case_offer_done(&job.offer);
	cli_keys_done(&job.keys);
	cli_case_done(&job.c);
	return rc;
}

static const struct cli_option options[] = {
    {"item", 0, "COPY", false, "the image or extract that the file is"},
    {"holder", 0, "PARTY", true, "who gets a share; in this order"},
    {"threshold", 0, "T", false, "how many holders must come together"},
    {"output", 'o', "FILE", false,
	"the locked file; shares go beside it as FILE.PARTY.share"},
    {"check", 0, NULL, false,
	"hold the file to its recorded SHA-256 while it is read (slower)"},
    {"custodian", 0, "PARTY", false,
	"who holds the copy (default: the --as that does)"},
    {"witness", 0, "PARTY", true, "who watched and signs"},
    {"check-share", 0, "FILE", false,
	"only check this share against the lock, an offer or a record"},
    {"trial", 0, NULL, false,
	"holders open the locked file to see that it can be opened"},
    CLI_LOCK_SHARE,
    CLI_LOCK_IDENTITY,
    {"remove", 0, "IMAGE", false,
	"with --trial: remove the file that is not locked, if all went well"},
    {"remark", 0, "TEXT", false, "anything else (withheld)"},
};

const struct cli_command cmd_lock = {
    .name = "lock",
    .group = CLI_CUSTODY,
    .usage = "IMAGE --item COPY --holder PARTY... --threshold T -o FILE | "
	     "--check-share FILE LOCK | --trial FILE --item COPY",
    .summary = "Encrypts a copy so that several holders must come together to "
	       "open it",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 1,
    .words_max = 1,
    .examples =
	"  counterfoil lock d1.raw --item PC-0001-D1-I1 --threshold 2 \\\n"
	"      --holder police.example --holder owner.example \\\n"
	"      --holder court.example -o d1.age --as room.example\n"
	"  counterfoil lock --check-share d1.age.court.example.share \\\n"
	"      --identity court.txt 1a2b3c4d5e6f\n"
	"  counterfoil lock --trial d1.age --item PC-0001-D1-I1 \\\n"
	"      --share d1.age.court.example.share --identity court.txt \\\n"
	"      --share d1.age.owner.example.share --identity owner.txt \\\n"
	"      --remove d1.raw --as room.example\n",
    .run = run,
};
