/*
 * cli_disclosure_nodes.c: see cli_disclosure_nodes.h.
 */
#include "cli_disclosure_nodes.h"

#include "mem.h"
#include "tree_chunk.h"
#include "tree_cover.h"

#include <stdlib.h>

static uint64_t first_of(const struct cli_disclosure_node *node)
{
	return node->index << node->level;
}

/* A hidden piece; one that ends the tree is several complete subtrees. */
static int add_piece(struct cli_disclosure_nodes *nodes,
    const struct tree_cover_piece *piece, struct err *err)
{
	uint64_t at = piece->first;
	int rc = 0;

	while (rc == 0 && at < piece->end) {
		unsigned level =
		    63 - (unsigned)__builtin_clzll(piece->end - at);

		rc = mem_grow((void **)&nodes->of, &nodes->cap, nodes->n + 1,
		    sizeof(*nodes->of), err);
		if (rc == 0)
			nodes->of[nodes->n++] = (struct cli_disclosure_node){
			    .level = level, .index = at >> level};
		at += UINT64_C(1) << level;
	}
	return rc;
}

int cli_disclosure_nodes_start(struct cli_disclosure_nodes *nodes,
    const struct case_disclosure *d, struct err *err)
{
	struct tree_cover cover;
	struct tree_cover_piece piece;
	int rc = 0;

	nodes->run = hash_new();
	if (nodes->run == NULL)
		return err_nomem(err);
	tree_cover_start(
	    &cover, d->runs, d->run_count, tree_chunk_count(d->length));
	while (rc == 0 && tree_cover_next(&cover, &piece))
		if (!piece.is_shown)
			rc = add_piece(nodes, &piece, err);
	return rc;
}

void cli_disclosure_nodes_done(struct cli_disclosure_nodes *nodes)
{
	hash_free(nodes->run);
	free(nodes->of);
	*nodes = (struct cli_disclosure_nodes){0};
}

void cli_disclosure_nodes_again(struct cli_disclosure_nodes *nodes)
{
	nodes->whole = nodes->part = (struct tree_edge){0};
	nodes->at = 0;
}

static void take(struct cli_disclosure_nodes *nodes, const struct hash *leaf)
{
	struct cli_disclosure_node *node =
	    nodes->at < nodes->n ? &nodes->of[nodes->at] : NULL;
	uint64_t place = nodes->whole.size;

	tree_edge_add(&nodes->whole, nodes->run, leaf);
	if (node == NULL || place < first_of(node))
		return; /* a chunk that is shown */
	tree_edge_add(&nodes->part, nodes->run, leaf);
	if (nodes->part.size == UINT64_C(1) << node->level) {
		node->hash = tree_edge_root(&nodes->part, nodes->run);
		nodes->part = (struct tree_edge){0};
		nodes->at++;
	}
}

int cli_disclosure_nodes_take(
    void *cookie, const struct hash *leaves, size_t n, struct err *err)
{
	struct cli_disclosure_nodes *nodes = cookie;

	(void)err;
	for (size_t i = 0; i < n; i++)
		take(nodes, &leaves[i]);
	return 0;
}

struct hash cli_disclosure_nodes_root(const struct cli_disclosure_nodes *nodes)
{
	return tree_edge_root(&nodes->whole, nodes->run);
}

static int read_node(void *cookie, unsigned level, uint64_t index,
    struct hash *ret_hash, struct err *err)
{
	const struct cli_disclosure_nodes *nodes = cookie;
	size_t low = 0, high = nodes->at;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (first_of(&nodes->of[middle]) < index << level)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == nodes->at || nodes->of[low].level != level ||
	    nodes->of[low].index != index)
		return err_set(err, ERR_USAGE,
		    "the hash of chunks from %llu on was not gathered",
		    (unsigned long long)(index << level));
	*ret_hash = nodes->of[low].hash;
	return 0;
}

struct tree_source cli_disclosure_nodes_source(
    struct cli_disclosure_nodes *nodes)
{
	return (struct tree_source){.read = read_node, .cookie = nodes};
}
