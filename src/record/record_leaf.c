/*
 * record_leaf.c: splits and writes leaves. The time is the ledger's own word
 * and is not signed by the parties; the tree makes it unchangeable.
 */
#include "record_leaf.h"

#include "reader.h"
#include "when.h"

int record_leaf_parse(
    struct record_leaf *ret_leaf, struct slice bytes, struct err *err)
{
	struct reader reader;
	int64_t entered;

	if (bytes.n > RECORD_LEAF_MAX)
		return err_set(err, ERR_LIMIT, "leaf: %zu bytes, more than %d",
		    bytes.n, RECORD_LEAF_MAX);
	reader_init(&reader, bytes.p, bytes.n);
	reader_expect(&reader, "entered: ");
	struct slice time = reader_line(&reader);
	if (reader.failed || !when_from_time(&entered, time))
		return err_set(err, ERR_FORMAT,
		    "leaf: does not begin with \"entered: <UTC time>\"");
	ret_leaf->entered = entered;
	ret_leaf->note = reader_bytes(&reader, reader_left(&reader));
	return 0;
}

int record_leaf_put(
    struct buf *out, int64_t entered, struct slice note, struct err *err)
{
	char time[WHEN_SIZE];
	size_t start = out->n;

	when_to_time(time, entered);
	buf_printf(out, "entered: %s\n", time);
	buf_put_slice(out, note);
	if (out->n - start > RECORD_LEAF_MAX)
		return err_set(err, ERR_LIMIT,
		    "the signed record is %zu bytes, and a leaf holds at most "
		    "%d: name fewer items in one record",
		    out->n - start, RECORD_LEAF_MAX);
	return buf_check(out, err);
}
