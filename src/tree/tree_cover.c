/*
 * tree_cover.c: which hashes and which seeds a disclosure holds.
 *
 * From where the last piece ended the largest complete subtree is taken that
 * begins there and stays within the run or the gap. Two neighbours of one gap
 * are never siblings, or their parent would have been taken. Only the last gap
 * can hold a node that is no complete subtree: the one that goes to the end.
 */
#include "tree_cover.h"

#include <assert.h>

void tree_cover_start(struct tree_cover *cover,
    const struct tree_cover_run *runs, size_t run_count, uint64_t count)
{
	assert(count <= TREE_SIZE_MAX);
	for (size_t i = 0; i < run_count; i++) {
		assert(runs[i].first < runs[i].end && runs[i].end <= count);
		assert(i == 0 || runs[i - 1].end < runs[i].first);
	}
	*cover = (struct tree_cover){
	    .runs = runs, .run_count = run_count, .count = count};
}

/* The height of the largest complete subtree in [at, end). */
static unsigned level_at(uint64_t at, uint64_t end)
{
	unsigned fits = 63 - (unsigned)__builtin_clzll(end - at);
	unsigned aligned = at == 0 ? 63 : (unsigned)__builtin_ctzll(at);

	return fits < aligned ? fits : aligned;
}

/* All the leaves left of `at` are complete subtrees that are each larger than
 * what follows: then what follows is one node. */
static bool is_node_to_end(uint64_t at, uint64_t count)
{
	return at == 0 || count - at <= UINT64_C(1) << __builtin_ctzll(at);
}

bool tree_cover_next(
    struct tree_cover *cover, struct tree_cover_piece *ret_piece)
{
	const struct tree_cover_run *run =
	    cover->next < cover->run_count ? &cover->runs[cover->next] : NULL;
	struct tree_cover_piece piece = {.first = cover->at};

	if (cover->at == cover->count)
		return false;
	piece.is_shown = run != NULL && cover->at >= run->first;
	uint64_t end = piece.is_shown ? run->end
	    : run != NULL	      ? run->first
				      : cover->count;
	piece.is_rest = !piece.is_shown && run == NULL &&
	    is_node_to_end(cover->at, cover->count);
	piece.level = level_at(cover->at, end);
	piece.end =
	    piece.is_rest ? end : cover->at + (UINT64_C(1) << piece.level);
	cover->at = piece.end;
	if (piece.is_shown && piece.end == run->end)
		cover->next++;
	*ret_piece = piece;
	return true;
}

void tree_cover_add_hidden(struct tree_edge *edge, struct hash_run *run,
    const struct tree_cover_piece *piece, const struct hash *hash)
{
	assert(!piece->is_shown && edge->size == piece->first);
	if (!piece->is_rest) {
		tree_edge_add_subtree(edge, run, piece->level, hash);
		return;
	}
	/* Nothing can follow, and the root is summed up from the right. */
	assert(edge->n < TREE_PROOF_MAX);
	edge->hashes[edge->n++] = *hash;
	edge->size = piece->end;
}
