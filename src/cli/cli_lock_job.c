/*
 * cli_lock_job.c: see cli_lock_job.h. Here is the record, which a lock that is
 * made and one that was tried have alike.
 */
#include "cli_lock_job.h"

#include "case_state.h"
#include "cli_compose.h"
#include "cli_custodian.h"
#include "cli_make.h"
#include "media_age.h"
#include "mem.h"

#include <string.h>

#define KEY_TEXT_MAX 128

static int put_key(
    struct cli_compose *m, const struct cli_lock_job *job, struct err *err)
{
	char hex[HASH_HEX_SIZE];
	struct hash point;
	struct buf key;
	int rc;

	buf_init(&key, KEY_TEXT_MAX);
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
    struct cli_compose *m, const struct cli_lock_job *job, struct err *err)
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
    struct cli_compose *m, const struct cli_lock_job *job, struct err *err)
{
	const struct cli_args *args = m->c->args;
	const char *custodian = NULL, *witness;
	int rc = job->custodian == NULL
	    ? cli_custodian_put(m, 0, job->name, &custodian, err)
	    : cli_make_put_party(m, RECORD_F_CUSTODIAN, job->custodian, err);

	if (rc == 0 && job->custodian != NULL)
		rc = cli_compose_signer(m, job->custodian, err);
	for (size_t at = 0; rc == 0 &&
	     (witness = cli_args_next(args, "witness", &at)) != NULL;) {
		rc = cli_make_put_party(m, RECORD_F_WITNESS, witness, err);
		if (rc == 0)
			rc = cli_compose_signer(m, witness, err);
	}
	return rc != 0 ? rc : put_holders(m, job, err);
}

static int put_block(
    struct cli_compose *m, const struct cli_lock_job *job, struct err *err)
{
	char hex[HASH_HEX_SIZE];
	int rc = cli_compose_block_slice(m, job->item_id, err);

	if (rc != 0 || !job->is_sealed)
		return rc;
	hash_to_hex(hex, &job->sealed);
	rc = cli_compose_put(m, RECORD_F_SHA256, hex, err);
	if (rc != 0 || !job->is_seed_locked)
		return rc;
	hash_to_hex(hex, &job->locked_seed);
	return cli_compose_put(m, RECORD_F_LOCKED_SEED, hex, err);
}

int cli_lock_job_compose(struct cli_lock_job *job, struct err *err)
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

int cli_lock_job_judge(struct cli_lock_job *job, struct err *err)
{
	int rc = cli_lock_job_compose(job, err);

	return rc != 0
	    ? rc
	    : cli_case_judge(&job->c, &job->keys, &job->offer, false, err);
}

int cli_lock_job_find_item(
    struct cli_lock_job *job, const char *typed, struct err *err)
{
	int rc = cli_case_find_item(&job->c, typed, &job->item, err);

	if (rc == 0)
		job->item_id = case_state_item(job->c.state, job->item)->id;
	if (rc == 0 && job->item_id.n >= sizeof(job->name))
		rc = err_set(err, ERR_LIMIT, "lock: %s is too long", typed);
	if (rc != 0)
		return rc;
	memcpy(job->name, job->item_id.p, job->item_id.n);
	return cli_image_claim(&job->c, job->name, &job->claim, err);
}

int cli_lock_job_offer(
    struct cli_lock_job *job, const char *open, struct err *err)
{
	bool has_seed = job->is_seed_locked;
	int rc = cli_lock_job_compose(job, err);

	if (rc != 0)
		return rc;
	cli_out("%s is locked: any %zu of %zu holders open it. Give each its "
		"share, %s.PARTY.share.\n",
	    job->locked, job->l.lock.threshold, job->l.holder_count,
	    job->locked);
	if (has_seed)
		cli_out("The seed of its salts is locked too, beside it; keep "
			"both together.\n");
	cli_out("%s%s is still there: remove it only after a trial opening "
		"(counterfoil lock --trial).\n",
	    open, has_seed ? ", with its seed," : "");
	return cli_compose_submit(&job->c, &job->keys, &job->offer, err);
}

void cli_lock_job_tick(void *cookie, uint64_t done)
{
	struct cli_lock_job *job = cookie;

	const uint64_t total =
	    job->in.fd >= 0 ? job->in.size : job->image.whole.length;

	cli_out_progress_tick(&job->progress, "bytes done", done, total);
}

void cli_lock_job_done(struct cli_lock_job *job)
{
	mem_wipe(&job->seed, sizeof(job->seed));
	media_open_done(&job->image);
	cli_blob_done(&job->in);
	cli_blob_done(&job->out);
	cli_lock_done(&job->l);
	case_offer_done(&job->offer);
	cli_keys_done(&job->keys);
	cli_case_done(&job->c);
}
