/*
 * log_checkpoint.h: the signed tree head: C2SP tlog-checkpoint v1.0.0 (no
 * extension lines written; refused when read, because some witnesses refuse
 * them) and tlog-cosignature v1.0.1 (Ed25519, type 0x04).
 */
#ifndef LOG_CHECKPOINT_H
#define LOG_CHECKPOINT_H

#include "buf.h"
#include "err.h"
#include "hash.h"
#include "note.h"
#include "slice.h"

#include <stdint.h>

#define LOG_CHECKPOINT_MAX 65536

struct log_checkpoint {
	struct slice origin; /* borrowed from the text */
	uint64_t size;
	struct hash root;
};

/* Exactly one spelling: three lines, size without leading zeros, canonical
 * base64, size 0 only with the empty root. ERR_FORMAT. */
int log_checkpoint_parse(struct log_checkpoint *ret_checkpoint,
    struct slice text, struct err *err) MUST_CHECK;
void log_checkpoint_put(struct buf *out, struct slice origin, uint64_t size,
    const struct hash *root);

/*
 * Parses a whole checkpoint note, requires `origin` == the key's name and a
 * valid signature by `log_key`. A known key with a bad signature is
 * ERR_VERIFY; no signature of the key is ERR_VERIFY too. *ret_note may be
 * NULL.
 */
int log_checkpoint_open(struct log_checkpoint *ret_checkpoint,
    struct note *ret_note, struct slice bytes, const struct note_key *log_key,
    struct err *err) MUST_CHECK;

/*
 * The checkpoint with the log's own signature line and no other: one spelling
 * for all who hold the same checkpoint, however many have cosigned theirs. A
 * site log holds these bytes as a leaf, and RFC 3161 stamps are made over them.
 * `log_key` and errors as in log_checkpoint_open, and buf_check's of *out.
 */
int log_checkpoint_put_own(struct buf *out, struct slice bytes,
    const struct note_key *log_key, struct err *err) MUST_CHECK;

/* One cosignature line over a checkpoint text at `when` (seconds, > 0). Errors:
 * note_sign_bytes's, and buf_check's of *out. */
int log_checkpoint_cosign(struct buf *out, const struct note_secret *witness,
    struct slice text, int64_t when, struct err *err) MUST_CHECK;

/* Checks a cosignature (type 0x04, 72 bytes): its time, or ERR_VERIFY. */
int log_checkpoint_check_cosignature(int64_t *ret_when,
    const struct note_key *witness, struct slice text,
    const struct note_signature *signature, struct err *err) MUST_CHECK;

#endif
