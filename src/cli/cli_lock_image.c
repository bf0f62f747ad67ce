/*
 * cli_lock_image.c: see cli_lock_image.h.
 */
#include "cli_lock_image.h"

#include "case_state.h"
#include "cli_compose.h"

#include <string.h>

static int write_at(
    void *cookie, uint64_t offset, const void *bytes, size_t n, struct err *err)
{
	struct cli_lock_job *job = cookie;

	return cli_blob_write_at(&job->out, offset, bytes, n, err);
}

/* Who signs the image's record signs it at once. */
static int check_signers(
    const struct cli_lock_job *job, const struct record *image, struct err *err)
{
	for (size_t i = 0; i < image->signer_count; i++) {
		const struct record_signer *s = &image->signers[i];

		if (cli_keys_find_with_id(&job->keys, s->party, s->key_id) ==
		    NULL)
			return err_set(err, ERR_USAGE,
			    "image: --lock: the key of %.*s is not here, so "
			    "that the image's record would wait for it, and a "
			    "lock of what the ledger does not know is void: "
			    "give --as %.*s, or lock the image when its record "
			    "is entered",
			    SLICE_ARG(s->party), SLICE_ARG(s->party));
	}
	return 0;
}

/* The copy is no item yet: that, and nothing else, may be wrong with the lock.
 * What is asked of it after that is asked here. */
static int check_verdict(struct cli_lock_job *job, struct err *err)
{
	const struct record *lock = case_offer_main(&job->offer);
	struct case_verdict v;
	int rc = cli_case_find_verdict(&job->c, lock, &v, err);

	if (rc != 0)
		return rc;
	if (v.standing != CASE_GOOD &&
	    (v.rule != CASE_RULE_UNKNOWN_RECORD ||
		!slice_is(v.about, job->item_id)))
		return err_set(err, ERR_VERIFY, "image: --lock: %s: %.*s: %s",
		    case_rule_name(v.rule), SLICE_ARG(v.about),
		    case_rule_words(v.rule));
	if (!case_state_is_fair_quorum(job->c.state, lock))
		return err_set(err, ERR_VERIFY,
		    "image: --lock: quorum: one organisation could open the "
		    "copy, or keep it closed, alone");
	return 0;
}

/* Whatever can be refused afterwards is refused now. */
static int judge(struct cli_lock_job *job, const struct cli_args *args,
    const struct case_offer *image, struct err *err)
{
	const char *copy = cli_args_get(args, "copy");

	job->item_id = slice_of(copy);
	int rc = cli_lock_job_compose(job, err);
	if (rc == 0 && !cli_case_can_enter(&job->c))
		rc = err_set(err, ERR_USAGE,
		    "image: --lock: nothing can be entered in the ledger from "
		    "here; lock the image when its record is");
	if (rc == 0)
		rc =
		    cli_compose_check_keys(&job->keys, image, &job->offer, err);
	job->keys.are_checked = true;
	return rc != 0 ? rc : check_verdict(job, err);
}

int cli_lock_image_begin(struct cli_lock_image *lock,
    const struct cli_args *args, const struct case_offer *image,
    struct media_image_options *options, struct err *err)
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
		rc = check_signers(job, case_offer_main(image), err);
	if (rc == 0)
		rc = cli_lock_job_deal(job, err);
	if (rc == 0)
		rc = judge(job, args, image, err);
	if (rc == 0)
		rc = cli_blob_create(&job->out, job->locked, err);
	lock->sink =
	    (struct media_age_sink){.write_at = write_at, .cookie = job};
	options->lock = &lock->sink;
	options->recipient = job->l.lock.recipient;
	return rc;
}

static int end(struct cli_lock_job *job, const struct cli_args *args,
    const struct media_image_result *result, struct err *err)
{
	const char *copy = cli_args_get(args, "copy");

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

int cli_lock_image_end(struct cli_lock_image *lock, const struct cli_args *args,
    const struct media_image_result *result, struct err *err)
{
	struct cli_lock_job *job = &lock->job;
	struct err why = {0};
	int rc = job->locked == NULL ? CLI_DONE : end(job, args, result, &why);

	if (rc == CLI_DONE)
		return rc;
	/* Of these it is certain that no record names the files. */
	if (rc == CLI_FALSE || rc == ERR_USAGE)
		cli_lock_job_discard(job);
	if (job->is_closed)
		cli_out_remark("%s is there, with its shares and its seed: "
			       "remove them if neither the ledger nor "
			       "`counterfoil offers` has its lock",
		    job->locked);
	if (rc == CLI_FALSE)
		(void)err_set(&why, ERR_CONFLICT, "it is refused");
	return err_set(err,
	    rc > 0 || rc == ERR_USAGE || rc == ERR_VERIFY ? ERR_CONFLICT : rc,
	    "%s is made and recorded, its lock is not: %s; use `counterfoil "
	    "lock`",
	    cli_args_get(args, "copy"), why.message);
}

void cli_lock_image_done(struct cli_lock_image *lock)
{
	if (lock->job.locked != NULL)
		cli_lock_job_done(&lock->job);
}
