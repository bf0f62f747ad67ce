/*
 * case_apply.h: what the files that apply a leaf offer each other: parties and
 * policy, custody. Inside this room only.
 */
#ifndef CASE_APPLY_H
#define CASE_APPLY_H

#include "case_internal.h"

void case_apply_enrol(struct case_state *state, uint32_t leaf);
int case_apply_genesis(struct case_state *state, const struct record *r,
    uint32_t leaf, struct err *err);
int case_apply_finish_genesis(struct case_state *state, const struct record *r,
    uint32_t leaf, struct err *err);
int case_apply_policy(struct case_state *state, const struct record *r,
    uint32_t leaf, struct err *err);
int case_apply_join(
    struct case_state *state, const struct record *r, struct err *err);
void case_apply_countersign(struct case_state *state, const struct record *r);
int case_apply_relation(struct case_state *state, const struct record *r,
    uint32_t leaf, struct err *err);
int case_apply_on_behalf(struct case_state *state, const struct record *r,
    uint32_t leaf, struct err *err);
int case_apply_custody(struct case_state *state, const struct record *r,
    uint32_t leaf, struct err *err);

#endif
