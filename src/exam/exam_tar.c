/*
 * exam_tar.c: see exam_tar.h.
 */
#include "exam_tar.h"

#include "hash.h"
#include "text.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define BLOCK 512

/* A header; fields as POSIX has them. */
struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12];
	char checksum[8], type, link[100], magic[6], version[2];
	char user[32], group[32], major[8], minor[8], prefix[155], rest[12];
};
static_assert(sizeof(struct header) == BLOCK, "a header is one block");

/* Counts, hashes and hands on what is made. */
struct meter {
	const struct exam_sink *to; /* NULL: nowhere */
	struct hash_run *run; /* NULL: not wanted */
	uint64_t n, max;
};

static int take(void *cookie, const void *bytes, size_t n, struct err *err)
{
	struct meter *m = cookie;

	if (n > m->max - m->n)
		return err_set(err, m->to == NULL ? ERR_LIMIT : ERR_FORMAT,
		    "a part of the details is longer than %" PRIu64 " bytes",
		    m->max);
	m->n += n;
	if (m->run != NULL)
		hash_update(m->run, bytes, n);
	return m->to == NULL ? 0 : m->to->put(m->to->cookie, bytes, n, err);
}

static void put_octal(char *field, size_t n, uint64_t value)
{
	field[n - 1] = '\0';
	for (size_t i = n - 1; i-- > 0; value /= 8)
		field[i] = (char)('0' + value % 8);
	assert(value == 0);
}

static int put_header(const struct exam_tar *tar, const char *name,
    uint64_t size, struct err *err)
{
	struct header h = {0};
	unsigned sum = 0;

	assert(strlen(name) <= EXAM_TAR_NAME_MAX);
	memcpy(h.name, name, strlen(name));
	put_octal(h.mode, sizeof(h.mode), 0600);
	put_octal(h.uid, sizeof(h.uid), 0);
	put_octal(h.gid, sizeof(h.gid), 0);
	put_octal(h.size, sizeof(h.size), size);
	put_octal(
	    h.mtime, sizeof(h.mtime), (uint64_t)(tar->at > 0 ? tar->at : 0));
	memset(h.checksum, ' ', sizeof(h.checksum));
	h.type = '0';
	memcpy(h.magic, "ustar", 6);
	memcpy(h.version, "00", 2);
	put_octal(h.major, sizeof(h.major), 0);
	put_octal(h.minor, sizeof(h.minor), 0);
	for (size_t i = 0; i < sizeof(h); i++)
		sum += ((const unsigned char *)&h)[i];
	put_octal(h.checksum, 7, sum);
	return tar->sink->put(tar->sink->cookie, &h, sizeof(h), err);
}

static int put_zeros(const struct exam_tar *tar, size_t n, struct err *err)
{
	static const char zeros[2 * BLOCK];

	assert(n <= sizeof(zeros));
	return n == 0 ? 0 : tar->sink->put(tar->sink->cookie, zeros, n, err);
}

int exam_tar_put(const struct exam_tar *tar, const char *name,
    exam_sink_make_fn *make, const void *cookie, struct err *err)
{
	struct meter first = {.max = EXAM_TAR_SIZE_MAX};
	const struct exam_sink measure = {take, &first};

	first.run = hash_new();
	if (first.run == NULL)
		return err_nomem(err);
	hash_start(first.run);
	int rc = make(cookie, &measure, err);
	struct hash hash = hash_finish(first.run);
	hash_free(first.run);
	if (rc != 0)
		return rc;
	rc = put_header(tar, name, first.n, err);
	struct meter second = {.to = tar->sink, .max = first.n};
	const struct exam_sink write = {take, &second};
	if (rc == 0)
		rc = make(cookie, &write, err);
	if (rc == 0 && second.n != first.n)
		rc = err_set(err, ERR_FORMAT,
		    "%s: it is not the same when it is made again", name);
	if (rc == 0)
		rc = put_zeros(
		    tar, (size_t)((BLOCK - first.n % BLOCK) % BLOCK), err);
	if (rc == 0 && tar->sums != NULL) {
		text_put_hex(tar->sums, hash.b, sizeof(hash.b));
		buf_printf(tar->sums, "  %s\n", name);
		rc = buf_check(tar->sums, err);
	}
	return rc;
}

int exam_tar_end(const struct exam_tar *tar, struct err *err)
{
	return put_zeros(tar, 2 * BLOCK, err);
}
