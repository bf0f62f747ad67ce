/*
 * cli_token.h: keys whose secret is elsewhere, in an ssh-agent or a PKCS#11
 * token (agent.h): named in a key file, found by their public half.
 *
 * The agent is the one that SSH_AUTH_SOCK names. A token's PIN is the first
 * line of --passphrase-file, or asked for once: never tried twice, because
 * tokens lock themselves.
 */
#ifndef CLI_TOKEN_H
#define CLI_TOKEN_H

#include "agent.h"
#include "buf.h"
#include "cli_args.h"
#include "err.h"
#include "note_key.h"
#include "slice.h"

/* Opens the key in its place. agent_free *ret_agent after the last use of
 * *ret_secret. */
int cli_token_open(const struct cli_args *args, struct slice place,
    const struct note_key *key, struct agent **ret_agent,
    struct note_secret *ret_secret, struct err *err) MUST_CHECK;

/*
 * Takes the one key that is there (of those named `which`, if that is not
 * NULL) as the key `name` of this type; *file is what to publish. No key:
 * ERR_NOTFOUND; several: ERR_USAGE, and the message names them.
 */
int cli_token_take(const struct cli_args *args, const char *place,
    const char *which, struct slice name, enum note_key_type type,
    struct agent **ret_agent, struct note_secret *ret_secret, struct buf *file,
    struct err *err) MUST_CHECK;

#endif
