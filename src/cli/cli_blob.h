/*
 * cli_blob.h: files of any size, read and written by offset: images and what is
 * locked. A new file has its name only when it is whole and durable.
 */
#ifndef CLI_BLOB_H
#define CLI_BLOB_H

#include "err.h"
#include "file.h"
#include "hash.h"
#include "media_lane.h"

#include <stddef.h>
#include <stdint.h>

struct cli_blob {
	int fd; /* -1: not open */
	uint64_t size; /* of a new one: what was put so far */
	const char *path; /* borrowed */
	struct file_draft draft; /* of a new one */
	struct media_lane *lane; /* likewise */
};

#define CLI_BLOB_NONE ((struct cli_blob){.fd = -1})

/* A regular file or a block device, for reading. */
int cli_blob_open(
    struct cli_blob *blob, const char *path, struct err *err) MUST_CHECK;

/* A new file, mode 0600 less the umask, beside the name it will have.
 * ERR_CONFLICT: that name is taken. */
int cli_blob_create(
    struct cli_blob *blob, const char *path, struct err *err) MUST_CHECK;

/* Makes what was written durable and gives it its name, never over another
 * file (ERR_CONFLICT). */
int cli_blob_publish(struct cli_blob *blob, struct err *err) MUST_CHECK;

/* Closes it; what was not published is taken away. Accepts CLI_BLOB_NONE. */
void cli_blob_done(struct cli_blob *blob);

/* As struct media_age_source and media_age_sink want them; cookie is the blob.
 * Several threads may read at once. One writes, each byte in order, from 0 on:
 * a thread of the blob's own takes it from there (media_lane.h), so that
 * ERR_IO may be about bytes that were written earlier, also at
 * cli_blob_publish. */
int cli_blob_read_at(void *cookie, uint64_t offset, void *ret_bytes, size_t n,
    struct err *err) MUST_CHECK;
int cli_blob_write_at(void *cookie, uint64_t offset, const void *bytes,
    size_t n, struct err *err) MUST_CHECK;

/* SHA-256 of all of it; `tick` (may be NULL) hears how many bytes are done. */
int cli_blob_hash(struct cli_blob *blob,
    void (*tick)(void *cookie, uint64_t done), void *cookie,
    struct hash *ret_hash, struct err *err) MUST_CHECK;

#endif
