/*
 * tree_cover.h: an image's chunks, of which some are shown and the others
 * withheld, cut into the fewest pieces that a disclosure needs one hash or one
 * seed for (findings section 8).
 *
 * From left to right, a piece is either shown: a complete subtree all of whose
 * chunks are shown, whose seed opens exactly them; or hidden: a node of the RFC
 * 6962 tree none of whose chunks is shown, whose hash stands for them. The
 * pieces follow from the number of chunks and the shown runs alone, so they
 * need not be written down.
 */
#ifndef TREE_COVER_H
#define TREE_COVER_H

#include "hash.h"
#include "tree.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Chunks [first, end). */
struct tree_cover_run {
	uint64_t first;
	uint64_t end;
};

struct tree_cover_piece {
	bool is_shown;
	uint64_t first; /* chunks [first, end) */
	uint64_t end;
	/* Height; the piece is a complete subtree, unless it is hidden and
	 * `is_rest`: then it ends the tree and may be incomplete. */
	unsigned level;
	bool is_rest;
};

/*
 * Walks the pieces of a tree of `count` leaves. The runs are borrowed: not
 * empty, ascending, and between two of them at least one chunk is withheld;
 * all end at most at `count`, which is at most TREE_SIZE_MAX.
 */
struct tree_cover {
	const struct tree_cover_run *runs;
	size_t run_count;
	uint64_t count;
	uint64_t at;
	size_t next;
};
void tree_cover_start(struct tree_cover *cover,
    const struct tree_cover_run *runs, size_t run_count, uint64_t count);
/* false: there is no further piece. */
bool tree_cover_next(
    struct tree_cover *cover, struct tree_cover_piece *ret_piece);

/* Adds a hidden piece to the tree's edge, in its turn; shown chunks are added
 * by tree_edge_add. After the last piece tree_edge_root is the root. */
void tree_cover_add_hidden(struct tree_edge *edge, struct hash_run *run,
    const struct tree_cover_piece *piece, const struct hash *hash);

#endif
