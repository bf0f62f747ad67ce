/*
 * serve_queue.c: the queue and the one thread that enters records.
 *
 * Invariant: nobody is told that a record is in the ledger before it is
 * durable there; and after a commit that failed nobody is told anything but
 * that, until the server is started again and has read what is on disk.
 */
#include "serve_queue.h"

#include "case_receipt.h"
#include "case_refusal.h"
#include "hash.h"
#include "log_store.h"
#include "mem.h"
#include "serve_internal.h"
#include "serve_metrics.h"
#include "tree.h"
#include "when.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MAX ((size_t)SERVE_SUBMISSION_RECORDS_MAX * CASE_RECEIPT_MAX)
#define LINE_MAX 1024

/* How long what is entered may wait to be shown while more is entered, and how
 * much: each commit writes again what is not shown yet. */
#define PUBLISH_SECONDS 0.05
#define PUBLISH_BYTES ((size_t)1 << 20)

struct serve_queue {
	struct serve_ledger *ledger;
	pthread_t thread;
	pthread_mutex_t lock; /* for what follows */
	pthread_cond_t pushed;
	struct serve_submission *first, **last;
	size_t bytes;
	struct buf cosigned; /* a note that waits; empty: none */
	bool is_ending;
	struct serve_queue_counts counts;
	/* Of the thread alone. */
	size_t unpublished_bytes;
	double published; /* when, the last time */
};

/* What one turn of the thread works on. */
struct batch {
	struct serve_queue *queue;
	struct serve_submission *first;
	size_t base; /* leaves before it */
	int64_t entered;
	struct err failure; /* code 0: none */
};

/* ---- answers ---- */

static void say(struct serve_submission *s, enum serve_outcome outcome,
    const char *line, const char *why)
{
	s->outcome = outcome;
	buf_done(&s->answer);
	buf_init(&s->answer, LINE_MAX);
	buf_printf(&s->answer, "%s%s\n", line, why);
}

static void say_unavailable(struct serve_submission *s, const struct err *why)
{
	say(s, SERVE_UNAVAILABLE,
	    "nothing can be entered now; ask again later, with the same "
	    "record: ",
	    why->message);
}

/* Signs what stands in the answer: why this record is refused. */
static int sign_refusal(
    struct batch *b, struct serve_submission *s, struct err *err)
{
	s->outcome = SERVE_REFUSED;
	return case_refusal_sign(
	    &s->answer, b->queue->ledger->options.log_secret, err);
}

static int refuse(struct batch *b, struct serve_submission *s,
    const struct record *record, const struct case_verdict *verdict,
    struct err *err)
{
	buf_init(&s->answer, CASE_REFUSAL_MAX);
	case_refusal_put(&s->answer, record, verdict, b->entered);
	return sign_refusal(b, s, err);
}

static int refuse_false(struct batch *b, struct serve_submission *s,
    const struct record *record, const char *why, struct err *err)
{
	buf_init(&s->answer, CASE_REFUSAL_MAX);
	case_refusal_put_false(&s->answer, record, slice_of(why), b->entered);
	return sign_refusal(b, s, err);
}

static int put_receipt(struct serve_ledger *ledger, uint32_t leaf,
    struct buf *receipt, struct err *err)
{
	struct tree_source source = case_state_tree(ledger->state);
	size_t size = case_state_leaf_count(ledger->state);
	struct tree_proof path;
	int rc = tree_prove_inclusion(&path, &source, leaf, size, err);

	return rc != 0 ? rc
		       : case_receipt_put(receipt, ledger->options.log_key,
			     case_state_leaf(ledger->state, leaf)->bytes, leaf,
			     &path, buf_slice(&ledger->checkpoint), err);
}

static int put_receipts(struct serve_ledger *ledger, struct serve_submission *s,
    struct buf *receipt, struct err *err)
{
	char id[HASH_HEX_SIZE];
	int rc = 0;

	buf_init(&s->answer, ANSWER_MAX);
	buf_puts(&s->answer, "counterfoil-entered/v1\n");
	for (size_t i = 0; i < s->n && rc == 0; i++) {
		uint32_t leaf = s->entries[i].index;

		buf_clear(receipt);
		rc = put_receipt(ledger, leaf, receipt, err);
		hash_to_hex(id, &case_state_leaf(ledger->state, leaf)->id);
		buf_printf(
		    &s->answer, "entered %u %s %zu\n", leaf, id, receipt->n);
		buf_put_slice(&s->answer, buf_slice(receipt));
	}
	return rc == 0 ? buf_check(&s->answer, err) : rc;
}

/* ---- judging ---- */

/* Known if every record is in the ledger; a mixture is for the law, which
 * refuses doubles. */
static bool find_known(
    const struct case_state *state, struct serve_submission *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct serve_entry *e = &s->entries[i];

		e->index = case_state_find_leaf(state, &e->checked.record.id);
		if (e->index == CASE_NONE)
			return false;
	}
	return true;
}

/* The line with the time takes the place that was left for it. */
static struct slice date(struct serve_entry *entry, int64_t entered)
{
	char time[WHEN_SIZE], line[64];
	struct serve_block *leaf = entry->leaf;

	when_to_time(time, entered);
	int n = snprintf(line, sizeof(line), "entered: %s\n", time);
	assert(leaf->bytes + n == entry->checked.record.text.p);
	memcpy(leaf->bytes, line, (size_t)n);
	return (struct slice){leaf->bytes, leaf->n};
}

/* 0: it is in the state; 1: it was refused. */
static int admit_one(struct batch *b, struct serve_submission *s,
    struct serve_entry *entry, struct err *err)
{
	struct case_state *state = b->queue->ledger->state;
	const struct record *record = &entry->checked.record;
	struct case_verdict verdict;
	struct err why = {0};
	int rc = case_state_judge(state, record, b->entered, &verdict, &why);

	if (rc == 0 && verdict.standing != CASE_GOOD && !s->is_although) {
		rc = refuse(b, s, record, &verdict, err);
		return rc != 0 ? rc : 1;
	}
	entry->index = (uint32_t)case_state_leaf_count(state);
	if (rc == 0)
		rc = case_checked_add(
		    &entry->checked, state, date(entry, b->entered), &why);
	if (rc == ERR_VERIFY) {
		rc = refuse_false(b, s, record, why.message, err);
		return rc != 0 ? rc : 1;
	}
	return rc == 0 ? 0 : err_set(err, rc, "%s", why.message);
}

/* All records of a submission or none. */
static int admit(struct batch *b, struct serve_submission *s, struct err *err)
{
	struct serve_ledger *ledger = b->queue->ledger;
	size_t before = case_state_leaf_count(ledger->state);
	int rc = 0;

	if (find_known(ledger->state, s)) {
		s->outcome = SERVE_KNOWN;
		return 0;
	}
	s->outcome = SERVE_ENTERED;
	for (size_t i = 0; i < s->n && rc == 0; i++)
		rc = admit_one(b, s, &s->entries[i], err);
	if (rc != 0 && case_state_leaf_count(ledger->state) > before) {
		serve_ledger_forget(ledger, before);
		if (ledger->state == NULL)
			return err_set(err, ERR_NOMEM,
			    "the ledger could not be read again");
	}
	return rc < 0 ? rc : 0;
}

static void judge(struct batch *b)
{
	struct serve_ledger *ledger = b->queue->ledger;
	int64_t now = serve_ledger_now(ledger);

	b->base = case_state_leaf_count(ledger->state);
	int64_t last = b->base == 0
	    ? now
	    : case_state_leaf(ledger->state, b->base - 1)->entered;
	b->entered = now > last ? now : last;
	for (struct serve_submission *s = b->first;
	     s != NULL && b->failure.code == 0; s = s->next) {
		struct err err = {0};

		if (admit(b, s, &err) != 0) {
			say_unavailable(s, &err);
			if (ledger->state == NULL)
				b->failure = err;
		}
	}
}

/* ---- entering ---- */

static int commit(struct batch *b, size_t n, struct err *err)
{
	struct serve_ledger *ledger = b->queue->ledger;
	struct slice *leaves = mem_new(n, sizeof(*leaves));
	bool is_committed = false;
	uint64_t first;

	if (leaves == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++) {
		leaves[i] = case_state_leaf(ledger->state, b->base + i)->bytes;
		b->queue->unpublished_bytes += leaves[i].n;
	}
	int rc = log_store_commit(ledger->store, ledger->options.log_secret,
	    leaves, n, &first, &is_committed, err);
	free(leaves);
	if (rc == 0) {
		assert(first == b->base);
		rc = serve_ledger_take_checkpoint(
		    ledger, log_store_committed(ledger->store), err);
	}
	return rc;
}

/* The state's leaves behind `base` were not entered, as far as anybody may
 * know: the answer is on disk, for the next start. */
static void fail(struct batch *b)
{
	struct serve_ledger *ledger = b->queue->ledger;

	serve_ledger_fail(ledger, &b->failure);
	if (ledger->state == NULL)
		return;
	(void)pthread_rwlock_wrlock(&ledger->fold);
	serve_ledger_forget(ledger, b->base);
	(void)pthread_rwlock_unlock(&ledger->fold);
}

static void commit_in_time(struct batch *b, size_t n)
{
	struct serve_metrics *metrics = b->queue->ledger->options.metrics;
	struct serve_queue_counts *counts = &b->queue->counts;
	double start = serve_api_seconds();
	struct err why = {0};

	if (commit(b, n, &why) != 0) {
		b->failure = why;
		fail(b);
	}
	double seconds = serve_api_seconds() - start;
	(void)pthread_mutex_lock(&b->queue->lock);
	counts->commits += b->failure.code == 0;
	counts->commit_seconds += seconds;
	counts->largest = n > counts->largest ? n : counts->largest;
	(void)pthread_mutex_unlock(&b->queue->lock);
	if (metrics != NULL && b->failure.code == 0)
		serve_metrics_commit(metrics, n, seconds);
}

static void enter(struct batch *b)
{
	struct serve_ledger *ledger = b->queue->ledger;

	(void)pthread_rwlock_wrlock(&ledger->view);
	(void)pthread_rwlock_wrlock(&ledger->fold);
	if (serve_ledger_is_well(ledger, &b->failure))
		judge(b);
	(void)pthread_rwlock_unlock(&ledger->fold);
	size_t n = b->failure.code == 0
	    ? case_state_leaf_count(ledger->state) - b->base
	    : 0;
	if (n > 0)
		commit_in_time(b, n);
	(void)pthread_rwlock_unlock(&ledger->view);
}

/* ---- after the commit ---- */

/* The state borrows the leaves that are in it from now on. */
static void give_leaves(struct serve_ledger *ledger, struct serve_submission *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct serve_block *leaf = s->entries[i].leaf;

		s->entries[i].leaf = NULL;
		leaf->next = ledger->blocks;
		ledger->blocks = leaf;
	}
}

static void finish(
    struct batch *b, struct serve_submission *s, struct buf *receipt)
{
	struct serve_ledger *ledger = b->queue->ledger;
	struct err err = {0};

	if (b->failure.code != 0) {
		say_unavailable(s, &b->failure);
		return;
	}
	if (s->outcome == SERVE_ENTERED)
		give_leaves(ledger, s);
	if (s->outcome != SERVE_ENTERED && s->outcome != SERVE_KNOWN)
		return;
	if (put_receipts(ledger, s, receipt, &err) != 0)
		say_unavailable(s, &err);
}

static void count(struct serve_queue *queue, const struct serve_submission *s)
{
	static const enum serve_metrics_outcome outcomes[] = {
	    [SERVE_ENTERED] = SERVE_METRICS_ENTERED,
	    [SERVE_KNOWN] = SERVE_METRICS_KNOWN,
	    [SERVE_REFUSED] = SERVE_METRICS_REFUSED,
	    [SERVE_UNAVAILABLE] = SERVE_METRICS_FAILED,
	};
	struct serve_metrics *metrics = queue->ledger->options.metrics;
	struct serve_queue_counts *c = &queue->counts;

	(void)pthread_mutex_lock(&queue->lock);
	c->entered += s->outcome == SERVE_ENTERED ? s->n : 0;
	c->known += s->outcome == SERVE_KNOWN ? s->n : 0;
	c->refused += s->outcome == SERVE_REFUSED ? s->n : 0;
	c->failed += s->outcome == SERVE_UNAVAILABLE ? s->n : 0;
	c->waiting--;
	queue->bytes -= s->bytes;
	(void)pthread_mutex_unlock(&queue->lock);
	if (metrics == NULL)
		return;
	serve_metrics_records(metrics, outcomes[s->outcome], s->n);
	serve_metrics_waiting(metrics, -1);
}

static void answer(struct batch *b)
{
	struct buf receipt;
	struct serve_submission *next;

	buf_init(&receipt, CASE_RECEIPT_MAX);
	for (struct serve_submission *s = b->first; s != NULL; s = next) {
		next = s->next;
		finish(b, s, &receipt);
		count(b->queue, s);
		s->done(s, s->cookie);
	}
	buf_done(&receipt);
}

/* Tiles and checkpoint go out when nobody waits, and else not with every
 * commit, for the next would have to wait for them: now and then, and then all
 * of them. */
static bool is_publishing_due(struct serve_queue *queue)
{
	(void)pthread_mutex_lock(&queue->lock);
	const bool is_idle = queue->first == NULL;
	(void)pthread_mutex_unlock(&queue->lock);
	return is_idle || queue->unpublished_bytes >= PUBLISH_BYTES ||
	    serve_api_seconds() - queue->published >= PUBLISH_SECONDS;
}

/* What was entered stays entered if that fails; the next start publishes it. */
static void publish(struct serve_queue *queue)
{
	struct serve_ledger *ledger = queue->ledger;
	struct err why = {0};

	if (log_store_publish(ledger->store, &why) != 0)
		serve_ledger_fail(ledger, &why);
	queue->unpublished_bytes = 0;
	queue->published = serve_api_seconds();
}

/* ---- what witnesses say ---- */

static struct buf take_note(struct serve_queue *queue)
{
	(void)pthread_mutex_lock(&queue->lock);
	struct buf note = queue->cosigned;
	buf_init(&queue->cosigned, LOG_CHECKPOINT_MAX);
	(void)pthread_mutex_unlock(&queue->lock);
	return note;
}

static void put_cosigned(struct serve_queue *queue)
{
	struct serve_ledger *ledger = queue->ledger;
	struct buf note = take_note(queue);
	bool is_current = false;
	struct err why = {0};
	int rc = 0;

	if (note.n > 0 && serve_ledger_is_well(ledger, NULL))
		publish(queue);
	if (note.n > 0 && serve_ledger_is_well(ledger, NULL))
		rc = log_store_take_cosigned(
		    ledger->store, buf_slice(&note), &is_current, &why);
	if (rc == 0 && is_current) {
		(void)pthread_rwlock_wrlock(&ledger->view);
		rc = serve_ledger_take_checkpoint(
		    ledger, log_store_checkpoint(ledger->store), &why);
		(void)pthread_rwlock_unlock(&ledger->view);
	}
	if (rc != 0)
		serve_ledger_fail(ledger, &why);
	buf_done(&note);
}

void serve_queue_take_cosigned(
    struct serve_queue *queue, struct slice checkpoint)
{
	(void)pthread_mutex_lock(&queue->lock);
	buf_clear(&queue->cosigned);
	buf_put_slice(&queue->cosigned, checkpoint);
	if (buf_check(&queue->cosigned, NULL) != 0)
		buf_clear(&queue->cosigned); /* there will be another one */
	(void)pthread_cond_signal(&queue->pushed);
	(void)pthread_mutex_unlock(&queue->lock);
}

/* ---- the queue ---- */

/* False: nothing waits, and nothing will. */
static bool take_all(struct serve_queue *queue, struct serve_submission **ret)
{
	(void)pthread_mutex_lock(&queue->lock);
	while (
	    queue->first == NULL && queue->cosigned.n == 0 && !queue->is_ending)
		(void)pthread_cond_wait(&queue->pushed, &queue->lock);
	bool is_ended = queue->first == NULL && queue->cosigned.n == 0;
	*ret = queue->first;
	queue->first = NULL;
	queue->last = &queue->first;
	(void)pthread_mutex_unlock(&queue->lock);
	return !is_ended;
}

static void run_batch(struct batch *b)
{
	if (b->first == NULL)
		return;
	enter(b);
	answer(b);
	if (b->failure.code == 0 && is_publishing_due(b->queue))
		publish(b->queue);
}

static void *run(void *cookie)
{
	struct serve_queue *queue = cookie;
	struct batch b;

	for (;;) {
		b = (struct batch){.queue = queue};
		if (!take_all(queue, &b.first))
			return NULL;
		run_batch(&b);
		put_cosigned(queue);
	}
}

int serve_queue_new(struct serve_queue **ret_queue, struct serve_ledger *ledger,
    struct err *err)
{
	struct serve_queue *queue = mem_new(1, sizeof(*queue));

	if (queue == NULL)
		return err_nomem(err);
	queue->ledger = ledger;
	queue->last = &queue->first;
	buf_init(&queue->cosigned, LOG_CHECKPOINT_MAX);
	(void)pthread_mutex_init(&queue->lock, NULL);
	(void)pthread_cond_init(&queue->pushed, NULL);
	int errnum = pthread_create(&queue->thread, NULL, run, queue);
	if (errnum != 0) {
		free(queue);
		return err_sys(err, errnum, "the queue's thread");
	}
	(void)pthread_setname_np(queue->thread, "serve-queue");
	*ret_queue = queue;
	return 0;
}

void serve_queue_free(struct serve_queue *queue)
{
	if (queue == NULL)
		return;
	(void)pthread_mutex_lock(&queue->lock);
	queue->is_ending = true;
	(void)pthread_cond_signal(&queue->pushed);
	(void)pthread_mutex_unlock(&queue->lock);
	(void)pthread_join(queue->thread, NULL);
	(void)pthread_mutex_destroy(&queue->lock);
	(void)pthread_cond_destroy(&queue->pushed);
	buf_done(&queue->cosigned);
	free(queue);
}

int serve_queue_push(
    struct serve_queue *queue, struct serve_submission *s, struct err *err)
{
	struct serve_metrics *metrics = queue->ledger->options.metrics;
	size_t n = s->n;
	int rc = 0;

	assert(s->done != NULL);
	(void)pthread_mutex_lock(&queue->lock);
	assert(!queue->is_ending);
	if (queue->counts.waiting >= SERVE_QUEUE_MAX ||
	    queue->bytes + s->bytes > SERVE_QUEUE_BYTES_MAX) {
		queue->counts.turned_away++;
		rc = err_set(err, ERR_LIMIT, "too many wait already");
	} else {
		s->next = NULL;
		*queue->last = s;
		queue->last = &s->next;
		queue->bytes += s->bytes;
		queue->counts.waiting++;
		if (metrics != NULL)
			serve_metrics_waiting(metrics, 1);
		(void)pthread_cond_signal(&queue->pushed);
	}
	(void)pthread_mutex_unlock(&queue->lock);
	if (rc != 0 && metrics != NULL)
		serve_metrics_records(metrics, SERVE_METRICS_TURNED_AWAY, n);
	return rc;
}

struct serve_queue_counts serve_queue_count(struct serve_queue *queue)
{
	(void)pthread_mutex_lock(&queue->lock);
	struct serve_queue_counts counts = queue->counts;
	(void)pthread_mutex_unlock(&queue->lock);
	return counts;
}
