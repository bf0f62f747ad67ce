/*
 * log_seen.c: the largest tree that others are known to have seen.
 *
 * private/log/seen is a checkpoint signed by the log, so nothing that a witness
 * or a mirror merely says can stop the ledger. What it names, this ledger must
 * contain: a restored copy that is smaller, or another tree, is refused before
 * anything is signed upon it. It goes back only to one that this ledger
 * contradicts.
 */
#include "log_internal.h"

#include "file.h"

#include <inttypes.h>

#define SEEN_PATH "private/log/" LOG_SEEN_NAME

/* The tree has these leaves as its first ones. */
static int check_contained(
    struct log_store *store, const struct log_checkpoint *seen, struct err *err)
{
	struct tree_source source = log_store_source(store);
	struct hash root;

	if (seen->size > store->view->size)
		return err_set(err, ERR_VERIFY,
		    "others have seen %" PRIu64 " leaves, and here are %" PRIu64
		    ": was an old copy put back?",
		    seen->size, store->view->size);
	int r = tree_root(&root, &source, seen->size, err);
	if (r == 0 && !hash_is(&root, &seen->root))
		r = err_set(err, ERR_VERIFY,
		    "others have seen another tree of %" PRIu64 " leaves",
		    seen->size);
	return r;
}

/* What is kept (its origin is absent); ERR_NOTFOUND: nothing yet. */
static int read_seen(const struct log_store *store,
    struct log_checkpoint *ret_seen, struct err *err)
{
	struct err why = {0};
	struct buf bytes;

	buf_init(&bytes, LOG_CHECKPOINT_MAX);
	int r = file_read(
	    &bytes, store->private_fd, LOG_SEEN_NAME, LOG_CHECKPOINT_MAX, &why);
	if (r == 0) {
		r = log_checkpoint_open(
		    ret_seen, NULL, buf_slice(&bytes), &store->key, &why);
		if (r == ERR_FORMAT || r == ERR_LIMIT)
			r = ERR_VERIFY;
		ret_seen->origin = slice_of(NULL);
	}
	buf_done(&bytes);
	if (r != 0 && r != ERR_NOTFOUND)
		return err_set(err, r, SEEN_PATH ": %s", why.message);
	return r;
}

int log_seen_check(struct log_store *store, struct err *err)
{
	struct log_checkpoint seen = {0};

	int r = read_seen(store, &seen, err);
	if (r == ERR_NOTFOUND)
		return 0;
	if (r == 0) {
		r = check_contained(store, &seen, err);
		if (r != 0)
			err_prefix(err, SEEN_PATH);
	}
	return r;
}

int log_seen_size(
    const struct log_store *store, uint64_t *ret_size, struct err *err)
{
	struct log_checkpoint seen = {0};

	int r = read_seen(store, &seen, err);
	if (r != 0 && r != ERR_NOTFOUND)
		return r;
	*ret_size = r == 0 ? seen.size : 0;
	return 0;
}

static int keep(
    const struct log_store *store, struct slice note, struct err *err)
{
	int r = log_stage_file(store->private_fd, store->private_fd,
	    LOG_SEEN_NAME, note, LOG_STAGE_PRIVATE, err);

	return r != 0 ? r
		      : log_stage_sync(store->private_fd, "private/log", err);
}

/* Whether `seen` is larger than all before; false with equal sizes. */
static int compare(const struct log_store *store,
    const struct log_checkpoint *seen, bool *ret_is_larger, struct err *err)
{
	struct log_checkpoint kept = {0};

	int r = read_seen(store, &kept, err);
	*ret_is_larger =
	    r == ERR_NOTFOUND || (r == 0 && seen->size > kept.size);
	return r == ERR_NOTFOUND ? 0 : r;
}

int log_seen_note(struct log_store *store, struct slice note, struct err *err)
{
	struct log_checkpoint seen;
	bool is_larger;

	int r = log_checkpoint_open(&seen, NULL, note, &store->key, err);
	if (r != 0)
		return r;
	store->is_failed = true;
	r = compare(store, &seen, &is_larger, err);
	if (r != 0)
		return r;
	int contained = check_contained(store, &seen, err);
	/* A contradiction must be remembered too. */
	if (is_larger || contained == ERR_VERIFY)
		r = keep(store, note, contained == 0 ? err : NULL);
	if (contained != 0)
		r = contained;
	store->is_failed = r != 0;
	return r;
}
