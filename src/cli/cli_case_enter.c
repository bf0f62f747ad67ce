/*
 * cli_case_enter.c: records into the ledger.
 *
 * The order is the invariant: judged under the lock on all that is in the
 * ledger; reveals and documents durable; then one append, which is one commit.
 * A crash before it leaves reveals of records that never were, which nothing
 * reads; a crash after it leaves at most a receipt or a removed offer undone,
 * and both are made again when asked for.
 */
#include "cli_case.h"

#include "cli_out.h"
#include "cli_pending.h"
#include "cli_receipt.h"
#include "cli_refuse.h"
#include "cli_remote.h"
#include "file.h"
#include "mem.h"
#include "note.h"
#include "record_leaf.h"

#include <stdlib.h>

static int64_t entry_time(const struct cli_case *c)
{
	size_t n = case_state_leaf_count(c->state);

	if (n > 0 && case_state_leaf(c->state, n - 1)->entered > c->now)
		return case_state_leaf(c->state, n - 1)->entered;
	return c->now;
}

int cli_case_log_secret(struct cli_case *c, struct cli_keys *keys,
    const struct note_secret **ret_secret, struct err *err)
{
	struct buf path;
	int rc = 0;

	if (!cli_case_has_log_key(c))
		return err_set(err, ERR_NOTFOUND,
		    "%s: the ledger's key is not here; send the offer to "
		    "whoever runs the ledger",
		    c->path.p);
	if (c->log_secret.file.p == NULL) {
		buf_init(&path, 2 * 4096);
		if (c->log_key_path.p[0] != '/')
			buf_printf(&path, "%s/", c->path.p);
		buf_puts(&path, c->log_key_path.p);
		rc = buf_check(&path, err);
		if (rc == 0)
			rc = cli_keys_read(&c->log_secret, path.p, err);
		buf_done(&path);
	}
	if (rc == 0 && !note_key_is_same_point(&c->log_secret.key, &c->log_key))
		rc = err_set(err, ERR_CONFLICT,
		    "%s: not the key of this ledger", c->log_key_path.p);
	return rc != 0 ? rc
		       : cli_keys_secret(keys, &c->log_secret, ret_secret, err);
}

int cli_case_find_verdict(struct cli_case *c, const struct record *record,
    struct case_verdict *ret_verdict, struct err *err)
{
	return case_state_judge(
	    c->state, record, entry_time(c), ret_verdict, err);
}

/* CLI_DONE, CLI_FALSE (refused), or a negative code. */
static int judge_one(struct cli_case *c, struct cli_keys *keys,
    const struct record *record, bool is_although, struct err *err)
{
	struct case_verdict verdict;

	int rc = cli_case_find_verdict(c, record, &verdict, err);
	if (rc != 0)
		return rc;
	if (verdict.standing == CASE_GOOD || is_although)
		return CLI_DONE;
	return cli_refuse(c, keys, record, &verdict, err);
}

int cli_case_judge(struct cli_case *c, struct cli_keys *keys,
    const struct case_offer *offer, bool is_although, struct err *err)
{
	int rc = CLI_DONE;

	for (size_t i = 0; i < offer->n && rc == CLI_DONE; i++)
		rc = judge_one(
		    c, keys, &offer->records[i]->record, is_although, err);
	return rc;
}

int cli_case_judge_now(
    struct cli_case *c, const struct case_offer *offer, struct err *err)
{
	for (size_t i = 0; i < offer->n; i++) {
		struct case_verdict verdict;
		int rc = cli_case_find_verdict(
		    c, &offer->records[i]->record, &verdict, err);

		if (rc != 0)
			return rc;
		if (verdict.standing == CASE_GOOD)
			continue;
		cli_out_error("refused: %s: %.*s: %s. That is as of now, when "
			      "it would be done; --at changes nothing in it. "
			      "Nothing was read or entered",
		    case_rule_name(verdict.rule), SLICE_ARG(verdict.about),
		    case_rule_words(verdict.rule));
		return CLI_FALSE;
	}
	return CLI_DONE;
}

int cli_case_try(
    struct cli_case *c, const struct case_offer *offer, struct err *err)
{
	for (size_t i = 0; i < offer->n; i++) {
		const struct record *record = &offer->records[i]->record;
		struct case_verdict verdict;

		int rc = cli_case_find_verdict(c, record, &verdict, err);
		if (rc != 0)
			return rc;
		if (verdict.standing != CASE_GOOD) {
			cli_out_error("%s would be refused: %s: %.*s: %s",
			    record->schema->name, case_rule_name(verdict.rule),
			    SLICE_ARG(verdict.about),
			    case_rule_words(verdict.rule));
			return CLI_FALSE;
		}
	}
	cli_out("would be entered in %zu record%s; nothing was entered\n",
	    offer->n, cli_out_s(offer->n));
	return CLI_DONE;
}

static void print_entry(
    const struct cli_case *c, uint32_t leaf, const struct record *record)
{
	const struct case_leaf *l = case_state_leaf(c->state, leaf);
	char id[CLI_CASE_SHORT_SIZE];

	cli_case_short_id(id, &l->id);
	cli_out("entered %u: %s %s", leaf, record->schema->name, id);
	if (record->schema->block == RECORD_F_ITEM)
		cli_out(" (%zu item%s)", record->block_count,
		    cli_out_s(record->block_count));
	if (l->kind == RECORD_JOIN)
		cli_out(
		    " (%.*s)", SLICE_ARG(record_get(record, RECORD_F_PARTY)));
	if (l->standing == CASE_GOOD) {
		cli_out(" [good]\n");
		return;
	}
	cli_out(" [%s: %s]\n", case_standing_name(l->standing),
	    case_rule_name(l->rule));
	bool has_about = l->about.p != NULL;
	cli_out("  marked as %s: %.*s%s%s\n", case_standing_name(l->standing),
	    SLICE_ARG(l->about), has_about ? ": " : "",
	    case_rule_words(l->rule));
}

/* All, some or none of the offer's records are in the ledger. */
static size_t count_entered(
    const struct cli_case *c, const struct case_offer *offer)
{
	size_t n = 0;

	for (size_t i = 0; i < offer->n; i++)
		n += case_state_find_leaf(
			 c->state, &offer->records[i]->record.id) != CASE_NONE;
	return n;
}

static void print_already(
    const struct cli_case *c, const struct case_offer *offer)
{
	for (size_t i = 0; i < offer->n; i++) {
		const struct record *record = &offer->records[i]->record;
		char id[CLI_CASE_SHORT_SIZE];

		cli_case_short_id(id, &record->id);
		cli_out("already in the ledger: %u: %s %s\n",
		    case_state_find_leaf(c->state, &record->id),
		    record->schema->name, id);
	}
}

/* Judges each record on those before it, and folds it into the state. */
static int admit(struct cli_case *c, struct cli_keys *keys,
    const struct case_offer *offer, bool is_although, struct err *err)
{
	int64_t entered = entry_time(c);
	struct buf note, leaf;
	int rc = CLI_DONE;

	buf_init(&note, RECORD_LEAF_MAX);
	buf_init(&leaf, 2 * RECORD_LEAF_MAX);
	for (size_t i = 0; i < offer->n && rc == CLI_DONE; i++) {
		rc = judge_one(
		    c, keys, &offer->records[i]->record, is_although, err);
		if (rc != CLI_DONE)
			break;
		buf_clear(&note);
		buf_clear(&leaf);
		rc = case_offer_put_note(offer->records[i], &note, err);
		if (rc == 0)
			rc = record_leaf_put(
			    &leaf, entered, buf_slice(&note), err);
		if (rc == 0)
			rc = cli_case_fold(c, buf_slice(&leaf), err);
	}
	buf_done(&note);
	buf_done(&leaf);
	return rc;
}

static int publish_reveals(
    const struct cli_case *c, const struct case_offer *offer, struct err *err)
{
	const char *folder = "private/reveals/";
	char path[128];

	for (size_t i = 0; i < offer->n; i++) {
		const struct case_offer_record *record = offer->records[i];
		char hex[HASH_HEX_SIZE];

		if (record->reveals.n == 0)
			continue;
		hash_to_hex(hex, &record->record.id);
		(void)snprintf(path, sizeof(path), "%s%s.txt", folder, hex);
		int rc = file_publish(
		    c->fd, path, buf_slice(&record->reveals), 0600, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* Appends all leaves of the state from `first` on. */
static int append(struct cli_case *c, const struct note_secret *secret,
    size_t first, struct err *err)
{
	size_t n = case_state_leaf_count(c->state) - first;
	struct slice *leaves = mem_new(n, sizeof(leaves[0]));
	bool is_committed = false;
	uint64_t index;

	if (leaves == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++)
		leaves[i] = case_state_leaf(c->state, first + i)->bytes;
	int rc = log_store_append(
	    c->store, secret, leaves, n, &index, &is_committed, err);
	free(leaves);
	if (rc != 0 && is_committed)
		err_prefix(err,
		    "the records are in the ledger but not published yet (the "
		    "next command does it)");
	else if (rc != 0)
		err_prefix(err, "nothing was entered");
	return rc;
}

/* Who is known to be behind a red line since one of these leaves. */
static void print_alarms(const struct cli_case *c, size_t first)
{
	for (size_t i = 0; i < case_state_alarm_count(c->state); i++) {
		const struct case_alarm *a = case_state_alarm(c->state, i);

		if (a->leaf >= first)
			cli_out("ALARM: %.*s has held items and is behind the "
				"red line for %.*s\n",
			    SLICE_ARG(
				case_state_party(c->state, a->party)->name),
			    SLICE_ARG(
				case_state_party(c->state, a->red_line)->name));
	}
}

/* What follows the commit can be made again and fails no entry. */
static void finish(
    struct cli_case *c, const struct case_offer *offer, size_t first)
{
	struct err why = {0};

	for (size_t i = 0; i < offer->n; i++)
		print_entry(
		    c, (uint32_t)(first + i), &offer->records[i]->record);
	print_alarms(c, first);
	if (cli_receipt_keep(c, first, offer->n, &why) != 0)
		cli_out_remark("receipts are not written (counterfoil receipt "
			       "makes them): %s",
		    why.message);
	why = (struct err){0};
	if (cli_pending_remove(c, offer, &why) != 0)
		cli_out_remark("%s", why.message);
}

/* ---- at a server ---- */

/* Signed by the ledger's key, so that it can be held against it. */
static bool is_refusal(const struct cli_case *c, struct slice body)
{
	const struct note_signature *line;
	struct note note;

	if (!slice_starts_with(body, "counterfoil-refusal/v1") ||
	    note_parse(&note, body, NULL) != 0)
		return false;
	line = note_find(&note, &c->log_key);
	return line != NULL &&
	    note_check(&c->log_key, note.text, line, NULL) == 0;
}

/* What the server's answer comes to. */
static int read_answer(
    const struct cli_case *c, const struct http_answer *answer, struct err *err)
{
	struct slice body = buf_slice(&answer->body);

	if (answer->status == 200 || answer->status == 201)
		return CLI_DONE;
	if ((answer->status == 409 || answer->status == 403) &&
	    is_refusal(c, body)) {
		cli_out_slice(body);
		cli_out_error("refused by %s; nothing was entered; the "
			      "refusal above is signed",
		    c->url.p);
		return CLI_FALSE;
	}
	return cli_remote_refuse(c, answer, err);
}

static int submit_offer(const struct cli_case *c,
    const struct case_offer *offer, bool is_although, struct err *err)
{
	struct http_answer answer = {0};
	struct buf body;

	buf_init(&body, CASE_OFFER_MAX);
	int rc = case_offer_put_bare(offer, &body, err);
	if (rc == 0)
		rc = cli_remote_ask(c, "POST",
		    is_although ? "records?although=yes" : "records",
		    buf_slice(&body), NULL, &answer, err);
	if (rc == 0)
		rc = read_answer(c, &answer, err);
	buf_done(&answer.body);
	buf_done(&body);
	return rc;
}

/* Records of different signers, such as several `join`, do not hang together:
 * each is handed in by itself. */
static int submit(struct cli_case *c, const struct case_offer *offer,
    bool is_although, struct err *err)
{
	int rc = CLI_DONE;

	if (case_offer_is_uniform(offer))
		return submit_offer(c, offer, is_although, err);
	for (size_t i = 0; i < offer->n && rc == CLI_DONE; i++) {
		const struct case_offer one = {
		    .n = 1, .records = &offer->records[i]};
		rc = submit_offer(c, &one, is_although, err);
	}
	return rc;
}

/* The reveals stay here: whoever runs the server has no need of them. */
static int enter_at_server(struct cli_case *c, const struct case_offer *offer,
    bool is_although, struct err *err)
{
	const struct hash *last = &case_offer_main(offer)->id;

	if (count_entered(c, offer) == offer->n) {
		print_already(c, offer);
		return cli_pending_remove(c, offer, err);
	}
	int rc = publish_reveals(c, offer, err);
	if (rc == 0)
		rc = cli_case_publish_files(c, err);
	if (rc == 0)
		rc = submit(c, offer, is_although, err);
	if (rc == CLI_DONE)
		rc = cli_case_wait_for(c, last, err);
	if (rc == 0)
		finish(c, offer,
		    case_state_find_leaf(
			c->state, &offer->records[0]->record.id));
	return rc;
}

int cli_case_enter(struct cli_case *c, struct cli_keys *keys,
    const struct case_offer *offer, bool is_although, struct err *err)
{
	const struct note_secret *secret;
	size_t first;

	if (c->url.n > 0)
		return enter_at_server(c, offer, is_although, err);
	int rc = cli_case_log_secret(c, keys, &secret, err);
	if (rc == 0)
		rc = log_store_lock(c->store, CLI_CASE_WAIT_MS, err);
	if (rc != 0)
		return rc;
	rc = cli_case_refresh(c, err);
	if (rc != 0)
		goto out;
	if (count_entered(c, offer) == offer->n) {
		print_already(c, offer);
		rc = cli_pending_remove(c, offer, err);
		goto out;
	}
	first = case_state_leaf_count(c->state);
	rc = admit(c, keys, offer, is_although, err);
	if (rc == CLI_DONE)
		rc = publish_reveals(c, offer, err);
	if (rc == CLI_DONE)
		rc = cli_case_publish_files(c, err);
	if (rc == CLI_DONE)
		rc = append(c, secret, first, err);
	if (rc == CLI_DONE)
		finish(c, offer, first);
out:
	log_store_unlock(c->store);
	return rc;
}
