/*
 * note_key.c: key names, vkeys and fresh keys.
 *
 * C2SP signed-note v1.0.0. Every struct note_key is made by note_key_make, so
 * each holds a good name, a known type, a public key of prime order, and the
 * id that belongs to the three.
 */
#include "note_key.h"

#include "hash.h"
#include "mem.h"
#include "note.h"
#include "text.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define ID_SIZE 4
#define PUBLIC_SIZE 32
#define TYPED_SIZE (1 + PUBLIC_SIZE) /* type || public key */

void note_key_setup(void)
{
	if (sodium_init() < 0)
		abort();
}

static bool has_space(struct slice utf8)
{
	/* White_Space outside ASCII. In UTF-8 no character's bytes occur
	 * inside another's, so a search for bytes is exact. */
	static const char *const spaces[] = {"\xc2\x85", "\xc2\xa0",
	    "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82",
	    "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
	    "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a",
	    "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f",
	    "\xe3\x80\x80"};

	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
		if (memmem(utf8.p, utf8.n, spaces[i], strlen(spaces[i])))
			return true;
	return false;
}

bool note_key_is_name(struct slice name)
{
	bool is_ascii = true;

	for (size_t i = 0; i < name.n; i++) {
		if ((uint8_t)name.p[i] <= ' ' || name.p[i] == '+')
			return false;
		is_ascii = is_ascii && (uint8_t)name.p[i] < 0x80;
	}
	return name.n > 0 &&
	    (is_ascii || (text_is_utf8(name) && !has_space(name)));
}

static uint32_t key_id(struct slice name, const uint8_t typed[TYPED_SIZE])
{
	uint8_t bytes[NOTE_KEY_NAME_MAX + 1 + TYPED_SIZE];

	memcpy(bytes, name.p, name.n);
	bytes[name.n] = '\n';
	memcpy(bytes + name.n + 1, typed, TYPED_SIZE);
	struct hash sum = hash_of(bytes, name.n + 1 + TYPED_SIZE);
	return (uint32_t)sum.b[0] << 24 | (uint32_t)sum.b[1] << 16 |
	    (uint32_t)sum.b[2] << 8 | sum.b[3];
}

int note_key_make(struct note_key *ret_key, struct slice name, uint8_t type,
    const uint8_t public_key[32], struct err *err)
{
	struct note_key key = {.type = type};
	uint8_t typed[TYPED_SIZE];

	if (name.n > NOTE_KEY_NAME_MAX || !note_key_is_name(name) ||
	    !text_is_line(name, NULL, NULL))
		return err_set(
		    err, ERR_FORMAT, "not a key name: '%.*s'", SLICE_ARG(name));
	if (type != NOTE_KEY_ED25519 && type != NOTE_KEY_COSIGNATURE)
		return err_set(err, ERR_FORMAT, "%.*s: unknown key type 0x%02x",
		    SLICE_ARG(name), type);
	if (!note_is_good_public_key(public_key))
		return err_set(err, ERR_FORMAT,
		    "%.*s: not an Ed25519 public key of prime order",
		    SLICE_ARG(name));

	typed[0] = type;
	memcpy(typed + 1, public_key, PUBLIC_SIZE);
	memcpy(key.name, name.p, name.n);
	memcpy(key.public_key, public_key, PUBLIC_SIZE);
	key.id = key_id(name, typed);
	*ret_key = key;
	return 0;
}

int note_key_parse(struct note_key *ret_key, struct slice vkey, struct err *err)
{
	struct slice rest = vkey;
	struct slice name = slice_cut(&rest, '+');
	struct slice id_hex = slice_cut(&rest, '+');
	uint8_t id[ID_SIZE], typed[TYPED_SIZE];
	size_t typed_n;

	if (!text_from_hex(id, ID_SIZE, id_hex) ||
	    !text_from_base64(typed, TYPED_SIZE, &typed_n, rest) ||
	    typed_n != TYPED_SIZE)
		return err_set(err, ERR_FORMAT,
		    "a verifier key is name+id+base64 of type and key");

	struct note_key key;
	char hex[NOTE_KEY_ID_HEX_SIZE];
	int r = note_key_make(&key, name, typed[0], typed + 1, err);
	if (r < 0)
		return r;
	note_key_id_hex(hex, key.id);
	if (!slice_is_text(id_hex, hex))
		return err_set(err, ERR_FORMAT,
		    "%s: the key has id %s, not %.*s", key.name, hex,
		    SLICE_ARG(id_hex));
	*ret_key = key;
	return 0;
}

void note_key_put(struct buf *out, const struct note_key *key)
{
	char hex[NOTE_KEY_ID_HEX_SIZE];
	uint8_t typed[TYPED_SIZE];

	note_key_id_hex(hex, key->id);
	typed[0] = key->type;
	memcpy(typed + 1, key->public_key, PUBLIC_SIZE);
	buf_printf(out, "%s+%s+", key->name, hex);
	text_put_base64(out, typed, sizeof(typed));
}

void note_key_id_hex(char ret_hex[NOTE_KEY_ID_HEX_SIZE], uint32_t id)
{
	uint8_t bytes[ID_SIZE] = {(uint8_t)(id >> 24), (uint8_t)(id >> 16),
	    (uint8_t)(id >> 8), (uint8_t)id};

	text_to_hex(ret_hex, bytes, ID_SIZE);
}

bool note_key_is_same_point(const struct note_key *a, const struct note_key *b)
{
	return memcmp(a->public_key, b->public_key, PUBLIC_SIZE) == 0;
}

int note_secret_from_seed(struct note_secret *ret_secret, struct slice name,
    uint8_t type, const uint8_t seed[32], struct err *err)
{
	struct note_secret secret = {0};
	uint8_t public_key[PUBLIC_SIZE];

	(void)crypto_sign_seed_keypair(public_key, secret.expanded, seed);
	memcpy(secret.seed, seed, sizeof(secret.seed));
	int r = note_key_make(&secret.key, name, type, public_key, err);
	if (r == 0)
		*ret_secret = secret;
	note_secret_done(&secret);
	return r;
}

int note_secret_new(struct note_secret *ret_secret, struct slice name,
    uint8_t type, struct err *err)
{
	uint8_t seed[32];

	mem_random(seed, sizeof(seed));
	int r = note_secret_from_seed(ret_secret, name, type, seed, err);
	mem_wipe(seed, sizeof(seed));
	return r;
}

int note_secret_from_token(struct note_secret *ret_secret,
    const struct note_key *key, const struct note_token *token, struct err *err)
{
	struct note_secret secret = {.token = *token};

	int r = note_key_make(
	    &secret.key, slice_of(key->name), key->type, key->public_key, err);
	if (r == 0)
		*ret_secret = secret;
	return r;
}

void note_secret_done(struct note_secret *secret)
{
	if (secret)
		mem_wipe(secret, sizeof(*secret));
}
