/*
 * serve_gzip.h: entry bundles in gzip, each compressed once while there is
 * room to keep it.
 *
 * Bundles never change, so what was kept is right for ever.
 */
#ifndef SERVE_GZIP_H
#define SERVE_GZIP_H

#include "buf.h"
#include "err.h"
#include "log_tile.h"
#include "slice.h"

#include <stdbool.h>

struct serve_gzip;

/* bytes_max: of all that is kept, compressed. */
int serve_gzip_new(
    struct serve_gzip **ret_gzip, size_t bytes_max, struct err *err) MUST_CHECK;
void serve_gzip_free(struct serve_gzip *gzip); /* accepts NULL */

/* Appends the compressed bundle, if it is kept. Any thread. */
bool serve_gzip_find(
    struct serve_gzip *gzip, struct log_tile tile, struct buf *out);
/* Appends the bundle compressed, and keeps it. Any thread. */
int serve_gzip_make(struct serve_gzip *gzip, struct log_tile tile,
    struct slice bundle, struct buf *out, struct err *err) MUST_CHECK;

/* Whether an Accept-Encoding header allows gzip (RFC 9110, 12.5.3). */
bool serve_gzip_is_accepted(struct slice header);

#endif
