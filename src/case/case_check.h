/*
 * case_check.h: what the two programs that check a file have in common: the
 * keys to pin, which kind of file it is, and the words about what was found.
 *
 * Pure: bytes in, text out. The callers read files, print and exit.
 */
#ifndef CASE_CHECK_H
#define CASE_CHECK_H

#include "buf.h"
#include "case_bundle.h"
#include "case_disclosure.h"
#include "case_with.h"
#include "err.h"
#include "note_key.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>

#define CASE_CHECK_PIN_FILE_MAX 65536
#define CASE_CHECK_WORDS_MAX (2 * (size_t)CASE_BUNDLE_MAX)

/* How to check. Zero it before use. */
struct case_check {
	struct note_key *pins; /* must be in the case */
	size_t pin_count, pin_cap;
	bool is_machine; /* tell the finding in machine form */
	bool is_leaves; /* tell each leaf's standing */
	struct case_with_file *with; /* held against the file */
	size_t with_count, with_cap;
	/* Tells in lines of two spaces' indent what the time stamps beside the
	 * checkpoint are worth: they need a library that the small program
	 * does not have. NULL: it is said that they were not checked. */
	int (*tell_stamps)(void *cookie, const struct case_bundle *bundle,
	    struct buf *out, struct err *err);
	void *stamps_cookie;
	/* Where the bytes go that a disclosure shows; NULL: nowhere. They are
	 * worth nothing before the check says that it holds. */
	const struct case_disclosure_out *shown;
};

void case_check_done(struct case_check *check);

/* Pins what the text holds: a key file's public half, or one public key on
 * each line, where empty lines and # lines are passed over. ERR_FORMAT if
 * there is no key in it. */
int case_check_add_pins(
    struct case_check *check, struct slice text, struct err *err) MUST_CHECK;

/* Holds one more file against the one to check; takes the contents of *bytes
 * and borrows the name. */
int case_check_add_with(struct case_check *check, const char *name,
    struct buf *bytes, struct err *err) MUST_CHECK;

/*
 * Checks a bundle, slim bundle, receipt or reveal file and, if it holds,
 * appends what is to be told to *out: words for people, or else only the lines
 * for programs that were asked for. *ret_stands is false if the finding holds
 * but does not stand any more with what is held against it. Errors as
 * case_bundle_check and case_with_make, and the message names the file
 * (`name`); ERR_USAGE if something is asked of a receipt that only bundles
 * have.
 *
 * One leaf is told as `<index> <kind> <standing> <rule or -> <record id>`.
 * Bytes that are shown (`shown`) are only in a disclosure: ERR_USAGE.
 */
int case_check_file(const struct case_check *check, const char *name,
    struct slice bytes, struct buf *out, bool *ret_stands,
    struct err *err) MUST_CHECK;

/* The same for a file of any length, or a disclosure, which is read as it
 * comes; everything else is read whole first, and at most CASE_BUNDLE_MAX.
 * *ret_is_vouched is false of a disclosure that was not held against the record
 * of its image: it leads to a root that it states itself, which anybody can
 * make, so it is neither true nor false. */
int case_check_stream(const struct case_check *check, const char *name,
    const struct case_disclosure_in *in, struct buf *out, bool *ret_stands,
    bool *ret_is_vouched, struct err *err) MUST_CHECK;

/* For the files of this room that check. The signers of a case and their keys;
 * and a result about a file of --with, with its name in front, where ERR_VERIFY
 * becomes ERR_UNSUPPORTED: a false one says nothing about the file to check. */
void case_check_put_signers(struct buf *out, const struct case_check *check,
    const struct case_state *state);
int case_check_fail_with(
    int rc, const struct case_with_file *file, struct err *err);
/* Checks a file of --with that is a bundle or a slim one, and calls `each` with
 * its state; `is_whole`: it holds all records. Errors as above, and each's. */
int case_check_with_state(const struct case_check *check,
    const struct case_with_file *file,
    int (*each)(void *cookie, const struct case_state *state, bool is_whole,
	struct err *err),
    void *cookie, struct err *err) MUST_CHECK;

#endif
