/*
 * media_age_header.c: see media_age_header.h. One spelling is accepted: lines
 * of 64 characters and a shorter last one, base64 without padding, single
 * spaces.
 */
#include "media_age_header.h"

#include "mem.h"
#include "reader.h"
#include "text.h"

#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <sodium.h>
#include <string.h>

#define VERSION "age-encryption.org/v1"
#define COLUMNS 64
#define NAME_SHOWN_MAX 40
#define WRAP_INFO "age-encryption.org/v1/X25519"
#define FILE_KEY_SIZE MEDIA_AGE_HEADER_FILE_KEY_SIZE

static_assert(FILE_KEY_SIZE + crypto_aead_chacha20poly1305_ietf_ABYTES == 32,
    "a stanza's body");

/* ---- keys ---- */

static int derive(uint8_t ret_key[32], const void *secret, size_t secret_n,
    const void *salt, size_t salt_n, const char *info, struct err *err)
{
	char digest[] = "SHA256";
	OSSL_PARAM params[5], *p = params;
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;

	*p++ =
	    OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0);
	*p++ = OSSL_PARAM_construct_octet_string(
	    OSSL_KDF_PARAM_KEY, (void *)secret, secret_n);
	if (salt_n > 0)
		*p++ = OSSL_PARAM_construct_octet_string(
		    OSSL_KDF_PARAM_SALT, (void *)salt, salt_n);
	*p++ = OSSL_PARAM_construct_octet_string(
	    OSSL_KDF_PARAM_INFO, (void *)info, strlen(info));
	*p = OSSL_PARAM_construct_end();
	int is_done = ctx != NULL && EVP_KDF_derive(ctx, ret_key, 32, params);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return is_done == 1 ? 0
			    : err_set(err, ERR_UNSUPPORTED,
				  "libcrypto cannot derive a key with HKDF");
}

int media_age_header_payload_key(uint8_t ret_key[32],
    const uint8_t file_key[FILE_KEY_SIZE],
    const uint8_t nonce[MEDIA_AGE_HEADER_NONCE_SIZE], struct err *err)
{
	return derive(ret_key, file_key, FILE_KEY_SIZE, nonce,
	    MEDIA_AGE_HEADER_NONCE_SIZE, "payload", err);
}

static int mac_of(uint8_t ret_mac[32], struct slice text,
    const uint8_t file_key[FILE_KEY_SIZE], struct err *err)
{
	uint8_t key[32];
	int rc = derive(key, file_key, FILE_KEY_SIZE, NULL, 0, "header", err);

	if (rc == 0)
		(void)crypto_auth_hmacsha256(
		    ret_mac, (const unsigned char *)text.p, text.n, key);
	mem_wipe(key, sizeof(key));
	return rc;
}

/* ERR_FORMAT: a point of small order. */
static int wrap_key(uint8_t ret_key[32], const uint8_t scalar[32],
    const uint8_t point[32], const uint8_t ephemeral[32],
    const uint8_t recipient[32], struct err *err)
{
	uint8_t shared[32], salt[64];

	if (crypto_scalarmult(shared, scalar, point) != 0)
		return err_set(err, ERR_FORMAT,
		    "a key of small order, which protects nothing");
	memcpy(salt, ephemeral, 32);
	memcpy(salt + 32, recipient, 32);
	int rc = derive(ret_key, shared, sizeof(shared), salt, sizeof(salt),
	    WRAP_INFO, err);
	mem_wipe(shared, sizeof(shared));
	return rc;
}

/* ---- reading ---- */

static int refuse(struct err *err, const char *why)
{
	return err_set(err, ERR_FORMAT, "age header: %s", why);
}

/* At most 64 characters; false for padding, which this base64 has none of. */
static bool from_base64(
    uint8_t *ret_bytes, size_t max, size_t *ret_n, struct slice line)
{
	char padded[COLUMNS + 3];

	if (line.n > COLUMNS || line.n % 4 == 1 ||
	    (line.n > 0 && memchr(line.p, '=', line.n) != NULL))
		return false;
	if (line.n > 0)
		memcpy(padded, line.p, line.n);
	size_t n = line.n;
	while (n % 4 != 0)
		padded[n++] = '=';
	return text_from_base64(
	    ret_bytes, max, ret_n, (struct slice){padded, n});
}

static bool is_argument(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x21 || s.p[i] > 0x7e)
			return false;
	return s.n > 0;
}

/* Keeps the first 32 bytes; *ret_n counts all. */
static int read_body(
    struct reader *reader, uint8_t ret_body[32], size_t *ret_n, struct err *err)
{
	uint8_t part[COLUMNS / 4 * 3];
	struct slice line;
	size_t n;

	*ret_n = 0;
	do {
		line = reader_line(reader);
		if (reader->failed)
			return refuse(err, "it ends within a stanza");
		if (!from_base64(part, sizeof(part), &n, line))
			return refuse(err,
			    "a stanza's body is not base64 as age writes it");
		if (*ret_n == 0)
			memcpy(ret_body, part, n < 32 ? n : 32);
		*ret_n += n;
	} while (line.n == COLUMNS);
	return 0;
}

static int take_x25519(struct media_age_header *header, struct slice share,
    struct slice rest, const uint8_t *body, size_t body_n, struct err *err)
{
	struct media_age_header_x25519 *x =
	    &header->x25519[header->x25519_count];
	size_t n;

	if (share.p == NULL || rest.p != NULL)
		return refuse(err, "a stanza X25519 has one argument more");
	if (!from_base64(x->ephemeral, sizeof(x->ephemeral), &n, share) ||
	    n != sizeof(x->ephemeral))
		return refuse(err, "a stanza X25519 without a key of 32 bytes");
	if (body_n != sizeof(x->body))
		return refuse(
		    err, "a stanza X25519 whose body is not 32 bytes");
	memcpy(x->body, body, sizeof(x->body));
	header->x25519_count++;
	return 0;
}

static int read_stanza(
    struct media_age_header *header, struct reader *reader, struct err *err)
{
	struct slice rest = reader_line(reader), name, share = {0};
	uint8_t body[32] = {0};
	size_t n = 0;

	if (reader->failed || !slice_starts_with(rest, "-> "))
		return refuse(err, "neither a stanza nor the end");
	rest = (struct slice){rest.p + 3, rest.n - 3};
	for (struct slice all = rest; all.p != NULL;)
		if (!is_argument(slice_cut(&all, ' ')))
			return refuse(err,
			    "a stanza with an empty argument, "
			    "or with characters that may not "
			    "stand there");
	if (header->stanza_count++ == MEDIA_AGE_HEADER_STANZAS_MAX)
		return err_set(err, ERR_LIMIT, "age header: too many stanzas");
	name = slice_cut(&rest, ' ');
	if (rest.p != NULL)
		share = slice_cut(&rest, ' ');
	int rc = read_body(reader, body, &n, err);
	if (rc != 0)
		return rc;
	if (slice_is_text(name, "X25519"))
		return take_x25519(header, share, rest, body, n, err);
	/* A passphrase stands alone, or it would vouch for nothing. */
	if (header->other.p == NULL || slice_is_text(name, "scrypt"))
		header->other = name;
	return 0;
}

int media_age_header_parse(
    struct media_age_header *header, struct slice bytes, struct err *err)
{
	struct reader reader;
	struct slice line;
	size_t n;
	int rc = 0;

	*header = (struct media_age_header){0};
	reader_init(&reader, bytes.p,
	    bytes.n < MEDIA_AGE_HEADER_MAX ? bytes.n : MEDIA_AGE_HEADER_MAX);
	line = reader_line(&reader);
	if (reader.failed || !slice_starts_with(line, "age-encryption.org/"))
		return err_set(err, ERR_FORMAT, "this is no age file");
	if (!slice_is_text(line, VERSION))
		return err_set(err, ERR_UNSUPPORTED,
		    "age header: version \"%.*s\"; only v1 is known",
		    (int)(line.n < NAME_SHOWN_MAX ? line.n : NAME_SHOWN_MAX),
		    line.p);
	while (rc == 0 && !reader_accept(&reader, "---"))
		rc = read_stanza(header, &reader, err);
	if (rc != 0)
		return rc;
	header->signed_text = (struct slice){bytes.p, reader.at};
	line = reader_line(&reader);
	if (reader.failed || line.n != 44 || line.p[0] != ' ' ||
	    !from_base64(header->mac, sizeof(header->mac), &n,
		(struct slice){line.p + 1, line.n - 1}))
		return refuse(err, "its last line is not \"--- \" and a MAC");
	if (header->stanza_count == 0)
		return refuse(err, "it has no recipient");
	if (slice_is_text(header->other, "scrypt") && header->stanza_count > 1)
		return refuse(err, "a passphrase beside other recipients");
	header->n = reader.at;
	return 0;
}

int media_age_header_is_single(
    const struct media_age_header *header, struct err *err)
{
	if (header->stanza_count == 1 && header->x25519_count == 1)
		return 0;
	if (header->stanza_count != 1)
		return err_set(err, ERR_VERIFY,
		    "it has %zu recipients; what is locked to a quorum has one",
		    header->stanza_count);
	return err_set(err, ERR_VERIFY,
	    "its recipient is of the kind %.*s; what is locked to a quorum has "
	    "one X25519 recipient",
	    (int)(header->other.n < NAME_SHOWN_MAX ? header->other.n
						   : NAME_SHOWN_MAX),
	    header->other.p);
}

/* ERR_DENIED: not for this identity. */
static int unwrap(const struct media_age_header_x25519 *x,
    const uint8_t identity[32], uint8_t ret_file_key[FILE_KEY_SIZE],
    struct err *err)
{
	static const uint8_t nonce[12] = {0};
	uint8_t key[32], recipient[32];
	unsigned long long n;

	media_age_key_of(recipient, identity);
	int rc =
	    wrap_key(key, identity, x->ephemeral, x->ephemeral, recipient, err);
	if (rc == 0 &&
	    crypto_aead_chacha20poly1305_ietf_decrypt(ret_file_key, &n, NULL,
		x->body, sizeof(x->body), NULL, 0, nonce, key) != 0)
		rc = ERR_DENIED;
	mem_wipe(key, sizeof(key));
	return rc;
}

int media_age_header_open(const struct media_age_header *header,
    const struct media_age_key_ring *ring, uint8_t ret_file_key[FILE_KEY_SIZE],
    struct err *err)
{
	uint8_t file_key[FILE_KEY_SIZE], mac[32];
	int rc = ERR_DENIED;

	if (header->x25519_count == 0)
		return err_set(err, ERR_UNSUPPORTED,
		    "it is encrypted to the kind %.*s alone; only X25519 "
		    "recipients are opened",
		    (int)(header->other.n < NAME_SHOWN_MAX ? header->other.n
							   : NAME_SHOWN_MAX),
		    header->other.p);
	for (size_t i = 0; i < header->x25519_count && rc == ERR_DENIED; i++)
		for (size_t k = 0; k < ring->n && rc == ERR_DENIED; k++)
			rc = unwrap(
			    &header->x25519[i], ring->keys[k], file_key, err);
	if (rc == ERR_DENIED)
		return err_set(err, rc,
		    "it is not encrypted to any of these keys, "
		    "or its header was altered");
	if (rc == 0)
		rc = mac_of(mac, header->signed_text, file_key, err);
	if (rc == 0 && !mem_is_same_secret(mac, header->mac, sizeof(mac)))
		rc = err_set(err, ERR_VERIFY,
		    "its header was altered: the MAC does not fit");
	if (rc == 0)
		memcpy(ret_file_key, file_key, sizeof(file_key));
	mem_wipe(file_key, sizeof(file_key));
	return rc;
}

/* ---- writing ---- */

static void put_base64(struct buf *out, const uint8_t bytes[32])
{
	struct buf text;

	buf_init(&text, COLUMNS);
	text_put_base64(&text, bytes, 32);
	/* Out of memory: `out` shall not look complete. */
	if (buf_check(&text, NULL) != 0)
		out->failed = ERR_NOMEM;
	else
		buf_put(out, text.p, text.n - 1); /* its one '=' */
	buf_done(&text);
}

/* One stanza, with a fresh ephemeral key. */
static int put_stanza(struct buf *out,
    const uint8_t recipient[MEDIA_AGE_KEY_SIZE],
    const uint8_t file_key[FILE_KEY_SIZE], struct err *err)
{
	static const uint8_t nonce[12] = {0};
	uint8_t scalar[32], ephemeral[32], key[32], body[32];

	mem_random(scalar, sizeof(scalar));
	media_age_key_of(ephemeral, scalar);
	int rc = wrap_key(key, scalar, recipient, ephemeral, recipient, err);
	if (rc == 0) {
		(void)crypto_aead_chacha20poly1305_ietf_encrypt(body, NULL,
		    file_key, FILE_KEY_SIZE, NULL, 0, NULL, nonce, key);
		buf_puts(out, "-> X25519 ");
		put_base64(out, ephemeral);
		buf_putc(out, '\n');
		put_base64(out, body);
		buf_putc(out, '\n');
	}
	mem_wipe(scalar, sizeof(scalar));
	mem_wipe(key, sizeof(key));
	return rc;
}

int media_age_header_put(struct buf *out,
    const uint8_t (*recipients)[MEDIA_AGE_KEY_SIZE], size_t count,
    const uint8_t file_key[FILE_KEY_SIZE], struct err *err)
{
	uint8_t mac[32];
	size_t start = out->n;
	int rc = 0;

	assert(count >= 1 && count <= MEDIA_AGE_HEADER_RECIPIENTS_MAX);
	buf_puts(out, VERSION "\n");
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = put_stanza(out, recipients[i], file_key, err);
	if (rc != 0)
		return rc;
	buf_puts(out, "---");
	rc = buf_check(out, err);
	if (rc == 0)
		rc = mac_of(mac, (struct slice){out->p + start, out->n - start},
		    file_key, err);
	if (rc != 0)
		return rc;
	buf_putc(out, ' ');
	put_base64(out, mac);
	buf_putc(out, '\n');
	return buf_check(out, err);
}
