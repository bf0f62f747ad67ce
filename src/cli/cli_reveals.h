/*
 * cli_reveals.h: the values of withheld fields, as far as this case folder
 * has them (private/reveals/<record id>.txt).
 *
 * A reveal that does not belong to its record is an error, never a value.
 */
#ifndef CLI_REVEALS_H
#define CLI_REVEALS_H

#include "cli_case.h"
#include "err.h"
#include "record.h"
#include "record_withheld.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>

struct cli_reveals {
	size_t n;
	struct record_reveal *reveals;
	size_t cap;
	struct buf text; /* borrowed by them */
};

/* Loads and checks the reveals of one leaf's record; none at hand is no
 * error. */
int cli_reveals_load(struct cli_reveals *reveals, const struct cli_case *c,
    uint32_t leaf, struct err *err) MUST_CHECK;
void cli_reveals_done(struct cli_reveals *reveals);

/* Adds one more reveal, checked against its leaf's record; *ret_is_new is false
 * if it is there already. cli_reveals_save makes them durable. The value must
 * stay where it is until then. */
int cli_reveals_add(struct cli_reveals *reveals, const struct cli_case *c,
    uint32_t leaf, const struct record_reveal *reveal, bool *ret_is_new,
    struct err *err) MUST_CHECK;
int cli_reveals_save(const struct cli_reveals *reveals,
    const struct cli_case *c, uint32_t leaf, struct err *err) MUST_CHECK;

/* The value, or an absent slice. item: a block's id, or "-". */
struct slice cli_reveals_find(const struct cli_reveals *reveals,
    struct slice item, enum record_name name, uint32_t occurrence);

/* An open value as it stands, a withheld one out of the reveals, or absent.
 * block NULL: record level. */
struct slice cli_reveals_value(const struct cli_reveals *reveals,
    const struct record_block *block, const struct record_value *value);

#endif
