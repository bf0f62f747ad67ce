/*
 * flow_check.h: the check character of a label: ISO/IEC 7064, MOD 37,36, over
 * the letters and digits of an identifier (capital and small letters are the
 * same; '.', '/' and '-' are passed over). It finds every single wrong
 * character and nearly every swap of two neighbours.
 *
 * On a label, and in a scanner, it stands behind the identifier and an
 * asterisk, which no identifier can hold: PC-0007-D1*K.
 */
#ifndef FLOW_CHECK_H
#define FLOW_CHECK_H

#include "buf.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>

#define FLOW_CHECK_MARK '*'

/* '0' to '9' or 'A' to 'Z'. */
char flow_check_of(struct slice id);
/* "PC-0007-D1*K" */
void flow_check_put(struct buf *out, struct slice id);

/* Whether a text has the form of a label: an identifier, '*', one letter or
 * digit. */
bool flow_check_is_label(struct slice text);

/*
 * What a scanner or a person typed, without its check character: *ret_id is
 * the text itself unless it has the form of a label. ERR_VERIFY: it has, and
 * the character is not the right one.
 */
int flow_check_take(
    struct slice text, struct slice *ret_id, struct err *err) MUST_CHECK;

#endif
