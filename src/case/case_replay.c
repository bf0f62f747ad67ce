/*
 * case_replay.c: many leaves at once, on all processors.
 *
 * Leaves go in batches through four stages: they are fetched (by one thread),
 * taken apart (in parallel), then judged and applied in order (by one thread),
 * then what needs only the batch itself is checked (in parallel): signatures,
 * and the roots that records cite. The stages of four batches run at the same
 * time.
 *
 * Invariant: the fast way only ever admits. Whatever it does not admit at once
 * is given to case_state_add, which admits or refuses; so the two cannot
 * disagree about a leaf, nor about what is said of it.
 */
#include "case_internal.h"

#include "crew.h"
#include "mem.h"
#include "note.h"
#include "record_leaf.h"

#include <stddef.h>
#include <stdlib.h>

#define BATCH 1024
#define CHUNK 16 /* leaves that one thread takes at a time */
#define STAGES 4
#define CHUNKS (BATCH / CHUNK)

/* One signature, and the key that must have made it. */
struct signature {
	struct slice name;
	uint32_t id;
	uint8_t bytes[64];
	uint8_t key[32];
};

/* A leaf taken apart. The arrays are used again for later batches. */
struct prepared {
	bool is_read; /* nothing was wrong with it alone */
	bool is_checked; /* by case_state_add */
	struct slice bytes;
	int64_t entered;
	struct hash hash; /* of the leaf */
	struct record record;
	struct signature *signatures;
	size_t signature_count, signature_cap;
};

struct batch {
	size_t first; /* its first leaf's number */
	size_t n;
	struct slice fetched[BATCH];
	struct prepared *leaves; /* from the second stage on */
	/* What stopped it: it could not be fetched, and has no leaves; or n
	 * leaves were applied. */
	int rc;
	struct err err;
	/* The first false leaf of each chunk in the last stage. */
	struct {
		int rc;
		struct err err;
	} failures[CHUNKS];
};

struct replay {
	struct case_state *state;
	const struct case_supply *supply;
	bool is_verifying;
	size_t batch_size; /* BATCH, or fewer if there are not so many */
	struct batch batches[STAGES];
	struct prepared *prepared[STAGES - 1]; /* for those that need it */
	/* The stages at work: batches, or NULL. */
	struct batch *fetching, *reading, *applying, *checking;
};

/* ---- first stage: fetching ---- */

static void fetch_batch(struct replay *r, struct batch *batch)
{
	batch->rc = r->supply->next(
	    r->supply->cookie, batch->fetched, batch->n, &batch->err);
	if (batch->rc != 0)
		batch->n = 0;
}

/* ---- second stage: reading ---- */

/* Room for as many as there are: each is large, and most leaves have two. */
static bool keep_signatures(struct prepared *p, const struct note *note)
{
	if (mem_reserve((void **)&p->signatures, &p->signature_cap, note->n,
		sizeof(*p->signatures), NULL) != 0)
		return false;
	for (size_t i = 0; i < note->n; i++) {
		const struct note_signature *from = &note->signatures[i];
		struct signature *s = &p->signatures[i];

		if (from->bytes_n != sizeof(s->bytes))
			return false;
		s->name = from->name;
		s->id = from->id;
		memcpy(s->bytes, from->bytes, sizeof(s->bytes));
	}
	p->signature_count = note->n;
	return true;
}

static bool read_leaf(
    struct prepared *p, struct note *note, struct hash_run *run)
{
	struct record_leaf parts;

	if (record_leaf_parse(&parts, p->bytes, NULL) != 0 ||
	    note_parse(note, parts.note, NULL) != 0 ||
	    record_parse_without_id(&p->record, note->text, NULL) != 0 ||
	    note->n != p->record.signer_count || !keep_signatures(p, note))
		return false;
	p->entered = parts.entered;
	hash_start(run);
	hash_update(run, note->text.p, note->text.n);
	p->record.id = hash_finish(run);
	p->hash = tree_leaf_hash(run, p->bytes.p, p->bytes.n);
	return true;
}

static size_t end_of_chunk(const struct batch *batch, size_t chunk)
{
	size_t end = (chunk + 1) * CHUNK;

	return end < batch->n ? end : batch->n;
}

static void read_chunk(struct batch *batch, size_t chunk)
{
	struct hash_run *run = hash_new();
	struct note note;

	for (size_t i = chunk * CHUNK; i < end_of_chunk(batch, chunk); i++) {
		struct prepared *p = &batch->leaves[i];

		p->bytes = batch->fetched[i];
		p->is_checked = false;
		p->is_read = run != NULL && read_leaf(p, &note, run);
	}
	hash_free(run);
}

/* ---- third stage: applying ---- */

/* The key that must have made each signature, if they are the signers' and the
 * case has all of these keys. A record that brings keys with it goes the slow
 * way. */
static bool choose_keys(const struct case_state *state, struct prepared *p)
{
	enum record_kind kind = p->record.schema->kind;

	if (kind == RECORD_CASE || kind == RECORD_KEY ||
	    (kind == RECORD_JOIN && record_has(&p->record, RECORD_F_KEY)))
		return false;
	for (size_t i = 0; i < p->signature_count; i++) {
		struct signature *s = &p->signatures[i];
		const struct record_signer *signer = &p->record.signers[i];
		const struct case_key *key = case_key_find(state, signer);

		if (key == NULL || !case_key_is_in_force(key, p->entered) ||
		    key->key.type != NOTE_KEY_ED25519 || s->id != key->key.id ||
		    !slice_is(s->name, signer->party))
			return false;
		memcpy(s->key, key->key.public_key, sizeof(s->key));
	}
	return true;
}

static int apply_leaf(
    struct case_state *state, struct prepared *p, struct err *err)
{
	bool is_good;

	state->is_replaying = true;
	is_good = p->is_read && choose_keys(state, p) &&
	    case_form_check(state, &p->record, p->entered, NULL) == 0;
	state->is_replaying = false;
	if (is_good)
		return case_state_enter(
		    state, &p->record, p->bytes, p->entered, &p->hash, err);
	p->is_checked = true;
	return case_state_add(state, p->bytes, err);
}

/* The leaf `ahead` of leaf i, or NULL. */
static const struct prepared *ahead_of(
    const struct batch *batch, size_t i, size_t ahead)
{
	return ahead < batch->n - i && batch->leaves[i + ahead].is_read
	    ? &batch->leaves[i + ahead]
	    : NULL;
}

/* Most of this stage would be waiting for memory. So what the next leaves will
 * look at is asked for some leaves before, each step by way of what the step
 * before it has brought. Nothing depends on it. */
static void look_ahead(
    const struct case_state *state, const struct batch *batch, size_t i)
{
	const struct prepared *p;

	if (i + 12 < batch->n)
		mem_fetch(&batch->leaves[i + 12],
		    offsetof(struct prepared, record.signers[2]));
	if ((p = ahead_of(batch, i, 8)) != NULL) {
		const struct record *r = &p->record;

		mem_fetch(p->bytes.p, p->bytes.n < 1024 ? p->bytes.n : 1024);
		mem_fetch(r->values, r->value_count * sizeof(*r->values));
		mem_fetch(r->blocks, sizeof(*r->blocks));
		case_ids_fetch(state, &r->id);
	}
	if ((p = ahead_of(batch, i, 4)) != NULL && p->record.block_count > 0)
		case_item_fetch(state, p->record.blocks[0].id);
	if ((p = ahead_of(batch, i, 2)) != NULL && p->record.block_count > 0)
		case_custody_fetch(state, p->record.blocks[0].id);
}

static void apply_batch(struct case_state *state, struct batch *batch)
{
	for (size_t i = 0; i < batch->n && batch->rc == 0; i++) {
		look_ahead(state, batch, i);
		batch->rc = apply_leaf(state, &batch->leaves[i], &batch->err);
		if (batch->rc != 0)
			batch->n = i;
	}
}

/* ---- last stage: checking ---- */

/* Inner hashes, while the third stage adds more: what is asked for stands
 * there already, and the arrays are long enough to stay where they are. */
static int read_node(void *cookie, unsigned level, uint64_t index,
    struct hash *ret_hash, struct err *err)
{
	const struct case_state *state = cookie;

	(void)err;
	*ret_hash = state->levels[level].hashes[index];
	return 0;
}

struct cited {
	uint64_t size; /* 0: none yet */
	struct hash root;
};

static int check_root(struct case_state *state, const struct prepared *p,
    struct cited *cited, struct err *err)
{
	struct tree_source source = {.read = read_node, .cookie = state};
	struct hash stated;
	uint64_t size;
	int rc = 0;

	if (!record_get_as_of(&p->record, &size, &stated))
		return 0;
	if (size == 0 || size != cited->size)
		rc = tree_root(&cited->root, &source, size, err);
	if (rc != 0)
		return rc;
	cited->size = size;
	return hash_is(&cited->root, &stated)
	    ? 0
	    : case_form_refuse(err, CASE_FORM_OTHER_HISTORY);
}

static int check_leaf(struct replay *r, const struct prepared *p,
    struct cited *cited, struct err *err)
{
	for (size_t i = 0; r->is_verifying && i < p->signature_count; i++)
		if (note_check_bytes(p->signatures[i].key, p->record.text.p,
			p->record.text.n, p->signatures[i].bytes, NULL) != 0)
			return case_state_say_not_signed(&p->record, i, err);
	return check_root(r->state, p, cited, err);
}

static void check_chunk(struct replay *r, struct batch *batch, size_t chunk)
{
	struct cited cited = {0};
	int rc = 0;

	for (size_t i = chunk * CHUNK;
	     i < end_of_chunk(batch, chunk) && rc == 0; i++) {
		const struct prepared *p = &batch->leaves[i];
		struct err *err = &batch->failures[chunk].err;

		if (!p->is_checked)
			rc = check_leaf(r, p, &cited, err);
		if (rc != 0)
			case_state_prefix(err, batch->first + i, &p->record);
	}
	batch->failures[chunk].rc = rc;
}

/* ---- all four ---- */

static size_t count_chunks(const struct batch *batch)
{
	return batch != NULL ? (batch->n + CHUNK - 1) / CHUNK : 0;
}

/* Numbers 0 and 1 are the stages that nobody can help with; then chunks of the
 * last and the second. */
static void work(void *cookie, size_t i)
{
	struct replay *r = cookie;
	size_t checks = count_chunks(r->checking);

	if (i == 0) {
		if (r->applying != NULL)
			apply_batch(r->state, r->applying);
	} else if (i == 1) {
		if (r->fetching != NULL)
			fetch_batch(r, r->fetching);
	} else if (i - 2 < checks) {
		check_chunk(r, r->checking, i - 2);
	} else {
		read_chunk(r->reading, i - 2 - checks);
	}
}

static int result_of(const struct batch *batch, struct err *err)
{
	for (size_t i = 0; i < CHUNKS; i++) {
		if (batch->failures[i].rc == 0)
			continue;
		if (err != NULL)
			*err = batch->failures[i].err;
		return batch->failures[i].rc;
	}
	if (batch->rc != 0 && err != NULL)
		*err = batch->err;
	return batch->rc;
}

static struct batch *next_batch(
    struct replay *r, size_t step, size_t first, size_t n)
{
	struct batch *batch = &r->batches[step % STAGES];

	batch->first = first;
	batch->n = n;
	batch->rc = 0;
	batch->err = (struct err){0};
	memset(batch->failures, 0, sizeof(batch->failures));
	return batch;
}

static bool is_well(const struct batch *batch)
{
	return batch == NULL || batch->rc == 0;
}

static int run(struct replay *r, size_t n, size_t threads, struct err *err)
{
	size_t base = r->state->leaf_count;
	int rc = 0;

	for (size_t step = 0, at = 0; rc == 0; step++) {
		size_t batch_n =
		    n - at < r->batch_size ? n - at : r->batch_size;

		r->checking = r->applying;
		r->applying = r->reading;
		r->reading = r->fetching;
		if (r->reading != NULL)
			r->reading->leaves = r->prepared[step % (STAGES - 1)];
		r->fetching = NULL;
		/* Behind a false leaf nothing is read or applied any more, and
		 * behind one that is missing nothing is fetched. */
		if (!is_well(r->checking))
			r->applying = r->reading = NULL;
		else if (batch_n > 0 && is_well(r->applying) &&
		    is_well(r->reading)) {
			r->fetching = next_batch(r, step, base + at, batch_n);
			at += batch_n;
		}
		if (!r->fetching && !r->reading && !r->applying && !r->checking)
			break;
		crew_run(threads,
		    2 + count_chunks(r->checking) + count_chunks(r->reading),
		    work, r);
		if (r->checking != NULL)
			rc = result_of(r->checking, err);
	}
	return rc;
}

/* Room for everything there is one of for each leaf: exactly as much as is
 * needed, and the last stage relies on the levels staying where they are. */
static int reserve(struct case_state *state, size_t n, struct err *err)
{
	size_t total;

	if (!mem_add(&total, state->leaf_count, n) || total >= CASE_NONE)
		return err_set(
		    err, ERR_LIMIT, "the ledger has too many leaves");
	int rc = mem_reserve((void **)&state->leaves, &state->leaf_cap, total,
	    sizeof(*state->leaves), err);
	for (unsigned i = 0; i < CASE_TREE_LEVELS && rc == 0; i++)
		rc = mem_reserve((void **)&state->levels[i].hashes,
		    &state->levels[i].cap, (total >> i) + 1,
		    sizeof(struct hash), err);
	return rc != 0 ? rc : case_ids_reserve(state, total, err);
}

static void done(struct replay *r)
{
	for (size_t b = 0; b < STAGES - 1; b++) {
		for (size_t i = 0; r->prepared[b] && i < r->batch_size; i++) {
			record_done(&r->prepared[b][i].record);
			free(r->prepared[b][i].signatures);
		}
		free(r->prepared[b]);
	}
	free(r);
}

static int add_one_by_one(struct case_state *state,
    const struct case_supply *supply, size_t n, struct err *err)
{
	struct slice leaves[CHUNK];
	int rc = supply->next(supply->cookie, leaves, n, err);

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = case_state_add(state, leaves[i], err);
	return rc;
}

static int add_all(struct case_state *state, const struct case_supply *supply,
    size_t n, size_t threads, bool is_verifying, struct err *err)
{
	/* What one thread takes at a time needs no others. */
	if (is_verifying && n <= CHUNK)
		return add_one_by_one(state, supply, n, err);
	struct replay *r = mem_new(1, sizeof(*r));
	int rc = r == NULL ? err_nomem(err) : reserve(state, n, err);

	if (rc == 0)
		r->batch_size = n < BATCH ? n : BATCH;

	for (size_t b = 0; b < STAGES - 1 && rc == 0; b++) {
		r->prepared[b] =
		    mem_new(r->batch_size, sizeof(struct prepared));
		if (r->prepared[b] == NULL)
			rc = err_nomem(err);
	}
	if (rc == 0) {
		r->state = state;
		r->supply = supply;
		r->is_verifying = is_verifying;
		rc = run(r, n, threads, err);
	}
	if (r != NULL)
		done(r);
	return rc;
}

int case_state_add_supply(struct case_state *state,
    const struct case_supply *supply, size_t n, size_t threads, struct err *err)
{
	return add_all(state, supply, n, threads, true, err);
}

/* A supply of what is in memory already. */
static int next_of_array(
    void *cookie, struct slice *ret_leaves, size_t n, struct err *err)
{
	const struct slice **leaves = cookie;

	(void)err;
	memcpy(ret_leaves, *leaves, n * sizeof(**leaves));
	*leaves += n;
	return 0;
}

static int add_array(struct case_state *state, const struct slice *leaves,
    size_t n, size_t threads, bool is_verifying, struct err *err)
{
	const struct case_supply supply = {next_of_array, &leaves};

	return n == 0 ? 0
		      : add_all(state, &supply, n, threads, is_verifying, err);
}

int case_state_add_all(struct case_state *state, const struct slice *leaves,
    size_t n, size_t threads, struct err *err)
{
	return add_array(state, leaves, n, threads, true, err);
}

int case_state_add_all_unverified(struct case_state *state,
    const struct slice *leaves, size_t n, size_t threads, struct err *err)
{
	state->is_unverified = true;
	return add_array(state, leaves, n, threads, false, err);
}

/* A supply of another state's leaves. */
struct from {
	const struct case_state *state;
	size_t at;
};

static int next_of_state(
    void *cookie, struct slice *ret_leaves, size_t n, struct err *err)
{
	struct from *from = cookie;

	(void)err;
	for (size_t i = 0; i < n; i++)
		ret_leaves[i] = from->state->leaves[from->at++].bytes;
	return 0;
}

int case_state_add_from(struct case_state *state, const struct case_state *from,
    size_t n, size_t threads, struct err *err)
{
	struct from at = {.state = from};
	const struct case_supply supply = {next_of_state, &at};

	return add_all(state, &supply, n, threads, from->is_unverified, err);
}
