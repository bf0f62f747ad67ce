/*
 * serve_questions.c: what was asked, what was answered, and the bundle that
 * shows what the records say to a question. Anybody may ask for these: they
 * are made of the public ledger.
 */
#include "case_bundle.h"
#include "case_finding.h"
#include "file.h"
#include "hash.h"
#include "json.h"
#include "log_checkpoint.h"
#include "mem.h"
#include "serve_clerk.h"
#include "serve_internal.h"
#include "site.h"
#include "when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MAX (16u << 20)
#define KEPT 4
#define KEPT_BYTES (16u << 20)
/* A finding is as of its time; one that is a little older serves too. */
#define KEPT_SECONDS 300

/* ---- the list ---- */

static void put_values(struct json *json, const struct record *record,
    enum record_name name, const char *title)
{
	const struct record_value *v = NULL;

	json_open_array(json, title);
	while ((v = record_next(record, NULL, name, v)) != NULL)
		json_text(json, NULL, v->value);
	json_close_array(json);
}

static void put_signers(
    struct json *json, const struct case_state *state, uint32_t leaf)
{
	size_t n;
	const uint32_t *signers = case_state_signers(state, leaf, &n);

	json_open_array(json, "signers");
	for (size_t i = 0; i < n; i++)
		json_text(
		    json, NULL, case_state_party(state, signers[i])->name);
	json_close_array(json);
}

static void put_leaf(
    struct json *json, const struct case_state *state, uint32_t index)
{
	const struct case_leaf *leaf = case_state_leaf(state, index);
	char id[HASH_HEX_SIZE], entered[WHEN_SIZE];

	hash_to_hex(id, &leaf->id);
	when_to_time(entered, leaf->entered);
	json_text(json, "record", slice_of(id));
	json_number(json, "leaf", index);
	json_text(json, "entered", slice_of(entered));
	put_signers(json, state, index);
}

static int put_answers(struct json *json, const struct case_state *state,
    const struct hash *question, struct record *record, struct err *err)
{
	int rc = 0;

	json_open_array(json, "answers");
	for (uint32_t i = 0; i < case_state_leaf_count(state) && rc == 0; i++) {
		struct hash id;

		if (case_state_leaf(state, i)->kind != RECORD_ANSWER)
			continue;
		rc = case_state_record(state, i, record, err);
		if (rc != 0 ||
		    !record_get_hash(record, RECORD_F_QUESTION, &id) ||
		    !hash_is(&id, question))
			continue;
		json_open_object(json, NULL);
		put_leaf(json, state, i);
		json_text(json, "answer", record_get(record, RECORD_F_ANSWER));
		json_close_object(json);
	}
	json_close_array(json);
	return rc;
}

static int put_question(struct json *json, const struct case_state *state,
    uint32_t leaf, struct record *record, struct err *err)
{
	int rc = case_state_record(state, leaf, record, err);

	if (rc != 0)
		return rc;
	json_open_object(json, NULL);
	put_leaf(json, state, leaf);
	json_text(json, "recipient", record_get(record, RECORD_F_RECIPIENT));
	put_values(json, record, RECORD_F_CONCERNS, "concerns");
	put_values(json, record, RECORD_F_FORM, "form");
	json_text(
	    json, "period-from", record_get(record, RECORD_F_PERIOD_FROM));
	json_text(json, "period-to", record_get(record, RECORD_F_PERIOD_TO));
	put_values(json, record, RECORD_F_ADDRESSEE, "addressees");
	json_text(json, "text", record_get(record, RECORD_F_TEXT));
	rc = put_answers(
	    json, state, &case_state_leaf(state, leaf)->id, record, err);
	json_close_object(json);
	return rc;
}

static int put_list(
    struct buf *out, const struct case_state *state, struct err *err)
{
	struct record record = {0};
	struct json json;
	int rc = 0;

	json_init(&json, out);
	json_open_object(&json, NULL);
	json_number(&json, "size", (int64_t)case_state_leaf_count(state));
	json_open_array(&json, "questions");
	for (uint32_t i = 0; i < case_state_leaf_count(state) && rc == 0; i++)
		if (case_state_leaf(state, i)->kind == RECORD_QUESTION)
			rc = put_question(&json, state, i, &record, err);
	json_close_array(&json);
	json_close_object(&json);
	record_done(&record);
	return rc == 0 ? buf_check(out, err) : rc;
}

/* One line for each, for people. */
static int put_text(
    struct buf *out, const struct case_state *state, struct err *err)
{
	struct record record = {0};
	char id[HASH_HEX_SIZE], entered[WHEN_SIZE];
	int rc = 0;

	for (uint32_t i = 0; i < case_state_leaf_count(state) && rc == 0; i++) {
		const struct case_leaf *leaf = case_state_leaf(state, i);

		if (leaf->kind != RECORD_QUESTION)
			continue;
		rc = case_state_record(state, i, &record, err);
		if (rc != 0)
			break;
		hash_to_hex(id, &leaf->id);
		when_to_time(entered, leaf->entered);
		buf_printf(out, "%.12s  %s  did anything come to %.*s?\n", id,
		    entered,
		    SLICE_ARG(record_get(&record, RECORD_F_RECIPIENT)));
	}
	record_done(&record);
	return rc == 0 ? buf_check(out, err) : rc;
}

static void list(struct serve_api *api, struct http_exchange *exchange)
{
	bool is_text = serve_api_is_text(exchange);
	struct slice checkpoint;
	struct err err = {0};
	struct buf body;
	const struct case_state *state =
	    serve_ledger_look(api->ledger, &checkpoint);

	buf_init(&body, LIST_MAX);
	if (state == NULL)
		(void)err_set(&err, ERR_IO, "the ledger is out of order");
	else if ((is_text ? put_text : put_list)(&body, state, &err) == 0)
		err.code = 0;
	if (state != NULL)
		serve_ledger_leave(api->ledger);
	if (err.code != 0)
		serve_api_answer_err(exchange, &err);
	else
		serve_api_answer_list(exchange, is_text, &body);
	buf_done(&body);
}

/* ---- bundles ---- */

struct kept {
	struct hash question, checkpoint;
	double at;
	struct buf bundle; /* empty: free */
};

struct serve_bundles {
	size_t next;
	struct kept kept[KEPT];
};

int serve_questions_new(struct serve_bundles **ret_bundles, struct err *err)
{
	*ret_bundles = mem_new(1, sizeof(**ret_bundles));
	return *ret_bundles == NULL ? err_nomem(err) : 0;
}

void serve_questions_free(struct serve_bundles *bundles)
{
	if (bundles == NULL)
		return;
	for (size_t i = 0; i < KEPT; i++)
		buf_done(&bundles->kept[i].bundle);
	free(bundles);
}

static bool find_kept(struct serve_bundles *bundles,
    const struct hash *question, const struct hash *checkpoint, double now,
    struct buf *out)
{
	for (size_t i = 0; i < KEPT; i++) {
		const struct kept *k = &bundles->kept[i];

		if (k->bundle.n == 0 || now - k->at > KEPT_SECONDS ||
		    !hash_is(&k->question, question) ||
		    !hash_is(&k->checkpoint, checkpoint))
			continue;
		buf_put_slice(out, buf_slice(&k->bundle));
		return true;
	}
	return false;
}

static void keep(struct serve_bundles *bundles, const struct hash *question,
    const struct hash *checkpoint, double now, struct slice bundle)
{
	struct kept *k = &bundles->kept[bundles->next];

	if (bundle.n > KEPT_BYTES)
		return;
	buf_done(&k->bundle);
	buf_init(&k->bundle, KEPT_BYTES);
	buf_put_slice(&k->bundle, bundle);
	if (buf_check(&k->bundle, NULL) != 0) {
		buf_done(&k->bundle);
		return;
	}
	k->question = *question;
	k->checkpoint = *checkpoint;
	k->at = now;
	bundles->next = (bundles->next + 1) % KEPT;
}

/* What is bundled beside the records. */
struct beside {
	struct buf site, stamps;
	struct case_bundle_beside given;
	struct hash digest; /* of all of it, and the checkpoint */
};

/* What is not there, or of another checkpoint, is left out. */
static void read_beside(struct beside *b, const struct serve_ledger *ledger,
    struct slice checkpoint, size_t size)
{
	const int fd = serve_ledger_fd(ledger);
	struct buf all;
	struct log_site step;
	char path[40];

	buf_init(&b->site, LOG_SITE_MAX);
	buf_init(&b->stamps, CASE_BUNDLE_STAMPS_MAX);
	(void)snprintf(path, sizeof(path), "log/stamps/%zu", size);
	if (file_read(&b->site, fd, SITE_STEP_PATH, LOG_SITE_MAX, NULL) != 0 ||
	    log_site_check(&step, buf_slice(&b->site), checkpoint,
		serve_ledger_key(ledger), NULL) != 0)
		buf_clear(&b->site);
	if (file_read(&b->stamps, fd, path, CASE_BUNDLE_STAMPS_MAX, NULL) != 0)
		buf_clear(&b->stamps);
	b->given = (struct case_bundle_beside){
	    buf_slice(&b->site), buf_slice(&b->stamps)};
	buf_init(
	    &all, LOG_CHECKPOINT_MAX + LOG_SITE_MAX + CASE_BUNDLE_STAMPS_MAX);
	buf_put_slice(&all, checkpoint);
	buf_put_slice(&all, b->given.site);
	buf_put_slice(&all, b->given.stamps);
	b->digest = hash_of(all.p, all.n);
	buf_done(&all);
}

static void beside_done(struct beside *b)
{
	buf_done(&b->site);
	buf_done(&b->stamps);
}

static int make(struct buf *out, const struct case_state *state,
    uint32_t question, struct slice checkpoint,
    const struct case_bundle_beside *beside, int64_t now, struct err *err)
{
	size_t n = case_state_leaf_count(state);
	int64_t last = case_state_leaf(state, n - 1)->entered;
	struct case_cosignatures cosignatures = {0};
	struct case_finding finding = {0};
	struct case_witnessed *witnessed =
	    mem_new(case_state_witness_count(state) + 1, sizeof(*witnessed));

	if (witnessed == NULL)
		return err_nomem(err);
	cosignatures.witnessed = witnessed;
	int rc = case_bundle_cosignatures(
	    state, checkpoint, false, witnessed, &cosignatures.n, err);
	if (rc == 0)
		rc = case_finding_make(&finding, state, question,
		    now > last ? now : last, &cosignatures, err);
	if (rc == 0)
		rc = case_bundle_put(
		    out, &finding, checkpoint, slice_of(NULL), beside, err);
	case_finding_done(&finding);
	free(witnessed);
	return rc;
}

static int find_or_make(struct serve_api *api, const struct hash *id,
    struct buf *out, struct err *err)
{
	struct slice checkpoint;
	struct beside beside;
	const struct case_state *state =
	    serve_ledger_look(api->ledger, &checkpoint);
	double now = serve_api_seconds();

	if (state == NULL)
		return err_set(err, ERR_IO, "the ledger is out of order");
	read_beside(
	    &beside, api->ledger, checkpoint, case_state_leaf_count(state));
	const struct hash *digest = &beside.digest;
	uint32_t leaf = case_state_find_leaf(state, id);
	int rc = leaf == CASE_NONE ||
		case_state_leaf(state, leaf)->kind != RECORD_QUESTION
	    ? err_set(err, ERR_NOTFOUND, "no question with this id")
	    : 0;
	if (rc == 0 && !find_kept(api->bundles, id, digest, now, out)) {
		rc = make(out, state, leaf, checkpoint, &beside.given,
		    serve_ledger_now(api->ledger), err);
		if (rc == 0)
			keep(api->bundles, id, digest, now, buf_slice(out));
	}
	serve_ledger_leave(api->ledger);
	beside_done(&beside);
	return rc == 0 ? buf_check(out, err) : rc;
}

/* The id in ".../questions/<id>/bundle". */
static struct slice id_of(const struct http_exchange *exchange)
{
	struct slice path = http_exchange_path(exchange);
	size_t tail = strlen("/bundle") + 2 * HASH_SIZE;

	return path.n < tail
	    ? slice_of(NULL)
	    : (struct slice){path.p + path.n - tail, 2 * HASH_SIZE};
}

static void bundle(struct serve_api *api, struct http_exchange *exchange)
{
	struct err err = {0};
	struct hash id;
	struct buf body;

	buf_init(&body, CASE_BUNDLE_MAX);
	if (!hash_from_hex(&id, id_of(exchange)))
		(void)err_set(&err, ERR_NOTFOUND, "no question with this id");
	else
		(void)!find_or_make(api, &id, &body, &err);
	if (err.code != 0)
		serve_api_answer_err(exchange, &err);
	else
		serve_api_answer_text(exchange, 200, &body);
	buf_done(&body);
}

/* ---- which ---- */

static void to_clerk(struct serve_api *api, struct http_exchange *exchange,
    void (*job)(struct serve_api *api, struct http_exchange *exchange))
{
	enum http_method method = http_exchange_method(exchange);

	if (method == HTTP_GET || method == HTTP_HEAD)
		serve_api_to_clerk(api, exchange, job);
	else
		serve_api_answer_method(exchange, "GET, HEAD");
}

void serve_questions_handle(
    struct serve_api *api, struct http_exchange *exchange)
{
	to_clerk(api, exchange, list);
}

void serve_questions_handle_bundle(
    struct serve_api *api, struct http_exchange *exchange)
{
	to_clerk(api, exchange, bundle);
}
