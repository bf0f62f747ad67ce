/*
 * serve_kept.h: answers to full hash tiles, whole and in memory, because these
 * are what readers ask for again and again: every proof begins with them.
 *
 * A tile never changes; but a file that was damaged may be repaired. So a kept
 * answer is compared with its file's number and times once a second.
 */
#ifndef SERVE_KEPT_H
#define SERVE_KEPT_H

#include "err.h"
#include "log_tile.h"

struct http_kept;
struct serve_kept;

/* `log_fd` is borrowed. */
int serve_kept_new(
    struct serve_kept **ret_kept, int log_fd, struct err *err) MUST_CHECK;
void serve_kept_free(struct serve_kept *kept); /* accepts NULL */

/* Whether answers to this tile are kept at all. */
bool serve_kept_is_for(struct log_tile tile);
/* A reference to the answer, or NULL. Any thread. */
struct http_kept *serve_kept_find(
    struct serve_kept *kept, struct log_tile tile);
/* Keeps a reference of its own, instead of what was in that place. The bytes
 * were read after the file was looked at with serve_kept_look. */
struct serve_kept_file {
	uint64_t number, size;
	int64_t changed_s, changed_ns;
};
bool serve_kept_look(const struct serve_kept *kept, struct log_tile tile,
    struct serve_kept_file *ret_file);
void serve_kept_put(struct serve_kept *kept, struct log_tile tile,
    const struct serve_kept_file *file, struct http_kept *answer);

#endif
