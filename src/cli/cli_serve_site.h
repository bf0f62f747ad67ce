/*
 * cli_serve_site.h: while the server runs, the site log takes the checkpoints
 * of its cases, and each case has its newest step.
 *
 * One thread does the taking; what witnesses say of the site log comes from
 * another one (cli_serve_courier.h). Both hold one lock.
 */
#ifndef CLI_SERVE_SITE_H
#define CLI_SERVE_SITE_H

#include "cli_site.h"
#include "err.h"
#include "site.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>

struct cli_serve_site;

/*
 * Takes the checkpoints of all cases once, before anybody is served. `site` is
 * locked; it and the logs are borrowed. ERR_VERIFY: a case does not continue
 * what the site log has of it (told on standard error), and is not to be
 * served.
 */
int cli_serve_site_new(struct cli_serve_site **ret_serve, struct cli_site *site,
    struct site_log *logs, size_t n, unsigned every_s,
    struct err *err) MUST_CHECK;
/* Starts the thread. */
int cli_serve_site_start(
    struct cli_serve_site *serve, struct err *err) MUST_CHECK;
/* Takes the last checkpoints and ends it; accepts NULL. */
void cli_serve_site_free(struct cli_serve_site *serve);

/* A checkpoint of the site log, cosigned; see serve_courier.h. */
void cli_serve_site_take_cosigned(
    struct cli_serve_site *serve, struct slice checkpoint);

/* For /health: 0, or why it does not work. */
int cli_serve_site_check(
    struct cli_serve_site *serve, struct err *err) MUST_CHECK;

#endif
