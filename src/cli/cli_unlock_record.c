/*
 * cli_unlock_record.c: the record of an opening, made or found (cli_unlock.h).
 */
#include "case_state.h"
#include "cli_compose.h"
#include "cli_make.h"
#include "cli_unlock.h"

#include <stdio.h>
#include <string.h>

#define RECORD_GOOD_FOR (24 * 60 * 60) /* seconds; as long as an offer */
#define RANGE_TEXT_MAX 48

static const struct cli_compose_option fields[] = {
    {"order", RECORD_F_ORDER},
    {"purpose", RECORD_F_PURPOSE},
    {"objection", RECORD_F_OBJECTION},
    {"remark", RECORD_F_REMARK},
};

/* The range as the record has it; "": all. */
static void put_range(
    char ret_text[RANGE_TEXT_MAX], const struct cli_unlock *job)
{
	ret_text[0] = '\0';
	if (!cli_unlock_is_whole(job))
		(void)snprintf(ret_text, RANGE_TEXT_MAX, "%llu-%llu",
		    (unsigned long long)job->first,
		    (unsigned long long)(job->first + job->n - 1));
}

static struct slice holder_of(const struct cli_unlock *job, size_t share)
{
	return job->l.holders[job->l.shares.shares[share].index - 1];
}

static int put_people(
    struct cli_compose *m, const struct cli_unlock *job, struct err *err)
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

/* is_now: only to be judged as of now. */
static int compose(struct cli_unlock *job, bool is_now,
    struct case_offer *offer, struct err *err)
{
	struct cli_compose m = {0};
	char range[RANGE_TEXT_MAX];
	const char *order;
	int rc = cli_args_need(job->c.args, "order", &order, err);

	if (rc == 0)
		rc = cli_compose_start_now(
		    &m, &job->c, &job->keys, RECORD_UNLOCK, is_now, err);
	if (rc == 0)
		rc = put_people(&m, job, err);
	if (rc == 0)
		rc = cli_compose_options(
		    &m, fields, sizeof(fields) / sizeof(fields[0]), err);
	put_range(range, job);
	if (rc == 0 && !cli_unlock_is_whole(job))
		rc = cli_compose_put(&m, RECORD_F_RANGE, range, err);
	if (rc == 0)
		rc = cli_compose_block_slice(&m, buf_slice(&job->item), err);
	if (rc == 0)
		rc = cli_compose_finish(&m, offer, err);
	cli_compose_done(&m);
	return rc;
}

int cli_unlock_record(
    struct cli_unlock *job, bool *ret_is_entered, struct err *err)
{
	struct case_offer now = {0};
	int rc = CLI_DONE;

	*ret_is_entered = false;
	if (cli_args_has(job->c.args, "at"))
		rc = compose(job, true, &now, err);
	if (rc == 0)
		rc = cli_case_judge_now(&job->c, &now, err);
	if (rc == CLI_DONE)
		rc = compose(job, false, &job->offer, err);
	if (rc == 0)
		rc = cli_compose_submit(&job->c, &job->keys, &job->offer, err);
	case_offer_done(&now);
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
    const struct cli_unlock *job, const struct record *record, struct err *err)
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
static int check_extent(const struct cli_unlock *job,
    const struct record *record, uint32_t leaf, struct err *err)
{
	struct slice recorded = record_get(record, RECORD_F_RANGE);
	int64_t entered = case_state_leaf(job->c.state, leaf)->entered;
	char range[RANGE_TEXT_MAX];

	put_range(range, job);
	if (recorded.n == 0 ? !cli_unlock_is_whole(job)
			    : !slice_is_text(recorded, range))
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

int cli_unlock_check_record(
    struct cli_unlock *job, const char *typed, struct err *err)
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
