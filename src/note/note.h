/*
 * note.h: C2SP signed notes: a text, an empty line, signature lines.
 *
 * Ed25519 as findings section 1 has it: canonical keys of prime order, S < L,
 * R not of small order, the cofactorless equation with R compared as bytes.
 * All but the equation is checked here before any library is called, so that
 * every build accepts the same signatures.
 */
#ifndef NOTE_H
#define NOTE_H

#include "buf.h"
#include "err.h"
#include "note_key.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOTE_MAX 1048576 /* bytes; leaves are far smaller */
#define NOTE_SIGNATURES_MAX 100
#define NOTE_SIGNATURE_BYTES_MAX 5120 /* post-quantum ones are near 5 kB */

struct note_signature {
	struct slice name;
	uint32_t id;
	struct slice base64; /* as it stands, still encoded */
	size_t bytes_n; /* decoded, without the key id */
	uint8_t bytes[80]; /* the first 80 bytes: enough for type 1 and 4 */
};

struct note {
	struct slice text; /* ends in LF; borrowed from what was parsed */
	size_t n;
	struct note_signature signatures[NOTE_SIGNATURES_MAX];
};

/*
 * Takes a note apart; checks no signature. ERR_FORMAT: not UTF-8, a control
 * character other than LF, no LF at the end, no empty line, no signature
 * line, a signature line with a bad name, with base64 that is not canonical
 * or with less than 5 bytes in it, or with the name and id of another.
 * ERR_LIMIT: one of the three limits above.
 */
int note_parse(
    struct note *ret_note, struct slice bytes, struct err *err) MUST_CHECK;

/* Checks `signature` of type 1 over `text` with `key`. 0 or ERR_VERIFY, which
 * is also the answer to a key of another type and to a signature that has not
 * the key's name and id. */
int note_check(const struct note_key *key, struct slice text,
    const struct note_signature *signature, struct err *err) MUST_CHECK;

/* The signature of `key` in the note, or NULL (name and id compared). */
const struct note_signature *note_find(
    const struct note *note, const struct note_key *key);

/*
 * Raw Ed25519. note_check_bytes checks all the rules above but one: that the
 * key has prime order, which costs as much as a signature, is for
 * note_is_good_public_key to say, once for each key. Every struct note_key
 * that came out of note_key.h has passed it; a key from elsewhere must pass
 * it before its signatures count. 0 or ERR_VERIFY.
 */
int note_check_bytes(const uint8_t public_key[32], const void *message,
    size_t n, const uint8_t signature[64], struct err *err) MUST_CHECK;
bool note_is_good_public_key(const uint8_t public_key[32]);
/* Errors: only the token's; and ERR_VERIFY if what the token gave back is no
 * signature of the key. */
int note_sign_bytes(uint8_t ret_signature[64], const struct note_secret *secret,
    const void *message, size_t n, struct err *err) MUST_CHECK;

/* Appends one signature line over `text`, by a key of type 1, to *out. Errors:
 * note_sign_bytes's, and buf_check's of *out. */
int note_put_signature(struct buf *out, const struct note_secret *secret,
    struct slice text, struct err *err) MUST_CHECK;
/* Appends a signature line made elsewhere; 1 to NOTE_SIGNATURE_BYTES_MAX
 * bytes. */
void note_put_signature_bytes(struct buf *out, const struct note_key *key,
    const uint8_t *bytes, size_t n);

#endif
