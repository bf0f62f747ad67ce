/*
 * media_journal.c: see media_journal.h.
 */
#include "media_journal.h"

#include "buf.h"
#include "file.h"
#include "mem.h"
#include "reader.h"
#include "slice.h"
#include "tree_chunk.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define FIRST_LINE "counterfoil journal 3"
#define PATH_BYTES_MAX 8192
#define TERMS_LINES 6
#define IS_THERE                                                               \
	"%s is there: an image that was not finished; go on with --resume, "   \
	"or remove it"

struct media_journal {
	struct buf path;
	int fd;
	uint64_t bad_to; /* end of the last range that stands in it */
	struct media_journal_terms terms;
	struct hash sum; /* of the last point */
	bool has_point; /* else the terms are in no sum yet */
};

/* That of a point: over the one before and what was written since. */
static int add_up(struct hash *sum, const char *p, size_t n, struct err *err)
{
	struct hash_run *run = hash_new();

	if (run == NULL)
		return err_nomem(err);
	hash_start(run);
	hash_update(run, sum->b, sizeof(sum->b));
	hash_update(run, p, n);
	*sum = hash_finish(run);
	hash_free(run);
	return 0;
}

static const char *const styles[] = {
    [MEDIA_NAME_ONE] = "raw",
    [MEDIA_NAME_PARTS] = "parts",
    [MEDIA_NAME_E01] = "e01",
};

static int make(struct media_journal **ret_journal, const char *base, int flags,
    struct err *err)
{
	struct media_journal *j = mem_new(1, sizeof(*j));
	int rc;

	if (j == NULL)
		return err_nomem(err);
	j->fd = -1;
	buf_init(&j->path, PATH_BYTES_MAX);
	buf_printf(&j->path, "%s.journal", base);
	rc = buf_check(&j->path, err);
	if (rc == 0) {
		j->fd = open(j->path.p,
		    flags | O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0640);
		if (j->fd < 0 && errno == EEXIST)
			rc = err_set(err, ERR_CONFLICT, IS_THERE, j->path.p);
		else if (j->fd < 0 && errno == ENOENT && !(flags & O_CREAT))
			rc = err_set(err, ERR_NOTFOUND,
			    "%s is not there: nothing to go on with",
			    j->path.p);
		else if (j->fd < 0)
			rc = err_sys(err, errno, "opening %s", j->path.p);
	}
	if (rc == 0 && flock(j->fd, LOCK_EX | LOCK_NB) != 0)
		rc = err_set(err, ERR_CONFLICT,
		    "%s: another process is making this image", j->path.p);
	if (rc != 0)
		media_journal_free(j);
	else
		*ret_journal = j;
	return rc;
}

int media_journal_check_free(const char *base, struct err *err)
{
	struct buf path;
	int rc;

	buf_init(&path, PATH_BYTES_MAX);
	buf_printf(&path, "%s.journal", base);
	rc = buf_check(&path, err);
	if (rc == 0 && file_exists(AT_FDCWD, path.p))
		rc = err_set(err, ERR_CONFLICT, IS_THERE, path.p);
	buf_done(&path);
	return rc;
}

int media_journal_look(
    const char *base, bool *ret_is_there, bool *ret_has_point, struct err *err)
{
	struct buf path, text;
	int rc;

	*ret_is_there = *ret_has_point = false;
	buf_init(&path, PATH_BYTES_MAX);
	buf_init(&text, MEDIA_JOURNAL_MAX);
	buf_printf(&path, "%s.journal", base);
	rc = buf_check(&path, err);
	if (rc == 0 && file_exists(AT_FDCWD, path.p)) {
		*ret_is_there = true;
		rc = file_read(&text, AT_FDCWD, path.p, MEDIA_JOURNAL_MAX, err);
	}
	struct slice rest = buf_slice(&text);
	while (rc == 0 && rest.p != NULL && rest.n > 0) {
		const struct slice line = slice_cut(&rest, '\n');

		if (slice_starts_with(line, "safe: ") ||
		    slice_starts_with(line, "whole: "))
			*ret_has_point = true;
	}
	buf_done(&path);
	buf_done(&text);
	return rc;
}

void media_journal_free(struct media_journal *journal)
{
	if (journal == NULL)
		return;
	if (journal->fd >= 0)
		(void)close(journal->fd); /* each line was made durable */
	buf_done(&journal->path);
	free(journal);
}

/* What lines has from `put` on. */
static int append(struct media_journal *journal, const struct buf *lines,
    size_t put, struct err *err)
{
	int rc = buf_check(lines, err);

	while (rc == 0 && put < lines->n) {
		ssize_t r = write(journal->fd, lines->p + put, lines->n - put);

		if (r < 0 && errno != EINTR)
			rc = err_sys(err, errno, "writing %s", journal->path.p);
		put += r > 0 ? (size_t)r : 0;
	}
	if (rc == 0 && fsync(journal->fd) != 0)
		rc = err_sys(err, errno, "making %s durable", journal->path.p);
	return rc;
}

static int sync_folder(const struct media_journal *journal, struct err *err)
{
	char *copy = mem_copy_text(journal->path.p, journal->path.n);
	int rc = copy == NULL ? err_nomem(err)
			      : file_sync_dir(AT_FDCWD, dirname(copy), err);

	free(copy);
	return rc;
}

static void put_hex(struct buf *out, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%02x", bytes[i]);
}

static void put_terms(
    struct buf *lines, const struct media_journal_terms *terms)
{
	buf_printf(lines, FIRST_LINE "\nstyle: %s\nlength: %llu\n",
	    styles[terms->style], (unsigned long long)terms->length);
	buf_printf(lines, "segment-size: %llu\nguid: ",
	    (unsigned long long)terms->segment_size);
	put_hex(lines, terms->guid, sizeof(terms->guid));
	buf_puts(lines, "\nsource: ");
	put_hex(lines, terms->source.b, sizeof(terms->source.b));
	buf_putc(lines, '\n');
}

int media_journal_new(struct media_journal **ret_journal, const char *base,
    const struct media_journal_terms *terms, struct err *err)
{
	struct media_journal *journal;
	struct buf lines;
	int rc = make(&journal, base, O_CREAT | O_EXCL, err);

	if (rc != 0)
		return rc;
	buf_init(&lines, 4096);
	put_terms(&lines, terms);
	rc = append(journal, &lines, 0, err);
	journal->terms = *terms;
	if (rc == 0)
		rc = sync_folder(journal, err);
	buf_done(&lines);
	if (rc != 0)
		media_journal_free(journal);
	else
		*ret_journal = journal;
	return rc;
}

/* ---- reading ---- */

static bool get_number(struct slice *rest, uint64_t *ret)
{
	unsigned long long value;

	if (rest->p == NULL || !slice_to_u64(slice_cut(rest, ' '), &value))
		return false;
	*ret = value;
	return true;
}

static bool get_guid(struct slice hex, uint8_t *guid)
{
	char whole[HASH_HEX_SIZE];
	struct hash hash;

	if (hex.n != 2 * MEDIA_EWF_GUID_SIZE)
		return false;
	memcpy(whole, hex.p, hex.n);
	memcpy(whole + hex.n, hex.p, hex.n);
	if (!hash_from_hex(&hash, (struct slice){whole, 2 * hex.n}))
		return false;
	memcpy(guid, hash.b, MEDIA_EWF_GUID_SIZE);
	return true;
}

static bool read_terms(struct reader *r, struct media_journal_terms *terms)
{
	uint64_t length = 0, segment_size = 0;
	struct hash source;
	struct slice line;

	reader_expect(r, FIRST_LINE "\nstyle: ");
	line = reader_line(r);
	bool is = slice_is_text(line, styles[terms->style]);
	reader_expect(r, "length: ");
	line = reader_line(r);
	is = is && get_number(&line, &length);
	reader_expect(r, "segment-size: ");
	line = reader_line(r);
	is = is && get_number(&line, &segment_size);
	reader_expect(r, "guid: ");
	line = reader_line(r);
	is = is && get_guid(line, terms->guid);
	reader_expect(r, "source: ");
	line = reader_line(r);
	return !r->failed && is && length == terms->length &&
	    segment_size == terms->segment_size &&
	    hash_from_hex(&source, line) &&
	    (terms->is_any_source || hash_is(&source, &terms->source));
}

/* Of what follows "safe: "; *ret_sum is the last of it. */
static bool read_point(struct slice rest, bool is_whole,
    struct media_journal_point *point, struct hash *ret_sum)
{
	struct media_journal_point p = {.is_whole = is_whole};

	if (!get_number(&rest, &p.at) || !get_number(&rest, &p.number) ||
	    !get_number(&rest, &p.file_length) || rest.p == NULL ||
	    !hash_from_hex(&p.root, slice_cut(&rest, ' ')) || rest.p == NULL ||
	    !hash_from_hex(ret_sum, rest))
		return false;
	*point = p;
	return true;
}

static bool read_range(
    struct slice line, struct media_ranges *seen, int *rc, struct err *err)
{
	const struct media_range *last =
	    seen->n > 0 ? &seen->of[seen->n - 1] : NULL;
	uint64_t at, length;

	if (!get_number(&line, &at) || !get_number(&line, &length) ||
	    line.p != NULL || length > UINT64_MAX - at ||
	    (last != NULL && at < last->at + last->length))
		return false;
	*rc = media_range_add(seen, at, length, err);
	return true;
}

/* A range counts only if a point follows: before, the bytes are not there. */
static int read_lines(struct reader *r, const char *text,
    struct media_journal_text *t, struct media_ranges *seen, struct err *err)
{
	size_t from = 0;
	int rc = 0;

	t->end = r->at;
	while (rc == 0 && reader_left(r) > 0) {
		bool is_range = reader_accept(r, "bad: ");
		bool is_point = !is_range && reader_accept(r, "safe: ");
		bool is_whole =
		    !is_range && !is_point && reader_accept(r, "whole: ");
		struct slice line = reader_line(r);
		struct hash sum;

		if (r->failed)
			break; /* cut off by the crash */
		if (is_range && read_range(line, seen, &rc, err))
			continue;
		if ((!is_point && !is_whole) ||
		    !read_point(line, is_whole, &t->point, &sum)) {
			rc = err_set(err, ERR_FORMAT, "no line of a journal");
			break;
		}
		/* All before the sum itself and its LF. */
		size_t to = r->at - 1 - (HASH_HEX_SIZE - 1);

		rc = add_up(&t->sum, text + from, to - from, err);
		if (rc == 0 && !hash_is(&sum, &t->sum))
			rc = err_set(err, ERR_FORMAT,
			    "it was damaged or changed; remove it and begin "
			    "anew");
		t->end = from = r->at;
	}
	return rc;
}

/* No point at all, or one where a run can have been. */
static bool is_possible(
    const struct media_journal_point *point, uint64_t length)
{
	if (point->number == 0)
		return point->at == 0 && !point->is_whole;
	return point->is_whole
	    ? point->at == length
	    : point->at < length && point->at % TREE_CHUNK_SIZE == 0;
}

/* What lies before the point. */
static int take_bad(struct media_journal_text *t,
    const struct media_ranges *seen, struct err *err)
{
	uint64_t end = t->point.at;
	int rc = 0;

	for (size_t i = 0; i < seen->n && rc == 0; i++) {
		uint64_t at = seen->of[i].at, to = at + seen->of[i].length;

		to = to < end ? to : end;
		if (at < to)
			rc = media_range_add(&t->bad, at, to - at, err);
	}
	return rc;
}

int media_journal_parse(struct media_journal_text *ret_text, struct slice text,
    struct media_journal_terms *terms, struct err *err)
{
	struct media_journal_text t = {0};
	struct media_ranges seen = {0};
	struct reader r;
	int rc = 0;

	reader_init(&r, text.p, text.n);
	if (!read_terms(&r, terms))
		return err_set(err, ERR_CONFLICT,
		    "it is of another source, item, copy or form of image, or "
		    "the source was changed since; give the same options as "
		    "before, or begin anew");
	rc = read_lines(&r, text.p, &t, &seen, err);
	if (rc == 0 && !is_possible(&t.point, terms->length))
		rc = err_set(err, ERR_FORMAT,
		    "it says what cannot be; remove it and begin anew");
	if (rc == 0)
		rc = take_bad(&t, &seen, err);
	media_range_done(&seen);
	if (rc == 0)
		*ret_text = t;
	else
		media_range_done(&t.bad);
	return rc;
}

/* Whether the lines that every journal begins with are whole. */
static bool has_terms(struct slice text)
{
	unsigned lines = 0;

	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	return lines >= TERMS_LINES;
}

int media_journal_open(struct media_journal **ret_journal, const char *base,
    struct media_journal_terms *terms, struct media_journal_point *ret_point,
    struct media_ranges *bad, struct err *err)
{
	struct media_journal_text t = {0};
	struct media_journal *journal;
	struct buf text;
	int rc = make(&journal, base, 0, err);

	if (rc != 0)
		return rc;
	buf_init(&text, MEDIA_JOURNAL_MAX);
	rc =
	    file_read(&text, AT_FDCWD, journal->path.p, MEDIA_JOURNAL_MAX, err);
	if (rc == 0 && !has_terms(buf_slice(&text))) {
		/* It was made, and its first lines were not all written: nor
		 * was anything else. */
		buf_clear(&text);
		put_terms(&text, terms);
		if (ftruncate(journal->fd, 0) != 0)
			rc = err_sys(
			    err, errno, "cutting off %s", journal->path.p);
		if (rc == 0)
			rc = append(journal, &text, 0, err);
	}
	if (rc == 0) {
		rc = media_journal_parse(&t, buf_slice(&text), terms, err);
		if (rc != 0)
			err_prefix(err, "%s", journal->path.p);
	}
	/* Lines that were cut off must not stand before the next ones. */
	if (rc == 0 && ftruncate(journal->fd, (off_t)t.end) != 0)
		rc = err_sys(err, errno, "cutting off %s", journal->path.p);
	buf_done(&text);
	if (rc != 0) {
		media_range_done(&t.bad);
		media_journal_free(journal);
		return rc;
	}
	journal->bad_to = t.point.at;
	journal->terms = *terms;
	journal->sum = t.sum;
	journal->has_point = t.point.number > 0;
	*ret_journal = journal;
	*ret_point = t.point;
	*bad = t.bad;
	return 0;
}

/* ---- writing ---- */

int media_journal_reach(struct media_journal *journal,
    const struct media_journal_point *point, const struct media_ranges *bad,
    struct err *err)
{
	struct hash sum = journal->sum;
	struct buf lines;
	size_t old;
	int rc;

	buf_init(&lines, MEDIA_JOURNAL_MAX);
	if (!journal->has_point)
		put_terms(&lines, &journal->terms);
	old = lines.n; /* stands in it already */
	for (size_t i = 0; i < bad->n; i++) {
		uint64_t at = bad->of[i].at, end = at + bad->of[i].length;

		at = at < journal->bad_to ? journal->bad_to : at;
		end = end > point->at ? point->at : end;
		if (at < end)
			buf_printf(&lines, "bad: %llu %llu\n",
			    (unsigned long long)at,
			    (unsigned long long)(end - at));
	}
	buf_printf(&lines, "%s: %llu %llu %llu ",
	    point->is_whole ? "whole" : "safe", (unsigned long long)point->at,
	    (unsigned long long)point->number,
	    (unsigned long long)point->file_length);
	put_hex(&lines, point->root.b, HASH_SIZE);
	buf_putc(&lines, ' ');
	rc = buf_check(&lines, err);
	if (rc == 0)
		rc = add_up(&sum, lines.p, lines.n, err);
	if (rc == 0) {
		put_hex(&lines, sum.b, HASH_SIZE);
		buf_putc(&lines, '\n');
		rc = append(journal, &lines, old, err);
	}
	buf_done(&lines);
	if (rc == 0) {
		journal->bad_to = point->at;
		journal->sum = sum;
		journal->has_point = true;
	}
	return rc;
}

int media_journal_remove(const char *base, struct err *err)
{
	struct media_journal *journal;
	int rc = make(&journal, base, 0, err);

	if (rc != 0)
		return rc;
	if (unlink(journal->path.p) != 0)
		rc = err_sys(err, errno, "removing %s", journal->path.p);
	else
		rc = sync_folder(journal, err);
	media_journal_free(journal);
	return rc;
}
