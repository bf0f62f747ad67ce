/*
 * case_judge.h: how a verdict is come to: what the files of rules offer each
 * other. Inside this room only.
 */
#ifndef CASE_JUDGE_H
#define CASE_JUDGE_H

#include "case_internal.h"

/* case_rules.c. Sets a verdict, unless its rule is off. */
void case_judge_set(struct case_verdict *v, enum case_standing standing,
    enum case_rule rule, struct slice about);
/* Breaches by the first rule of the list; any breach before not-holder. */
void case_judge_worsen(struct case_verdict *v, struct case_verdict with);

/* case_judge_intent.c: everything but custody records. */
struct case_verdict case_judge_intent(const struct case_state *state,
    const struct record *record, int64_t entered);

/* case_judge_block.c: the standing of one block alone; used again when the leaf
 * is applied. */
struct case_verdict case_judge_block(struct case_state *state,
    const struct record *record, size_t block, int64_t entered);
/* After the record's time and that leaf, does the item's timeline have an event
 * of something that it is in? */
bool case_judge_is_in_something_later(struct case_state *state, uint32_t item,
    const struct record *record, uint32_t leaf);
/* Is the party that the first line of this name names in `set`? */
bool case_judge_is_role_in(const struct case_state *state,
    const struct record *record, enum record_name name,
    const struct case_set *set);
/* Does a block above this one have that seal? */
bool case_judge_is_seal_above(
    const struct record *record, size_t block, struct slice seal);

#endif
