/*
 * cli_disclosure_nodes.h: the hashes of what a disclosure withholds, gathered
 * while all leaves of the image's tree pass by once, in order. Nothing else of
 * them is kept.
 */
#ifndef CLI_DISCLOSURE_NODES_H
#define CLI_DISCLOSURE_NODES_H

#include "case_disclosure.h"
#include "err.h"
#include "hash.h"
#include "tree.h"

#include <stddef.h>
#include <stdint.h>

struct cli_disclosure_node {
	unsigned level; /* a complete subtree of the tree */
	uint64_t index;
	struct hash hash;
};

struct cli_disclosure_nodes {
	size_t n, cap;
	struct cli_disclosure_node *of; /* from left to right */
	struct hash_run *run;
	struct tree_edge whole; /* of all leaves that passed */
	struct tree_edge part; /* of the node that they are in */
	size_t at; /* that node */
};

/* Which nodes they are. Zero it first; cli_disclosure_nodes_done accepts a
 * zeroed struct and a failed one. */
int cli_disclosure_nodes_start(struct cli_disclosure_nodes *nodes,
    const struct case_disclosure *disclosure, struct err *err) MUST_CHECK;
void cli_disclosure_nodes_done(struct cli_disclosure_nodes *nodes);

/* Forgets the leaves that passed: they were false. */
void cli_disclosure_nodes_again(struct cli_disclosure_nodes *nodes);

/* The next n leaves; cookie is the struct (media_verify_options.take_leaves).
 */
int cli_disclosure_nodes_take(void *cookie, const struct hash *leaves, size_t n,
    struct err *err) MUST_CHECK;

/* Of all the leaves. */
struct hash cli_disclosure_nodes_root(const struct cli_disclosure_nodes *nodes);

/* For case_disclosure_write. ERR_USAGE: another node than those, or one whose
 * leaves did not pass. */
struct tree_source cli_disclosure_nodes_source(
    struct cli_disclosure_nodes *nodes);

#endif
