/*
 * media_age_key.c: see media_age_key.h. Bech32 is a spelling with a checksum,
 * no cryptography; an identity is decoded without tables of its own digits, so
 * that the time does not tell them.
 */
#include "media_age_key.h"

#include "mem.h"

#include <sodium.h>
#include <string.h>

#define RECIPIENT "age"
#define IDENTITY "age-secret-key-" /* as the checksum takes it */
#define CHECK_LENGTH 6
#define DATA_LENGTH 52 /* digits of five bits for 32 bytes */
#define TEXT_MAX 96

static const char digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static uint32_t step(uint32_t sum, uint8_t value)
{
	static const uint32_t generator[] = {
	    0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
	uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ value;
	for (unsigned i = 0; i < 5; i++)
		sum ^= generator[i] & (0u - (top >> i & 1));
	return sum;
}

static uint32_t sum_of(const char *prefix, const uint8_t *values, size_t n)
{
	uint32_t sum = 1;

	for (const char *p = prefix; *p != '\0'; p++)
		sum = step(sum, (uint8_t)*p >> 5);
	sum = step(sum, 0);
	for (const char *p = prefix; *p != '\0'; p++)
		sum = step(sum, (uint8_t)*p & 31);
	for (size_t i = 0; i < n; i++)
		sum = step(sum, values[i]);
	return sum;
}

/* 32 for what is no digit; looks at all 32 whatever comes. */
static uint8_t value_of(char c)
{
	uint8_t value = 32;

	for (uint8_t i = 0; i < 32; i++) {
		uint32_t differs = (uint8_t)(c ^ digits[i]);
		uint8_t is = (uint8_t)((differs - 1) >> 31);

		value = (uint8_t)(value ^ ((value ^ i) & (0u - is)));
	}
	return value;
}

/* The text after prefix and '1', in lower case. */
static bool decode(uint8_t ret_key[MEDIA_AGE_KEY_SIZE], const char *prefix,
    const char *text, size_t n)
{
	uint8_t values[DATA_LENGTH + CHECK_LENGTH];
	uint8_t bad = 0;

	if (n != sizeof(values))
		return false;
	for (size_t i = 0; i < n; i++) {
		values[i] = value_of(text[i]);
		bad |= values[i] & 32;
	}
	bool is_good = bad == 0 && sum_of(prefix, values, n) == 1 &&
	    (values[DATA_LENGTH - 1] & 0xf) == 0; /* 260 bits for 256 */
	uint32_t bits = 0;
	size_t held = 0, at = 0;
	for (size_t i = 0; is_good && i < DATA_LENGTH; i++) {
		bits = bits << 5 | values[i];
		held += 5;
		if (held >= 8 && at < MEDIA_AGE_KEY_SIZE) {
			held -= 8;
			ret_key[at++] = (uint8_t)(bits >> held);
		}
	}
	mem_wipe(values, sizeof(values));
	return is_good;
}

int media_age_key_parse(
    uint8_t ret_key[MEDIA_AGE_KEY_SIZE], struct slice text, struct err *err)
{
	const size_t skipped = strlen(RECIPIENT "1");

	if (slice_starts_with(text, RECIPIENT "1") &&
	    decode(ret_key, RECIPIENT, text.p + skipped, text.n - skipped))
		return 0;
	return err_set(err, ERR_FORMAT,
	    "\"%.*s\" is no X25519 recipient of age; it begins with age1 and "
	    "has 62 characters",
	    (int)(text.n < TEXT_MAX ? text.n : TEXT_MAX),
	    text.p != NULL ? text.p : "");
}

void media_age_key_put(struct buf *out, const uint8_t key[MEDIA_AGE_KEY_SIZE])
{
	uint8_t values[DATA_LENGTH + CHECK_LENGTH] = {0};
	uint32_t bits = 0;
	size_t held = 0, at = 0;

	for (size_t i = 0; i < MEDIA_AGE_KEY_SIZE; i++) {
		bits = bits << 8 | key[i];
		for (held += 8; held >= 5;) {
			held -= 5;
			values[at++] = (uint8_t)(bits >> held & 31);
		}
	}
	values[at] = (uint8_t)(bits << (5 - held) & 31);
	uint32_t sum = sum_of(RECIPIENT, values, sizeof(values)) ^ 1;
	for (size_t i = 0; i < CHECK_LENGTH; i++)
		values[DATA_LENGTH + i] =
		    (uint8_t)(sum >> 5 * (CHECK_LENGTH - 1 - i) & 31);
	buf_puts(out, RECIPIENT "1");
	for (size_t i = 0; i < sizeof(values); i++)
		buf_putc(out, digits[values[i]]);
}

void media_age_key_of(uint8_t ret_key[MEDIA_AGE_KEY_SIZE],
    const uint8_t identity[MEDIA_AGE_KEY_SIZE])
{
	/* Fails for no scalar: the base point is of prime order. */
	(void)crypto_scalarmult_base(ret_key, identity);
}

int media_age_key_ring_init(struct media_age_key_ring *ring, struct err *err)
{
	ring->n = 0;
	ring->keys = NULL;
	if (sodium_init() < 0)
		return err_set(
		    err, ERR_UNSUPPORTED, "libsodium cannot be started");
	ring->keys =
	    sodium_allocarray(MEDIA_AGE_KEY_COUNT_MAX, MEDIA_AGE_KEY_SIZE);
	return ring->keys != NULL ? 0 : err_nomem(err);
}

void media_age_key_ring_done(struct media_age_key_ring *ring)
{
	sodium_free(ring->keys); /* wipes; accepts NULL */
	ring->keys = NULL;
	ring->n = 0;
}

static int add_line(struct media_age_key_ring *ring, struct slice line,
    size_t number, struct err *err)
{
	static const char head[] = "AGE-SECRET-KEY-1";
	char lower[TEXT_MAX];

	if (!slice_starts_with(line, head)) {
		bool is_other = slice_starts_with(line, "AGE-PLUGIN-") ||
		    slice_starts_with(line, "-----BEGIN") ||
		    slice_starts_with(line, "AGE-SECRET-KEY-PQ");

		return err_set(err, is_other ? ERR_UNSUPPORTED : ERR_FORMAT,
		    "line %zu: %s", number,
		    is_other ? "a key of another kind; only AGE-SECRET-KEY-1 "
			       "(X25519) opens what counterfoil wrote"
			     : "no AGE-SECRET-KEY-1 as age-keygen writes it");
	}
	if (ring->n == MEDIA_AGE_KEY_COUNT_MAX)
		return err_set(err, ERR_LIMIT, "more than %d identities",
		    MEDIA_AGE_KEY_COUNT_MAX);
	size_t n = line.n - strlen(head);
	if (n > sizeof(lower))
		n = sizeof(lower);
	bool is_upper = true;
	for (size_t i = 0; i < n; i++) {
		char c = line.p[strlen(head) + i];

		is_upper = is_upper && !(c >= 'a' && c <= 'z');
		lower[i] = (char)(c | (c >= 'A' && c <= 'Z' ? 0x20 : 0));
	}
	bool is_good =
	    is_upper && decode(ring->keys[ring->n], IDENTITY, lower, n);
	mem_wipe(lower, sizeof(lower));
	if (!is_good)
		return err_set(err, ERR_FORMAT,
		    "line %zu: the secret key is mistyped or cut", number);
	ring->n++;
	return 0;
}

int media_age_key_ring_add(
    struct media_age_key_ring *ring, struct slice file, struct err *err)
{
	size_t before = ring->n;
	int rc = 0;

	for (size_t number = 1; rc == 0 && file.p != NULL; number++) {
		struct slice line = slice_trim(slice_cut(&file, '\n'));

		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		if (line.n > 0 && line.p[0] != '#')
			rc = add_line(ring, line, number, err);
	}
	if (rc == 0 && ring->n == before)
		rc = err_set(err, ERR_NOTFOUND,
		    "no AGE-SECRET-KEY-1 in it; age-keygen makes one");
	return rc;
}
