/*
 * mirror.h: a ledger at a URL (C2SP tlog-tiles), fetched, verified and kept in
 * a folder as a copy that every command can read.
 *
 * The server is not believed: the checkpoint must be signed by the ledger's
 * key, continue the copy, and be what the fetched records lead to. Where the
 * server shows something else than before, the checkpoint that it showed is
 * the proof, and is handed out.
 */
#ifndef MIRROR_H
#define MIRROR_H

#include "buf.h"
#include "err.h"
#include "http_client.h"
#include "note_key.h"
#include "slice.h"

#include <stdbool.h>
#include <stdint.h>

#define MIRROR_URL_MAX 2048

struct mirror;

/* `url` without its last slash; `client` is borrowed. ERR_USAGE: no URL. */
int mirror_new(struct mirror **ret_mirror, struct http_client *client,
    const char *url, struct err *err) MUST_CHECK;
void mirror_free(struct mirror *mirror); /* accepts NULL */

/*
 * At first contact: the ledger's key as the first record there gives it. That
 * record is signed by those whom it names and says so of itself only: whoever
 * asks must compare the key, or the case's full name, by another way.
 * *ret_case_ref (may be NULL) is that name.
 */
int mirror_meet(struct mirror *mirror, struct note_key *ret_key,
    struct buf *ret_case_ref, struct err *err) MUST_CHECK;

enum mirror_outcome {
	MIRROR_SAME, /* nothing new */
	MIRROR_GREW,
	MIRROR_BEHIND, /* the server shows an older checkpoint: a stale cache,
			  or a ledger that was set back */
	MIRROR_SPLIT, /* another history of the same size or before */
	MIRROR_FALSE, /* its records do not lead to its checkpoint */
	MIRROR_AHEAD, /* mirror_compare: it shows more than the ledger has */
};

struct mirror_news {
	enum mirror_outcome outcome;
	uint64_t old_size; /* of the copy before */
	uint64_t size; /* of the checkpoint that the server showed */
	struct buf checkpoint; /* that one, whole; buf_done it */
};

/*
 * Brings the copy in case_fd up to date. 0 also where the server is caught:
 * see the outcome. The copy then stays as it was. ERR_IO and others: could not
 * be found out.
 */
int mirror_sync(struct mirror *mirror, int case_fd,
    const struct note_key *log_key, struct mirror_news *ret_news,
    struct err *err) MUST_CHECK;

/*
 * Holds what is shown at `path` below the URL ("checkpoint") against the ledger
 * in case_fd, which is not changed: SAME, AHEAD, BEHIND or SPLIT. A checkpoint
 * that is AHEAD may still be of another history. ERR_VERIFY: it is not signed
 * by the key.
 */
int mirror_compare(struct mirror *mirror, const char *path, int case_fd,
    const struct note_key *log_key, struct mirror_news *ret_news,
    struct err *err) MUST_CHECK;

#endif
