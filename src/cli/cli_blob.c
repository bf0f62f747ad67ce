/*
 * cli_blob.c: see cli_blob.h.
 */
#include "cli_blob.h"

#include "mem.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define HASH_PART (1u << 20)

int cli_blob_open(struct cli_blob *blob, const char *path, struct err *err)
{
	struct stat st;

	*blob = CLI_BLOB_NONE;
	blob->path = path;
	blob->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (blob->fd < 0 || fstat(blob->fd, &st) != 0)
		return err_sys(err, errno, "%s", path);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return err_set(err, ERR_UNSUPPORTED,
		    "%s: neither a file nor a block device", path);
	off_t end = lseek(blob->fd, 0, SEEK_END);
	if (end < 0)
		return err_sys(err, errno, "%s", path);
	blob->size = (uint64_t)end;
	return 0;
}

int cli_blob_create(struct cli_blob *blob, const char *path, struct err *err)
{
	*blob = CLI_BLOB_NONE;
	blob->path = path;
	int rc = media_lane_new(&blob->lane, err);
	if (rc == 0)
		rc = file_draft_open(&blob->draft, AT_FDCWD, path, 0600, err);
	if (rc != 0)
		return rc;
	blob->fd = blob->draft.fd;
	media_lane_begin(blob->lane, blob->fd, 0);
	return 0;
}

int cli_blob_publish(struct cli_blob *blob, struct err *err)
{
	int rc = media_lane_flush(blob->lane, err);

	blob->fd = -1; /* the draft closes it */
	if (rc == 0)
		rc = file_draft_publish(&blob->draft, err);
	if (rc != 0)
		err_prefix(err, "%s", blob->path);
	return rc;
}

void cli_blob_done(struct cli_blob *blob)
{
	media_lane_free(blob->lane); /* before the file that it writes to */
	if (blob->draft.is_open)
		file_draft_done(&blob->draft);
	else if (blob->fd >= 0)
		(void)close(blob->fd); /* only read */
	*blob = CLI_BLOB_NONE;
}

int cli_blob_read_at(
    void *cookie, uint64_t offset, void *ret_bytes, size_t n, struct err *err)
{
	struct cli_blob *blob = cookie;
	char *p = ret_bytes;

	while (n > 0) {
		ssize_t got = pread(blob->fd, p, n, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(err, errno, "%s: byte %llu", blob->path,
			    (unsigned long long)offset);
		if (got == 0)
			return err_set(err, ERR_IO,
			    "%s became shorter while it was read", blob->path);
		p += got;
		offset += (uint64_t)got;
		n -= (size_t)got;
	}
	return 0;
}

int cli_blob_write_at(
    void *cookie, uint64_t offset, const void *bytes, size_t n, struct err *err)
{
	struct cli_blob *blob = cookie;

	assert(offset == blob->size);
	blob->size += n;
	int rc = media_lane_put(blob->lane, bytes, n, err);
	if (rc != 0)
		err_prefix(err, "%s", blob->path);
	return rc;
}

int cli_blob_hash(struct cli_blob *blob,
    void (*tick)(void *cookie, uint64_t done), void *cookie,
    struct hash *ret_hash, struct err *err)
{
	struct hash_run *run = hash_new();
	uint8_t *part = mem_new(HASH_PART, 1);
	int rc = run == NULL || part == NULL ? err_nomem(err) : 0;

	if (rc == 0)
		hash_start(run);
	for (uint64_t at = 0; rc == 0 && at < blob->size; at += HASH_PART) {
		size_t n = blob->size - at < HASH_PART
		    ? (size_t)(blob->size - at)
		    : HASH_PART;

		rc = cli_blob_read_at(blob, at, part, n, err);
		if (rc == 0)
			hash_update(run, part, n);
		if (tick != NULL)
			tick(cookie, at + n);
	}
	if (rc == 0)
		*ret_hash = hash_finish(run);
	free(part);
	hash_free(run);
	return rc;
}
