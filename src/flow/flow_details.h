/*
 * flow_details.h: the details of an examination, details.age: an archive of the
 * page, the tables, feature files and CASE/UCO, encrypted as it is made to
 * those whom the order names. Not a byte of it is written in the clear.
 */
#ifndef FLOW_DETAILS_H
#define FLOW_DETAILS_H

#include "err.h"
#include "exam_report.h"
#include "exam_sink.h"
#include "hash.h"
#include "media_age_key.h"
#include "media_age_tee.h"

#include <stddef.h>
#include <stdint.h>

/* A text of somebody else's (DFXML, a bodyfile) that goes into the archive.
 * `name` is the caller's own, without a folder. */
struct flow_details_text {
	const char *name;
	exam_sink_make_fn *make;
	const void *cookie;
};

struct flow_details {
	const struct exam_report *report;
	const struct exam_report_sums *sums;
	const struct flow_details_text *more;
	size_t more_count;
};

/*
 * The archive as it is: for tests, and for whoever encrypts it by other means.
 * Every member is in the folder `details`; sha256sums is its last.
 */
int flow_details_put(const struct flow_details *details,
    const struct exam_sink *sink, struct err *err) MUST_CHECK;

/*
 * The same, encrypted to `count` recipients (media_age_stream.h), each of whom
 * opens it alone. Writes to `out` in order. *ret_hash, *ret_size (may be NULL):
 * of the age file, which the record of the examination names. After an error
 * what was written means nothing. ERR_USAGE: no recipient, or too many.
 */
int flow_details_seal(const struct flow_details *details,
    const uint8_t (*recipients)[MEDIA_AGE_KEY_SIZE], size_t count,
    const struct media_age_sink *out, struct hash *ret_hash, uint64_t *ret_size,
    struct err *err) MUST_CHECK;

#endif
