/*
 * log_commit.c: the one way in which a ledger grows.
 *
 * private/log/committed holds a whole append: the size before, the new signed
 * checkpoint, the new leaves. Renaming it into place is the commit point, and
 * publishing it (log_press.c) reads nothing else; so a crash after that point
 * is finished by doing the same again. Invariants: a commit leads from the
 * published tree to its own root before anything of it is published; the one
 * that takes its place contains it, or comes after what it published is
 * durable.
 */
#include "log_internal.h"

#include "file.h"
#include "reader.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#define MAGIC "counterfoil-commit/v1\n"
#define COMMIT_MAX (LOG_STORE_APPEND_MAX + LOG_CHECKPOINT_MAX + 256)

/* --- the file --- */

void log_commit_done(struct log_commit *commit)
{
	buf_done(&commit->bytes);
	*commit = (struct log_commit){0};
}

static uint64_t read_number(struct reader *reader, const char *name)
{
	unsigned long long value = 0;

	reader_expect(reader, name);
	if (!slice_to_u64(reader_line(reader), &value))
		reader->failed = true;
	return value;
}

bool log_commit_next_leaf(struct reader *reader, struct slice *ret_leaf)
{
	if (reader_is_at_end(reader))
		return false;
	*ret_leaf = reader_bytes(reader, reader_be16(reader));
	return !reader->failed;
}

/* How many leaves; false if they are not such as an append takes. */
static bool count_leaves(struct slice leaves, uint64_t *ret_count)
{
	struct reader reader;
	struct slice leaf;
	uint64_t count = 0;

	reader_init(&reader, leaves.p, leaves.n);
	for (; log_commit_next_leaf(&reader, &leaf); count++)
		if (leaf.n == 0)
			return false;
	*ret_count = count;
	return reader_is_at_end(&reader);
}

/* Fills in the rest of *commit from its bytes. */
static int parse(
    struct log_commit *commit, const struct note_key *log_key, struct err *err)
{
	struct log_checkpoint checkpoint;
	struct reader reader;
	struct note note;
	struct err why = {0};
	uint64_t count;

	reader_init(&reader, commit->bytes.p, commit->bytes.n);
	reader_expect(&reader, MAGIC);
	commit->old_size = read_number(&reader, "old ");
	commit->note = reader_bytes(&reader, read_number(&reader, "note "));
	commit->leaves = reader_bytes(&reader, reader_left(&reader));
	if (reader.failed || !count_leaves(commit->leaves, &count))
		return err_set(err, ERR_VERIFY, "is not a commit");
	if (log_checkpoint_open(
		&checkpoint, &note, commit->note, log_key, &why) != 0)
		return err_set(err, ERR_VERIFY, "checkpoint: %s", why.message);
	if (note.n != 1 || checkpoint.size > INT64_MAX ||
	    checkpoint.size < commit->old_size ||
	    checkpoint.size - commit->old_size != count)
		return err_set(err, ERR_VERIFY,
		    "has %" PRIu64 " leaves from size %" PRIu64
		    ", and a checkpoint of size %" PRIu64,
		    count, commit->old_size, checkpoint.size);
	commit->new_size = checkpoint.size;
	commit->root = checkpoint.root;
	return 0;
}

int log_commit_read(const struct log_store *store,
    struct log_commit *ret_commit, struct err *err)
{
	struct log_commit commit = {0};

	buf_init(&commit.bytes, COMMIT_MAX);
	int r = file_read(
	    &commit.bytes, store->private_fd, LOG_COMMIT_NAME, COMMIT_MAX, err);
	if (r == 0)
		r = parse(&commit, &store->key, err);
	if (r != 0)
		log_commit_done(&commit);
	else
		*ret_commit = commit;
	return r;
}

/* --- what it says about the tree --- */

static struct hash leaf_hash(const struct log_store *store, struct slice leaf)
{
	return tree_leaf_hash(store->run, leaf.p, leaf.n);
}

/* A published commit: its leaves are those of the tree. */
static int judge_published(
    struct log_store *store, const struct log_commit *commit, struct err *err)
{
	struct reader reader;
	struct slice leaf;

	if (!hash_is(&commit->root, &store->view->root))
		return err_set(err, ERR_VERIFY,
		    "has another root for size %" PRIu64
		    " than the published checkpoint",
		    commit->new_size);
	reader_init(&reader, commit->leaves.p, commit->leaves.n);
	for (uint64_t i = commit->old_size;
	     log_commit_next_leaf(&reader, &leaf); i++) {
		const struct hash *hashes;
		int r = log_read_tile(
		    store, store->view, 0, i / LOG_TILE_WIDTH, &hashes, err);
		if (r != 0)
			return r;
		struct hash hash = leaf_hash(store, leaf);
		if (!hash_is(&hash, &hashes[i % LOG_TILE_WIDTH]))
			return err_set(err, ERR_VERIFY,
			    "has another leaf %" PRIu64 " than the tiles", i);
	}
	return 0;
}

int log_commit_judge(struct log_store *store, const struct log_commit *commit,
    bool *ret_is_pending, struct err *err)
{
	const struct log_view *view = store->view;
	bool is_published = view->note.n > 0;

	if (is_published && view->size > commit->new_size)
		return err_set(err, ERR_VERIFY,
		    "ends at size %" PRIu64
		    ", but the published checkpoint has %" PRIu64,
		    commit->new_size, view->size);
	*ret_is_pending = !is_published || view->size < commit->new_size;
	return *ret_is_pending ? 0 : judge_published(store, commit, err);
}

/* A commit that is not published: it leads from this tree to its root. */
static int judge_pending(const struct log_store *store,
    const struct log_commit *commit, struct err *err)
{
	const struct log_view *view = store->view;
	bool is_published = view->note.n > 0;
	struct reader reader;
	struct slice leaf;

	if (!is_published && commit->new_size > 0)
		return err_set(err, ERR_VERIFY,
		    "has size %" PRIu64 ", but log/" LOG_CHECKPOINT_NAME
		    " is missing",
		    commit->new_size);
	if (view->size != commit->old_size)
		return err_set(err, ERR_VERIFY,
		    "begins at size %" PRIu64
		    ", but the published checkpoint has %" PRIu64
		    ": was an old copy put back?",
		    commit->old_size, view->size);
	struct tree_edge edge = log_read_edge(view, store->run);
	reader_init(&reader, commit->leaves.p, commit->leaves.n);
	while (log_commit_next_leaf(&reader, &leaf)) {
		struct hash hash = leaf_hash(store, leaf);
		tree_edge_add(&edge, store->run, &hash);
	}
	struct hash root = tree_edge_root(&edge, store->run);
	if (!hash_is(&root, &commit->root))
		return err_set(
		    err, ERR_VERIFY, "its leaves do not lead to its root");
	return 0;
}

/* The commit point. */
static int put_commit(const struct log_store *store,
    const struct log_commit *commit, bool *ret_is_committed, struct err *err)
{
	int r = log_stage_file(store->private_fd, store->private_fd,
	    LOG_COMMIT_NAME, buf_slice(&commit->bytes), LOG_STAGE_PRIVATE, err);
	if (r != 0)
		return r;
	*ret_is_committed = true;
	return log_stage_sync(store->private_fd, "private/log", err);
}

/* A published commit owes nothing but the last steps of publishing. */
static int settle(
    struct log_store *store, const struct log_commit *commit, struct err *err)
{
	int r = log_stage_sync(store->log_fd, "log", err);

	if (r == 0)
		r = log_press_tidy(
		    store, commit->old_size, commit->new_size, err);
	return r;
}

/* What was read may be in the page cache only, and folders may have been made
 * but not synced: so the commit is written again and the rest synced. */
static int redo(
    struct log_store *store, const struct log_commit *commit, struct err *err)
{
	bool is_committed;

	int r = judge_pending(store, commit, err);
	if (r == 0)
		r = put_commit(store, commit, &is_committed, err);
	if (r == 0 && syncfs(store->log_fd) < 0)
		r = err_sys(err, errno, "sync log");
	if (r == 0)
		r = log_press_publish(store, commit, err);
	return r;
}

int log_commit_finish(struct log_store *store, const struct log_commit *commit,
    bool is_pending, struct err *err)
{
	assert(store->lock_fd >= 0);
	store->is_failed = true;
	int r =
	    is_pending ? redo(store, commit, err) : settle(store, commit, err);
	if (r == 0)
		store->is_failed = false;
	return r;
}

/* --- appending --- */

/* The checkpoint of the tree with these leaves added to the edge. */
static int sign(struct buf *note, const struct log_store *store,
    const struct note_secret *log_secret, const struct slice *leaves, size_t n,
    struct tree_edge *edge, struct err *err)
{
	struct buf text;

	buf_init(&text, LOG_CHECKPOINT_MAX);
	for (size_t i = 0; i < n; i++) {
		struct hash hash = leaf_hash(store, leaves[i]);
		tree_edge_add(edge, store->run, &hash);
	}
	struct hash root = tree_edge_root(edge, store->run);
	log_checkpoint_put(&text, slice_of(store->key.name), edge->size, &root);
	int r = buf_check(&text, err);
	if (r == 0) {
		buf_put_slice(note, buf_slice(&text));
		buf_putc(note, '\n');
		r = note_put_signature(note, log_secret, buf_slice(&text), err);
	}
	buf_done(&text);
	return r;
}

static int prepare(struct log_commit *commit, const struct log_store *store,
    const struct note_secret *log_secret, const struct slice *leaves, size_t n,
    struct err *err)
{
	const struct log_commit *before = store->unpublished;
	struct buf note;

	buf_init(&note, LOG_CHECKPOINT_MAX);
	buf_init(&commit->bytes, COMMIT_MAX);
	commit->edge =
	    before ? before->edge : log_read_edge(store->view, store->run);
	int r = sign(&note, store, log_secret, leaves, n, &commit->edge, err);
	if (r != 0)
		goto out;
	buf_printf(&commit->bytes, MAGIC "old %" PRIu64 "\nnote %zu\n",
	    store->view->size, note.n);
	buf_put_slice(&commit->bytes, buf_slice(&note));
	if (before)
		buf_put_slice(&commit->bytes, before->leaves);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = log_tile_put_entry(&commit->bytes, leaves[i], err);
	if (r == 0)
		r = buf_check(&commit->bytes, err);
	if (r == 0)
		r = parse(commit, &store->key, err);
out:
	buf_done(&note);
	return r;
}

int log_commit_put(struct log_store *store,
    const struct note_secret *log_secret, const struct slice *leaves, size_t n,
    bool *ret_is_committed, struct err *err)
{
	struct log_commit *commit = calloc(1, sizeof(*commit));

	assert(store->lock_fd >= 0 && !store->is_failed);
	if (!commit)
		return err_nomem(err);
	int r = prepare(commit, store, log_secret, leaves, n, err);
	if (r == 0) {
		store->is_failed = true;
		r = put_commit(store, commit, ret_is_committed, err);
	}
	if (r != 0) {
		log_commit_done(commit);
		free(commit);
		return r;
	}
	store->is_failed = false;
	log_commit_forget(store);
	store->unpublished = commit;
	return 0;
}

int log_commit_publish(struct log_store *store, struct err *err)
{
	assert(store->lock_fd >= 0 && !store->is_failed);
	store->is_failed = true;
	int r = log_press_publish(store, store->unpublished, err);
	if (r == 0)
		store->is_failed = false;
	log_commit_forget(store);
	return r;
}

void log_commit_forget(struct log_store *store)
{
	if (store->unpublished)
		log_commit_done(store->unpublished);
	free(store->unpublished);
	store->unpublished = NULL;
}

/* --- cosignatures --- */

static void put_line(struct buf *out, const struct note_signature *signature)
{
	buf_printf(out, "\xe2\x80\x94 %.*s %.*s\n", SLICE_ARG(signature->name),
	    SLICE_ARG(signature->base64));
}

static const struct note_signature *find_by(
    const struct note *note, const struct note_signature *like)
{
	for (size_t i = 0; i < note->n; i++)
		if (note->signatures[i].id == like->id &&
		    slice_is(note->signatures[i].name, like->name))
			return &note->signatures[i];
	return NULL;
}

/* `out` becomes the old note with the new signatures put in. */
static void merge(
    struct buf *out, const struct note *old, const struct note *new)
{
	buf_put_slice(out, old->text);
	buf_putc(out, '\n');
	for (size_t i = 0; i < old->n; i++) {
		const struct note_signature *s = &old->signatures[i];
		const struct note_signature *better = find_by(new, s);
		put_line(out, better ? better : s);
	}
	for (size_t i = 0; i < new->n; i++)
		if (!find_by(old, &new->signatures[i]))
			put_line(out, &new->signatures[i]);
}

int log_commit_cosign(
    struct log_store *store, struct slice lines, struct err *err)
{
	struct log_view *view = store->view;
	struct log_checkpoint checkpoint;
	struct note old;
	struct note new;
	struct buf bytes; /* the text with the new lines only */
	struct buf merged;

	assert(store->lock_fd >= 0 && !store->is_failed);
	buf_init(&bytes, LOG_CHECKPOINT_MAX);
	buf_init(&merged, LOG_CHECKPOINT_MAX);
	int r = log_checkpoint_open(
	    &checkpoint, &old, buf_slice(&view->note), &store->key, err);
	if (r != 0)
		goto out;
	buf_put_slice(&bytes, old.text);
	buf_putc(&bytes, '\n');
	buf_put_slice(&bytes, lines);
	r = buf_check(&bytes, err);
	if (r == 0)
		r = note_parse(&new, buf_slice(&bytes), err);
	if (r != 0)
		goto out;
	merge(&merged, &old, &new);
	r = buf_check(&merged, err);
	/* A line in the log's own name must not displace a good one. */
	if (r == 0)
		r = log_checkpoint_open(
		    &checkpoint, &old, buf_slice(&merged), &store->key, err);
	if (r != 0)
		goto out;
	r = log_seen_note(store, buf_slice(&merged), err);
	if (r != 0)
		goto out;
	store->is_failed = true;
	r = log_press_checkpoint(store, buf_slice(&merged), err);
	if (r != 0)
		goto out;
	store->is_failed = false;
	struct buf before = view->note;
	view->note = merged;
	merged = before;
out:
	buf_done(&bytes);
	buf_done(&merged);
	return r;
}
