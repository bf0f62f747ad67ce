/*
 * media_share.h: an age identity that nobody has: shared out t of n, with
 * commitments by which each holder checks its own share (findings section 8).
 *
 * The identity is a clamped X25519 scalar k; s = k mod L, the order of the
 * Ed25519 group, is what is shared (Feldman, over that order): share i is f(i),
 * f(0) = s, commitment j is the Ed25519 point of coefficient j. Whole, it
 * exists only within a call here, in memory that is locked and wiped.
 */
#ifndef MEDIA_SHARE_H
#define MEDIA_SHARE_H

#include "buf.h"
#include "err.h"
#include "media_age_key.h"
#include "slice.h"

#include <stddef.h>
#include <stdint.h>

#define MEDIA_SHARE_MAX 16 /* holders; a record has no more signers */

/* What everybody may know of a lock. */
struct media_share_lock {
	uint8_t recipient[MEDIA_AGE_KEY_SIZE];
	size_t threshold; /* 2 to MEDIA_SHARE_MAX */
	uint8_t commitments[MEDIA_SHARE_MAX][32]; /* `threshold` of them */
};

/* One holder's. */
struct media_share {
	unsigned index; /* from 1, in the order of the holders */
	uint8_t b[32];
};

/* Shares in memory that is locked, and wiped when it is given back. */
struct media_share_set {
	size_t n;
	struct media_share *shares; /* room for MEDIA_SHARE_MAX */
};

int media_share_set_init(
    struct media_share_set *set, struct err *err) MUST_CHECK;
void media_share_set_done(struct media_share_set *set); /* zeroed is fine */

/* A fresh identity, shared out at once and forgotten. 2 <= threshold < n <=
 * MEDIA_SHARE_MAX, or ERR_USAGE. The set is filled with shares 1 to n. */
int media_share_make(struct media_share_lock *ret_lock,
    struct media_share_set *set, size_t threshold, size_t n,
    struct err *err) MUST_CHECK;

/* Whether the commitments are points, canonical and of prime order, and the
 * first one is the recipient in Montgomery's form. ERR_VERIFY. */
int media_share_check_lock(
    const struct media_share_lock *lock, struct err *err) MUST_CHECK;

/* Whether the share is f(index). ERR_VERIFY. The lock must have passed
 * media_share_check_lock. */
int media_share_check(const struct media_share_lock *lock,
    const struct media_share *share, struct err *err) MUST_CHECK;

/*
 * Adds the identity to the ring, from the first `threshold` shares of the set.
 * All shares are checked first: ERR_VERIFY with *ret_bad (may be NULL) the
 * index of a false one, or 0 if it is the lock that is false; ERR_NOTFOUND: too
 * few; ERR_USAGE: two with one index.
 */
int media_share_recover(const struct media_share_lock *lock,
    const struct media_share_set *set, struct media_age_key_ring *ring,
    unsigned *ret_bad, struct err *err) MUST_CHECK;

/*
 * A share as text, for its holder alone:
 *
 *	counterfoil-share/v1
 *	case: <reference>
 *	item: <item>
 *	quorum-key: <age recipient>
 *	holder: <party>
 *	index: <1 to 16>
 *	share: <64 hex digits>
 *
 * There is one spelling. Slices are borrowed from the text.
 */
struct media_share_text {
	struct slice case_ref, item, quorum_key, holder;
	struct media_share share;
};
#define MEDIA_SHARE_TEXT_MAX 1024

void media_share_put(struct buf *out, const struct media_share_text *text);
int media_share_parse(struct media_share_text *text, struct slice bytes,
    struct err *err) MUST_CHECK;

#endif
