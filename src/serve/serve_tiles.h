/*
 * serve_tiles.h: the read API of C2SP tlog-tiles v0.1.0 over one case's log/.
 *
 * A tile is answered only as far as the published checkpoint covers it. A
 * partial tile whose file was removed is cut out of the full one.
 */
#ifndef SERVE_TILES_H
#define SERVE_TILES_H

#include "err.h"
#include "slice.h"

#include <stdint.h>

struct http_exchange;
struct serve_tiles;

/* The folder that has log/; borrowed. Errors: file_open_dir's, and those of
 * serve_tiles_look. */
int serve_tiles_new(
    struct serve_tiles **ret_tiles, int case_fd, struct err *err) MUST_CHECK;
void serve_tiles_free(struct serve_tiles *tiles); /* accepts NULL */

/*
 * From now on a checkpoint that no quorum of witnesses has cosigned is held
 * back for so long: the newest one that was given to serve_tiles_show is
 * answered instead. Never an older one than was answered before. After that
 * time it is shown as it is, and so are those after it, until there is a quorum
 * again. 0: nothing is held back.
 */
void serve_tiles_hold(struct serve_tiles *tiles, unsigned hold_ms);
/* A checkpoint note of this log that has its quorum. */
void serve_tiles_show(struct serve_tiles *tiles, struct slice checkpoint);

/* Each answers a GET. `path` is "tile/...", relative to the log. */
void serve_tiles_checkpoint(
    struct serve_tiles *tiles, struct http_exchange *exchange);
void serve_tiles_tile(struct serve_tiles *tiles, struct http_exchange *exchange,
    struct slice path);

/* Answers a GET of a file beside the tiles: "site" or "stamps/<size>". */
void serve_tiles_beside(struct serve_tiles *tiles,
    struct http_exchange *exchange, struct slice path);

/* What the published checkpoint says, whose signature is the reader's to
 * check. Errors: file_read's, note_parse's, log_checkpoint_parse's. */
struct serve_tiles_glance {
	uint64_t size;
	int64_t written; /* seconds */
	unsigned cosignatures; /* signatures but the first */
};
int serve_tiles_look(struct serve_tiles *tiles,
    struct serve_tiles_glance *ret_glance, struct err *err) MUST_CHECK;

#endif
