/*
 * cli_remote.h: a case at a URL (counterfoil-serve(1)): a copy of its ledger in
 * the user's own folder, brought up to date whenever it is opened; records go
 * to its server.
 *
 * The copy is a case folder like any other, in
 * ~/.local/share/counterfoil/cases/, and keeps what is this user's: reveals,
 * receipts, offers. Its counterfoil.conf has a line `url:`. It never has the
 * ledger's key.
 */
#ifndef CLI_REMOTE_H
#define CLI_REMOTE_H

#include "buf.h"
#include "cli_args.h"
#include "err.h"
#include "http_client.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>

struct cli_case;
struct note_key;

/* https://... or http://... */
bool cli_remote_is_url(const char *path);

/* The folder of the copy, appended; made at first contact, when what it is to
 * be believed is said on standard error. */
int cli_remote_folder(const struct cli_args *args, const char *url,
    struct buf *ret_path, struct err *err) MUST_CHECK;

/* The same for a site log (cli_site.h), whose key nobody there says: at first
 * contact it is `key`. ERR_USAGE: that is NULL. Its copy is opened with
 * cli_case_open_folder_at. */
int cli_remote_site_folder(const struct cli_args *args, const char *url,
    const struct note_key *key, struct buf *ret_path,
    struct err *err) MUST_CHECK;

/*
 * A public file beside the tiles, such as `site` or `stamps/42`: from the
 * case's server, or the folder's log/; appended, not believed. 0 and nothing if
 * there is none; ERR_LIMIT if it is longer.
 */
int cli_remote_get_beside(const struct cli_case *c, const char *path,
    size_t max_bytes, struct buf *out, struct err *err) MUST_CHECK;

/* Brings the copy in c->fd up to date. A server that cannot be reached is
 * said, and the copy is used as it is; ERR_VERIFY: it shows something false,
 * and the checkpoint that proves it is kept in private/alarms/. */
int cli_remote_sync(struct cli_case *c, struct err *err) MUST_CHECK;

/* Keeps the checkpoint in private/alarms/: it is signed, and proves itself. */
struct mirror_news;
int cli_remote_keep_proof(const struct cli_case *c,
    const struct mirror_news *news, struct err *err) MUST_CHECK;

/*
 * Asks the case's server: `path` below the case ("records"), a body or none.
 * 0 for every answer that is whole.
 */
int cli_remote_ask(const struct cli_case *c, const char *method,
    const char *path, struct slice body, const char *authorization,
    struct http_answer *ret_answer, struct err *err) MUST_CHECK;

/* An answer that nobody expected, as an error with its first line; ERR_IO. */
int cli_remote_refuse(const struct cli_case *c,
    const struct http_answer *answer, struct err *err) MUST_CHECK;
/* The first line of an answer, or "" if it cannot be shown. */
struct slice cli_remote_line(const struct http_answer *answer);

#endif
