/*
 * case_disclosure_check.c: a disclosure read in one pass, and its root worked
 * out from what is in it.
 *
 * The invariant: exactly the bytes are taken that the lines call for, and after
 * the last piece there is none.
 */
#include "case_disclosure.h"

#include "mem.h"

#include <stdlib.h>

/* Bytes as they come, with a little ahead. */
struct feed {
	const struct case_disclosure_in *in;
	const struct case_disclosure_out *out; /* of the image; or NULL */
	size_t at, n;
	char ahead[TREE_CHUNK_SIZE];
};

/* 0 bytes: the end. */
static int refill(struct feed *feed, struct err *err)
{
	feed->at = 0;
	feed->n = 0;
	return feed->in->read(
	    feed->in->cookie, feed->ahead, sizeof(feed->ahead), &feed->n, err);
}

static int take(struct feed *feed, void *bytes, size_t n, struct err *err)
{
	char *to = bytes;

	while (n > 0) {
		int rc = feed->at == feed->n ? refill(feed, err) : 0;
		if (rc != 0)
			return rc;
		if (feed->n == 0)
			return err_set(
			    err, ERR_FORMAT, "the disclosure is cut short");
		size_t part = feed->n - feed->at;
		if (part > n)
			part = n;
		memcpy(to, feed->ahead + feed->at, part);
		feed->at += part;
		to += part;
		n -= part;
	}
	return 0;
}

static int check_end(struct feed *feed, struct err *err)
{
	int rc = feed->at == feed->n ? refill(feed, err) : 0;

	if (rc == 0 && feed->n > 0)
		rc = err_set(err, ERR_FORMAT,
		    "there is more in the file than the disclosure");
	return rc;
}

static int take_line(struct feed *feed, char line[CASE_DISCLOSURE_LINE_MAX],
    struct slice *ret_line, struct err *err)
{
	size_t n = 0;

	for (;;) {
		char c;
		int rc = take(feed, &c, 1, err);
		if (rc != 0)
			return rc;
		if (c == '\n')
			break;
		if (n == CASE_DISCLOSURE_LINE_MAX)
			return err_set(err, ERR_FORMAT,
			    "not a disclosure: a line is too long");
		line[n++] = c;
	}
	*ret_line = (struct slice){line, n};
	return 0;
}

static int read_head(
    struct case_disclosure *d, struct feed *feed, struct err *err)
{
	struct case_disclosure_reading reading = {0};
	char line[CASE_DISCLOSURE_LINE_MAX];
	struct slice text;
	bool is_done = false;
	int rc = 0;

	while (rc == 0 && !is_done) {
		rc = take_line(feed, line, &text, err);
		if (rc == 0)
			rc = case_disclosure_read_line(
			    d, &reading, text, &is_done, err);
	}
	return rc;
}

static int read_image(
    void *cookie, uint64_t offset, void *bytes, size_t n, struct err *err)
{
	struct feed *feed = cookie;
	int rc = take(feed, bytes, n, err);

	(void)offset; /* they come in this order */
	if (rc == 0 && feed->out != NULL)
		rc = feed->out->write(feed->out->cookie, bytes, n, err);
	return rc;
}

static int read_piece(const struct case_disclosure *d, struct feed *feed,
    struct tree_edge *edge, struct hash_run *run,
    const struct tree_cover_piece *piece, struct err *err)
{
	const struct tree_image image = {d->length, read_image, feed};
	struct tree_seed seed = {{0}};
	struct hash hash = {{0}};
	int rc;

	if (piece->is_shown) {
		rc =
		    take(feed, seed.b, tree_image_seed_size(piece->level), err);
		return rc != 0
		    ? rc
		    : tree_image_add(edge, run, &image, &seed, piece->level,
			  piece->first >> piece->level, err);
	}
	rc = take(feed, hash.b, sizeof(hash.b), err);
	if (rc == 0)
		tree_cover_add_hidden(edge, run, piece, &hash);
	return rc;
}

static int read_pieces(
    const struct case_disclosure *d, struct feed *feed, struct err *err)
{
	struct tree_edge edge = {0};
	struct tree_cover cover;
	struct tree_cover_piece piece;
	struct hash_run *run = hash_new();
	int rc = run == NULL ? err_nomem(err) : 0;

	tree_cover_start(
	    &cover, d->runs, d->run_count, tree_chunk_count(d->length));
	while (rc == 0 && tree_cover_next(&cover, &piece))
		rc = read_piece(d, feed, &edge, run, &piece, err);
	if (rc == 0)
		rc = check_end(feed, err);
	if (rc == 0) {
		struct hash root = tree_edge_root(&edge, run);
		if (!hash_is(&root, &d->root))
			rc = err_set(err, ERR_VERIFY,
			    "the bytes, seeds and hashes in it do not lead to "
			    "the tree root in it: something was changed");
	}
	hash_free(run);
	return rc;
}

int case_disclosure_check(struct case_disclosure *ret_disclosure,
    const struct case_disclosure_in *in, const struct case_disclosure_out *out,
    struct err *err)
{
	struct case_disclosure d = {0};
	struct feed *feed = mem_new(1, sizeof(*feed));

	if (feed == NULL)
		return err_nomem(err);
	feed->in = in;
	feed->out = out;
	int rc = read_head(&d, feed, err);
	if (rc == 0)
		rc = read_pieces(&d, feed, err);
	if (rc == 0)
		*ret_disclosure = d;
	else
		case_disclosure_done(&d);
	free(feed);
	return rc;
}
