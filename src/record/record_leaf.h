/*
 * record_leaf.h: a ledger's leaf: `entered: <time>` LF, then the signed note
 * (findings section 1). At most 65,535 bytes in all.
 */
#ifndef RECORD_LEAF_H
#define RECORD_LEAF_H

#include "buf.h"
#include "err.h"
#include "slice.h"

#include <stdint.h>

#define RECORD_LEAF_MAX 65535

struct record_leaf {
	int64_t entered;
	struct slice note; /* text, empty line, signature lines */
};

int record_leaf_parse(struct record_leaf *ret_leaf, struct slice bytes,
    struct err *err) MUST_CHECK;
/* ERR_LIMIT if the leaf would be longer than RECORD_LEAF_MAX. */
int record_leaf_put(struct buf *out, int64_t entered, struct slice note,
    struct err *err) MUST_CHECK;

#endif
