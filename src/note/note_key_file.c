/*
 * note_key_file.c: the file that holds one secret key.
 *
 *	file   = "counterfoil-key/v1" LF vkey LF ( plain / locked / elsewhere )
 *	plain  = "plain: " base64(seed[32]) LF
 *	locked = "argon2id: " passes " " kibibytes " " base64(salt[16]) LF
 *	         "sealed: " base64(nonce[24] || box[48]) LF
 *	elsewhere = "elsewhere: " place LF
 *
 * Numbers are decimal without leading zeros: passes 1 to 16, kibibytes 8 to
 * 1048576. box is the seed under XChaCha20-Poly1305 with the key that
 * Argon2id (version 1.3, one lane, 32 bytes) makes of passphrase and salt;
 * everything before "sealed: " is authenticated with it. Each field has one
 * spelling, so a secret's file differs only by salt and nonce.
 */
#include "note_key.h"

#include "mem.h"
#include "reader.h"
#include "text.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#define MAGIC "counterfoil-key/v1"
#define SEED_SIZE 32
#define SALT_SIZE 16
#define NONCE_SIZE 24
#define BOX_SIZE (SEED_SIZE + 16)
#define LOCK_KEY_SIZE 32
#define KIBIBYTE 1024

/* libsodium's "interactive": 64 MiB in two passes, a tenth of a second. */
#define PASSES crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE
#define MEMORY_KIB (crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE / KIBIBYTE)
#define MEMORY_KIB_MIN (crypto_pwhash_argon2id_MEMLIMIT_MIN / KIBIBYTE)
#define MEMORY_KIB_MAX (NOTE_KEY_ARGON_MEMORY_MAX / KIBIBYTE)

static_assert(crypto_pwhash_argon2id_SALTBYTES == SALT_SIZE, "salt");
static_assert(
    crypto_aead_xchacha20poly1305_ietf_NPUBBYTES == NONCE_SIZE, "nonce");
static_assert(
    crypto_aead_xchacha20poly1305_ietf_ABYTES == BOX_SIZE - SEED_SIZE, "tag");
static_assert(
    crypto_aead_xchacha20poly1305_ietf_KEYBYTES == LOCK_KEY_SIZE, "key");

struct lock {
	unsigned long long passes;
	unsigned long long memory_kib;
	uint8_t salt[SALT_SIZE];
	uint8_t sealed[NONCE_SIZE + BOX_SIZE];
	struct slice head; /* what is authenticated with the seed */
};

/* A file taken apart: `seed` is set in a plain file, `lock` in a locked one. */
struct key_file {
	struct note_key key;
	bool is_locked;
	uint8_t seed[SEED_SIZE];
	struct lock lock;
	struct slice elsewhere;
};

static bool read_base64(uint8_t *ret_bytes, size_t n, struct slice base64)
{
	size_t got;

	return text_from_base64_secret(ret_bytes, n, &got, base64) && got == n;
}

/* The lines of a locked file after "argon2id: ". */
static int read_lock(struct lock *ret_lock, struct reader *reader,
    struct slice file, struct err *err)
{
	struct slice rest = reader_line(reader);
	struct slice passes = slice_cut(&rest, ' ');
	struct slice memory_kib = slice_cut(&rest, ' ');
	struct slice head = {file.p, reader->at};

	reader_expect(reader, "sealed: ");
	struct slice sealed = reader_line(reader);
	if (!slice_to_u64(passes, &ret_lock->passes) ||
	    !slice_to_u64(memory_kib, &ret_lock->memory_kib) ||
	    !read_base64(ret_lock->salt, SALT_SIZE, rest) ||
	    !read_base64(ret_lock->sealed, NONCE_SIZE + BOX_SIZE, sealed) ||
	    ret_lock->passes < 1 || ret_lock->memory_kib < MEMORY_KIB_MIN)
		return err_set(err, ERR_FORMAT, "key file: malformed lock");
	if (ret_lock->passes > NOTE_KEY_ARGON_OPS_MAX ||
	    ret_lock->memory_kib > MEMORY_KIB_MAX)
		return err_set(err, ERR_LIMIT,
		    "key file: unlocking would take %llu passes over %llu KiB",
		    ret_lock->passes, ret_lock->memory_kib);
	ret_lock->head = head;
	return 0;
}

static int read_seed(
    uint8_t ret_seed[SEED_SIZE], struct reader *reader, struct err *err)
{
	if (!read_base64(ret_seed, SEED_SIZE, reader_line(reader)))
		return err_set(err, ERR_FORMAT, "key file: malformed seed");
	return 0;
}

/* Fills *key_file also on failure; the caller wipes it. */
static int read_file(
    struct key_file *key_file, struct slice file, struct err *err)
{
	struct reader reader;
	int r;

	if (file.n > NOTE_KEY_FILE_MAX)
		return err_set(err, ERR_LIMIT, "key file: too long");
	reader_init(&reader, file.p, file.n);
	reader_expect(&reader, MAGIC "\n");
	struct slice vkey = reader_line(&reader);
	if (reader.failed)
		return err_set(err, ERR_FORMAT, "not a key file");
	r = note_key_parse(&key_file->key, vkey, err);
	if (r < 0)
		return r;

	if (reader_accept(&reader, "plain: ")) {
		r = read_seed(key_file->seed, &reader, err);
	} else if (reader_accept(&reader, "argon2id: ")) {
		key_file->is_locked = true;
		r = read_lock(&key_file->lock, &reader, file, err);
	} else if (reader_accept(&reader, "elsewhere: ")) {
		key_file->elsewhere = reader_line(&reader);
		if (!text_is_line(key_file->elsewhere, NULL, NULL))
			return err_set(
			    err, ERR_FORMAT, "key file: malformed place");
	} else {
		return err_set(err, ERR_FORMAT, "key file: no secret key");
	}
	if (r == 0 && !reader_is_at_end(&reader))
		r = err_set(err, ERR_FORMAT, "key file: bytes at the end");
	return r;
}

static int derive(uint8_t ret_key[LOCK_KEY_SIZE], const struct lock *lock,
    struct slice passphrase, struct err *err)
{
	if (crypto_pwhash_argon2id(ret_key, LOCK_KEY_SIZE, passphrase.p,
		passphrase.n, lock->salt, lock->passes,
		(size_t)lock->memory_kib * KIBIBYTE,
		crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
		return err_nomem(err);
	return 0;
}

static int unlock(uint8_t ret_seed[SEED_SIZE], const struct lock *lock,
    struct slice passphrase, struct err *err)
{
	uint8_t key[LOCK_KEY_SIZE];

	if (!passphrase.p)
		return err_set(err, ERR_DENIED, "the key is locked");
	int r = derive(key, lock, passphrase, err);
	if (r == 0 &&
	    crypto_aead_xchacha20poly1305_ietf_decrypt(ret_seed, NULL, NULL,
		lock->sealed + NONCE_SIZE, BOX_SIZE,
		(const uint8_t *)lock->head.p, lock->head.n, lock->sealed,
		key) != 0)
		r = err_set(err, ERR_DENIED,
		    "the passphrase does not open the key, or the file was "
		    "changed");
	mem_wipe(key, sizeof(key));
	return r;
}

int note_key_file_parse(struct note_secret *ret_secret, struct slice file,
    struct slice passphrase, struct err *err)
{
	struct key_file key_file = {0};
	struct note_secret secret = {0};
	const struct note_key *key = &key_file.key;

	int r = read_file(&key_file, file, err);
	if (r == 0 && key_file.elsewhere.p != NULL)
		r = err_set(err, ERR_UNSUPPORTED,
		    "the secret of %s is not in the file", key->name);
	if (r == 0 && key_file.is_locked)
		r = unlock(key_file.seed, &key_file.lock, passphrase, err);
	if (r < 0)
		goto out;
	r = note_secret_from_seed(
	    &secret, slice_of(key->name), key->type, key_file.seed, err);
	if (r < 0)
		goto out;
	if (!note_key_is_same_point(&secret.key, key)) {
		r = err_set(err, ERR_FORMAT,
		    "key file: the secret key is not that of %s", key->name);
		goto out;
	}
	*ret_secret = secret;
out:
	note_secret_done(&secret);
	mem_wipe(&key_file, sizeof(key_file));
	return r;
}

int note_key_file_peek(struct note_key *ret_key, bool *ret_is_locked,
    struct slice file, struct err *err)
{
	struct key_file key_file = {0};

	int r = read_file(&key_file, file, err);
	if (r == 0) {
		*ret_key = key_file.key;
		*ret_is_locked = key_file.is_locked;
	}
	mem_wipe(&key_file, sizeof(key_file));
	return r;
}

struct slice note_key_file_elsewhere(struct slice file)
{
	struct key_file key_file = {0};

	int r = read_file(&key_file, file, NULL);
	mem_wipe(key_file.seed, sizeof(key_file.seed));
	return r == 0 ? key_file.elsewhere : slice_of(NULL);
}

int note_key_file_put_elsewhere(struct buf *out, const struct note_key *key,
    struct slice place, struct err *err)
{
	if (!text_is_line(place, NULL, NULL))
		return err_set(err, ERR_USAGE, "a place is one line of text");
	buf_puts(out, MAGIC "\n");
	note_key_put(out, key);
	buf_printf(out, "\nelsewhere: %.*s\n", SLICE_ARG(place));
	return buf_check(out, err);
}

static void put_line(
    struct buf *out, const char *name, const uint8_t *bytes, size_t n)
{
	buf_puts(out, name);
	text_put_base64(out, bytes, n);
	buf_putc(out, '\n');
}

/* `start` is where the file begins in *out. */
static int put_locked(struct buf *out, size_t start,
    const struct note_secret *secret, struct slice passphrase, struct err *err)
{
	struct lock lock = {.passes = PASSES, .memory_kib = MEMORY_KIB};
	uint8_t key[LOCK_KEY_SIZE];

	mem_random(lock.salt, SALT_SIZE);
	mem_random(lock.sealed, NONCE_SIZE);
	buf_printf(out, "argon2id: %llu %llu ", lock.passes, lock.memory_kib);
	put_line(out, "", lock.salt, SALT_SIZE);
	int r = buf_check(out, err);
	if (r == 0)
		r = derive(key, &lock, passphrase, err);
	if (r < 0)
		return r;
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(
	    lock.sealed + NONCE_SIZE, NULL, secret->seed, SEED_SIZE,
	    (const uint8_t *)out->p + start, out->n - start, NULL, lock.sealed,
	    key);
	mem_wipe(key, sizeof(key));
	put_line(out, "sealed: ", lock.sealed, sizeof(lock.sealed));
	return buf_check(out, err);
}

int note_key_file_put(struct buf *out, const struct note_secret *secret,
    struct slice passphrase, struct err *err)
{
	size_t start = out->n;

	if (passphrase.p && passphrase.n == 0)
		return err_set(err, ERR_USAGE, "an empty passphrase");
	buf_puts(out, MAGIC "\n");
	note_key_put(out, &secret->key);
	buf_putc(out, '\n');
	if (passphrase.p)
		return put_locked(out, start, secret, passphrase, err);
	put_line(out, "plain: ", secret->seed, SEED_SIZE);
	return buf_check(out, err);
}
