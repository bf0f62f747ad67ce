/*
 * witness_answer.c: the checks of add-checkpoint in the order of the
 * specification. Everything that depends on the state alone happens between
 * witness_state_enter and _leave: read, compare, cosign, store.
 */
#include "witness_answer.h"

#include "log_checkpoint.h"
#include "mem.h"
#include "note.h"
#include "text.h"
#include "tree.h"
#include "when.h"
#include "witness_request.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#define TEXT_TYPE "text/plain; charset=utf-8"
#define BURST_PART 24 /* an hour's share may come at once... */
#define BURST_MIN 16 /* ...but at least so many */

/* How many requests a log may still make: filled up as time goes by. */
struct allowance {
	int64_t at;
	uint64_t left; /* in parts: one request is WHEN_DAY parts */
};

struct witness {
	const struct witness_logs *logs;
	struct witness_state *state;
	const struct note_secret *secret;
	pthread_mutex_t mutex; /* allowances */
	struct allowance *allowances; /* by log number */
};

int witness_answer_new(struct witness **ret_witness,
    const struct witness_logs *logs, struct witness_state *state,
    const struct note_secret *secret, struct err *err)
{
	assert(secret->key.type == NOTE_KEY_COSIGNATURE);
	struct witness *witness = calloc(1, sizeof(*witness));

	if (witness == NULL)
		return err_nomem(err);
	*witness =
	    (struct witness){logs, state, secret, PTHREAD_MUTEX_INITIALIZER,
		mem_new(logs->n + 1, sizeof(struct allowance))};
	if (witness->allowances == NULL) {
		witness_answer_free(witness);
		return err_nomem(err);
	}
	*ret_witness = witness;
	return 0;
}

void witness_answer_free(struct witness *witness)
{
	if (witness == NULL)
		return;
	(void)pthread_mutex_destroy(&witness->mutex);
	free(witness->allowances);
	free(witness);
}

/* ---- what is answered ---- */

static void refuse(
    struct witness_answer *answer, unsigned status, const char *why)
{
	answer->status = status;
	answer->type = TEXT_TYPE;
	buf_clear(&answer->body);
	buf_printf(&answer->body, "%s\n", why);
}

static void refuse_size(struct witness_answer *answer, uint64_t size)
{
	answer->status = 409;
	answer->type = WITNESS_REQUEST_SIZE_TYPE;
	buf_clear(&answer->body);
	buf_printf(&answer->body, "%" PRIu64 "\n", size);
}

/* What is wrong here is not told to a stranger, but to the operator. */
static void fail(struct witness_answer *answer, const struct err *why)
{
	refuse(answer, 500, "this witness cannot answer now");
	answer->remark = *why;
}

/* ---- the checks that need no state ---- */

static bool take_allowance(
    struct witness *witness, const struct witness_log *log, int64_t now)
{
	struct allowance *a = &witness->allowances[log - witness->logs->logs];
	uint64_t burst = log->per_day / BURST_PART + BURST_MIN;
	bool is_left;

	(void)pthread_mutex_lock(&witness->mutex); /* a plain one cannot fail */
	if (a->at == 0)
		a->left = burst * WHEN_DAY;
	else if (now > a->at && now - a->at < WHEN_DAY)
		a->left += (uint64_t)(now - a->at) * log->per_day;
	else if (now > a->at)
		a->left = burst * WHEN_DAY;
	a->at = now;
	if (a->left > burst * WHEN_DAY)
		a->left = burst * WHEN_DAY;
	is_left = a->left >= WHEN_DAY;
	if (is_left)
		a->left -= WHEN_DAY;
	(void)pthread_mutex_unlock(&witness->mutex);
	return is_left;
}

static bool is_signed(const struct witness_log *log, const struct note *note)
{
	const struct note_signature *line = note_find(note, &log->key);

	return line != NULL &&
	    note_check(&log->key, note->text, line, NULL) == 0;
}

/* Consistent by what the request itself says, whatever is stored. */
static int check_proof(const struct witness_request *request,
    const struct hash *old_root, struct err *err)
{
	const struct log_checkpoint *head = &request->head;
	struct hash empty = tree_empty_root();

	if (head->size == 0 && !hash_is(&head->root, &empty))
		return err_set(err, ERR_VERIFY,
		    "size 0 with a root that is not the empty tree's");
	return tree_check_consistency(&request->proof, request->old_size,
	    head->size, old_root, &head->root, err);
}

/* ---- with the state ---- */

static const struct note_signature *log_line(
    const struct witness_log *log, const struct witness_request *request)
{
	return note_find(&request->note, &log->key);
}

/* Text, the log's line, ours: no other line that came along, for it might
 * claim to be ours. */
static int put_note(struct buf *out, const struct witness_log *log,
    const struct witness_request *request, struct slice line, struct err *err)
{
	const struct note_signature *by_log = log_line(log, request);

	buf_put_slice(out, request->note.text);
	buf_putc(out, '\n');
	buf_puts(out, "\xe2\x80\x94 ");
	buf_put_slice(out, by_log->name);
	buf_putc(out, ' ');
	buf_put_slice(out, by_log->base64);
	buf_putc(out, '\n');
	buf_put_slice(out, line);
	return buf_check(out, err);
}

/* Signed first, stored then; what was signed leaves only if it was stored. */
static int cosign(const struct witness *witness, const struct witness_log *log,
    const struct witness_request *request, int64_t now,
    struct witness_answer *answer, struct err *err)
{
	struct buf line, note;

	buf_init(&line, NOTE_SIGNATURE_BYTES_MAX);
	buf_init(&note, WITNESS_REQUEST_MAX);
	int rc = log_checkpoint_cosign(
	    &line, witness->secret, request->note.text, now, err);
	if (rc == 0)
		rc = put_note(&note, log, request, buf_slice(&line), err);
	if (rc == 0)
		rc = witness_state_store(witness->state, request->head.origin,
		    buf_slice(&note), err);
	if (rc == 0) {
		answer->status = 200;
		answer->type = TEXT_TYPE;
		buf_clear(&answer->body);
		buf_put_slice(&answer->body, buf_slice(&line));
		rc = buf_check(&answer->body, err);
	}
	buf_done(&line);
	buf_done(&note);
	return rc;
}

static int advance(struct witness *witness, const struct witness_log *log,
    const struct witness_request *request, int64_t now,
    struct witness_answer *answer, struct err *err)
{
	struct log_checkpoint last;
	struct err why = {0};
	struct buf note;

	buf_init(&note, WITNESS_REQUEST_MAX);
	int rc = witness_state_read(
	    witness->state, request->head.origin, &note, &last, err);
	if (rc != 0)
		goto out;
	if (last.size != request->old_size) {
		refuse_size(answer, last.size);
		goto out;
	}
	int verdict = check_proof(request, &last.root, &why);
	if (verdict == ERR_VERIFY) {
		refuse(answer, 422,
		    "this does not continue what was cosigned before");
		err_set(&answer->remark, verdict,
		    "%.*s: at size %" PRIu64 " does not continue %" PRIu64
		    ": %s",
		    SLICE_ARG(request->head.origin), request->head.size,
		    last.size, why.message);
	} else if (verdict != 0) {
		rc = err_set(err, verdict, "%s", why.message);
	} else {
		rc = cosign(witness, log, request, now, answer, err);
	}
out:
	buf_done(&note);
	return rc;
}

static void answer_request(struct witness *witness,
    const struct witness_request *request, int64_t now,
    struct witness_answer *answer)
{
	const struct witness_log *log =
	    witness_logs_find(witness->logs, request->head.origin);
	struct err err = {0};

	if (log == NULL) {
		refuse(answer, 404, "this witness does not know that log");
		return;
	}
	if (!is_signed(log, &request->note)) {
		refuse(answer, 403, "not signed by the key of that log");
		return;
	}
	if (!take_allowance(witness, log, now)) {
		refuse(answer, 429, "too many requests for that log");
		return;
	}
	witness_state_enter(witness->state);
	int rc = advance(witness, log, request, now, answer, &err);
	witness_state_leave(witness->state);
	if (rc != 0)
		fail(answer, &err);
}

static void start(struct witness_answer *answer)
{
	memset(answer, 0, sizeof(*answer));
	buf_init(&answer->body, WITNESS_REQUEST_MAX);
}

void witness_answer_add(struct witness *witness, struct slice body, int64_t now,
    struct witness_answer *ret_answer)
{
	struct witness_request *request = mem_new(1, sizeof(*request));
	struct err err = {0};

	assert(now > 0);
	start(ret_answer);
	if (request == NULL && err_nomem(&err) != 0)
		fail(ret_answer, &err);
	else if (witness_request_parse(request, body, &err) != 0)
		refuse(ret_answer, 400, err.message);
	else
		answer_request(witness, request, now, ret_answer);
	free(request);
}

void witness_answer_checkpoint(const struct witness *witness, struct slice hex,
    struct witness_answer *ret_answer)
{
	struct err err = {0};

	start(ret_answer);
	int rc = witness_state_read_name(
	    witness->state, hex, &ret_answer->body, &err);
	if (rc == ERR_NOTFOUND) {
		refuse(ret_answer, 404, "nothing was cosigned for that log");
	} else if (rc != 0) {
		fail(ret_answer, &err);
	} else {
		ret_answer->status = 200;
		ret_answer->type = TEXT_TYPE;
	}
}
