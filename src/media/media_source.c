/*
 * media_source.c: see media_source.h.
 */
#include "media_source.h"

#include "buf.h"
#include "mem.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* What O_DIRECT wants of memory and lengths, whatever the device. */
#define ALIGNMENT 4096
#define PARTS_BY_NUMBER 999 /* x.999 is the last name */

struct part {
	int fd;
	int direct_fd; /* past the page cache, whose pages are many sectors;
			  -1: not opened, or not to be had */
	uint64_t at, length; /* in the whole */
	uint64_t number; /* of a file */
	/* Of its bytes, which can be set; of its entry, which cannot. */
	struct timespec changed, touched;
};

struct media_source {
	struct media_source_options options;
	size_t part_count;
	struct part *parts;
	size_t cap;
	uint64_t length;
	uint64_t read_to; /* each byte is read in order */
	uint32_t sector;
	uint8_t *bounce; /* ALIGNMENT bytes, aligned */
	struct media_ranges bad;
	struct media_source_protection protection;
};

static ssize_t system_pread(
    void *cookie, int fd, void *bytes, size_t n, off_t at)
{
	(void)cookie;
	return pread(fd, bytes, n, at);
}

static const struct media_source_io system_io = {system_pread, NULL};

/* ---- opening ---- */

static bool is_read_only(int fd)
{
	int is = 0;

	return ioctl(fd, BLKROGET, &is) == 0 && is != 0;
}

static void look_at_protection(struct media_source *source)
{
	struct media_source_protection *p = &source->protection;

	if (!p->is_device)
		return;
	p->is_read_only_at_end = is_read_only(source->parts[0].fd);
	p->looks++;
	p->writable += !p->is_read_only_at_end;
}

static int check_device(struct media_source *source, const char *path, int fd,
    struct part *part, struct err *err)
{
	unsigned long long length = 0;
	int sector = 0;

	if (ioctl(fd, BLKGETSIZE64, &length) != 0)
		return err_sys(err, errno, "asking %s for its length", path);
	if (ioctl(fd, BLKSSZGET, &sector) == 0 && sector >= 512 &&
	    sector <= ALIGNMENT)
		source->sector = (uint32_t)sector;
	source->protection.is_device = true;
	source->protection.is_read_only_at_start = is_read_only(fd);
	if (!source->protection.is_read_only_at_start &&
	    !source->options.may_be_writable)
		return err_set(err, ERR_DENIED,
		    "%s is not write-protected; connect it through a write "
		    "blocker or run blockdev --setro, or say --writable",
		    path);
	part->length = length;
	return 0;
}

/* O_EXCL is how the kernel says that a device, or a part of it, is in use. */
static int open_read_only(struct media_source *source, const char *path,
    int *ret_fd, struct stat *ret_st, struct err *err)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;

	if (stat(path, ret_st) != 0)
		return err_sys(err, errno, "%s", path);
	if (S_ISBLK(ret_st->st_mode) && !source->options.may_be_in_use)
		flags |= O_EXCL;
	int fd = open(path, flags);
	if (fd < 0 && errno == EBUSY)
		return err_set(err, ERR_DENIED,
		    "%s is mounted or otherwise in use; unmount it, or say "
		    "--in-use",
		    path);
	if (fd < 0)
		return err_sys(err, errno, "opening %s", path);
	if (fstat(fd, ret_st) != 0) {
		int rc = err_sys(err, errno, "looking at %s", path);

		(void)close(fd); /* nothing was written */
		return rc;
	}
	*ret_fd = fd;
	return 0;
}

static int add_part(
    struct media_source *source, const char *path, struct err *err)
{
	struct part part = {.fd = -1, .direct_fd = -1, .at = source->length};
	struct stat st;
	int rc = mem_grow((void **)&source->parts, &source->cap,
	    source->part_count + 1, sizeof(*source->parts), err);

	if (rc == 0)
		rc = open_read_only(source, path, &part.fd, &st, err);
	if (rc != 0)
		return rc;
	if (S_ISBLK(st.st_mode) && source->part_count == 0)
		rc = check_device(source, path, part.fd, &part, err);
	else if (S_ISREG(st.st_mode))
		part.length = (uint64_t)st.st_size;
	else
		rc = err_set(err, ERR_UNSUPPORTED,
		    "%s is neither a block device nor a file", path);
	part.number = st.st_ino;
	part.changed = st.st_mtim;
	part.touched = st.st_ctim;
	source->parts[source->part_count++] = part;
	source->length += part.length;
	return rc;
}

static bool is_first_part(const char *path)
{
	size_t n = strlen(path);

	return n > 4 && path[n - 4] == '.' &&
	    (strcmp(path + n - 3, "000") == 0 ||
		strcmp(path + n - 3, "001") == 0);
}

/* The name of part `number`; *ret_is: it is there. */
static int look_for(const char *first, unsigned long long number,
    struct buf *path, bool *ret_is, struct err *err)
{
	buf_clear(path);
	buf_put(path, first, strlen(first) - 3);
	buf_printf(path, "%03llu", number);
	int rc = buf_check(path, err);

	*ret_is = rc == 0 && access(path->p, F_OK) == 0;
	return rc;
}

/* Those behind a gap would be left out without a word. */
static int check_gap(const char *first, unsigned long long missing,
    struct buf *path, struct err *err)
{
	bool is_there = false;
	int rc = 0;

	for (unsigned long long i = missing + 1;
	     i <= PARTS_BY_NUMBER && rc == 0 && !is_there; i++)
		rc = look_for(first, i, path, &is_there, err);
	if (rc != 0 || !is_there)
		return rc;
	return err_set(err, ERR_NOTFOUND,
	    "%.*s%03llu is not there, and %s is: a part is missing",
	    (int)strlen(first) - 3, first, missing, path->p);
}

/* x.001, x.002, ... as far as they go. */
static int add_more(
    struct media_source *source, const char *path, struct err *err)
{
	unsigned long long number;
	bool is_there = true;
	struct buf next;
	int rc = 0;

	if (!is_first_part(path))
		return err_set(err, ERR_USAGE,
		    "%s: the first part of a split medium ends in .000 or .001",
		    path);
	number = (unsigned long long)(path[strlen(path) - 1] - '0');
	buf_init(&next, 4096);
	while (rc == 0 && is_there && number < PARTS_BY_NUMBER) {
		rc = look_for(path, ++number, &next, &is_there, err);
		if (rc == 0 && is_there)
			rc = add_part(source, next.p, err);
		if (rc == 0 && is_there &&
		    source->parts[source->part_count - 1].length == 0)
			rc = err_set(err, ERR_NOTFOUND,
			    "%s is empty: a part of the medium is missing",
			    next.p);
	}
	if (rc == 0 && !is_there)
		rc = check_gap(path, number, &next, err);
	buf_done(&next);
	return rc;
}

/* One part alone is rarely what is meant. */
static int check_alone(const char *path, struct err *err)
{
	bool is_there = false;
	struct buf next;
	int rc = 0;

	buf_init(&next, 4096);
	if (is_first_part(path))
		rc = look_for(path,
		    (unsigned long long)(path[strlen(path) - 1] - '0') + 1,
		    &next, &is_there, err);
	if (rc == 0 && is_there)
		rc = err_set(err, ERR_USAGE,
		    "%s: the next part, %s, lies beside it; say --split to "
		    "copy all of them",
		    path, next.p);
	buf_done(&next);
	return rc;
}

int media_source_open(struct media_source **ret_source, const char *path,
    bool is_split, const struct media_source_options *options, struct err *err)
{
	struct media_source *source = mem_new(1, sizeof(*source));
	int rc;

	if (source == NULL)
		return err_nomem(err);
	source->options = *options;
	if (source->options.io == NULL)
		source->options.io = &system_io;
	source->sector = options->sector_size != 0 ? options->sector_size : 512;
	source->bounce = aligned_alloc(ALIGNMENT, ALIGNMENT);
	rc = source->bounce == NULL ? err_nomem(err)
				    : add_part(source, path, err);
	if (rc == 0)
		rc = is_split ? add_more(source, path, err)
			      : check_alone(path, err);
	if (rc != 0) {
		media_source_free(source);
		return rc;
	}
	look_at_protection(source);
	*ret_source = source;
	return 0;
}

void media_source_free(struct media_source *source)
{
	if (source == NULL)
		return;
	for (size_t i = 0; i < source->part_count; i++) {
		/* Nothing was written: there is nothing to lose. */
		(void)close(source->parts[i].fd);
		if (source->parts[i].direct_fd >= 0)
			(void)close(source->parts[i].direct_fd);
	}
	media_range_done(&source->bad);
	free(source->parts);
	free(source->bounce);
	free(source);
}

uint64_t media_source_length(const struct media_source *source)
{
	return source->length;
}

uint32_t media_source_sector(const struct media_source *source)
{
	return source->sector;
}

const struct media_ranges *media_source_bad(const struct media_source *source)
{
	return &source->bad;
}

struct media_source_protection media_source_protection(
    const struct media_source *source)
{
	return source->protection;
}

/* ---- reading ---- */

static bool is_gone(int errnum)
{
	return errnum == ENODEV || errnum == ENXIO || errnum == ENOMEDIUM ||
	    errnum == ESHUTDOWN || errnum == EBADF;
}

/* All n bytes: 0; what was read before something failed is in *ret_got, and
 * *ret_errno says why (0: the end). */
static bool read_once(struct media_source *source, int fd, uint64_t at,
    uint8_t *bytes, size_t n, size_t *ret_got, int *ret_errno)
{
	const struct media_source_io *io = source->options.io;
	size_t got = 0;

	*ret_errno = 0;
	while (got < n) {
		ssize_t r = io->pread(
		    io->cookie, fd, bytes + got, n - got, (off_t)(at + got));

		if (r < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (r < 0)
			*ret_errno = errno;
		if (r <= 0)
			break;
		got += (size_t)r;
	}
	*ret_got = got;
	return got == n;
}

/* Through the page cache a bad sector takes its whole page with it. */
static int direct_of(struct media_source *source, struct part *part)
{
	char path[64];

	if (part->direct_fd < 0 && source->protection.is_device) {
		(void)snprintf(
		    path, sizeof(path), "/proc/self/fd/%d", part->fd);
		part->direct_fd = open(path, O_RDONLY | O_CLOEXEC | O_DIRECT);
	}
	return part->direct_fd >= 0 ? part->direct_fd : part->fd;
}

static int say_gone(uint64_t at, int errnum, struct err *err)
{
	return err_sys(err, errnum,
	    "the source is gone at byte %llu; connect it again and go on with "
	    "--resume",
	    (unsigned long long)at);
}

static int say_short(uint64_t at, struct err *err)
{
	return err_set(err, ERR_CONFLICT,
	    "the source ends at byte %llu, before its own length: it was "
	    "changed while it was read",
	    (unsigned long long)at);
}

/* One sector (or what is left of the last one) at `at` in the part. */
static int read_sector(struct media_source *source, struct part *part,
    uint64_t at, uint8_t *bytes, size_t n, bool *ret_is_bad, struct err *err)
{
	int fd = direct_of(source, part);
	bool is_whole = n == source->sector && fd == part->direct_fd;
	size_t got;
	int errnum = 0;

	for (unsigned i = 0; i <= source->options.retries; i++) {
		uint8_t *to = is_whole ? source->bounce : bytes;

		if (read_once(source, is_whole ? fd : part->fd, at, to, n, &got,
			&errnum)) {
			if (is_whole)
				memcpy(bytes, source->bounce, n);
			*ret_is_bad = false;
			return 0;
		}
		look_at_protection(source);
		if (is_gone(errnum))
			return say_gone(part->at + at, errnum, err);
		if (errnum == 0)
			return say_short(part->at + at + got, err);
	}
	memset(bytes, 0, n);
	*ret_is_bad = true;
	return 0;
}

/*
 * A range that failed as a whole: halves of it are tried, down to sectors. What
 * is still to be done is a stack of range ends, nearest on top: each halving
 * adds one, so 64 are enough for any length.
 */
static int read_in_pieces(struct media_source *source, struct part *part,
    uint64_t at, uint8_t *bytes, size_t n, struct err *err)
{
	size_t ends[65], depth = 0, done = 0;
	int rc = 0;

	ends[depth++] = n;
	while (depth > 0 && rc == 0) {
		size_t end = ends[depth - 1], len = end - done;
		/* The first piece may end where a sector does. */
		size_t left = source->sector - (at + done) % source->sector;
		size_t got;
		int errnum;
		bool is_bad = false;

		if (len <= left) {
			rc = read_sector(source, part, at + done, bytes + done,
			    len, &is_bad, err);
			if (rc == 0 && is_bad)
				rc = media_range_add(&source->bad,
				    part->at + at + done, len, err);
			done = end;
			depth--;
			continue;
		}
		if (read_once(source, part->fd, at + done, bytes + done, len,
			&got, &errnum)) {
			done = end;
			depth--;
			continue;
		}
		look_at_protection(source);
		if (is_gone(errnum))
			return say_gone(part->at + at + done, errnum, err);
		size_t half =
		    left + (len - left) / 2 / source->sector * source->sector;
		assert(depth < sizeof(ends) / sizeof(ends[0]));
		ends[depth++] = done + half;
	}
	return rc;
}

static int read_part(struct media_source *source, struct part *part,
    uint64_t at, uint8_t *bytes, size_t n, struct err *err)
{
	size_t got;
	int errnum;

	if (read_once(source, part->fd, at, bytes, n, &got, &errnum))
		return 0;
	look_at_protection(source);
	if (is_gone(errnum))
		return say_gone(part->at + at + got, errnum, err);
	if (errnum == 0)
		return say_short(part->at + at + got, err);
	/* What came before the failure is there; it is not asked for twice. */
	size_t keep = got - (at + got) % source->sector;
	if (got < (at + got) % source->sector)
		keep = 0;
	return read_in_pieces(
	    source, part, at + keep, bytes + keep, n - keep, err);
}

int media_source_read(struct media_source *source, uint64_t at, void *ret_bytes,
    size_t n, struct err *err)
{
	uint8_t *bytes = ret_bytes;
	int rc = 0;

	assert(n <= source->length && at <= source->length - n);
	assert(at >= source->read_to);
	source->read_to = at + n;
	for (size_t i = 0; i < source->part_count && n > 0 && rc == 0; i++) {
		struct part *part = &source->parts[i];

		if (at >= part->at + part->length)
			continue;
		uint64_t in = at - part->at;
		size_t here =
		    part->length - in < n ? (size_t)(part->length - in) : n;
		rc = read_part(source, part, in, bytes, here, err);
		bytes += here;
		at += here;
		n -= here;
	}
	return rc;
}

static bool is_same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static int check_part(
    const struct media_source *source, const struct part *part, struct err *err)
{
	unsigned long long length = 0;
	struct stat st;

	if (source->protection.is_device) {
		if (ioctl(part->fd, BLKGETSIZE64, &length) != 0)
			return say_gone(part->at + part->length, errno, err);
		if (length == part->length)
			return 0;
	} else {
		if (fstat(part->fd, &st) != 0)
			return err_sys(err, errno, "looking at the source");
		if ((uint64_t)st.st_size == part->length &&
		    is_same_time(&st.st_mtim, &part->changed) &&
		    is_same_time(&st.st_ctim, &part->touched))
			return 0;
	}
	return err_set(err, ERR_CONFLICT,
	    "the source was changed while it was read; the copy is of no one "
	    "state of it");
}

int media_source_finish(struct media_source *source, struct err *err)
{
	int rc = 0;

	look_at_protection(source);
	for (size_t i = 0; i < source->part_count && rc == 0; i++)
		rc = check_part(source, &source->parts[i], err);
	return rc;
}

void media_source_identify(
    const struct media_source *source, struct hash *ret_identity)
{
	struct hash sum = {{0}};

	for (size_t i = 0; i < source->part_count; i++) {
		const struct part *part = &source->parts[i];
		struct {
			struct hash before;
			uint64_t is_device, length, number;
			int64_t times[4];
		} facts = {.before = sum, .length = part->length};

		if (source->protection.is_device) {
			facts.is_device = 1;
		} else {
			facts.number = part->number;
			facts.times[0] = part->changed.tv_sec;
			facts.times[1] = part->changed.tv_nsec;
			facts.times[2] = part->touched.tv_sec;
			facts.times[3] = part->touched.tv_nsec;
		}
		sum = hash_of(&facts, sizeof(facts));
	}
	*ret_identity = sum;
}
