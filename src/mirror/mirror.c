/*
 * mirror.c: what is fetched in which order.
 *
 * The checkpoint first, then the entry bundles from the copy's size on, a few
 * at once and in batches, so that what waits to be put in order is bounded.
 * Hash tiles are not fetched: they are computed from the entries, which is the
 * only way to know that both belong together.
 */
#include "mirror.h"

#include "case_state.h"
#include "log_checkpoint.h"
#include "log_copy.h"
#include "log_store.h"
#include "log_tile.h"
#include "mem.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 32 /* bundles */
#define URL_ROOM (MIRROR_URL_MAX + LOG_TILE_PATH_MAX + 32)
#define REF_MAX 512

struct mirror {
	struct http_client *client;
	char url[MIRROR_URL_MAX + 1];
};

int mirror_new(struct mirror **ret_mirror, struct http_client *client,
    const char *url, struct err *err)
{
	size_t n = strlen(url);

	while (n > 0 && url[n - 1] == '/')
		n--;
	if (n > MIRROR_URL_MAX)
		return err_set(err, ERR_USAGE, "the URL is too long");
	int r = http_client_check_url(url, err);
	if (r != 0)
		return r;
	struct mirror *mirror = mem_new(1, sizeof(*mirror));
	if (mirror == NULL)
		return err_nomem(err);
	mirror->client = client;
	memcpy(mirror->url, url, n);
	*ret_mirror = mirror;
	return 0;
}

void mirror_free(struct mirror *mirror)
{
	free(mirror);
}

/* ---- one file ---- */

static int check_answer(
    const char *url, const struct http_answer *answer, struct err *err)
{
	if (answer->status == 200)
		return 0;
	return err_set(err, answer->status == 404 ? ERR_NOTFOUND : ERR_IO,
	    "%s: the server answers %u", url, answer->status);
}

static int get(struct mirror *mirror, const char *path, size_t max,
    struct buf *out, struct err *err)
{
	struct http_answer answer = {0};
	char url[URL_ROOM];

	(void)snprintf(url, sizeof(url), "%s/%s", mirror->url, path);
	struct http_call call = {.method = "GET",
	    .url = url,
	    .is_gzip_wanted = true,
	    .answer_max = max};
	int r = http_client_call(mirror->client, &call, &answer, err);
	if (r == 0)
		r = check_answer(url, &answer, err);
	if (r == 0) {
		buf_put_slice(out, buf_slice(&answer.body));
		r = buf_check(out, err);
	}
	buf_done(&answer.body);
	return r;
}

/* A checkpoint signed by the key, appended to *out. */
static int peek(struct mirror *mirror, const char *path,
    const struct note_key *log_key, struct buf *out,
    struct log_checkpoint *ret_head, struct err *err)
{
	int r = get(mirror, path, LOG_CHECKPOINT_MAX, out, err);
	if (r != 0)
		return r;
	r = log_checkpoint_open(ret_head, NULL, buf_slice(out), log_key, err);
	if (r != 0)
		err_prefix(err, "%s/%s", mirror->url, path);
	return r;
}

/* ---- first contact ---- */

/* The size that a checkpoint claims, before its key is known. */
static int claimed_size(struct slice bytes, uint64_t *ret_size, struct err *err)
{
	struct log_checkpoint head;
	struct note note;

	int r = note_parse(&note, bytes, err);
	if (r == 0)
		r = log_checkpoint_parse(&head, note.text, err);
	if (r == 0 && head.size == 0)
		r = err_set(err, ERR_NOTFOUND, "the ledger is still empty");
	if (r == 0)
		*ret_size = head.size;
	return r;
}

static int read_genesis(struct slice bundle, unsigned width,
    struct note_key *ret_key, struct buf *ret_case_ref, struct err *err)
{
	struct slice entries[LOG_TILE_WIDTH];
	struct case_state *state = case_state_new();

	if (state == NULL)
		return err_nomem(err);
	int r = log_tile_split_bundle(entries, width, bundle, err);
	if (r == 0)
		r = case_state_add(state, entries[0], err);
	if (r == 0) {
		*ret_key = *case_state_log_key(state);
		if (ret_case_ref != NULL)
			buf_put_slice(ret_case_ref, case_state_ref(state));
	}
	case_state_free(state);
	return r;
}

int mirror_meet(struct mirror *mirror, struct note_key *ret_key,
    struct buf *ret_case_ref, struct err *err)
{
	struct log_tile tile = {.level = LOG_TILE_ENTRIES};
	char path[LOG_TILE_PATH_MAX];
	struct buf note, bundle;
	uint64_t size = 0;

	buf_init(&note, LOG_CHECKPOINT_MAX);
	buf_init(&bundle, LOG_TILE_BUNDLE_MAX);
	int r = get(mirror, "checkpoint", LOG_CHECKPOINT_MAX, &note, err);
	if (r == 0)
		r = claimed_size(buf_slice(&note), &size, err);
	if (r == 0) {
		tile.width = log_tile_width(0, 0, size);
		log_tile_path(path, tile);
		r = get(mirror, path, LOG_TILE_BUNDLE_MAX, &bundle, err);
	}
	if (r == 0)
		r = read_genesis(
		    buf_slice(&bundle), tile.width, ret_key, ret_case_ref, err);
	if (r != 0)
		err_prefix(err, "%s", mirror->url);
	buf_done(&note);
	buf_done(&bundle);
	return r;
}

/* ---- the records ---- */

/* Bundles [first, end) of a ledger of `size`, as they come in. */
struct batch {
	const struct mirror *mirror;
	uint64_t size, first, end, next;
	char urls[BATCH][URL_ROOM];
	struct buf bundles[BATCH];
};

static struct log_tile tile_of(const struct batch *batch, uint64_t index)
{
	return (struct log_tile){
	    LOG_TILE_ENTRIES, index, log_tile_width(0, index, batch->size)};
}

static bool next_call(
    void *cookie, struct http_call *ret_call, uint64_t *ret_tag)
{
	struct batch *batch = cookie;
	char path[LOG_TILE_PATH_MAX];

	if (batch->next == batch->end)
		return false;
	char *url = batch->urls[batch->next - batch->first];
	log_tile_path(path, tile_of(batch, batch->next));
	(void)snprintf(url, URL_ROOM, "%s/%s", batch->mirror->url, path);
	*ret_call = (struct http_call){.method = "GET",
	    .url = url,
	    .is_gzip_wanted = true,
	    .answer_max = LOG_TILE_BUNDLE_MAX};
	*ret_tag = batch->next++;
	return true;
}

static int take_answer(
    void *cookie, uint64_t tag, struct http_answer *answer, struct err *err)
{
	struct batch *batch = cookie;

	int r = check_answer(batch->urls[tag - batch->first], answer, err);
	if (r == 0) {
		batch->bundles[tag - batch->first] = answer->body;
		answer->body = (struct buf){0};
	}
	buf_done(&answer->body);
	return r;
}

/* Adds what is new of one bundle: the copy may have its beginning. */
static int add_bundle(const struct batch *batch, uint64_t index,
    struct log_copy *copy, struct err *err)
{
	struct slice entries[LOG_TILE_WIDTH];
	struct log_tile tile = tile_of(batch, index);
	const struct buf *bytes = &batch->bundles[index - batch->first];
	int r =
	    log_tile_split_bundle(entries, tile.width, buf_slice(bytes), err);

	for (uint64_t i = log_copy_added(copy) % LOG_TILE_WIDTH;
	     r == 0 && i < tile.width; i++)
		r = log_copy_add(copy, entries[i], err);
	return r;
}

static int fetch_batch(
    struct batch *batch, struct log_copy *copy, struct err *err)
{
	struct http_client_many many = {
	    .next = next_call, .done = take_answer, .cookie = batch};

	int r = http_client_many(batch->mirror->client, &many, err);
	for (uint64_t i = batch->first; r == 0 && i < batch->end; i++)
		r = add_bundle(batch, i, copy, err);
	for (size_t i = 0; i < BATCH; i++)
		buf_done(&batch->bundles[i]);
	return r;
}

static int fetch_records(struct mirror *mirror, uint64_t size,
    struct log_copy *copy, struct err *err)
{
	uint64_t end = (size + LOG_TILE_WIDTH - 1) / LOG_TILE_WIDTH;
	struct batch *batch = mem_new(1, sizeof(*batch));
	int r = 0;

	if (batch == NULL)
		return err_nomem(err);
	for (uint64_t i = log_copy_size(copy) / LOG_TILE_WIDTH;
	     r == 0 && i < end; i = batch->end) {
		batch->mirror = mirror;
		batch->size = size;
		batch->first = batch->next = i;
		batch->end = end - i < BATCH ? end : i + BATCH;
		r = fetch_batch(batch, copy, err);
	}
	free(batch);
	return r;
}

/* ---- keeping up ---- */

/* Holds a checkpoint against the ledger in case_fd. */
static int judge(int case_fd, const struct note_key *log_key,
    const struct log_checkpoint *head, struct mirror_news *news,
    struct err *err)
{
	struct log_store *store = NULL;
	struct hash root;

	int r = log_store_open(&store, case_fd, log_key, err);
	if (r != 0)
		return r;
	news->old_size = log_store_size(store);
	news->size = head->size;
	if (head->size > news->old_size) {
		news->outcome = MIRROR_AHEAD;
		goto out;
	}
	struct tree_source source = log_store_source(store);
	r = tree_root(&root, &source, head->size, err);
	if (r != 0)
		goto out;
	if (!hash_is(&root, &head->root))
		news->outcome = MIRROR_SPLIT;
	else
		news->outcome =
		    head->size < news->old_size ? MIRROR_BEHIND : MIRROR_SAME;
out:
	log_store_free(store);
	return r;
}

int mirror_compare(struct mirror *mirror, const char *path, int case_fd,
    const struct note_key *log_key, struct mirror_news *ret_news,
    struct err *err)
{
	struct mirror_news news = {0};
	struct log_checkpoint head;

	buf_init(&news.checkpoint, LOG_CHECKPOINT_MAX);
	int r = peek(mirror, path, log_key, &news.checkpoint, &head, err);
	if (r == 0)
		r = judge(case_fd, log_key, &head, &news, err);
	if (r == 0)
		*ret_news = news;
	else
		buf_done(&news.checkpoint);
	return r;
}

/* More leaves: fetched, and true or false. A tree that does not continue the
 * copy leads to another root too, and is told apart by asking again from the
 * beginning; so it is called false here, with both checkpoints at hand. */
static int grow(struct mirror *mirror, struct log_copy *copy,
    struct mirror_news *news, struct err *err)
{
	struct err why = {0};

	int r = fetch_records(mirror, news->size, copy, &why);
	if (r == 0)
		r = log_copy_finish(copy, buf_slice(&news->checkpoint), &why);
	if (r == ERR_VERIFY || r == ERR_FORMAT) {
		news->outcome = MIRROR_FALSE;
		return 0;
	}
	if (r != 0)
		return err_set(err, r, "%s", why.message);
	news->outcome = MIRROR_GREW;
	return 0;
}

int mirror_sync(struct mirror *mirror, int case_fd,
    const struct note_key *log_key, struct mirror_news *ret_news,
    struct err *err)
{
	struct mirror_news news = {0};
	struct log_copy *copy = NULL;
	struct log_checkpoint head;

	buf_init(&news.checkpoint, LOG_CHECKPOINT_MAX);
	int r = log_copy_open(&copy, case_fd, log_key, err);
	if (r == 0)
		r = peek(mirror, "checkpoint", log_key, &news.checkpoint, &head,
		    err);
	if (r != 0)
		goto out;
	news.old_size = log_copy_size(copy);
	news.size = head.size;
	if (news.size > news.old_size)
		r = grow(mirror, copy, &news, err);
	else if (news.old_size > 0)
		r = judge(case_fd, log_key, &head, &news, err);
	/* Of the same tree the cosignatures may be news. */
	if (r == 0 && news.outcome == MIRROR_SAME)
		r = log_copy_finish(copy, buf_slice(&news.checkpoint), err);
out:
	log_copy_free(copy);
	if (r == 0)
		*ret_news = news;
	else
		buf_done(&news.checkpoint);
	return r;
}
