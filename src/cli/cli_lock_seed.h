/*
 * cli_lock_seed.h: the seed of an image's salts, locked with the image: an age
 * file of its own beside the locked one, FILE.seed.age, to the same key. What
 * is in it is the line that private/seeds/COPY.seed has.
 */
#ifndef CLI_LOCK_SEED_H
#define CLI_LOCK_SEED_H

#include "err.h"
#include "hash.h"
#include "media_age_key.h"
#include "tree_chunk.h"

#include <stdbool.h>

/* Whether a file is where that of `locked` would be. */
bool cli_lock_seed_is_there(const char *locked);

/* Makes it; *ret_file is its SHA-256, for the record. ERR_CONFLICT: one is
 * there. */
int cli_lock_seed_write(const char *locked,
    const uint8_t recipient[MEDIA_AGE_KEY_SIZE], const struct tree_seed *seed,
    struct hash *ret_file, struct err *err) MUST_CHECK;
void cli_lock_seed_remove(const char *locked); /* after a failure */

/* Opens it, if it is the file that was recorded (ERR_VERIFY). ERR_NOTFOUND: it
 * is not beside the locked file. Wipe the seed after use. */
int cli_lock_seed_read(const char *locked,
    const struct media_age_key_ring *ring, const struct hash *recorded,
    struct tree_seed *ret_seed, struct err *err) MUST_CHECK;

bool cli_lock_seed_is_given(const char *output); /* OUTPUT.seed is there */
/* What was locked, open, as OUTPUT.seed, mode 0600. */
int cli_lock_seed_give(const char *output, const struct tree_seed *seed,
    struct err *err) MUST_CHECK;

#endif
