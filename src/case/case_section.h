/*
 * case_section.h: the sections that bundles and slim bundles are made of:
 * counterfoil-bundle(5).
 *
 * A section is the line `== <name> <bytes>`, as many bytes, and one LF. A leaf
 * section's line repeats what is in the leaf, so that a change can be put into
 * words.
 */
#ifndef CASE_SECTION_H
#define CASE_SECTION_H

#include "buf.h"
#include "case_state.h"
#include "err.h"
#include "hash.h"
#include "reader.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One `== leaf` section as it stands, not yet believed. */
struct case_section_leaf {
	uint64_t index;
	struct slice bytes;
	struct slice kind;
	struct hash leaf_hash;
	struct hash id;
};

void case_section_put(struct buf *out, const char *name, struct slice content);
void case_section_put_leaf(
    struct buf *out, const struct case_state *state, uint32_t leaf);

/* The content of the section that begins with `begin` ("== finding "). */
struct slice case_section_read(struct reader *reader, const char *begin);
/* What follows "== leaf "; false if a part of it is missing or misspelt. */
bool case_section_read_leaf(
    struct reader *reader, struct case_section_leaf *ret_leaf);
/* ERR_FORMAT: where, and that `what` ("the line ...") is wrong there. */
int case_section_fail(
    const struct reader *reader, const char *what, struct err *err);

/* Against the hash on its own line; ERR_VERIFY says which part was changed. */
int case_section_check_leaf(struct hash_run *run,
    const struct case_section_leaf *leaf, struct err *err) MUST_CHECK;
/* The state's leaf of that number against its line in the file. */
int case_section_check_line(const struct case_state *state, size_t index,
    const struct case_section_leaf *leaf, struct err *err) MUST_CHECK;
/* Adds it to the state, and checks its line against what was read. */
int case_section_add_leaf(struct case_state *state,
    const struct case_section_leaf *leaf, struct err *err) MUST_CHECK;

#endif
