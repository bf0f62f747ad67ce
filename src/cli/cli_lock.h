/*
 * cli_lock.h: what lock, unlock and accept share: the lock that the ledger has
 * of a copy, the shares that people bring, the key they make together.
 */
#ifndef CLI_LOCK_H
#define CLI_LOCK_H

#include "cli_case.h"
#include "cli_image.h"
#include "err.h"
#include "hash.h"
#include "media_age.h"
#include "media_share.h"
#include "record.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The options that bring shares and the keys that open them. */
#define CLI_LOCK_SHARE                                                         \
	{                                                                      \
		"share", 0, "FILE", true,                                      \
		    "a holder's share, encrypted to the holder or opened "     \
		    "already"                                                  \
	}
#define CLI_LOCK_IDENTITY                                                      \
	{                                                                      \
		"identity", 0, "FILE", true,                                   \
		    "a holder's age keys (age-keygen), to open its share"      \
	}

/* Who opens, with what. Zeroed is empty; cli_lock_done wipes. */
struct cli_lock {
	struct media_share_lock lock;
	size_t holder_count;
	struct slice holders[RECORD_SIGNERS_MAX]; /* borrowed from the record */
	struct record record;
	uint32_t leaf; /* of the record, by cli_lock_find */
	struct media_age_key_ring identities; /* --identity */
	struct media_share_set shares; /* --share, in the order given */
	struct media_age_key_ring key; /* what they made; at most one */
};

void cli_lock_done(struct cli_lock *l);

/* The age recipient that a party has enrolled last. ERR_NOTFOUND: none, and how
 * to enrol one; ERR_FORMAT: what it enrolled is none. */
int cli_lock_recipient(const struct cli_case *c, struct slice party,
    uint8_t ret_key[MEDIA_AGE_KEY_SIZE], struct err *err) MUST_CHECK;

/* Reads the lock out of a record that is borrowed for the life of *l.
 * ERR_VERIFY: its commitments do not belong to its key; ERR_NOTFOUND: it names
 * no key. */
int cli_lock_take(struct cli_lock *l, const struct record *record,
    struct err *err) MUST_CHECK;

/* The newest good lock of the item in the ledger. */
int cli_lock_find(struct cli_lock *l, const struct cli_case *c,
    struct slice item, struct err *err) MUST_CHECK;

/* Reads every --identity. */
int cli_lock_identities(struct cli_lock *l, const struct cli_args *args,
    struct err *err) MUST_CHECK;

/*
 * Opens one share file, and holds it to the lock: the case, the item, the
 * quorum's key, the holder at its place, the commitments. ERR_VERIFY names the
 * holder. Adds it to l->shares.
 */
int cli_lock_add_share(struct cli_lock *l, const struct cli_case *c,
    struct slice item, const char *path, struct err *err) MUST_CHECK;

/* The item that a share file is of: for a command that is told none. Copied to
 * the buffer. */
int cli_lock_item_of(struct cli_lock *l, const char *path, struct buf *ret_item,
    struct err *err) MUST_CHECK;

/* Reads every --share, and makes the key. ERR_NOTFOUND: too few. */
int cli_lock_open(struct cli_lock *l, const struct cli_case *c,
    struct slice item, struct err *err) MUST_CHECK;

/* What the lock that cli_lock_find found says of the files of one item. */
struct cli_lock_files {
	bool has_sealed, has_seed;
	struct hash sealed; /* SHA-256 of the locked file; may be withheld */
	struct hash seed; /* SHA-256 of the file with the locked seed */
};
int cli_lock_files(const struct cli_lock *l, const struct cli_case *c,
    struct slice item, struct cli_lock_files *ret_files,
    struct err *err) MUST_CHECK;

/* Whether what was found on opening is what the records say of the locked file
 * and of the copy, as far as both are known. ERR_VERIFY says what is not. */
int cli_lock_check_found(const struct media_age_hashes *found,
    const struct cli_lock_files *files, const struct cli_image_claim *claim,
    const char *copy, struct err *err) MUST_CHECK;

#endif
