/*
 * cli_secret.h: this folder's secrets for draws by lot, in private/draws/: one
 * file <SHA-256 of the secret>.secret each, with the secret in hex.
 *
 * A secret is on disk before anybody learns what it was committed to: who
 * commits can always open.
 */
#ifndef CLI_SECRET_H
#define CLI_SECRET_H

#include "cli_case.h"
#include "err.h"
#include "hash.h"
#include "slice.h"

/* A fresh one; what to commit to is *ret_digest. */
int cli_secret_make(const struct cli_case *c, struct hash *ret_digest,
    struct err *err) MUST_CHECK;

/* The secret in hex. ERR_NOTFOUND: it is not in this folder; ERR_VERIFY: the
 * file holds another. */
int cli_secret_read(const struct cli_case *c, struct slice digest_hex,
    char ret_hex[HASH_HEX_SIZE], struct err *err) MUST_CHECK;

#endif
