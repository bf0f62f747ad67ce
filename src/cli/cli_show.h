/*
 * cli_show.h: the screens of `counterfoil show` about one thing: an item with
 * its timeline, a party with what it holds, a record with its standing.
 */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "buf.h"
#include "cli_case.h"
#include "err.h"

#include <stdint.h>

/* Each appends the screen, or with _json the same as JSON. */
int cli_show_item(const struct cli_case *c, uint32_t item, struct buf *out,
    struct err *err) MUST_CHECK;
int cli_show_item_json(const struct cli_case *c, uint32_t item, struct buf *out,
    struct err *err) MUST_CHECK;
int cli_show_party(const struct cli_case *c, uint32_t party, struct buf *out,
    struct err *err) MUST_CHECK;
int cli_show_party_json(const struct cli_case *c, uint32_t party,
    struct buf *out, struct err *err) MUST_CHECK;
int cli_show_record(const struct cli_case *c, uint32_t leaf, struct buf *out,
    struct err *err) MUST_CHECK;
int cli_show_record_json(const struct cli_case *c, uint32_t leaf,
    struct buf *out, struct err *err) MUST_CHECK;

#endif
