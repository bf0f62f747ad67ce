/*
 * serve_ledger.c: a ledger opened to be served, and its two locks.
 *
 * Leaves are kept in blocks that never move, because the state borrows them.
 */
#include "serve_ledger.h"

#include "log_checkpoint.h"
#include "log_store.h"
#include "mem.h"
#include "serve_internal.h"
#include "when.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES (1u << 20)

/* ---- reading it in ---- */

struct reading {
	struct serve_ledger *ledger;
	size_t left; /* bytes free in the newest block */
	struct slice *leaves;
	size_t n;
};

static int keep_leaf(
    void *cookie, uint64_t index, struct slice leaf, struct err *err)
{
	struct reading *r = cookie;
	struct serve_ledger *ledger = r->ledger;

	(void)index;
	if (ledger->blocks == NULL || r->left < leaf.n) {
		size_t cap = leaf.n > BLOCK_BYTES ? leaf.n : BLOCK_BYTES;
		struct serve_block *block = malloc(sizeof(*block) + cap);

		if (block == NULL)
			return err_nomem(err);
		block->next = ledger->blocks;
		block->n = 0;
		ledger->blocks = block;
		r->left = cap;
	}
	char *p = ledger->blocks->bytes + ledger->blocks->n;
	memcpy(p, leaf.p, leaf.n);
	ledger->blocks->n += leaf.n;
	r->left -= leaf.n;
	r->leaves[r->n++] = (struct slice){p, leaf.n};
	return 0;
}

static int check_key(const struct serve_ledger *ledger, struct err *err)
{
	const struct note_key *mine = ledger->options.log_key;
	const struct note_key *key = case_state_log_key(ledger->state);

	if (key == NULL)
		return err_set(err, ERR_NOTFOUND,
		    "the ledger has no genesis yet; sign and enter it before "
		    "it is served");
	if (strcmp(key->name, mine->name) != 0 ||
	    !note_key_is_same_point(key, mine))
		return err_set(err, ERR_VERIFY,
		    "the ledger's key is not the one that its first record "
		    "names; this is another case's ledger");
	return 0;
}

static int read_in(struct serve_ledger *ledger, struct err *err)
{
	struct reading r = {.ledger = ledger};
	uint64_t end = log_store_size(ledger->store);

	r.leaves = mem_new(end + 1, sizeof(*r.leaves));
	if (r.leaves == NULL)
		return err_nomem(err);
	int rc = log_store_each(ledger->store, 0, end, keep_leaf, &r, err);
	if (rc == 0)
		rc = case_state_add_all(ledger->state, r.leaves, r.n, 0, err);
	free(r.leaves);
	if (rc == 0)
		rc = check_key(ledger, err);
	return rc == 0 ? serve_ledger_take_checkpoint(
			     ledger, log_store_checkpoint(ledger->store), err)
		       : rc;
}

static int open_store(
    struct serve_ledger *ledger, unsigned wait_ms, struct err *err)
{
	int rc = log_store_open(&ledger->store, ledger->options.case_fd,
	    ledger->options.log_key, err);

	if (rc == 0)
		rc = log_store_lock(ledger->store, wait_ms, err);
	return rc == 0 ? read_in(ledger, err) : rc;
}

int serve_ledger_new(struct serve_ledger **ret_ledger,
    const struct serve_ledger_options *options, unsigned wait_ms,
    struct err *err)
{
	struct serve_ledger *ledger = mem_new(1, sizeof(*ledger));

	if (ledger == NULL)
		return err_nomem(err);
	ledger->options = *options;
	/* Initialising these three cannot fail on Linux. */
	(void)pthread_rwlock_init(&ledger->view, NULL);
	(void)pthread_rwlock_init(&ledger->fold, NULL);
	(void)pthread_mutex_init(&ledger->health, NULL);
	buf_init(&ledger->checkpoint, LOG_CHECKPOINT_MAX);
	ledger->state = case_state_new();
	int rc = ledger->state == NULL ? err_nomem(err)
				       : open_store(ledger, wait_ms, err);
	if (rc != 0) {
		err_prefix(err, "%s", options->log_key->name);
		serve_ledger_free(ledger);
		return rc;
	}
	*ret_ledger = ledger;
	return 0;
}

void serve_ledger_free(struct serve_ledger *ledger)
{
	if (ledger == NULL)
		return;
	case_state_free(ledger->state);
	log_store_free(ledger->store);
	buf_done(&ledger->checkpoint);
	(void)pthread_rwlock_destroy(&ledger->view);
	(void)pthread_rwlock_destroy(&ledger->fold);
	(void)pthread_mutex_destroy(&ledger->health);
	for (struct serve_block *b = ledger->blocks, *next; b != NULL;
	     b = next) {
		next = b->next;
		free(b);
	}
	free(ledger);
}

/* ---- what it is ---- */

int64_t serve_ledger_now(const struct serve_ledger *ledger)
{
	return ledger->options.now != NULL
	    ? ledger->options.now(ledger->options.cookie)
	    : when_now();
}

int serve_ledger_fd(const struct serve_ledger *ledger)
{
	return ledger->options.case_fd;
}

bool serve_ledger_is_writer(const struct serve_ledger *ledger)
{
	return ledger->options.log_secret != NULL;
}

const struct note_key *serve_ledger_key(const struct serve_ledger *ledger)
{
	return ledger->options.log_key;
}

const struct case_state *serve_ledger_look(
    struct serve_ledger *ledger, struct slice *ret_checkpoint)
{
	(void)pthread_rwlock_rdlock(&ledger->view);
	if (ledger->state == NULL) {
		(void)pthread_rwlock_unlock(&ledger->view);
		return NULL;
	}
	*ret_checkpoint = buf_slice(&ledger->checkpoint);
	return ledger->state;
}

void serve_ledger_leave(struct serve_ledger *ledger)
{
	(void)pthread_rwlock_unlock(&ledger->view);
}

int serve_ledger_take_checkpoint(
    struct serve_ledger *ledger, struct slice checkpoint, struct err *err)
{
	buf_clear(&ledger->checkpoint);
	buf_put_slice(&ledger->checkpoint, checkpoint);
	return buf_check(&ledger->checkpoint, err);
}

/* ---- failures ---- */

bool serve_ledger_is_well(struct serve_ledger *ledger, struct err *ret_why)
{
	(void)pthread_mutex_lock(&ledger->health);
	bool is_well = ledger->why.code == 0;
	if (!is_well && ret_why != NULL)
		*ret_why = ledger->why;
	(void)pthread_mutex_unlock(&ledger->health);
	return is_well;
}

void serve_ledger_fail(struct serve_ledger *ledger, const struct err *why)
{
	assert(why->code != 0);
	(void)pthread_mutex_lock(&ledger->health);
	if (ledger->why.code == 0)
		ledger->why = *why;
	(void)pthread_mutex_unlock(&ledger->health);
}

void serve_ledger_forget(struct serve_ledger *ledger, size_t n)
{
	struct case_state *fresh = case_state_new();
	struct err why = {0};
	int rc = fresh == NULL
	    ? err_nomem(&why)
	    : case_state_add_from(fresh, ledger->state, n, 0, &why);

	if (rc != 0) {
		case_state_free(fresh);
		fresh = NULL;
		serve_ledger_fail(ledger, &why);
	}
	case_state_free(ledger->state);
	ledger->state = fresh;
}
