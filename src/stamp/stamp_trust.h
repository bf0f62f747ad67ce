/*
 * stamp_trust.h: the certificates that somebody here vouches for.
 *
 * Only what is given is trusted, root or not; the system's own store is never
 * asked.
 */
#ifndef STAMP_TRUST_H
#define STAMP_TRUST_H

#include "err.h"
#include "slice.h"

#include <stddef.h>

/* Of a file of certificates: a system's whole store is a fifth of it. */
#define STAMP_TRUST_MAX (1u << 20)

struct stamp_trust; /* one thread at a time */

/* An empty one; NULL: out of memory. stamp_trust_free accepts NULL. */
struct stamp_trust *stamp_trust_new(void);
void stamp_trust_free(struct stamp_trust *trust);

/*
 * Adds the certificates of a PEM file; text between them is passed over.
 * ERR_FORMAT: there is none, or one is damaged. ERR_LIMIT: more than
 * STAMP_TRUST_MAX bytes.
 */
int stamp_trust_add(
    struct stamp_trust *trust, struct slice pem, struct err *err) MUST_CHECK;

/* How many certificates there are. */
size_t stamp_trust_count(const struct stamp_trust *trust);

#endif
