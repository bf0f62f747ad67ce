/*
 * cli_serve_courier.h: what the courier of `counterfoil serve` needs: the
 * policies of the cases and of the site log, and what it may not do.
 */
#ifndef CLI_SERVE_COURIER_H
#define CLI_SERVE_COURIER_H

#include "cli_case.h"
#include "err.h"
#include "serve_courier.h"

#include <stdbool.h>
#include <stddef.h>

/* Everything is zeroed at first. */
struct cli_serve_courier {
	size_t n;
	struct serve_courier_log *logs; /* in the order in which they came */
	struct witness_policy **policies;
	const char **paths; /* that the courier may read */
	size_t path_count;
	bool is_confined; /* unless --no-sandbox */
	struct serve_courier *courier; /* NULL: nobody is to be asked */
};

/* Room for n logs. cli_serve_courier_done accepts a zeroed struct. */
int cli_serve_courier_init(struct cli_serve_courier *courier, size_t n,
    bool is_confined, struct err *err) MUST_CHECK;
void cli_serve_courier_done(struct cli_serve_courier *courier);

/* The next log: an opened folder, borrowed. Reads its policy if `is_asked` and
 * it has one; *ret_has_policy (may be NULL) says so. */
int cli_serve_courier_add(struct cli_serve_courier *courier,
    const struct cli_case *c, bool is_asked, bool *ret_has_policy,
    struct err *err) MUST_CHECK;

/* Starts the process, if there is a policy at all: before any key is read.
 * `ca_file` may be NULL. */
int cli_serve_courier_new(struct cli_serve_courier *courier,
    const char *ca_file, struct err *err) MUST_CHECK;

#endif
