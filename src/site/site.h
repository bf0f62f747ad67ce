/*
 * site.h: a site log: the checkpoints of many logs, one after another, in a log
 * of their own that witnesses cosign instead of each; counterfoil-ledger(5).
 *
 * The invariant: of each log the entries grow, and each continues the one
 * before it. A checkpoint that does not is never taken; what was shown is
 * handed out, because it proves what happened.
 */
#ifndef SITE_H
#define SITE_H

#include "buf.h"
#include "err.h"
#include "hash.h"
#include "log_site.h"
#include "log_store.h"
#include "note_key.h"
#include "slice.h"

#include <stddef.h>
#include <stdint.h>

struct site;

/* One checkpoint in the site log, as it stands there. */
struct site_entry {
	struct slice origin; /* borrowed */
	uint32_t key_id; /* of the log's key */
	uint64_t size;
	struct hash root;
};

/* Takes a leaf of a site log apart. Its signature is not checked: the key is
 * not at hand. ERR_FORMAT: it is no checkpoint with one signature. */
int site_read_leaf(struct site_entry *ret_entry, struct slice leaf,
    struct err *err) MUST_CHECK;

/*
 * Reads the whole site log of an open store, which is borrowed; log_store_free
 * it after the site. ERR_VERIFY: an entry is no checkpoint, or does not grow.
 */
int site_new(struct site **ret_site, struct log_store *store,
    struct err *err) MUST_CHECK;
void site_free(struct site *site); /* accepts NULL */

/* The newest entry of each log, in the order of their first ones. The origin
 * is borrowed until the site is freed. */
size_t site_log_count(const struct site *site);
struct site_entry site_log_last(
    const struct site *site, size_t number, uint64_t *ret_index);

enum site_outcome {
	SITE_SAME, /* is the newest entry already */
	SITE_ENTERED,
	SITE_BEHIND, /* smaller than its newest entry: it was set back */
	SITE_SPLIT, /* not of the same history */
	SITE_UNREAD, /* its ledger could not be read; `why` says more */
};

/* One log that is asked for its checkpoint, and what came of it. */
struct site_log {
	int case_fd; /* the folder that has its log/ */
	const struct note_key *key;
	enum site_outcome outcome;
	uint64_t old_size; /* of its newest entry before; 0: it had none */
	struct buf checkpoint; /* that it showed; site_log_done it */
	struct err why; /* for the last three outcomes */
};

/*
 * Takes the published checkpoint of each log and fills in what came of it: in
 * one commit, but that of two with one name the second is judged after the
 * first. A second key for one name is refused as SITE_SPLIT. The store is
 * locked by the caller. A log that is false stops no other. Errors are the site
 * log's own: log_store_append's.
 */
int site_take(struct site *site, const struct note_secret *secret,
    struct site_log *logs, size_t n, struct err *err) MUST_CHECK;
void site_log_done(struct site_log *log);

/*
 * The step (log_site.h) for the newest entry of a log, with the cosignatures by
 * `witnesses` that the site's published checkpoint carries. ERR_NOTFOUND: it
 * has no entry.
 */
int site_put_step(struct site *site, const struct note_key *log_key,
    const struct note_key *witnesses, size_t witness_count, struct buf *out,
    struct err *err) MUST_CHECK;

/* Writes it to log/site in the folder, unless exactly it is there. */
int site_keep_step(int case_fd, struct slice step, struct err *err) MUST_CHECK;

#define SITE_STEP_PATH "log/site"

#endif
