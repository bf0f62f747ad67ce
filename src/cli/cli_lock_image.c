/*
 * cli_lock_image.c: see cli_lock_image.h.
 */
#include "cli_lock_image.h"

#include "case_state.h"

#include <string.h>

static int write_at(
    void *cookie, uint64_t offset, const void *bytes, size_t n, struct err *err)
{
	struct cli_lock_job *job = cookie;

	return cli_blob_write_at(&job->out, offset, bytes, n, err);
}

static int check_signer(
    const struct cli_lock_job *job, const char *party, struct err *err)
{
	if (party == NULL || cli_keys_find(&job->keys, slice_of(party)) != NULL)
		return 0;
	return err_set(err, ERR_USAGE,
	    "image: --lock: the key of %s is not here, so that the image's "
	    "record would wait for it, and a lock of what the ledger does not "
	    "know is void: give --as %s, or lock the image when its record is "
	    "entered",
	    party, party);
}

/* Who signs the image's record signs it at once. */
static int check_signers(const struct cli_lock_job *job,
    const struct cli_args *args, struct err *err)
{
	static const char *const names[] = {"examiner", "custodian", "witness"};
	const char *party;
	int rc = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (size_t at = 0; rc == 0 &&
		     (party = cli_args_next(args, names[i], &at)) != NULL;)
			rc = check_signer(job, party, err);
	return rc;
}

/* The copy is no item yet, so that only the holders can be judged. */
static int judge(
    struct cli_lock_job *job, const struct cli_args *args, struct err *err)
{
	const char *copy = cli_args_get(args, "copy");

	job->item_id = slice_of(copy);
	int rc = cli_lock_job_compose(job, err);
	if (rc == 0 && !cli_case_can_enter(&job->c))
		rc = err_set(err, ERR_USAGE,
		    "image: --lock: nothing can be entered in the ledger from "
		    "here; lock the image when its record is");
	if (rc == 0 &&
	    !case_state_is_fair_quorum(
		job->c.state, case_offer_main(&job->offer)))
		rc = err_set(err, ERR_VERIFY,
		    "image: --lock: quorum: one organisation could open the "
		    "copy, or keep it closed, alone");
	return rc;
}

int cli_lock_image_begin(struct cli_lock_image *lock,
    const struct cli_args *args, struct media_image_options *options,
    struct err *err)
{
	struct cli_lock_job *job = &lock->job;

	job->in = job->out = CLI_BLOB_NONE;
	job->locked = cli_args_get(args, "lock");
	if (job->locked == NULL && cli_args_has(args, "holder"))
		return err_set(err, ERR_USAGE,
		    "image: --holder goes with "
		    "--lock FILE");
	if (job->locked == NULL)
		return 0;
	int rc = cli_case_open(&job->c, args, err);
	if (rc == 0)
		rc = cli_keys_open(&job->keys, args, err);
	job->custodian = cli_args_get(args, "host");
	if (job->custodian == NULL)
		job->custodian = cli_args_get(args, "examiner");
	if (job->custodian == NULL && job->keys.n > 0)
		job->custodian = job->keys.keys[0].key.name;
	job->trial = "asserted";
	job->plaintext = "kept";
	if (rc == 0)
		rc = check_signers(job, args, err);
	if (rc == 0)
		rc = cli_lock_job_deal(job, err);
	if (rc == 0)
		rc = judge(job, args, err);
	if (rc == 0)
		rc = cli_blob_create(&job->out, job->locked, err);
	lock->sink =
	    (struct media_age_sink){.write_at = write_at, .cookie = job};
	options->lock = &lock->sink;
	options->recipient = job->l.lock.recipient;
	return rc;
}

int cli_lock_image_end(struct cli_lock_image *lock, const struct cli_args *args,
    const struct media_image_result *result, struct err *err)
{
	struct cli_lock_job *job = &lock->job;
	const char *copy = cli_args_get(args, "copy");

	if (job->locked == NULL)
		return CLI_DONE;
	/* The ledger has grown. */
	cli_case_done(&job->c);
	job->c = (struct cli_case){0};
	int rc = cli_case_open(&job->c, args, err);
	if (rc == 0 &&
	    case_state_find_item(job->c.state, slice_of(copy)) == CASE_NONE) {
		cli_out_remark("%s is not kept: the image's record waits for "
			       "signatures; lock the image when it is entered",
		    job->locked);
		return CLI_DONE;
	}
	if (rc == 0)
		rc = cli_lock_job_find_item(job, copy, err);
	if (rc == 0)
		rc = cli_lock_job_find_holders(job, err);
	if (rc == 0)
		rc = cli_image_read_seed(
		    &job->c, args, job->name, &job->seed, err);
	job->has_seed = rc == 0;
	job->sealed = result->locked;
	job->is_sealed = true;
	if (rc == 0)
		rc = cli_lock_job_judge(job, err);
	if (rc == 0)
		rc = cli_lock_job_close(job, err);
	return rc != 0
	    ? rc
	    : cli_lock_job_offer(job, cli_args_get(args, "output"), err);
}

void cli_lock_image_done(struct cli_lock_image *lock)
{
	if (lock->job.locked != NULL)
		cli_lock_job_done(&lock->job);
}
