/*
 * cli_examine_state.c: see cli_examine_state.h.
 *
 * Records of the journal, by their first byte:
 *	'O' a line: what the examination is of
 *	'H' hits, one behind the other (cage_hit.h)
 *	'M' a mark: done, entries, records, 8 + 4 + 4 bytes, big end first: the
 *	    hits since the last mark count
 *	'D' those do not: the run ended before their mark
 */
#include "cli_examine_state.h"

#include "exam_journal.h"
#include "file.h"
#include "mem.h"
#include "reader.h"
#include "when.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FOLDER "private/examinations"
#define BATCH (1u << 20)
#define MARK 17
/* No more than this is done twice after a crash. */
#define SYNC_SECONDS 5

struct cli_examine_state {
	struct exam_journal *journal;
	uint8_t *batch; /* BATCH: 'H' and hits */
	size_t n;
	time_t synced;
};

/* A journal that is read again. */
struct replay {
	const struct cli_examine_of *of;
	struct cage_hit_asked asked;
	cage_scan_hit_fn *put;
	cli_examine_marked_fn *marked;
	void *cookie;
	struct cli_examine_mark *mark;
	struct buf pending; /* hits without a mark */
	bool has_of;
};

/* ---- names and key ---- */

static int put_path(
    struct buf *path, const char *item, const char *ending, struct err *err)
{
	buf_puts(path, FOLDER "/");
	for (const char *p = item; *p != '\0'; p++)
		buf_putc(path, *p == '/' ? '_' : *p);
	buf_puts(path, ending);
	return buf_check(path, err);
}

static int make_key(
    struct cli_case *c, const char *path, uint8_t *key, struct err *err)
{
	mem_random(key, EXAM_JOURNAL_KEY);
	return file_publish_new(c->fd, path,
	    (struct slice){(const char *)key, EXAM_JOURNAL_KEY}, 0600, err);
}

static int read_key(
    struct cli_case *c, const char *path, uint8_t *key, struct err *err)
{
	struct buf bytes;

	buf_init_secret(&bytes, EXAM_JOURNAL_KEY);
	int rc = file_read(&bytes, c->fd, path, EXAM_JOURNAL_KEY, err);
	if (rc == 0 && bytes.n != EXAM_JOURNAL_KEY)
		rc = err_set(err, ERR_FORMAT, "%s is no key", path);
	if (rc == 0)
		memcpy(key, bytes.p, EXAM_JOURNAL_KEY);
	buf_wipe(&bytes);
	return rc;
}

/* ---- what it is of ---- */

static void put_of(const struct cli_examine_of *of, char *ret_line, size_t size)
{
	char hex[HASH_HEX_SIZE];

	hash_to_hex(hex, &of->order);
	(void)snprintf(ret_line, size, "O%s %" PRIu64 " %" PRIx64 " %s",
	    of->item, of->length, of->finds, hex);
}

/* ---- going on ---- */

static int give_pending(struct replay *r, struct err *err)
{
	const uint8_t *p = (const uint8_t *)r->pending.p;
	size_t at = 0;
	int rc = 0;

	while (rc == 0 && at < r->pending.n) {
		struct cage_hit hit;
		size_t used = 0;

		rc = cage_hit_take(
		    &hit, &used, &r->asked, p + at, r->pending.n - at, err);
		if (rc == 0)
			rc = r->put(r->cookie, &hit, err);
		at += used;
	}
	buf_clear(&r->pending);
	return rc;
}

static int take_mark(
    struct replay *r, const uint8_t *bytes, size_t n, struct err *err)
{
	struct cli_examine_mark mark;
	struct reader reader;

	reader_init(&reader, bytes, n);
	(void)reader_u8(&reader); /* 'M' */
	mark.done = reader_be64(&reader);
	mark.numbers.entries = reader_be32(&reader);
	mark.numbers.records = reader_be32(&reader);
	if (!reader_is_at_end(&reader))
		return err_set(err, ERR_FORMAT, "a mark of another length");
	int rc = give_pending(r, err);
	if (rc == 0)
		rc = r->marked(r->cookie, err);
	*r->mark = mark;
	return rc;
}

static int take_record(
    void *cookie, const uint8_t *bytes, size_t n, struct err *err)
{
	struct replay *r = cookie;
	char line[256];

	switch (bytes[0]) {
	case 'O':
		put_of(r->of, line, sizeof(line));
		r->has_of = n == strlen(line) && memcmp(bytes, line, n) == 0;
		return r->has_of
		    ? 0
		    : err_set(err, ERR_CONFLICT,
			  "it was of another order, of other kinds of finding "
			  "or of an image of another length: begin anew with "
			  "--restart");
	case 'H':
		buf_put(&r->pending, bytes + 1, n - 1);
		return buf_check(&r->pending, err);
	case 'M':
		return take_mark(r, bytes, n, err);
	case 'D':
		buf_clear(&r->pending);
		return 0;
	default:
		return err_set(err, ERR_FORMAT, "a record of no known kind");
	}
}

static int go_on(struct cli_examine_state *s, struct cli_case *c,
    const char *path, const uint8_t *key, struct replay *r, struct err *err)
{
	r->asked =
	    (struct cage_hit_asked){.n = r->of->length, .finds = r->of->finds};
	buf_init(&r->pending, SIZE_MAX / 4);
	int rc = exam_journal_open(
	    &s->journal, c->fd, path, key, take_record, r, err);
	if (rc == 0 && !r->has_of)
		rc = err_set(
		    err, ERR_FORMAT, "it is empty: begin anew with --restart");
	if (rc == 0 && r->pending.n > 0)
		rc = exam_journal_put(s->journal, "D", 1, err);
	buf_done(&r->pending);
	err_prefix(err, "%s", path);
	return rc;
}

static int begin(struct cli_examine_state *s, struct cli_case *c,
    const char *path, const uint8_t *key, const struct cli_examine_of *of,
    struct err *err)
{
	char line[256];
	int rc = exam_journal_create(&s->journal, c->fd, path, key, err);

	put_of(of, line, sizeof(line));
	if (rc == 0)
		rc = exam_journal_put(s->journal, line, strlen(line), err);
	return rc != 0 ? rc : exam_journal_sync(s->journal, err);
}

int cli_examine_state_open(struct cli_examine_state **ret_state,
    struct cli_case *c, const struct cli_examine_of *of, bool is_resumed,
    cage_scan_hit_fn *put, cli_examine_marked_fn *marked, void *cookie,
    struct cli_examine_mark *ret_mark, struct err *err)
{
	struct replay r = {.of = of,
	    .put = put,
	    .marked = marked,
	    .cookie = cookie,
	    .mark = ret_mark};
	struct cli_examine_state *s = mem_new(1, sizeof(*s));
	uint8_t *key = mem_secret_new(EXAM_JOURNAL_KEY);
	struct buf key_path, path;
	bool is_there = false;
	int rc = 0;

	buf_init(&path, 1024);
	buf_init(&key_path, 1024);
	if (s == NULL || key == NULL || (s->batch = mem_new(BATCH, 1)) == NULL)
		rc = err_nomem(err);
	if (rc == 0)
		rc = put_path(&key_path, of->item, ".key", err);
	if (rc == 0)
		rc = put_path(&path, of->item, ".journal", err);
	if (rc == 0)
		is_there = file_exists(c->fd, path.p);
	if (rc == 0 && is_there && !is_resumed)
		rc = err_set(err, ERR_CONFLICT,
		    "an examination of %s was broken off: go on with "
		    "--resume, or forget it with --restart",
		    of->item);
	if (rc == 0 && is_there)
		rc = read_key(c, key_path.p, key, err);
	else if (rc == 0 && file_exists(c->fd, key_path.p))
		rc = file_remove(c->fd, key_path.p, err);
	if (rc == 0 && !is_there)
		rc = make_key(c, key_path.p, key, err);
	if (rc == 0)
		rc = is_there ? go_on(s, c, path.p, key, &r, err)
			      : begin(s, c, path.p, key, of, err);
	buf_done(&path);
	buf_done(&key_path);
	mem_secret_free(key);
	if (rc == 0)
		*ret_state = s;
	else
		cli_examine_state_close(s);
	return rc;
}

/* ---- on the way ---- */

static int write_batch(struct cli_examine_state *s, struct err *err)
{
	if (s->n <= 1)
		return 0;
	s->batch[0] = 'H';
	int rc = exam_journal_put(s->journal, s->batch, s->n, err);
	s->n = 0;
	return rc;
}

int cli_examine_state_hit(
    struct cli_examine_state *s, const struct cage_hit *hit, struct err *err)
{
	int rc = s->n + CAGE_HIT_BYTES_MAX > BATCH ? write_batch(s, err) : 0;

	if (s->n == 0)
		s->n = 1;
	if (rc == 0)
		s->n += cage_hit_put(s->batch + s->n, hit);
	return rc;
}

int cli_examine_state_mark(struct cli_examine_state *s,
    const struct cli_examine_mark *mark, struct err *err)
{
	struct timespec now;
	struct buf bytes;
	int rc = write_batch(s, err);

	buf_init(&bytes, MARK);
	buf_putc(&bytes, 'M');
	buf_put_be64(&bytes, mark->done);
	buf_put_be32(&bytes, mark->numbers.entries);
	buf_put_be32(&bytes, mark->numbers.records);
	if (rc == 0)
		rc = buf_check(&bytes, err);
	if (rc == 0)
		rc = exam_journal_put(s->journal, bytes.p, bytes.n, err);
	buf_done(&bytes);
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	if (rc == 0 && now.tv_sec - s->synced >= SYNC_SECONDS) {
		s->synced = now.tv_sec;
		rc = exam_journal_sync(s->journal, err);
	}
	return rc;
}

/* ---- the end ---- */

void cli_examine_state_close(struct cli_examine_state *s)
{
	if (s == NULL)
		return;
	exam_journal_close(s->journal);
	if (s->batch != NULL)
		mem_wipe(s->batch, BATCH);
	free(s->batch);
	free(s);
}

int cli_examine_state_remove(
    struct cli_case *c, const char *item, struct err *err)
{
	static const char *const endings[] = {".key", ".journal"};
	int rc = 0;

	for (size_t i = 0; i < 2 && rc == 0; i++) {
		struct buf path;

		buf_init(&path, 1024);
		rc = put_path(&path, item, endings[i], err);
		if (rc == 0 && file_exists(c->fd, path.p))
			rc = file_remove(c->fd, path.p, err);
		buf_done(&path);
	}
	return rc;
}
