/*
 * cli_words.h: the values of a case in words, for screens. What a sentence
 * about a record says comes from case_report.h.
 */
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

#include "buf.h"
#include "case_state.h"

#include <stddef.h>
#include <stdint.h>

/* "a.example, b.example and c.example"; "nobody" for none. */
void cli_words_put_set(struct buf *out, const struct case_state *state,
    const struct case_set *set);
void cli_words_put_signers(
    struct buf *out, const struct case_state *state, uint32_t leaf);

/* "213 packages, 213 casings, 347 drives"; "nothing" for none. */
void cli_words_put_types(
    struct buf *out, const size_t counts[CASE_ITEM_TYPE_COUNT]);

/* A heading, then lines wrapped and indented by cli_words_line. */
void cli_words_heading(struct buf *out, const char *heading);

/* One wrapped line that begins with `first`; consumes *line. */
void cli_words_line(struct buf *out, const char *first, struct buf *line);

#endif
