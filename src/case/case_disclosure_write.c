/*
 * case_disclosure_write.c: a disclosure made from an image and its root seed.
 *
 * The invariant: a seed is written only for a piece all of whose chunks are
 * shown, and the root that the file leads to is worked out while it is written,
 * from the same hashes, seeds and bytes that a verifier will have.
 */
#include "case_disclosure.h"

#include "mem.h"

struct writing {
	const struct tree_image *image;
	const struct case_disclosure_out *out;
};

static int put(const struct case_disclosure_out *out, const void *bytes,
    size_t n, struct err *err)
{
	return out->write(out->cookie, bytes, n, err);
}

/* What is read of a shown piece is written at once. */
static int read_and_write(
    void *cookie, uint64_t offset, void *bytes, size_t n, struct err *err)
{
	const struct writing *w = cookie;
	int rc = w->image->read(w->image->cookie, offset, bytes, n, err);

	return rc != 0 ? rc : put(w->out, bytes, n, err);
}

static int write_shown(struct writing *w, struct tree_edge *edge,
    struct hash_run *run, const struct tree_seed *root,
    const struct tree_cover_piece *piece, struct err *err)
{
	const struct tree_image image = {w->image->length, read_and_write, w};
	const uint64_t index = piece->first >> piece->level;
	struct tree_seed seed;
	int rc = tree_chunk_seed(&seed, root, tree_chunk_count(image.length),
	    piece->level, index, err);

	if (rc == 0)
		rc = put(
		    w->out, seed.b, tree_image_seed_size(piece->level), err);
	if (rc == 0)
		rc = tree_image_add(
		    edge, run, &image, &seed, piece->level, index, err);
	return rc;
}

static int write_hidden(struct writing *w, struct tree_edge *edge,
    struct hash_run *run, const struct tree_source *hashes,
    const struct tree_cover_piece *piece, struct err *err)
{
	struct hash hash;
	int rc =
	    tree_node_read(&hash, run, hashes, piece->first, piece->end, err);

	if (rc == 0)
		rc = put(w->out, hash.b, sizeof(hash.b), err);
	if (rc == 0)
		tree_cover_add_hidden(edge, run, piece, &hash);
	return rc;
}

static int write_head(const struct case_disclosure *d,
    const struct case_disclosure_out *out, struct err *err)
{
	struct buf head;

	buf_init(&head, CASE_DISCLOSURE_HEAD_MAX);
	case_disclosure_put_head(d, &head);
	int rc = buf_check(&head, err);
	if (rc == 0)
		rc = put(out, head.p, head.n, err);
	buf_done(&head);
	return rc;
}

int case_disclosure_write(const struct case_disclosure *d,
    const struct tree_seed *seed, const struct tree_image *image,
    const struct tree_source *hashes, const struct case_disclosure_out *out,
    struct err *err)
{
	struct tree_image_hashes own = {image, seed};
	const struct tree_source read =
	    hashes != NULL ? *hashes : tree_image_source(&own);
	struct writing w = {image, out};
	struct tree_edge edge = {0};
	struct tree_cover cover;
	struct tree_cover_piece piece;
	struct hash_run *run = hash_new();
	int rc = run == NULL ? err_nomem(err) : write_head(d, out, err);

	tree_cover_start(
	    &cover, d->runs, d->run_count, tree_chunk_count(d->length));
	while (rc == 0 && tree_cover_next(&cover, &piece))
		rc = piece.is_shown
		    ? write_shown(&w, &edge, run, seed, &piece, err)
		    : write_hidden(&w, &edge, run, &read, &piece, err);
	if (rc == 0) {
		struct hash root = tree_edge_root(&edge, run);
		if (!hash_is(&root, &d->root))
			rc = err_set(err, ERR_VERIFY,
			    "these bytes do not have the tree root that the "
			    "image's record says: it is another image, or was "
			    "changed since, or the seed is another one");
	}
	hash_free(run);
	return rc;
}
