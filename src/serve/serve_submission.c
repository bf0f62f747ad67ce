/*
 * serve_submission.c: a body becomes records with checked signatures.
 *
 * Invariant: a record's bytes lie where they will lie in the ledger, behind
 * room for the line with the time of entry; nothing has to be read again.
 */
#include "serve_submission.h"

#include "case_offer.h"
#include "case_refusal.h"
#include "mem.h"
#include "record_leaf.h"
#include "serve_internal.h"

#include <stdlib.h>
#include <string.h>

/* "entered: 2023-06-21T09:40:00Z" and a line feed. */
#define ENTERED_BYTES 30

bool serve_submission_is_offer(struct slice body)
{
	return slice_starts_with(body, "counterfoil-offer/v1\n");
}

void serve_submission_free(struct serve_submission *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++) {
		case_checked_done(&s->entries[i].checked);
		free(s->entries[i].leaf);
	}
	free(s->entries);
	buf_done(&s->answer);
	free(s);
}

const struct record *serve_submission_record(const struct serve_submission *s)
{
	return &s->entries[0].checked.record;
}

/* ---- taking it apart ---- */

static int add_note(
    struct serve_submission *s, struct slice note, struct err *err)
{
	if (note.n > RECORD_LEAF_MAX - ENTERED_BYTES)
		return err_set(err, ERR_LIMIT,
		    "the signed record is %zu bytes, and a leaf holds at most "
		    "%d: name fewer items in one record",
		    note.n, RECORD_LEAF_MAX - ENTERED_BYTES);
	struct serve_block *leaf =
	    malloc(sizeof(*leaf) + ENTERED_BYTES + note.n);
	if (leaf == NULL)
		return err_nomem(err);
	leaf->next = NULL;
	leaf->n = ENTERED_BYTES + note.n;
	memset(leaf->bytes, ' ', ENTERED_BYTES);
	memcpy(leaf->bytes + ENTERED_BYTES, note.p, note.n);
	struct serve_entry *entry = &s->entries[s->n++];
	entry->leaf = leaf;
	entry->index = CASE_NONE;
	s->bytes += leaf->n;
	return case_checked_parse(&entry->checked,
	    (struct slice){leaf->bytes + ENTERED_BYTES, note.n}, err);
}

static int add_offer(
    struct serve_submission *s, const struct case_offer *offer, struct err *err)
{
	struct buf note;
	int rc = 0;

	if (offer->n > SERVE_SUBMISSION_RECORDS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d records at once",
		    SERVE_SUBMISSION_RECORDS_MAX);
	if (!case_offer_is_complete(offer))
		return err_set(err, ERR_FORMAT,
		    "not everybody has signed yet; what waits for signatures "
		    "belongs into the mailbox (offers)");
	s->entries = mem_new(offer->n, sizeof(*s->entries));
	if (s->entries == NULL)
		return err_nomem(err);
	buf_init(&note, 2 * RECORD_LEAF_MAX);
	for (size_t i = 0; i < offer->n && rc == 0; i++) {
		buf_clear(&note);
		rc = case_offer_put_note(offer->records[i], &note, err);
		if (rc == 0)
			rc = add_note(s, buf_slice(&note), err);
	}
	buf_done(&note);
	return rc;
}

static int parse(struct serve_submission *s, struct slice body, struct err *err)
{
	struct case_offer offer = {0};

	if (!serve_submission_is_offer(body)) {
		s->entries = mem_new(1, sizeof(*s->entries));
		return s->entries == NULL ? err_nomem(err)
					  : add_note(s, body, err);
	}
	int rc = case_offer_parse(&offer, body, err);
	if (rc == 0)
		rc = add_offer(s, &offer, err);
	case_offer_done(&offer);
	/* A withheld value that is not what was committed to. */
	if (rc == ERR_VERIFY && err != NULL)
		err->code = ERR_FORMAT;
	return rc == ERR_VERIFY ? ERR_FORMAT : rc;
}

/* ---- checking it ---- */

static bool is_known(
    const struct serve_submission *s, const struct case_state *state)
{
	for (size_t i = 0; i < s->n; i++)
		if (case_state_find_leaf(
			state, &s->entries[i].checked.record.id) == CASE_NONE)
			return false;
	return true;
}

/* Who must have signed, by the keys that the case has now. */
static int find_keys(struct serve_submission *s, struct case_state *state,
    int64_t now, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < s->n && rc == 0; i++) {
		bool is_party = false;

		s->denied_entry = i;
		rc = case_checked_find_keys(
		    &s->entries[i].checked, state, now, &is_party, err);
		if (rc == 0 && !is_party)
			rc = err_set(err, ERR_DENIED,
			    "no signer is a party of this case");
	}
	return rc;
}

/* What is in the ledger already needs no check: its receipt is no secret. */
static int check(
    struct serve_submission *s, struct serve_ledger *ledger, struct err *err)
{
	int64_t now = serve_ledger_now(ledger);
	int rc = 0;

	(void)pthread_rwlock_rdlock(&ledger->fold);
	if (ledger->state == NULL)
		rc = err_set(err, ERR_IO, "the ledger is out of order");
	else if (is_known(s, ledger->state))
		s->is_known = true;
	else
		rc = find_keys(s, ledger->state, now, err);
	(void)pthread_rwlock_unlock(&ledger->fold);
	for (size_t i = 0; i < s->n && rc == 0 && !s->is_known; i++) {
		s->denied_entry = i;
		rc = case_checked_verify(&s->entries[i].checked, err);
	}
	if (rc == ERR_VERIFY && err != NULL)
		err->code = ERR_DENIED;
	return rc == ERR_VERIFY ? ERR_DENIED : rc;
}

/* Whether a party signed what is denied: others get no signature for it. */
static bool is_by_party(struct serve_submission *s, struct serve_ledger *ledger)
{
	int64_t now = serve_ledger_now(ledger);

	(void)pthread_rwlock_rdlock(&ledger->fold);
	bool is_found = ledger->state != NULL &&
	    case_checked_find_party(&s->entries[s->denied_entry].checked,
		ledger->state, now, &s->denied_signer);
	(void)pthread_rwlock_unlock(&ledger->fold);
	return is_found;
}

struct slice serve_submission_denied_party(const struct serve_submission *s)
{
	const struct serve_entry *entry = &s->entries[s->denied_entry];

	return entry->checked.record.signers[s->denied_signer].party;
}

int serve_submission_refuse(struct serve_submission *s,
    const struct serve_ledger *ledger, const struct err *why, struct err *err)
{
	const struct serve_entry *entry = &s->entries[s->denied_entry];

	s->outcome = SERVE_REFUSED;
	buf_done(&s->answer);
	buf_init(&s->answer, CASE_REFUSAL_MAX);
	case_refusal_put_false(&s->answer, &entry->checked.record,
	    slice_of(why->message), serve_ledger_now(ledger));
	return case_refusal_sign(&s->answer, ledger->options.log_secret, err);
}

int serve_submission_new(struct serve_submission **ret_submission,
    struct serve_submission **ret_denied, struct serve_ledger *ledger,
    struct slice body, struct err *err)
{
	struct serve_submission *s = mem_new(1, sizeof(*s));

	if (ret_denied != NULL)
		*ret_denied = NULL;
	if (s == NULL)
		return err_nomem(err);
	int rc = body.n > SERVE_SUBMISSION_MAX
	    ? err_set(err, ERR_LIMIT, "more than %u bytes at once",
		  SERVE_SUBMISSION_MAX)
	    : parse(s, body, err);
	if (rc == 0)
		rc = check(s, ledger, err);
	if (rc == 0)
		*ret_submission = s;
	else if (rc == ERR_DENIED && ret_denied != NULL &&
	    is_by_party(s, ledger))
		*ret_denied = s;
	else
		serve_submission_free(s);
	return rc;
}
