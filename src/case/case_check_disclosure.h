/*
 * case_check_disclosure.h: a disclosure checked, held against the record of its
 * image, and told in words.
 */
#ifndef CASE_CHECK_DISCLOSURE_H
#define CASE_CHECK_DISCLOSURE_H

#include "buf.h"
#include "case_check.h"
#include "case_disclosure.h"
#include "err.h"

/*
 * The record is in what `check` holds against it: bundles, slim bundles and
 * receipts, each checked whole. Without any, what the file says of itself is
 * told, and that nobody vouches for its root: *ret_is_vouched is false then.
 * ERR_NOTFOUND: the record is in
 * none of them. ERR_UNSUPPORTED: one of these is false itself. Others as
 * case_disclosure_check.
 */
int case_check_disclosure(const struct case_check *check,
    const struct case_disclosure_in *in, struct buf *out, bool *ret_is_vouched,
    struct err *err) MUST_CHECK;

/* The ranges that are shown and how much else there is, in words. */
void case_check_disclosure_put_ranges(
    const struct case_disclosure *disclosure, struct buf *out);

#endif
