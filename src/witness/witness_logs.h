/*
 * witness_logs.h: which logs a witness knows, by origin: their keys, and how
 * many requests a day each may make.
 *
 * Forms that lists come in: C2SP tlog-list (`logs/v0`), one vkey a line, and
 * the log lines of a tlog-policy. Pure.
 */
#ifndef WITNESS_LOGS_H
#define WITNESS_LOGS_H

#include "err.h"
#include "map.h"
#include "note_key.h"
#include "slice.h"

#include <stddef.h>
#include <stdint.h>

#define WITNESS_LOGS_MAX 100000
#define WITNESS_LOGS_BYTES_MAX (64u << 20)
#define WITNESS_LOGS_PER_DAY 86400 /* where no list says another number */

struct witness_log {
	char *origin;
	struct note_key key; /* type 1; its name need not be the origin */
	uint32_t per_day;
};

struct witness_logs {
	size_t n, cap;
	struct witness_log *logs;
	struct map by_origin;
};

void witness_logs_init(struct witness_logs *logs);
void witness_logs_done(struct witness_logs *logs); /* accepts zeroed */

/* ERR_CONFLICT: the origin has another key already. The same again is 0.
 * ERR_FORMAT: no key of type 1, or an origin that is not text_is_line.
 * ERR_LIMIT. */
int witness_logs_add(struct witness_logs *logs, const struct note_key *key,
    struct slice origin, uint32_t per_day, struct err *err) MUST_CHECK;
int witness_logs_add_vkey(
    struct witness_logs *logs, struct slice vkey, struct err *err) MUST_CHECK;

/* A tlog-list if its first line that is no comment is `logs/v0`, else one vkey
 * a line. ERR_FORMAT names the line. */
int witness_logs_add_list(
    struct witness_logs *logs, struct slice text, struct err *err) MUST_CHECK;

/* NULL: unknown. Valid until the next addition. */
const struct witness_log *witness_logs_find(
    const struct witness_logs *logs, struct slice origin);

#endif
