/*
 * cli_public.h: every value that whoever has log/ can read, by field: what a
 * publication gives away for ever.
 *
 * Nothing is guessed: which free text holds a person's name only a person can
 * say, so free text comes first and is shown as it stands.
 */
#ifndef CLI_PUBLIC_H
#define CLI_PUBLIC_H

#include "buf.h"
#include "case_state.h"
#include "err.h"
#include "json.h"
#include "map.h"
#include "record_schema.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cli_public_class {
	CLI_PUBLIC_TEXT, /* free text that can never be withheld */
	CLI_PUBLIC_TEXT_OPENED, /* free text that could be, and is open */
	CLI_PUBLIC_OPENED, /* another field that could be withheld */
	CLI_PUBLIC_OPEN, /* open by the schema */
	CLI_PUBLIC_WITHHELD, /* only a commitment can be read */
	CLI_PUBLIC_CLASS_COUNT
};

struct cli_public_group {
	size_t count; /* how often it stands in the new records */
	size_t n, cap;
	struct slice *values; /* different ones, not in the old records */
	struct map known;
};

struct cli_public {
	uint64_t since, size; /* the new records: [since, size) */
	size_t new_count; /* all values together, each once */
	struct cli_public_group *groups; /* by class, then by field name */
};

/* Reads the first `size` leaves; values that stand in the first `since` are
 * known already. The values point into the leaves. */
int cli_public_make(struct cli_public *public, const struct case_state *state,
    uint64_t since, uint64_t size, struct err *err) MUST_CHECK;
void cli_public_done(struct cli_public *public); /* accepts a zeroed struct */

/* At most `shown` values of each field; 0: all. */
void cli_public_put(
    const struct cli_public *public, size_t shown, struct buf *out);
void cli_public_put_json(
    const struct cli_public *public, size_t shown, struct json *json);

#endif
