/*
 * stamp_words.h: what a person is told of stamps.
 */
#ifndef STAMP_WORDS_H
#define STAMP_WORDS_H

#include "buf.h"
#include "err.h"
#include "note_key.h"
#include "slice.h"
#include "stamp.h"

#include <stdint.h>

/*
 * "before 2026-12-01T10:00:00Z, says CN=Stamps,O=One", and in brackets who
 * vouches: `ca_name` is what the trust was read from (NULL: none was given).
 * `now` (0: unknown) tells whether its certificate has ended since. No LF.
 */
void stamp_words_put_one(struct buf *out, const struct stamp *stamp,
    const char *ca_name, int64_t now);

/* The section of a bundle. */
struct stamp_words {
	struct slice checkpoint; /* the bundle's, with any signatures */
	const struct note_key *log_key;
	struct slice section; /* stamp_file.h */
	const struct stamp_trust *trust; /* NULL: none was given */
	const char *ca_name; /* the file's name, if one was */
	int64_t now; /* 0: unknown */
};

struct stamp_words_result {
	size_t n;
	size_t vouched; /* true, and vouched for */
	size_t wrong; /* not true */
};

/*
 * The lines for the stamps of a bundle. A stamp that is false or cannot be
 * checked is a line too, and is counted: it makes nothing else false.
 * Errors: log_checkpoint_open's for the checkpoint, stamp_file_parse's for the
 * section, ERR_NOMEM.
 */
int stamp_words_put(struct buf *out, const struct stamp_words *words,
    struct stamp_words_result *ret_result, struct err *err) MUST_CHECK;

#endif
