/*
 * cli_lock_trial.c: `counterfoil lock --trial`: holders open a locked copy to
 * see that it can be opened, and only then may what was not locked go
 * (cli_lock_job.h).
 */
#include "case_state.h"
#include "cli_compose.h"
#include "cli_lock_job.h"
#include "cli_lock_remove.h"
#include "cli_lock_seed.h"
#include "media_age.h"

#include <string.h>

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

/* What was found out of the plaintext, and of what must be removed. */
struct found {
	struct cli_lock_files files; /* by the lock's record */
	struct hash root, plain;
	bool has_root;
	uint64_t length;
	struct cli_lock_remove *remove; /* --remove */
};

/* Something must be there that the plaintext can be held against. */
static int prepare(
    struct cli_lock_job *job, struct found *found, struct err *err)
{
	bool is_removed = cli_args_has(job->c.args, "remove");
	bool has_hash = job->claim.hashes.of[MEDIA_HASH_SHA256].is_there;
	int rc =
	    cli_lock_files(&job->l, &job->c, job->item_id, &found->files, err);

	if (rc == 0)
		rc = cli_blob_open(&job->in, job->c.args->words[0], err);
	if (rc == 0)
		rc = cli_lock_remove_open(
		    &found->remove, job->c.args, job->item_id, err);
	if (rc == 0 && found->files.has_seed) {
		rc = cli_lock_seed_read(job->in.path, &job->l.key,
		    &found->files.seed, &job->seed, err);
		job->has_seed = rc == 0;
		job->locked_seed = found->files.seed;
		if (rc != 0)
			err_prefix(err, "lock: the seed that was locked");
	}
	found->has_root = job->has_seed && job->claim.has_root;
	if (rc == 0 && !is_removed && !has_hash && !found->has_root)
		rc = err_set(err, ERR_NOTFOUND,
		    "lock: neither a tree with a locked seed nor the SHA-256 "
		    "of %s is known here; take the reveal of its image record "
		    "(counterfoil reveal --take)",
		    job->name);
	return rc;
}

static int check_removed(
    struct cli_lock_job *job, struct found *found, struct err *err)
{
	struct cli_lock_remove_claim claim = {
	    .length = found->length,
	    .plain = &found->plain,
	    .seed = found->has_root ? &job->seed : NULL,
	    .root = found->has_root ? &found->root : NULL,
	};

	return cli_lock_remove_check(found->remove, &claim, err);
}

static int open_on_trial(
    struct cli_lock_job *job, struct found *found, struct err *err)
{
	struct media_age_source source = {
	    cli_blob_read_at, &job->in, job->in.size};
	struct media_age_sink sink = {write_nowhere, job, cli_lock_job_tick};
	struct media_age *age = NULL;
	struct media_age_hashes hashes = {
	    .plain = &found->plain,
	    .sealed = &job->sealed,
	    .seed = found->has_root ? &job->seed : NULL,
	    .root = found->has_root ? &found->root : NULL,
	};
	int rc = media_age_check_single(&source, err);

	if (rc == 0)
		rc = media_age_open(&age, &source, &job->l.key, err);
	if (rc == 0)
		rc = media_age_read_all(age, &sink, &hashes, NULL, err);
	cli_out_progress_end(&job->progress);
	if (rc == 0)
		found->length = media_age_length(age);
	media_age_close(age);
	if (rc == 0)
		rc = cli_lock_check_found(
		    &hashes, &found->files, &job->claim, job->name, err);
	if (rc != 0)
		err_prefix(err, "lock: %s", job->in.path);
	return rc != 0 ? rc : check_removed(job, found, err);
}

/* A holder whose key signs here has brought its share. */
static int check_brought(const struct cli_lock_job *job, struct err *err)
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

/* A record that says `destroyed` is entered at once or not made: while it
 * waited the image would have to be gone already, or still be there. */
static int check_all_sign(const struct cli_lock_job *job, struct err *err)
{
	const struct record *record = case_offer_main(&job->offer);

	if (!cli_args_has(job->c.args, "remove"))
		return 0;
	if (!cli_case_can_enter(&job->c))
		return err_set(err, ERR_USAGE,
		    "lock: --remove: nothing can be entered in the ledger from "
		    "here, so nothing is removed");
	for (size_t i = 0; i < record->signer_count; i++) {
		struct slice party = record->signers[i].party;

		if (cli_keys_find(&job->keys, party) == NULL)
			return err_set(err, ERR_USAGE,
			    "lock: --remove: the record would wait for the key "
			    "of %.*s, so nothing is removed; give the command "
			    "where all keys are, or try the lock without "
			    "--remove first",
			    SLICE_ARG(party));
	}
	return 0;
}

/* The seed first: while the image is there all can be done again. */
static int remove_open(
    struct cli_lock_job *job, struct found *found, struct err *err)
{
	const char *path;
	bool is_removed = false;
	int rc = job->has_seed ? cli_image_remove_seed(&job->c, job->name,
				     &job->seed, &is_removed, err)
			       : 0;

	if (rc != 0) {
		err_prefix(err, "lock");
		return rc;
	}
	rc = cli_lock_remove_do(found->remove, err);
	if (rc != 0)
		return rc;
	for (size_t at = 0;
	     (path = cli_args_next(job->c.args, "remove", &at)) != NULL;)
		cli_out_remark("%s is removed; its bytes may still be on the "
			       "disk until they are written over",
		    path);
	cli_out_remark("the record says that what was not locked is destroyed: "
		       "a copy that --remove did not name (a --second one, a "
		       "converted one) is still there");
	if (job->has_seed)
		cli_out_remark(is_removed
			? "the seed in this folder is removed with it"
			: "the seed is not in this folder; whoever else has it "
			  "can still guess at withheld chunks");
	return 0;
}

static int run_trial(
    struct cli_lock_job *job, struct found *found, struct err *err)
{
	int rc = prepare(job, found, err);

	if (rc == 0)
		rc = open_on_trial(job, found, err);
	job->is_sealed = rc == 0;
	job->is_seed_locked = rc == 0 && job->has_seed;
	return rc == 0 ? cli_lock_job_compose(job, err) : rc;
}

/* Removes what is named, and enters the record. */
static int finish(
    struct cli_lock_job *job, struct found *found, struct err *err)
{
	bool is_removed = cli_args_has(job->c.args, "remove");
	int rc = 0;

	/* Again: the record has the digests now. */
	if (is_removed)
		rc = cli_case_judge(
		    &job->c, &job->keys, &job->offer, false, err);
	if (rc == 0 && is_removed)
		rc = remove_open(job, found, err);
	if (rc != 0)
		return rc;
	cli_out("%s was opened on trial: it holds %s%s.\n", job->in.path,
	    job->name, found->has_root ? ", by the root of its tree" : "");
	rc = cli_compose_submit(&job->c, &job->keys, &job->offer, err);
	if (rc == CLI_DONE && is_removed)
		cli_lock_remove_end(found->remove);
	else if (is_removed)
		cli_out_remark("what was not locked is removed, but no record "
			       "says so yet: give the same command again "
			       "(%s.removing stands for the image)",
		    cli_args_get(job->c.args, "remove"));
	return rc;
}

int cli_lock_job_trial(struct cli_lock_job *job, struct err *err)
{
	struct found found = {0};
	const char *item;
	int rc = cli_args_need(job->c.args, "item", &item, err);

	if (rc == 0)
		rc = cli_lock_job_find_item(job, item, err);

	if (rc == 0)
		rc = cli_lock_find(&job->l, &job->c, job->item_id, err);
	if (rc == 0)
		rc = cli_lock_identities(&job->l, job->c.args, err);
	if (rc == 0)
		rc = cli_lock_open(&job->l, &job->c, job->item_id, err);
	if (rc == 0)
		rc = check_brought(job, err);
	job->trial = "opened";
	job->plaintext =
	    cli_args_has(job->c.args, "remove") ? "destroyed" : "kept";
	/* Whether the record would be good is known before anything is done. */
	if (rc == 0)
		rc = cli_lock_job_judge(job, err);
	if (rc == 0)
		rc = check_all_sign(job, err);
	if (rc == 0)
		rc = run_trial(job, &found, err);
	if (rc == 0)
		rc = finish(job, &found, err);
	cli_lock_remove_free(found.remove);
	return rc;
}
