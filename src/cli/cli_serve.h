/*
 * cli_serve.h: what `counterfoil serve` needs to take records into a case: its
 * ledger, opened and locked, and the part of the server that hands them on.
 *
 * In two steps, for the sandbox stands between them: whatever asks for a
 * passphrase or opens a file by its path comes first, threads come after.
 */
#ifndef CLI_SERVE_H
#define CLI_SERVE_H

#include "cli_case.h"
#include "cli_keys.h"
#include "err.h"
#include "serve.h"
#include "serve_api.h"
#include "serve_courier.h"
#include "serve_ledger.h"

#include <stdint.h>

struct cli_serve {
	struct cli_keys keys;
	int64_t ahead; /* of the clock: --now, where the case allows it */
	struct serve_ledger *ledger;
	struct serve_api *api;
	/* NULL: none is needed; if it has ended, /health says so. */
	const struct serve_courier *courier;
};

/* Unlocks the ledger's key, locks and reads the ledger of an opened folder.
 * `metrics` may be NULL. cli_serve_done accepts a zeroed struct. */
int cli_serve_open(struct cli_serve *serve, struct cli_case *c,
    struct serve_metrics *metrics, struct err *err) MUST_CHECK;
/* Starts its threads and names itself in *served. */
int cli_serve_start(struct cli_serve *serve,
    const struct serve_api_options *limits, struct serve_case *served,
    struct err *err) MUST_CHECK;
/* Answers everybody; then the server may be freed, and then this. */
void cli_serve_stop(struct cli_serve *serve);
void cli_serve_done(struct cli_serve *serve);

#endif
