/*
 * case_check_reveal.h: a reveal file held against the records that commit to
 * its values.
 */
#ifndef CASE_CHECK_REVEAL_H
#define CASE_CHECK_REVEAL_H

#include "buf.h"
#include "case_check.h"
#include "err.h"
#include "slice.h"

/*
 * The records are in what `check` holds against the file: bundles, slim
 * bundles, receipts and signed records; each bundle is checked whole. A bundle
 * also tells the signer's key, otherwise a pin does; else that signature is
 * said to be unchecked. Appends words to *out if every value holds.
 * ERR_VERIFY: a value or the signature is false. ERR_NOTFOUND: a record is in
 * none of the files. ERR_UNSUPPORTED: one of these is false itself.
 */
int case_check_reveal(const struct case_check *check, struct slice bytes,
    struct buf *out, struct err *err) MUST_CHECK;

#endif
