/*
 * cli_site.h: a site log's folder, opened: its log, its key, and the witnesses
 * whose cosignatures go into the steps.
 *
 * The folder is of the form of a case folder (cli_case.h), with `site: yes` in
 * its counterfoil.conf and without records.
 */
#ifndef CLI_SITE_H
#define CLI_SITE_H

#include "cli_args.h"
#include "cli_case.h"
#include "cli_keys.h"
#include "err.h"
#include "note_key.h"
#include "site.h"
#include "witness_policy.h"

#include <stddef.h>

struct cli_site {
	struct cli_case c; /* without state */
	struct cli_keys keys;
	const struct note_secret *secret; /* borrowed; NULL: only to read */
	struct site *site;
	size_t witness_count;
	struct note_key witnesses[LOG_SITE_WITNESSES_MAX];
};

/* Opens and reads it. ERR_USAGE: it is a case. cli_site_done accepts a zeroed
 * struct. Large: not for the stack of a thread. */
int cli_site_open(struct cli_site *site, const struct cli_args *args,
    const char *path, struct err *err) MUST_CHECK;

/* Unlocks its key, takes its lock, and reads its policy (--policy, if the
 * command has that option, else `witnesses:`; neither: no witness). */
int cli_site_lock(struct cli_site *site, struct err *err) MUST_CHECK;
void cli_site_done(struct cli_site *site);

/* Writes the step of each log to its folder. A failure is said, and stops no
 * other; the first one is returned. */
int cli_site_keep_steps(struct cli_site *site, const struct site_log *logs,
    size_t n, struct err *err) MUST_CHECK;

/* Says what came of the logs that are false or could not be read, and keeps
 * what they showed in the site's private/refused/. Returns how many are false.
 */
size_t cli_site_tell(
    const struct cli_site *site, const struct site_log *logs, size_t n);

#endif
