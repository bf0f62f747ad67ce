/*
 * cli_site_view.h: a site log at a URL, looked through for one case: each
 * checkpoint of the case that is in it must be of the case's own history.
 *
 * The site log is copied and verified as a case at a URL is (cli_remote.h).
 */
#ifndef CLI_SITE_VIEW_H
#define CLI_SITE_VIEW_H

#include "cli_args.h"
#include "cli_case.h"
#include "err.h"
#include "note_key.h"
#include "slice.h"

#include <stdbool.h>
#include <stdint.h>

struct cli_site_view {
	struct cli_case copy; /* of the site log; without state */
	bool is_open;
};

/*
 * Brings the copy up to date. `key` must be the site's (NULL: at first contact
 * the one that the case's step names). ERR_VERIFY: it is another, or the site
 * log is false, and then the proof is kept in the copy's private/alarms/.
 * cli_site_view_done accepts a zeroed struct.
 */
int cli_site_view_sync(struct cli_site_view *view, const struct cli_args *args,
    const char *url, const struct note_key *key, const struct cli_case *c,
    struct err *err) MUST_CHECK;
void cli_site_view_done(struct cli_site_view *view);

enum cli_site_fault {
	CLI_SITE_SPLIT, /* signed by the case's key, and of another history */
	CLI_SITE_AHEAD, /* larger than the case is here */
	CLI_SITE_FORGED, /* under the case's name, and not signed by its key */
};

/*
 * Calls each checkpoint of the case in the site log that is not of what is
 * here; how many there are of it in all goes to *ret_count. ERR_VERIFY: an
 * entry of the site log is no checkpoint.
 */
int cli_site_view_compare(struct cli_site_view *view, const struct cli_case *c,
    void (*found)(void *cookie, enum cli_site_fault fault, uint64_t index,
	uint64_t size, struct slice checkpoint),
    void *cookie, uint64_t *ret_count, struct err *err) MUST_CHECK;

#endif
