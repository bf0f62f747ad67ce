/*
 * exam_journal.c: see exam_journal.h.
 */
#include "exam_journal.h"

#include "mem.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "counterfoil-exam-journal/v1\n"
#define MAGIC_SIZE (sizeof(MAGIC) - 1)
#define ID 16
#define HEAD (MAGIC_SIZE + ID)
#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES
#define SEALED_MAX (4 + NONCE + EXAM_JOURNAL_RECORD_MAX + TAG)
#define AD (ID + 8 + 4)

struct exam_journal {
	int fd;
	uint8_t *key; /* in memory for secrets */
	uint8_t id[ID];
	uint64_t number; /* of the next record */
	uint64_t end; /* of the file, as far as it is whole */
	int rc; /* of the first failure */
	uint8_t *sealed; /* SEALED_MAX */
};

static void put_number(uint8_t *to, uint64_t value, int bytes)
{
	for (int i = bytes; i-- > 0; value >>= 8)
		to[i] = (uint8_t)value;
}

static uint32_t take_length(const uint8_t *from)
{
	return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 |
	    (uint32_t)from[2] << 8 | from[3];
}

static void make_ad(const struct exam_journal *j, size_t n, uint8_t ret[AD])
{
	memcpy(ret, j->id, ID);
	put_number(ret + ID, j->number, 8);
	put_number(ret + ID + 8, n, 4);
}

/* All of it, or fewer at the file's end. */
static int read_at(const struct exam_journal *j, uint64_t at, uint8_t *to,
    size_t n, size_t *ret_n, struct err *err)
{
	*ret_n = 0;
	while (*ret_n < n) {
		ssize_t got =
		    pread(j->fd, to + *ret_n, n - *ret_n, (off_t)(at + *ret_n));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(err, errno, "reading the journal");
		if (got == 0)
			return 0;
		*ret_n += (size_t)got;
	}
	return 0;
}

static int write_at(const struct exam_journal *j, uint64_t at,
    const uint8_t *from, size_t n, struct err *err)
{
	for (size_t done = 0; done < n;) {
		ssize_t got =
		    pwrite(j->fd, from + done, n - done, (off_t)(at + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(err, errno, "writing the journal");
		done += (size_t)got;
	}
	return 0;
}

static int make(struct exam_journal **ret_journal,
    const uint8_t key[EXAM_JOURNAL_KEY], struct err *err)
{
	struct exam_journal *j = mem_new(1, sizeof(*j));

	if (j == NULL)
		return err_nomem(err);
	j->fd = -1;
	j->key = mem_secret_new(EXAM_JOURNAL_KEY);
	j->sealed = mem_new(SEALED_MAX, 1);
	*ret_journal = j;
	if (j->key == NULL || j->sealed == NULL)
		return err_nomem(err);
	memcpy(j->key, key, EXAM_JOURNAL_KEY);
	return 0;
}

void exam_journal_close(struct exam_journal *j)
{
	if (j == NULL)
		return;
	if (j->fd >= 0)
		(void)close(j->fd);
	mem_secret_free(j->key);
	free(j->sealed);
	free(j);
}

int exam_journal_create(struct exam_journal **ret_journal, int dir_fd,
    const char *path, const uint8_t key[EXAM_JOURNAL_KEY], struct err *err)
{
	struct exam_journal *j = NULL;
	uint8_t head[HEAD];
	int rc = make(&j, key, err);

	if (rc == 0) {
		mem_random(j->id, ID);
		memcpy(head, MAGIC, MAGIC_SIZE);
		memcpy(head + MAGIC_SIZE, j->id, ID);
		j->end = HEAD;
		j->fd = openat(dir_fd, path,
		    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (j->fd < 0)
			rc = errno == EEXIST
			    ? err_set(err, ERR_CONFLICT, "%s exists", path)
			    : err_sys(err, errno, "%s", path);
	}
	if (rc == 0)
		rc = write_at(j, 0, head, HEAD, err);
	if (rc == 0) {
		*ret_journal = j;
		return 0;
	}
	exam_journal_close(j);
	return rc;
}

/* The record at the end of what is known to be whole; *ret_n 0: there is none.
 * In j->sealed, over itself. */
static int take(
    struct exam_journal *j, uint8_t **ret_bytes, size_t *ret_n, struct err *err)
{
	unsigned long long plain = 0;
	uint8_t ad[AD];
	size_t got;
	int rc = read_at(j, j->end, j->sealed, 4 + NONCE, &got, err);

	*ret_n = 0;
	if (rc != 0 || got < 4 + NONCE)
		return rc;
	const size_t n = take_length(j->sealed);
	if (n == 0 || n > EXAM_JOURNAL_RECORD_MAX)
		return err_set(err, ERR_VERIFY,
		    "the journal was altered: record %llu has an impossible "
		    "length",
		    (unsigned long long)j->number);
	uint8_t *sealed = j->sealed + 4 + NONCE;
	rc = read_at(j, j->end + 4 + NONCE, sealed, n + TAG, &got, err);
	if (rc != 0 || got < n + TAG)
		return rc;
	make_ad(j, n, ad);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, &plain, NULL,
		sealed, n + TAG, ad, AD, j->sealed + 4, j->key) != 0)
		return err_set(err, ERR_VERIFY,
		    "the journal was altered, or this is another's key: record "
		    "%llu does not open",
		    (unsigned long long)j->number);
	*ret_bytes = sealed;
	*ret_n = n;
	j->end += 4 + NONCE + n + TAG;
	j->number++;
	return 0;
}

static int read_all(struct exam_journal *j,
    int (*each)(void *cookie, const uint8_t *bytes, size_t n, struct err *err),
    void *cookie, struct err *err)
{
	uint8_t head[HEAD], *bytes = NULL;
	size_t n;
	int rc = read_at(j, 0, head, HEAD, &n, err);

	if (rc == 0 && (n < HEAD || memcmp(head, MAGIC, MAGIC_SIZE) != 0))
		rc = err_set(
		    err, ERR_FORMAT, "it is not the journal of an examination");
	if (rc != 0)
		return rc;
	memcpy(j->id, head + MAGIC_SIZE, ID);
	j->end = HEAD;
	do {
		rc = take(j, &bytes, &n, err);
		if (rc == 0 && n > 0)
			rc = each(cookie, bytes, n, err);
	} while (rc == 0 && n > 0);
	mem_wipe(j->sealed, SEALED_MAX);
	return rc;
}

int exam_journal_open(struct exam_journal **ret_journal, int dir_fd,
    const char *path, const uint8_t key[EXAM_JOURNAL_KEY],
    int (*each)(void *cookie, const uint8_t *bytes, size_t n, struct err *err),
    void *cookie, struct err *err)
{
	struct exam_journal *j = NULL;
	struct stat st;
	int rc = make(&j, key, err);

	if (rc == 0) {
		j->fd = openat(dir_fd, path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
		if (j->fd < 0)
			rc = errno == ENOENT
			    ? err_set(err, ERR_NOTFOUND, "%s", path)
			    : err_sys(err, errno, "%s", path);
		else if (fstat(j->fd, &st) != 0 || !S_ISREG(st.st_mode))
			rc = err_set(err, ERR_FORMAT, "%s is no file", path);
	}
	if (rc == 0)
		rc = read_all(j, each, cookie, err);
	if (rc == 0 && ftruncate(j->fd, (off_t)j->end) != 0)
		rc = err_sys(err, errno, "%s", path);
	if (rc == 0) {
		*ret_journal = j;
		return 0;
	}
	exam_journal_close(j);
	return rc;
}

int exam_journal_put(
    struct exam_journal *j, const void *bytes, size_t n, struct err *err)
{
	uint8_t ad[AD];

	assert(n > 0 && n <= EXAM_JOURNAL_RECORD_MAX);
	if (j->rc != 0)
		return err_set(
		    err, j->rc, "the journal could not be written before");
	put_number(j->sealed, n, 4);
	mem_random(j->sealed + 4, NONCE);
	make_ad(j, n, ad);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(j->sealed + 4 + NONCE,
	    NULL, bytes, n, ad, AD, NULL, j->sealed + 4, j->key);
	j->rc = write_at(j, j->end, j->sealed, 4 + NONCE + n + TAG, err);
	if (j->rc == 0) {
		j->end += 4 + NONCE + n + TAG;
		j->number++;
	}
	return j->rc;
}

int exam_journal_sync(struct exam_journal *j, struct err *err)
{
	if (j->rc == 0 && fsync(j->fd) != 0)
		j->rc = err_sys(err, errno, "writing the journal");
	return j->rc;
}
