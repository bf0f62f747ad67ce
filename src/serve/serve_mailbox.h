/*
 * serve_mailbox.h: offers that wait for signatures, in private/mailbox/, one
 * file for each, named by the id of its main record.
 *
 * An offer comes in with the signature of at least one party. Only those whose
 * signature it names may see it or take it away, for it carries the withheld
 * values. It goes when its record is in the ledger, or when it has expired:
 * at its `offer-expires:`, else SERVE_MAILBOX_DAYS after it came. Not for
 * several threads at once.
 */
#ifndef SERVE_MAILBOX_H
#define SERVE_MAILBOX_H

#include "buf.h"
#include "err.h"
#include "hash.h"
#include "serve_ledger.h"
#include "slice.h"

#define SERVE_MAILBOX_DAYS 30
#define SERVE_MAILBOX_MAX 1024 /* offers in all */
#define SERVE_MAILBOX_PARTY_MAX 64 /* first signed by one party */

/*
 * Puts an offer there, or one with more signatures in place of one with fewer.
 * ERR_FORMAT: no offer, or complete already (that is for /records); ERR_DENIED:
 * of another case, or a signature is false or no party's; ERR_CONFLICT:
 * another offer of that name is there, or one with signatures that this one
 * lacks, or it is in the ledger, or expired; ERR_LIMIT: too many. *ret_id is
 * its main record's id.
 */
int serve_mailbox_put(struct serve_ledger *ledger, struct slice bytes,
    char ret_id[HASH_HEX_SIZE], struct err *err) MUST_CHECK;

/* What waits for or was signed by `party`, as JSON; or, with `is_text`, only
 * the ids, one a line. */
int serve_mailbox_list(struct serve_ledger *ledger, struct slice party,
    bool is_text, struct buf *out, struct err *err) MUST_CHECK;

/* The offer itself; ERR_NOTFOUND if there is none for that party. */
int serve_mailbox_get(struct serve_ledger *ledger, struct slice party,
    struct slice id, struct buf *out, struct err *err) MUST_CHECK;
int serve_mailbox_remove(struct serve_ledger *ledger, struct slice party,
    struct slice id, struct err *err) MUST_CHECK;

#endif
