/*
 * site.c: a site log: which checkpoint of which log is its newest, and what may
 * follow it.
 */
#include "site.h"

#include "file.h"
#include "map.h"
#include "mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "name+key id" */
#define NAME_ROOM (NOTE_KEY_NAME_MAX + 1 + NOTE_KEY_ID_HEX_SIZE)

struct known {
	char *name; /* the map's key */
	size_t origin_n;
	uint32_t key_id;
	uint64_t size;
	struct hash root;
	uint64_t index;
};

struct site {
	struct log_store *store;
	struct map numbers; /* of logs, by name */
	struct known *logs;
	size_t n, cap;
};

/* ---- what is known ---- */

int site_read_leaf(
    struct site_entry *ret_entry, struct slice leaf, struct err *err)
{
	struct log_checkpoint head;
	struct note note;

	int r = note_parse(&note, leaf, err);
	if (r == 0)
		r = log_checkpoint_parse(&head, note.text, err);
	if (r != 0)
		return r;
	if (note.n != 1 || !slice_is(note.signatures[0].name, head.origin) ||
	    head.origin.n > NOTE_KEY_NAME_MAX)
		return err_set(err, ERR_FORMAT,
		    "not a checkpoint with its log's own signature alone");
	*ret_entry = (struct site_entry){
	    head.origin, note.signatures[0].id, head.size, head.root};
	return 0;
}

static struct slice put_name(
    char room[NAME_ROOM], struct slice origin, uint32_t key_id)
{
	int n = snprintf(
	    room, NAME_ROOM, "%.*s+%08" PRIx32, SLICE_ARG(origin), key_id);

	return (struct slice){room, n > 0 ? (size_t)n : 0};
}

/* The log of this entry, or NULL: it has none yet. */
static struct known *find(
    const struct site *site, struct slice origin, uint32_t key_id)
{
	char room[NAME_ROOM];
	uint32_t number;

	return map_get(&site->numbers, put_name(room, origin, key_id), &number)
	    ? &site->logs[number]
	    : NULL;
}

static int add_log(
    struct site *site, const struct site_entry *entry, struct err *err)
{
	char room[NAME_ROOM];
	struct slice name = put_name(room, entry->origin, entry->key_id);
	int r = mem_grow((void **)&site->logs, &site->cap, site->n + 1,
	    sizeof(*site->logs), err);

	if (r != 0)
		return r;
	struct known *known = &site->logs[site->n];
	*known = (struct known){.name = mem_copy_text(name.p, name.n),
	    .origin_n = entry->origin.n,
	    .key_id = entry->key_id};
	if (known->name == NULL)
		return err_nomem(err);
	site->n++;
	return map_put(&site->numbers, slice_of(known->name),
	    (uint32_t)(site->n - 1), err);
}

static int remember(struct site *site, const struct site_entry *entry,
    uint64_t index, struct err *err)
{
	struct known *known = find(site, entry->origin, entry->key_id);

	if (known == NULL) {
		int r = add_log(site, entry, err);
		if (r != 0)
			return r;
		known = &site->logs[site->n - 1];
	} else if (entry->size <= known->size) {
		return err_set(err, ERR_VERIFY,
		    "entry %" PRIu64 " of the site log: %.*s does not grow",
		    index, SLICE_ARG(entry->origin));
	}
	known->size = entry->size;
	known->root = entry->root;
	known->index = index;
	return 0;
}

static int read_leaf(
    void *cookie, uint64_t index, struct slice leaf, struct err *err)
{
	struct site_entry entry;

	if (site_read_leaf(&entry, leaf, NULL) != 0)
		return err_set(err, ERR_VERIFY,
		    "entry %" PRIu64 " of the site log is no checkpoint",
		    index);
	return remember(cookie, &entry, index, err);
}

int site_new(struct site **ret_site, struct log_store *store, struct err *err)
{
	struct site *site = mem_new(1, sizeof(*site));

	if (site == NULL)
		return err_nomem(err);
	site->store = store;
	map_init(&site->numbers);
	int r = log_store_each(
	    store, 0, log_store_size(store), read_leaf, site, err);
	if (r != 0) {
		site_free(site);
		return r;
	}
	*ret_site = site;
	return 0;
}

void site_free(struct site *site)
{
	if (site == NULL)
		return;
	for (size_t i = 0; i < site->n; i++)
		free(site->logs[i].name);
	free(site->logs);
	map_done(&site->numbers);
	free(site);
}

size_t site_log_count(const struct site *site)
{
	return site->n;
}

struct site_entry site_log_last(
    const struct site *site, size_t number, uint64_t *ret_index)
{
	const struct known *known = &site->logs[number];

	if (ret_index != NULL)
		*ret_index = known->index;
	return (struct site_entry){{known->name, known->origin_n},
	    known->key_id, known->size, known->root};
}

/* ---- taking checkpoints ---- */

static int judge(
    struct site_log *log, enum site_outcome outcome, const char *why)
{
	log->outcome = outcome;
	(void)err_set(&log->why, ERR_VERIFY, "%s", why);
	return 0;
}

/* Whether the tree of this store, of which `head` is true, contains it. */
static int compare(struct site_log *log, struct log_store *store,
    const struct log_checkpoint *head, const struct known *known)
{
	struct tree_source source = log_store_source(store);
	struct tree_proof proof;
	struct err why = {0};

	log->old_size = known->size;
	if (head->size < known->size)
		return judge(log, SITE_BEHIND,
		    "it is smaller than the checkpoint of it that is in the "
		    "site log: it was set back");
	if (head->size == known->size) {
		if (!hash_is(&head->root, &known->root))
			return judge(log, SITE_SPLIT,
			    "it is of the size of the checkpoint of it that is "
			    "in the site log, and of another history");
		log->outcome = SITE_SAME;
		return 0;
	}
	int r = tree_prove_consistency(
	    &proof, &source, known->size, head->size, &why);
	if (r == 0)
		r = tree_check_consistency(&proof, known->size, head->size,
		    &known->root, &head->root, &why);
	if (r == ERR_VERIFY)
		return judge(log, SITE_SPLIT,
		    "it does not continue the checkpoint of it that is in the "
		    "site log: it is another history");
	if (r == 0)
		log->outcome = SITE_ENTERED;
	else
		log->why = why;
	return r;
}

/* Another log of this name: then nobody could tell them apart by it. */
static bool has_namesake(const struct site *site, const struct note_key *key)
{
	for (size_t i = 0; i < site->n; i++) {
		struct site_entry entry = site_log_last(site, i, NULL);
		if (entry.key_id != key->id &&
		    slice_is_text(entry.origin, key->name))
			return true;
	}
	return false;
}

/* Reads its ledger. Only what log_store_open found true is ever compared. */
static int look(const struct site *site, struct site_log *log)
{
	struct log_store *store = NULL;
	struct log_checkpoint head;

	int r = log_store_open(&store, log->case_fd, log->key, &log->why);
	if (r == 0)
		r = log_checkpoint_put_own(&log->checkpoint,
		    log_store_checkpoint(store), log->key, &log->why);
	if (r == 0)
		r = log_checkpoint_open(&head, NULL,
		    buf_slice(&log->checkpoint), log->key, &log->why);
	if (r == 0) {
		const struct known *known =
		    find(site, head.origin, log->key->id);
		log->outcome = SITE_ENTERED;
		if (known != NULL)
			r = compare(log, store, &head, known);
		else if (has_namesake(site, log->key))
			r = judge(log, SITE_SPLIT,
			    "another log of this name, with another key, is in "
			    "the site log");
		else if (head.size == 0)
			log->outcome = SITE_SAME;
	}
	log_store_free(store);
	return r;
}

/* Whether what is published is the newest entry, without opening it. */
static bool is_unchanged(const struct site *site, const struct site_log *log)
{
	const struct known *known =
	    find(site, slice_of(log->key->name), log->key->id);
	struct log_checkpoint head;
	struct buf bytes;
	struct note note;

	if (known == NULL)
		return false;
	buf_init(&bytes, LOG_CHECKPOINT_MAX);
	bool is_same = file_read(&bytes, log->case_fd, "log/checkpoint",
			   LOG_CHECKPOINT_MAX, NULL) == 0 &&
	    note_parse(&note, buf_slice(&bytes), NULL) == 0 &&
	    log_checkpoint_parse(&head, note.text, NULL) == 0 &&
	    head.size == known->size && hash_is(&head.root, &known->root);
	buf_done(&bytes);
	return is_same;
}

static void ask(const struct site *site, struct site_log *log)
{
	log->outcome = SITE_SAME;
	log->old_size = 0;
	log->why = (struct err){0};
	if (!is_unchanged(site, log) && look(site, log) != 0)
		log->outcome = SITE_UNREAD;
}

static int append(struct site *site, const struct note_secret *secret,
    const struct slice *leaves, size_t count, struct err *err)
{
	bool is_committed = false;
	uint64_t first = 0;

	if (count == 0)
		return 0;
	int r = log_store_append(
	    site->store, secret, leaves, count, &first, &is_committed, err);
	for (size_t i = 0; i < count && r == 0; i++)
		r = read_leaf(site, first + i, leaves[i], err);
	return r;
}

/* One that is of the name of another of this round has to wait: it is judged by
 * what that one became. */
static bool has_to_wait(const struct site_log *logs, const size_t *rounds,
    size_t n, size_t i, size_t round)
{
	for (size_t k = 0; k < n; k++)
		if (rounds[k] == round &&
		    strcmp(logs[k].key->name, logs[i].key->name) == 0)
			return true;
	return false;
}

/* Asks those that need not wait; *ret_left: how many do. */
static int take_round(struct site *site, const struct note_secret *secret,
    struct site_log *logs, size_t n, size_t *rounds, size_t round,
    struct slice *leaves, size_t *ret_left, struct err *err)
{
	size_t count = 0;

	*ret_left = 0;
	for (size_t i = 0; i < n; i++) {
		if (rounds[i] != 0)
			continue;
		if (has_to_wait(logs, rounds, n, i, round)) {
			++*ret_left;
			continue;
		}
		ask(site, &logs[i]);
		rounds[i] = round;
		if (logs[i].outcome == SITE_ENTERED)
			leaves[count++] = buf_slice(&logs[i].checkpoint);
	}
	return append(site, secret, leaves, count, err);
}

int site_take(struct site *site, const struct note_secret *secret,
    struct site_log *logs, size_t n, struct err *err)
{
	struct slice *leaves = mem_new(n + 1, sizeof(*leaves));
	size_t *rounds = mem_new(n + 1, sizeof(*rounds)); /* 0: not asked */
	size_t left = n;
	int r = leaves == NULL || rounds == NULL ? err_nomem(err) : 0;

	for (size_t i = 0; i < n; i++)
		buf_init(&logs[i].checkpoint, LOG_CHECKPOINT_MAX);
	for (size_t round = 1; left > 0 && r == 0; round++)
		r = take_round(
		    site, secret, logs, n, rounds, round, leaves, &left, err);
	free(leaves);
	free(rounds);
	return r;
}

void site_log_done(struct site_log *log)
{
	buf_done(&log->checkpoint);
}

/* ---- steps ---- */

int site_put_step(struct site *site, const struct note_key *log_key,
    const struct note_key *witnesses, size_t witness_count, struct buf *out,
    struct err *err)
{
	const struct known *known =
	    find(site, slice_of(log_key->name), log_key->id);
	struct tree_source source = log_store_source(site->store);
	struct tree_proof path;

	if (known == NULL)
		return err_set(err, ERR_NOTFOUND,
		    "the site log has no checkpoint of %s", log_key->name);
	int r = tree_prove_inclusion(
	    &path, &source, known->index, log_store_size(site->store), err);
	return r != 0 ? r
		      : log_site_put(out, log_store_key(site->store), witnesses,
			    witness_count, known->index, &path,
			    log_store_checkpoint(site->store), err);
}

int site_keep_step(int case_fd, struct slice step, struct err *err)
{
	struct buf there;

	buf_init(&there, LOG_SITE_MAX);
	bool is_there = file_read(&there, case_fd, SITE_STEP_PATH, LOG_SITE_MAX,
			    NULL) == 0 &&
	    slice_is(buf_slice(&there), step);
	buf_done(&there);
	return is_there
	    ? 0
	    : file_publish(case_fd, SITE_STEP_PATH, step, 0644, err);
}
