/*
 * note_key.h: who signs: names, Ed25519 public keys as C2SP vkeys, secret
 * keys, and the key file that keeps a secret key locked.
 *
 * C2SP signed-note v1.0.0. Key id = SHA-256(name || LF || type || key)[:4].
 */
#ifndef NOTE_KEY_H
#define NOTE_KEY_H

#include "buf.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stdint.h>

#define NOTE_KEY_NAME_MAX 128
#define NOTE_KEY_ID_HEX_SIZE 9

enum note_key_type {
	NOTE_KEY_ED25519 = 0x01, /* signs a text as it is */
	NOTE_KEY_COSIGNATURE = 0x04, /* signs a checkpoint with a time */
};

struct note_key {
	char name[NOTE_KEY_NAME_MAX + 1];
	uint8_t type; /* enum note_key_type */
	uint32_t id;
	uint8_t public_key[32];
};

/*
 * Who signs where the secret never comes into this process: an agent, a token.
 * The 64 bytes are a plain Ed25519 signature of the message. Any error code.
 */
struct note_token {
	int (*sign)(void *cookie, const void *message, size_t n,
	    uint8_t ret_signature[64], struct err *err);
	void *cookie; /* borrowed; NULL sign: the seed is here */
};

/* A key that signs. Wipe with note_secret_done. */
struct note_secret {
	struct note_key key;
	uint8_t seed[32];
	uint8_t expanded[64]; /* the library's own form of the secret */
	struct note_token token; /* then seed and expanded are zero */
};

/* Once, before anything else in this room; safe to call again. Aborts if the
 * library cannot start. */
void note_key_setup(void);

/* C2SP's rule for key names: UTF-8, not empty, no control character, no
 * Unicode space, no '+'. */
bool note_key_is_name(struct slice name);

/*
 * `name+hex8+base64(type || key)`. Refused with ERR_FORMAT: a key id that
 * does not belong to name and key, a name that is not note_key_is_name, not
 * text_is_line or longer than NOTE_KEY_NAME_MAX bytes, a type other than the
 * two above, a public key that is not canonical or not of prime order.
 */
int note_key_parse(
    struct note_key *ret_key, struct slice vkey, struct err *err) MUST_CHECK;
void note_key_put(struct buf *out, const struct note_key *key);
int note_key_make(struct note_key *ret_key, struct slice name, uint8_t type,
    const uint8_t public_key[32], struct err *err) MUST_CHECK;
void note_key_id_hex(char ret_hex[NOTE_KEY_ID_HEX_SIZE], uint32_t id);

/* The same underlying key under another name or type counts as the same. */
bool note_key_is_same_point(const struct note_key *a, const struct note_key *b);

/* A new key from the operating system's randomness / from a given seed. */
int note_secret_new(struct note_secret *ret_secret, struct slice name,
    uint8_t type, struct err *err) MUST_CHECK;
int note_secret_from_seed(struct note_secret *ret_secret, struct slice name,
    uint8_t type, const uint8_t seed[32], struct err *err) MUST_CHECK;
/* A key of which only the token knows the secret; `token` is copied. Every
 * signature that it makes is checked before it is used. */
int note_secret_from_token(struct note_secret *ret_secret,
    const struct note_key *key, const struct note_token *token,
    struct err *err) MUST_CHECK;
void note_secret_done(struct note_secret *secret);

/*
 * Key files. Text: line 1 `counterfoil-key/v1`, then the vkey, then either
 * `plain: <base64 seed>` or Argon2id parameters, salt and the sealed seed
 * (XChaCha20-Poly1305; the lines before it are authenticated too), or
 * `elsewhere: <place>`, which says who signs (agent.h). A file is
 * locked if passphrase.p is not NULL; an empty passphrase is ERR_USAGE. Opening
 * a locked file without or with a wrong passphrase: ERR_DENIED. Parameters
 * above NOTE_KEY_ARGON_MEMORY_MAX bytes or NOTE_KEY_ARGON_OPS_MAX passes:
 * ERR_LIMIT, before any work. A file has exactly one spelling; any other, and
 * a seed that is not the vkey's, is ERR_FORMAT. A plain file opens with any
 * passphrase. What was put is secret: buf_wipe it.
 */
#define NOTE_KEY_FILE_MAX 4096
#define NOTE_KEY_ARGON_MEMORY_MAX (1024ull * 1024 * 1024)
#define NOTE_KEY_ARGON_OPS_MAX 16

int note_key_file_put(struct buf *out, const struct note_secret *secret,
    struct slice passphrase, struct err *err) MUST_CHECK;
int note_key_file_parse(struct note_secret *ret_secret, struct slice file,
    struct slice passphrase, struct err *err) MUST_CHECK;
/* The public half, and whether the file is locked; needs no passphrase. */
int note_key_file_peek(struct note_key *ret_key, bool *ret_is_locked,
    struct slice file, struct err *err) MUST_CHECK;

/* Where the secret is, if it is not in the file (note_key_file_parse is then
 * ERR_UNSUPPORTED); else absent. Borrowed from the file. */
struct slice note_key_file_elsewhere(struct slice file);
/* `place` is one line of text; ERR_USAGE. Nothing secret is put. */
int note_key_file_put_elsewhere(struct buf *out, const struct note_key *key,
    struct slice place, struct err *err) MUST_CHECK;

#endif
