/*
 * media_source.h: what is copied: a block device, a file, or a set of files
 * that are one medium in parts. Opened for reading only, and nothing else is
 * ever done to it.
 *
 * A place that cannot be read is tried again, then halved down to single
 * sectors; what stays unreadable is filled with zeros and listed by its exact
 * range, and everything after it stays where it was.
 */
#ifndef MEDIA_SOURCE_H
#define MEDIA_SOURCE_H

#include "err.h"
#include "hash.h"
#include "media_range.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define MEDIA_SOURCE_RETRIES 2
#define MEDIA_SOURCE_PARTS_MAX 14295 /* as many names as E01 has */

/* The one call that reads the medium; tests put faults here. */
struct media_source_io {
	ssize_t (*pread)(void *cookie, int fd, void *bytes, size_t n, off_t at);
	void *cookie;
};

struct media_source_options {
	bool may_be_writable; /* else a device that is not write-protected */
	bool may_be_in_use; /* else one that is mounted is refused */
	unsigned retries; /* of each sector, after the first attempt */
	const struct media_source_io *io; /* NULL: the operating system */
	uint32_t sector_size; /* of a file; 0: 512 */
};

/* How the write protection was seen: BLKROGET, at the start, after each read
 * error, at the end. */
struct media_source_protection {
	bool is_device; /* nothing below is known otherwise */
	bool is_read_only_at_start;
	bool is_read_only_at_end;
	uint64_t looks; /* how often it was looked at */
	uint64_t writable; /* how often it was found writable */
};

struct media_source;

/*
 * path: a device, a file, or the first of x.000 or x.001 and what follows
 * (pass is_split). ERR_DENIED: it is in use or writable and may not be, or
 * the system refuses; ERR_NOTFOUND: a part is missing, between others or
 * empty; ERR_USAGE: it is the first of several, and is_split was not passed.
 */
int media_source_open(struct media_source **ret_source, const char *path,
    bool is_split, const struct media_source_options *options,
    struct err *err) MUST_CHECK;
void media_source_free(struct media_source *source);

uint64_t media_source_length(const struct media_source *source);
uint32_t media_source_sector(const struct media_source *source);
/* Ranges that could not be read so far; borrowed. */
const struct media_ranges *media_source_bad(const struct media_source *source);

/*
 * Exactly n bytes at `at`; each call begins where the last one ended or later.
 * Unreadable places are zero and listed; that is no error. ERR_IO: the device
 * is gone, or ends before its length.
 */
int media_source_read(struct media_source *source, uint64_t at, void *ret_bytes,
    size_t n, struct err *err) MUST_CHECK;

/* Looks at the source once more: ERR_CONFLICT if its length, or one of the
 * times at which a file was last changed, is no longer what it was when it was
 * opened. */
int media_source_finish(
    struct media_source *source, struct err *err) MUST_CHECK;
/* What tells this source from another one, or from itself after a change, and
 * is the same when it is opened again: of files their numbers, lengths and
 * times. Of a device only its length: it may come back under another name. */
void media_source_identify(
    const struct media_source *source, struct hash *ret_identity);
struct media_source_protection media_source_protection(
    const struct media_source *source);

#endif
