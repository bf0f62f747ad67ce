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

/* Each answers a GET. `path` is "tile/...", relative to the log. */
void serve_tiles_checkpoint(
    struct serve_tiles *tiles, struct http_exchange *exchange);
void serve_tiles_tile(struct serve_tiles *tiles, struct http_exchange *exchange,
    struct slice path);

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
