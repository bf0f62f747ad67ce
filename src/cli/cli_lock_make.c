/*
 * cli_lock_make.c: `counterfoil lock`: a copy is encrypted to a key that is
 * shared out at once (cli_lock_job.h).
 */
#include "case_state.h"
#include "cli_compose.h"
#include "cli_lock_job.h"
#include "cli_lock_note.h"
#include "cli_lock_seed.h"
#include "cli_outside.h"
#include "file.h"
#include "media_age.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_LENGTH_MAX 4096

static int write_out(
    void *cookie, uint64_t offset, const void *bytes, size_t n, struct err *err)
{
	struct cli_lock_job *job = cookie;

	return cli_blob_write_at(&job->out, offset, bytes, n, err);
}

/* The last of job->recipients, of `name`, is nobody else's. The law refuses it,
 * too, but cannot say whose two keys are one. */
static int check_recipient(
    const struct cli_lock_job *job, struct slice name, struct err *err)
{
	const uint8_t *own = job->recipients[job->l.holder_count];

	for (size_t i = 0; i < job->l.holder_count; i++)
		if (memcmp(job->recipients[i], own, MEDIA_AGE_KEY_SIZE) == 0)
			return err_set(err, ERR_VERIFY,
			    "lock: quorum: %.*s and %.*s enrolled the same key "
			    "for encryption, so that who has it opens the "
			    "shares of both; each enrols one of its own with "
			    "`counterfoil key encryption`",
			    SLICE_ARG(job->l.holders[i]), SLICE_ARG(name));
	return 0;
}

int cli_lock_job_find_holders(struct cli_lock_job *job, struct err *err)
{
	const struct cli_args *args = job->c.args;
	const char *typed;
	uint32_t party;
	int rc = 0;

	job->l.holder_count = 0;
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
		    &job->c, name, job->recipients[job->l.holder_count], err);
		if (rc == 0)
			rc = check_recipient(job, name, err);
		job->l.holders[job->l.holder_count++] = name;
	}
	return rc;
}

static int put_share_path(
    struct buf *path, const struct cli_lock_job *job, size_t i, struct err *err)
{
	struct slice holder = job->l.holders[i];

	buf_clear(path);
	buf_printf(path, "%s.", job->locked);
	for (size_t k = 0; k < holder.n; k++)
		buf_putc(path, holder.p[k] == '/' ? '_' : holder.p[k]);
	buf_puts(path, ".share");
	return buf_check(path, err);
}

static int write_share(struct cli_lock_job *job, size_t i,
    const uint8_t recipient[32], const struct buf *path, struct err *err)
{
	struct media_share_text text = {
	    .case_ref = case_state_ref(job->c.state),
	    .item = job->item_id,
	    .holder = job->l.holders[i],
	    .share = job->l.shares.shares[i]};
	struct buf key, plain, sealed;

	buf_init(&key, PATH_LENGTH_MAX);
	buf_init_secret(&plain, MEDIA_SHARE_TEXT_MAX);
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

static int write_shares(struct cli_lock_job *job, struct err *err)
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
			rc =
			    write_share(job, i, job->recipients[i], &path, err);
		job->shares_written += rc == 0;
		if (rc != 0)
			err_prefix(err, "lock: the share of %.*s",
			    SLICE_ARG(job->l.holders[i]));
	}
	buf_done(&path);
	return rc;
}

/* After a failure no share is left that belongs to nothing. */
static void remove_shares(struct cli_lock_job *job)
{
	struct buf path;

	buf_init(&path, PATH_LENGTH_MAX);
	for (size_t i = 0; i < job->shares_written; i++)
		if (put_share_path(&path, job, i, NULL) == 0)
			(void)unlink(path.p); /* the first error is said */
	buf_done(&path);
}

/* No file that is to be made is there already. */
static int check_paths(struct cli_lock_job *job, struct err *err)
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
	if (rc == 0 && cli_lock_seed_is_there(job->locked))
		rc = err_set(err, ERR_CONFLICT,
		    "lock: %s.seed.age is there already and is not written "
		    "over",
		    job->locked);
	return rc;
}

/* A holder whose key signs here says that its share fits: it is opened. */
static int check_signing_holders(
    struct cli_lock_job *job, bool is_beforehand, struct err *err)
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

/* ---- what is locked ---- */

static int read_image(
    void *cookie, uint64_t offset, void *ret_bytes, size_t n, struct err *err)
{
	const struct cli_lock_job *job = cookie;

	return media_file_read(&job->image.whole, offset, ret_bytes, n, err);
}

static int refuse_length(
    const struct cli_lock_job *job, uint64_t is, struct err *err)
{
	return err_set(err, ERR_VERIFY,
	    "lock: %s is not what was recorded as %s: it has %llu bytes, not "
	    "%llu",
	    job->c.args->words[0], job->name, (unsigned long long)is,
	    (unsigned long long)job->claim.length);
}

/* The recorded length decides where a format fills up the medium's end. */
static int open_image(struct cli_lock_job *job, struct err *err)
{
	const char *path = job->c.args->words[0];
	const struct cli_image_claim *claim = &job->claim;
	uint64_t available, flaws;
	int rc;

	cli_image_allow_files();
	rc = cli_lock_note_explain(
	    path, media_open(&job->image, path, err), err);
	if (rc == 0)
		rc = cli_image_say_flaws(&job->image, &flaws, err);
	if (rc != 0 || !claim->has_length)
		return rc;
	available = cli_image_available(&job->image);
	if (available < claim->length ||
	    (available > claim->length && job->image.foreign == NULL))
		return refuse_length(job, available, err);
	job->image.whole.length = claim->length;
	return 0;
}

/* Of a device its bytes; of a file what it holds, by the ending of its name. */
static int open_source(struct cli_lock_job *job,
    struct media_age_source *ret_source, struct err *err)
{
	const char *path = job->c.args->words[0];
	struct stat st;
	int rc;

	if (stat(path, &st) == 0 && S_ISBLK(st.st_mode)) {
		rc = cli_blob_open(&job->in, path, err);
		*ret_source = (struct media_age_source){
		    cli_blob_read_at, &job->in, job->in.size};
		return rc == 0 && job->claim.has_length &&
			job->claim.length != job->in.size
		    ? refuse_length(job, job->in.size, err)
		    : rc;
	}
	rc = open_image(job, err);
	*ret_source =
	    (struct media_age_source){read_image, job, job->image.whole.length};
	return rc;
}

static int check_plain(struct cli_lock_job *job, const struct hash *root,
    const struct hash *plain, struct err *err)
{
	const struct cli_image_claim *claim = &job->claim;
	const struct media_hash_value *whole =
	    &claim->hashes.of[MEDIA_HASH_SHA256];

	if (root != NULL && !hash_is(root, &claim->root))
		return err_set(err, ERR_VERIFY,
		    "lock: %s is not what was recorded as %s: its tree has "
		    "another root (or the seed is another)",
		    job->c.args->words[0], job->name);
	if (plain != NULL && memcmp(plain->b, whole->b, HASH_SIZE) != 0)
		return err_set(err, ERR_VERIFY,
		    "lock: %s is not what was recorded as %s: its SHA-256 is "
		    "another",
		    job->c.args->words[0], job->name);
	if (root == NULL && plain == NULL)
		cli_out_remark("neither the tree nor the SHA-256 of %s is "
			       "known here: only its length was looked at",
		    job->name);
	return 0;
}

/* By the root, which all processors work out; else by the SHA-256. */
static int encrypt(struct cli_lock_job *job,
    const struct media_age_source *source, struct err *err)
{
	bool has_root = job->claim.has_root && job->has_seed;
	bool has_hash =
	    !has_root && job->claim.hashes.of[MEDIA_HASH_SHA256].is_there;
	struct hash plain = {{0}}, root = {{0}};
	struct media_age_hashes hashes = {
	    .plain = has_hash ? &plain : NULL,
	    .sealed = &job->sealed,
	    .seed = has_root ? &job->seed : NULL,
	    .root = has_root ? &root : NULL,
	};
	struct media_age_sink sink = {write_out, job, cli_lock_job_tick};
	int rc =
	    media_age_seal(source, job->l.lock.recipient, &sink, &hashes, err);

	cli_out_progress_end(&job->progress);
	if (rc == 0)
		rc = check_plain(
		    job, hashes.root, has_hash ? &plain : NULL, err);
	job->is_sealed = rc == 0;
	return rc;
}

/* The seed goes with the image: whoever has it can guess at what is withheld
 * of the image, and without it nothing of the image can be shown. */
static int find_seed(struct cli_lock_job *job, struct err *err)
{
	const struct cli_args *args = job->c.args;
	struct err why = {0};
	int rc;

	if (!job->claim.has_root || cli_args_has(args, "no-seed"))
		return 0;
	rc = cli_image_read_seed(&job->c, args, job->name, &job->seed, &why);
	job->has_seed = rc == 0;
	if (rc == ERR_NOTFOUND && !cli_args_has(args, "seed") &&
	    !cli_image_is_seed_locked(&job->c, job->name))
		return err_set(err, rc,
		    "lock: the seed of %s's salts is not in private/seeds; it "
		    "is locked with the image: give --seed FILE, or --no-seed "
		    "if nobody here has it",
		    job->name);
	return rc == 0 ? 0 : err_set(err, rc, "lock: %s", why.message);
}

static int lock_seed(struct cli_lock_job *job, struct err *err)
{
	if (!job->has_seed)
		return 0;
	int rc = cli_lock_seed_write(job->out.path, job->l.lock.recipient,
	    &job->seed, &job->locked_seed, err);
	job->is_seed_locked = rc == 0;
	return rc;
}

/* What was written beside the locked file. */
static void remove_beside(struct cli_lock_job *job)
{
	remove_shares(job);
	if (job->is_seed_locked)
		cli_lock_seed_remove(job->locked);
}

int cli_lock_job_close(struct cli_lock_job *job, struct err *err)
{
	int rc = write_shares(job, err);

	if (rc == 0)
		rc = lock_seed(job, err);
	if (rc == 0)
		rc = check_signing_holders(job, false, err);
	if (rc == 0)
		rc = cli_blob_publish(&job->out, err);
	job->is_closed = rc == 0;
	if (rc != 0)
		remove_beside(job);
	return rc;
}

void cli_lock_job_discard(struct cli_lock_job *job)
{
	if (!job->is_closed)
		return;
	remove_beside(job);
	(void)unlink(job->locked); /* why it goes is said */
	job->is_closed = false;
}

static int make_files(struct cli_lock_job *job, struct err *err)
{
	struct media_age_source source;
	int rc = open_source(job, &source, err);

	if (rc == 0)
		rc = cli_blob_create(&job->out, job->locked, err);
	if (rc == 0)
		rc = encrypt(job, &source, err);
	return rc != 0 ? rc : cli_lock_job_close(job, err);
}

int cli_lock_job_deal(struct cli_lock_job *job, struct err *err)
{
	const struct cli_args *args = job->c.args;
	uint64_t threshold = 0;
	bool is_given = false;
	int rc = cli_args_count(args, "threshold", &threshold, &is_given, err);

	if (rc == 0 && !is_given)
		rc = err_set(err, ERR_USAGE,
		    "%s: how many holders must come together? give "
		    "--threshold T",
		    args->command->name);
	if (rc == 0)
		rc = cli_lock_job_find_holders(job, err);
	if (rc == 0)
		rc = cli_lock_identities(&job->l, args, err);
	if (rc == 0)
		rc = check_signing_holders(job, true, err);
	if (rc == 0)
		rc = check_paths(job, err);
	if (rc == 0)
		rc = media_share_set_init(&job->l.shares, err);
	if (rc == 0)
		rc = media_share_make(&job->l.lock, &job->l.shares,
		    (size_t)threshold, job->l.holder_count, err);
	return rc;
}

int cli_lock_job_make(struct cli_lock_job *job, struct err *err)
{
	const struct cli_args *args = job->c.args;
	const char *item;
	int rc = cli_args_need(args, "output", &job->locked, err);

	if (rc == 0)
		rc = cli_outside_check(
		    &job->c, args, (const char *const[]){"output"}, 1, err);
	if (rc == 0)
		rc = cli_args_need(args, "item", &item, err);
	if (rc == 0)
		rc = cli_lock_job_find_item(job, item, err);
	if (rc == 0)
		rc = cli_lock_job_deal(job, err);
	if (rc == 0)
		rc = find_seed(job, err);
	job->trial = "asserted";
	job->plaintext = "kept";
	/* The law judges who may hold it before anything is encrypted. */
	if (rc == 0)
		rc = cli_lock_job_judge(job, err);
	if (rc == 0)
		rc = make_files(job, err);
	return rc != 0 ? rc : cli_lock_job_offer(job, args->words[0], err);
}
