/*
 * cli_draw.h: a draw by lot as the ledger has it, for people and as JSON: its
 * term, who has opened, what was drawn, and what of it has been looked at.
 */
#ifndef CLI_DRAW_H
#define CLI_DRAW_H

#include "buf.h"
#include "cli_case.h"
#include "err.h"
#include "json.h"

#include <stddef.h>
#include <stdint.h>

/* The draw in this leaf, by its number for case_state_draw. ERR_NOTFOUND: the
 * record is void, so it draws nothing. */
int cli_draw_find(const struct cli_case *c, uint32_t leaf, size_t *ret_number,
    struct err *err) MUST_CHECK;

int cli_draw_put(const struct cli_case *c, size_t number, struct buf *out,
    struct err *err) MUST_CHECK;
int cli_draw_put_json(const struct cli_case *c, size_t number,
    struct json *json, struct err *err) MUST_CHECK;

#endif
