/*
 * cli_lock_trial.c: `counterfoil lock --trial`: holders open a locked copy to
 * see that it can be opened, and only then may what was not locked go
 * (cli_lock_job.h).
 */
#include "case_state.h"
#include "cli_compose.h"
#include "cli_lock_job.h"
#include "media_age.h"

#include <errno.h>
#include <unistd.h>

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

/* What the plaintext must be: by the record, else by the file that is there. */
static int expected_hash(struct cli_lock_job *job, struct cli_blob *image,
    struct hash *ret, struct err *err)
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
    struct cli_lock_job *job, const struct hash *expected, struct err *err)
{
	struct media_age_source source = {
	    cli_blob_read_at, &job->in, job->in.size};
	struct media_age_sink sink = {write_nowhere, job, cli_lock_job_tick};
	struct media_age *age = NULL;
	struct hash plain;
	struct media_age_hashes hashes = {.plain = &plain};
	int rc = media_age_check_single(&source, err);

	if (rc == 0)
		rc = media_age_open(&age, &source, &job->l.key, err);
	if (rc == 0)
		rc = media_age_read_all(age, &sink, &hashes, NULL, err);
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

int cli_lock_job_trial(struct cli_lock_job *job, struct err *err)
{
	const char *path = cli_args_get(job->c.args, "remove");
	struct cli_blob image = CLI_BLOB_NONE;
	struct hash expected;
	int rc = cli_lock_job_find_item(job, err);

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
		rc = cli_lock_job_compose(job, err);
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
		rc = cli_lock_job_compose(job, err);
	if (rc == 0 && path != NULL)
		rc = remove_image(path, err);
	cli_blob_done(&image);
	if (rc != 0)
		return rc;
	cli_out("%s was opened on trial: it holds %.*s.\n", job->in.path,
	    SLICE_ARG(job->item_id));
	return cli_compose_submit(&job->c, &job->keys, &job->offer, err);
}
