/*
 * witness_client.c: one thread a witness, each with its own connection. What
 * they share (the tree, the results) is behind one mutex.
 *
 * The conversation with a witness is a loop: ask with the size that it is
 * believed to have; a 409 says which it really has. Both what 409 and what 422
 * meant before mid-2026 is understood: the same size with another root.
 */
#include "witness_client.h"

#include "crew.h"
#include "log_checkpoint.h"
#include "mem.h"
#include "note.h"
#include "text.h"
#include "witness_request.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define URL_MAX 2048
#define WAIT_MS 15000
#define CALL_MS 10000
#define PAUSE_MS 250 /* the first; each is twice the one before */
#define PAUSE_MAX_MS 4000
#define CONFLICTS_MAX 8 /* others may advance the witness meanwhile */
#define BODY_TYPE "text/plain; charset=utf-8"

struct work {
	const struct witness_client_job *job;
	struct witness_client_results *results;
	struct log_checkpoint head;
	struct note note;
	int64_t deadline_ms;
	pthread_mutex_t mutex; /* the tree; lines; has_cosigned */
	bool has_cosigned[WITNESS_POLICY_WITNESSES_MAX];
};

/* One witness being asked, by one thread. */
struct asking {
	struct work *work;
	const struct witness_policy_witness *witness;
	struct witness_client_result *result;
	size_t number;
	struct http_client *client;
	uint64_t old_size; /* what the witness is believed to have */
	unsigned conflicts;
};

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* is always there */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void end(struct asking *a, enum witness_client_outcome outcome,
    const char *fmt, ...) PRINTF_LIKE(3, 4);

static void end(
    struct asking *a, enum witness_client_outcome outcome, const char *fmt, ...)
{
	char text[ERR_MESSAGE_MAX];
	va_list list;

	va_start(list, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, list);
	va_end(list);
	a->result->outcome = outcome;
	a->result->why = (struct err){0};
	err_set(&a->result->why,
	    outcome == WITNESS_CLIENT_DOWN ? ERR_IO : ERR_VERIFY, "%s", text);
}

/* ---- the tree, shared ---- */

static int prove(struct asking *a, struct tree_proof *ret_proof)
{
	struct work *work = a->work;
	int rc = 0;

	ret_proof->n = 0;
	if (a->old_size == 0 || a->old_size == work->head.size)
		return 0;
	(void)pthread_mutex_lock(&work->mutex); /* a plain one cannot fail */
	rc = tree_prove_consistency(
	    ret_proof, &work->job->source, a->old_size, work->head.size, NULL);
	(void)pthread_mutex_unlock(&work->mutex);
	return rc;
}

static bool is_our_root(struct asking *a, const struct log_checkpoint *head)
{
	struct work *work = a->work;
	struct hash root;

	(void)pthread_mutex_lock(&work->mutex); /* a plain one cannot fail */
	int rc = tree_root(&root, &work->job->source, head->size, NULL);
	(void)pthread_mutex_unlock(&work->mutex);
	return rc != 0 || hash_is(&root, &head->root);
}

/* ---- one exchange ---- */

static int call(struct asking *a, const char *method, const char *path,
    struct slice body, struct http_answer *ret_answer, struct err *err)
{
	const struct witness_client_job *job = a->work->job;
	const char *prefix = a->witness->url;
	size_t n = strlen(prefix);
	char url[URL_MAX];

	while (n > 0 && prefix[n - 1] == '/')
		n--;
	int length = snprintf(
	    url, sizeof(url), "%.*s/%s", (int)(n % URL_MAX), prefix, path);
	if (n >= URL_MAX || length < 0 || (size_t)length >= sizeof(url))
		return err_set(err, ERR_USAGE, "its URL is too long");
	struct http_call call = {
	    .method = method,
	    .url = url,
	    .body = body,
	    .type = body.p != NULL ? BODY_TYPE : NULL,
	    .answer_max = WITNESS_REQUEST_ANSWER_MAX,
	};
	return job->call != NULL
	    ? job->call(job->cookie, a->client, &call, ret_answer, err)
	    : http_client_call(a->client, &call, ret_answer, err);
}

/* ---- what a refusal is worth ---- */

/* A checkpoint of this log that the witness shows, and that is larger than
 * ours or has another root. */
static bool is_proof(struct asking *a, struct slice bytes)
{
	const struct log_checkpoint *ours = &a->work->head;
	const struct note_key *key = a->work->job->log_key;
	struct log_checkpoint head;
	struct note note;

	if (note_parse(&note, bytes, NULL) != 0 ||
	    witness_request_parse_head(&head, note.text, NULL) != 0 ||
	    !slice_is(head.origin, ours->origin))
		return false;
	const struct note_signature *line = note_find(&note, key);
	if (line == NULL || note_check(key, note.text, line, NULL) != 0)
		return false;
	if (head.size > ours->size)
		return true;
	return !is_our_root(a, &head);
}

/* Asks the witness for the checkpoint that its refusal goes by. */
static void fetch_proof(struct asking *a)
{
	struct hash hash =
	    hash_of(a->work->head.origin.p, a->work->head.origin.n);
	char hex[HASH_HEX_SIZE], path[HASH_HEX_SIZE + 16];
	struct http_answer answer = {0};

	hash_to_hex(hex, &hash);
	(void)snprintf(path, sizeof(path), "%s/checkpoint", hex);
	if (call(a, "GET", path, slice_of(NULL), &answer, NULL) == 0 &&
	    answer.status == 200 && answer.body.n <= LOG_CHECKPOINT_MAX &&
	    is_proof(a, buf_slice(&answer.body))) {
		buf_init(&a->result->proof, LOG_CHECKPOINT_MAX);
		buf_put_slice(&a->result->proof, buf_slice(&answer.body));
	}
	buf_done(&answer.body);
}

static const char *proof_word(const struct asking *a)
{
	return a->result->proof.n > 0
	    ? "its checkpoint, signed by this ledger's key, proves it"
	    : "it shows no checkpoint that would prove it";
}

static void end_ahead(struct asking *a, uint64_t size)
{
	fetch_proof(a);
	end(a, WITNESS_CLIENT_AHEAD,
	    "has cosigned %" PRIu64 " records of this ledger, and this copy "
	    "has %" PRIu64 ": it is an old copy; %s",
	    size, a->work->head.size, proof_word(a));
}

static void end_split(struct asking *a)
{
	fetch_proof(a);
	end(a, WITNESS_CLIENT_SPLIT,
	    "has cosigned another history of the first %" PRIu64 " records; %s",
	    a->old_size, proof_word(a));
}

/* ---- answers ---- */

/* True: ask again. */
static bool take_conflict(struct asking *a, const struct http_answer *answer)
{
	uint64_t size;

	if (strcmp(answer->type, WITNESS_REQUEST_SIZE_TYPE) != 0 ||
	    witness_request_parse_size(&size, buf_slice(&answer->body), NULL) !=
		0) {
		/* What servers said before mid-2026. */
		if (a->old_size == a->work->head.size)
			end_split(a);
		else
			end(a, WITNESS_CLIENT_FALSE,
			    "answered 409 and no size");
		return false;
	}
	a->result->known_size = size;
	if (size > a->work->head.size) {
		end_ahead(a, size);
		return false;
	}
	if (size == a->old_size && size == a->work->head.size) {
		end_split(a);
		return false;
	}
	if (size == a->old_size || ++a->conflicts == CONFLICTS_MAX) {
		end(a, WITNESS_CLIENT_FALSE,
		    "contradicts itself about the size that it knows");
		return false;
	}
	a->old_size = size;
	return true;
}

static void take_lines(struct asking *a, const struct http_answer *answer)
{
	struct work *work = a->work;
	struct err why = {0};
	struct buf line;

	buf_init(&line, LOG_CHECKPOINT_MAX);
	int rc = witness_request_take_line(&line, &a->result->when,
	    &a->witness->key, work->note.text, buf_slice(&answer->body), &why);
	if (rc != 0) {
		end(a, WITNESS_CLIENT_FALSE, "%s", why.message);
	} else {
		(void)pthread_mutex_lock(&work->mutex); /* cannot fail */
		a->result->outcome = WITNESS_CLIENT_COSIGNED;
		a->result->known_size = work->head.size;
		buf_put_slice(&work->results->lines, buf_slice(&line));
		work->has_cosigned[a->number] = true;
		(void)pthread_mutex_unlock(&work->mutex);
	}
	buf_done(&line);
}

/* True: ask again at once. DOWN: ask again later. */
static bool take_answer(struct asking *a, const struct http_answer *answer)
{
	switch (answer->status) {
	case 200:
		take_lines(a, answer);
		return false;
	case 409:
		return take_conflict(a, answer);
	case 422:
		/* Every tree continues the empty one. */
		if (a->old_size == 0)
			end(a, WITNESS_CLIENT_FALSE,
			    "refuses a proof where none is needed (422)");
		else
			end_split(a);
		return false;
	case 403:
		end(a, WITNESS_CLIENT_REFUSED,
		    "does not accept this ledger's key (403)");
		return false;
	case 404:
		end(a, WITNESS_CLIENT_REFUSED,
		    "does not know this ledger (404): ask its operator to "
		    "enter the ledger's key");
		return false;
	case 429:
		end(a, WITNESS_CLIENT_DOWN, "asks to be asked less often");
		return false;
	default:
		end(a,
		    answer->status >= 500 ? WITNESS_CLIENT_DOWN
					  : WITNESS_CLIENT_REFUSED,
		    "answered %u", answer->status);
		return false;
	}
}

static bool ask_once(struct asking *a)
{
	struct http_answer answer = {0};
	struct tree_proof proof;
	struct err why = {0};
	bool is_again = false;
	struct buf body;

	buf_init(&body, WITNESS_REQUEST_MAX);
	a->result->outcome = WITNESS_CLIENT_FALSE;
	if (prove(a, &proof) != 0 || proof.n > WITNESS_REQUEST_PROOF_MAX) {
		end(a, WITNESS_CLIENT_REFUSED,
		    "no proof could be made from %" PRIu64 " records: run "
		    "fsck",
		    a->old_size);
		goto out;
	}
	witness_request_put(
	    &body, a->old_size, &proof, a->work->job->checkpoint);
	int rc = buf_check(&body, &why);
	if (rc == 0)
		rc = call(a, "POST", "add-checkpoint", buf_slice(&body),
		    &answer, &why);
	if (rc == 0)
		is_again = take_answer(a, &answer);
	else
		end(a,
		    rc == ERR_LIMIT	  ? WITNESS_CLIENT_FALSE
			: rc == ERR_USAGE ? WITNESS_CLIENT_REFUSED
					  : WITNESS_CLIENT_DOWN,
		    "%s", why.message);
out:
	buf_done(&answer.body);
	buf_done(&body);
	return is_again;
}

static bool is_enough(struct work *work)
{
	(void)pthread_mutex_lock(&work->mutex); /* a plain one cannot fail */
	bool is = witness_policy_is_met(work->job->policy, work->has_cosigned);
	(void)pthread_mutex_unlock(&work->mutex);
	return is;
}

/* False: there is no more time, or no more need. */
static bool pause_for(struct asking *a, int64_t *pause_ms)
{
	int64_t left = a->work->deadline_ms - now_ms();
	int64_t ms = *pause_ms < left ? *pause_ms : left;

	for (; ms > 0 && !is_enough(a->work); ms -= PAUSE_MS) {
		int64_t part = ms < PAUSE_MS ? ms : PAUSE_MS;
		struct timespec wait = {0, (long)(part * 1000000)};
		(void)nanosleep(&wait, NULL); /* cut short: asked sooner */
	}
	*pause_ms = *pause_ms * 2 < PAUSE_MAX_MS ? *pause_ms * 2 : PAUSE_MAX_MS;
	return left > 0 && !is_enough(a->work);
}

static void ask(struct asking *a)
{
	int64_t pause_ms = PAUSE_MS;

	do {
		while (ask_once(a))
			;
	} while (a->result->outcome == WITNESS_CLIENT_DOWN &&
	    pause_for(a, &pause_ms));
}

/* ---- all of them ---- */

static bool is_there_already(struct work *work, size_t i)
{
	const struct note_key *key = &work->job->policy->witnesses[i].key;
	const struct note_signature *line = note_find(&work->note, key);

	return line != NULL &&
	    log_checkpoint_check_cosignature(&work->results->of[i].when, key,
		work->note.text, line, NULL) == 0;
}

static void ask_one(void *cookie, size_t i)
{
	struct work *work = cookie;
	const struct witness_client_job *job = work->job;
	struct witness_client_result *result = &work->results->of[i];
	struct asking a = {work, &job->policy->witnesses[i], result, i, NULL,
	    job->known_sizes != NULL ? job->known_sizes[i] : 0, 0};
	unsigned call_ms = job->call_ms != 0 ? job->call_ms : CALL_MS;
	struct http_client_options options = {.connect_ms = call_ms,
	    .total_ms = call_ms,
	    .ca_file = job->ca_file};
	struct err why = {0};

	result->known_size = a.old_size;
	if (result->outcome == WITNESS_CLIENT_ALREADY || a.witness->url == NULL)
		return;
	/* More than there is: the witness will say so, if it is true. */
	if (a.old_size > work->head.size)
		a.old_size = work->head.size;
	int rc = http_client_check_url(a.witness->url, &why);
	if (rc == 0)
		rc = http_client_new(&a.client, &options, &why);
	if (rc != 0)
		end(&a, WITNESS_CLIENT_REFUSED, "%s", why.message);
	else
		ask(&a);
	http_client_free(a.client);
}

static int check_own(struct work *work, struct err *err)
{
	const struct witness_client_job *job = work->job;
	struct hash root;

	int rc = log_checkpoint_open(
	    &work->head, &work->note, job->checkpoint, job->log_key, err);
	if (rc == 0)
		rc = tree_root(&root, &job->source, work->head.size, err);
	if (rc == 0 && !hash_is(&root, &work->head.root))
		rc = err_set(
		    err, ERR_VERIFY, "the checkpoint is not of this tree");
	return rc;
}

static void sum_up(struct work *work)
{
	struct witness_client_results *results = work->results;

	for (size_t i = 0; i < results->n; i++) {
		enum witness_client_outcome outcome = results->of[i].outcome;
		results->cosigned_count += work->has_cosigned[i];
		if (outcome == WITNESS_CLIENT_AHEAD ||
		    outcome == WITNESS_CLIENT_SPLIT)
			results->is_stopped = true;
	}
	results->is_met =
	    witness_policy_is_met(work->job->policy, work->has_cosigned);
}

int witness_client_collect(struct witness_client_results *ret_results,
    const struct witness_client_job *job, struct err *err)
{
	struct work *work = mem_new(1, sizeof(*work));
	unsigned wait_ms = job->wait_ms != 0 ? job->wait_ms : WAIT_MS;

	memset(ret_results, 0, sizeof(*ret_results));
	buf_init(&ret_results->lines, LOG_CHECKPOINT_MAX);
	ret_results->n = job->policy->witness_count;
	if (work == NULL)
		return err_nomem(err);
	work->job = job;
	work->results = ret_results;
	work->mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	work->deadline_ms = now_ms() + wait_ms;
	int rc = check_own(work, err);
	if (rc == 0) {
		for (size_t i = 0; i < ret_results->n; i++) {
			work->has_cosigned[i] = is_there_already(work, i);
			if (work->has_cosigned[i])
				ret_results->of[i].outcome =
				    WITNESS_CLIENT_ALREADY;
		}
		crew_run(ret_results->n, ret_results->n, ask_one, work);
		sum_up(work);
		rc = buf_check(&ret_results->lines, err);
	}
	(void)pthread_mutex_destroy(&work->mutex);
	free(work);
	return rc;
}

void witness_client_done(struct witness_client_results *results)
{
	for (size_t i = 0; i < results->n; i++)
		buf_done(&results->of[i].proof);
	buf_done(&results->lines);
	memset(results, 0, sizeof(*results));
}
