/*
 * cli_unlock.c: see cli_unlock.h. Here is what is asked, and what there is.
 */
#include "cli_unlock.h"

#include "cli_lock_seed.h"
#include "cli_outside.h"

#include <string.h>

#define SMALL (64u << 10) /* bytes; a locked seed is far shorter */

const char *cli_unlock_output(const struct cli_args *args)
{
	const char *path = cli_args_get(args, "output");

	return path != NULL && strcmp(path, "-") == 0 ? NULL : path;
}

/* "A-B", both included. */
static int read_range(struct cli_unlock *job, struct err *err)
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

static int open_file(struct cli_unlock *job, struct err *err)
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

bool cli_unlock_is_whole(const struct cli_unlock *job)
{
	return !cli_args_has(job->c.args, "range");
}

/* The seed that is locked beside the image opens with the same key, but no
 * record of the image's opening is one of its seed's. */
static int check_is_copy(struct cli_unlock *job, struct err *err)
{
	struct hash is;
	int rc = 0;
	bool is_other = job->claim.has_length &&
	    job->claim.length != media_age_length(job->age);

	if (!is_other && job->files.has_seed && job->in.size <= SMALL) {
		rc = cli_blob_hash(&job->in, NULL, NULL, &is, err);
		is_other = rc == 0 && hash_is(&is, &job->files.seed);
	}
	return is_other ? err_set(err, ERR_VERIFY,
			      "unlock: %s is not the locked copy %s: what is "
			      "in it has another length",
			      job->in.path, job->item.p)
			: rc;
}

static void tick_hash(void *cookie, uint64_t done)
{
	struct cli_unlock *job = cookie;

	cli_out_progress_tick(&job->progress,
	    "bytes of the locked file checked", done, job->in.size);
}

/* A range has no root and no hash, and anybody can encrypt to the quorum's key,
 * which is public: that the range is of the copy says only the SHA-256 of the
 * locked file as a whole. */
static int check_sealed(struct cli_unlock *job, struct err *err)
{
	struct hash is;
	int rc;

	if (cli_unlock_is_whole(job) || cli_args_has(job->c.args, "unchecked"))
		return 0;
	if (!job->files.has_sealed)
		return err_set(err, ERR_DENIED,
		    "unlock: --range: the SHA-256 of the locked file is "
		    "withheld from this folder, so nothing shows that the "
		    "range is of %s: have it revealed, open all of it, or give "
		    "--unchecked",
		    job->item.p);
	rc = cli_blob_hash(&job->in, tick_hash, job, &is, err);
	cli_out_progress_end(&job->progress);
	if (rc == 0 && !hash_is(&is, &job->files.sealed))
		rc = err_set(err, ERR_VERIFY,
		    "unlock: %s is not the file that was locked: its SHA-256 "
		    "is not the recorded one. If it is only damaged, "
		    "--unchecked opens what can still be read of it",
		    job->in.path);
	return rc;
}

/* What all that is opened will be held to. */
static int find_claim(struct cli_unlock *job, struct err *err)
{
	const char *output = cli_unlock_output(job->c.args);
	struct slice item = buf_slice(&job->item);
	struct err why = {0};
	int rc = cli_lock_files(&job->l, &job->c, item, &job->files, err);

	if (rc == 0)
		rc = cli_image_claim(&job->c, job->item.p, &job->claim, err);
	if (rc == 0)
		rc = check_is_copy(job, err);
	if (rc == 0)
		rc = check_sealed(job, err);
	if (rc != 0 || !cli_unlock_is_whole(job) || !job->files.has_seed)
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

int cli_unlock_prepare(struct cli_unlock *job, struct err *err)
{
	const char *share, *output = cli_unlock_output(job->c.args);
	int rc = cli_args_need(job->c.args, "share", &share, err);

	if (rc == 0 && output == NULL && cli_unlock_is_whole(job))
		rc = err_set(err, ERR_USAGE,
		    "unlock: where to? give -o FILE, or --range FIRST-LAST");
	if (rc == 0 && cli_unlock_is_whole(job) &&
	    cli_args_has(job->c.args, "unchecked"))
		rc = err_set(err, ERR_USAGE,
		    "unlock: --unchecked goes with --range: all of a copy is "
		    "held to the ledger");
	if (rc == 0 && output != NULL)
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
	if (rc == 0 && output != NULL)
		rc = cli_blob_create(&job->out, output, err);
	return rc;
}
