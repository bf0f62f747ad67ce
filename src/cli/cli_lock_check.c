/*
 * cli_lock_check.c: `counterfoil lock --check-share`: a holder holds its share
 * to a lock, and signs nothing (cli_lock_job.h).
 */
#include "case_state.h"
#include "cli_lock_job.h"
#include "cli_pending.h"

/* The lock that the word names, an offer or a record; the newest if there is
 * no word. Its first item is in job->item_id. */
static int find_lock(struct cli_lock_job *job, struct err *err)
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

int cli_lock_job_check_share(struct cli_lock_job *job, struct err *err)
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
