/*
 * media_share.c: see media_share.h. Scalars and points are libsodium's; the one
 * sum of whole numbers, s + j * L, is done for every j alike.
 */
#include "media_share.h"

#include "mem.h"
#include "reader.h"
#include "text.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#define SCALAR crypto_core_ed25519_SCALARBYTES
#define MAGIC "counterfoil-share/v1"

static_assert(SCALAR == 32 && crypto_core_ed25519_BYTES == 32, "sizes");

/* What is secret within one call, in locked memory. */
struct secrets {
	uint8_t identity[32]; /* k */
	uint8_t coefficients[MEDIA_SHARE_MAX][SCALAR];
	uint8_t wide[crypto_core_ed25519_NONREDUCEDSCALARBYTES];
	uint8_t term[SCALAR], sum[SCALAR];
};

/* L, little-endian. */
static const uint8_t order[SCALAR] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12,
    0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0x10};

static int secrets_new(struct secrets **ret_secrets, struct err *err)
{
	if (sodium_init() < 0)
		return err_set(
		    err, ERR_UNSUPPORTED, "libsodium cannot be started");
	*ret_secrets = sodium_malloc(sizeof(**ret_secrets));
	if (*ret_secrets == NULL)
		return err_nomem(err);
	memset(*ret_secrets, 0, sizeof(**ret_secrets));
	return 0;
}

int media_share_set_init(struct media_share_set *set, struct err *err)
{
	set->n = 0;
	set->shares = NULL;
	if (sodium_init() < 0)
		return err_set(
		    err, ERR_UNSUPPORTED, "libsodium cannot be started");
	set->shares = sodium_allocarray(MEDIA_SHARE_MAX, sizeof(*set->shares));
	return set->shares != NULL ? 0 : err_nomem(err);
}

void media_share_set_done(struct media_share_set *set)
{
	sodium_free(set->shares); /* wipes; accepts NULL */
	set->shares = NULL;
	set->n = 0;
}

static void scalar_of(uint8_t ret_scalar[SCALAR], unsigned value)
{
	memset(ret_scalar, 0, SCALAR);
	ret_scalar[0] = (uint8_t)value;
}

static bool is_clamped(const uint8_t k[32])
{
	return (k[0] & 7) == 0 && (k[31] & 0xc0) == 0x40;
}

/* ---- making ---- */

/* A fresh identity, and s in the first coefficient. */
static void draw(struct secrets *s, size_t threshold)
{
	mem_random(s->identity, sizeof(s->identity));
	s->identity[0] &= 0xf8;
	s->identity[31] = (uint8_t)((s->identity[31] & 0x7f) | 0x40);
	memset(s->wide, 0, sizeof(s->wide));
	memcpy(s->wide, s->identity, sizeof(s->identity));
	crypto_core_ed25519_scalar_reduce(s->coefficients[0], s->wide);
	for (size_t i = 1; i < threshold; i++)
		crypto_core_ed25519_scalar_random(s->coefficients[i]);
}

/* f(index), by Horner's rule. */
static void evaluate(struct secrets *s, size_t threshold, unsigned index,
    uint8_t ret_share[SCALAR])
{
	uint8_t x[SCALAR];

	scalar_of(x, index);
	memcpy(s->sum, s->coefficients[threshold - 1], SCALAR);
	for (size_t i = threshold - 1; i-- > 0;) {
		crypto_core_ed25519_scalar_mul(s->term, s->sum, x);
		crypto_core_ed25519_scalar_add(
		    s->sum, s->term, s->coefficients[i]);
	}
	memcpy(ret_share, s->sum, SCALAR);
}

int media_share_make(struct media_share_lock *ret_lock,
    struct media_share_set *set, size_t threshold, size_t n, struct err *err)
{
	struct media_share_lock lock = {.threshold = threshold};
	struct secrets *s = NULL;

	if (threshold < 2 || threshold >= n || n > MEDIA_SHARE_MAX)
		return err_set(err, ERR_USAGE,
		    "%zu of %zu: at least two must come together, one must be "
		    "able to be missing, and there are at most %d",
		    threshold, n, MEDIA_SHARE_MAX);
	int rc = secrets_new(&s, err);
	if (rc != 0)
		return rc;
	draw(s, threshold);
	media_age_key_of(lock.recipient, s->identity);
	for (size_t i = 0; i < threshold && rc == 0; i++)
		if (crypto_scalarmult_ed25519_base_noclamp(
			lock.commitments[i], s->coefficients[i]) != 0)
			rc = err_set(err, ERR_UNSUPPORTED,
			    "no commitment can be made; try again");
	for (unsigned i = 0; i < n && rc == 0; i++) {
		set->shares[i].index = i + 1;
		evaluate(s, threshold, i + 1, set->shares[i].b);
	}
	set->n = rc == 0 ? n : 0;
	sodium_free(s);
	/* What is given out is held to what anybody will hold it to. */
	if (rc == 0)
		rc = media_share_check_lock(&lock, err);
	if (rc == 0)
		*ret_lock = lock;
	return rc;
}

/* ---- checking ---- */

int media_share_check_lock(const struct media_share_lock *lock, struct err *err)
{
	uint8_t montgomery[32];

	if (lock->threshold < 2 || lock->threshold > MEDIA_SHARE_MAX)
		return err_set(err, ERR_VERIFY,
		    "a threshold of %zu; it is from 2 to %d", lock->threshold,
		    MEDIA_SHARE_MAX);
	for (size_t i = 0; i < lock->threshold; i++)
		if (crypto_core_ed25519_is_valid_point(lock->commitments[i]) !=
		    1)
			return err_set(err, ERR_VERIFY,
			    "commitment %zu is no point of prime order", i + 1);
	if (crypto_sign_ed25519_pk_to_curve25519(
		montgomery, lock->commitments[0]) != 0 ||
	    sodium_memcmp(montgomery, lock->recipient, 32) != 0)
		return err_set(err, ERR_VERIFY,
		    "the first commitment is not that of the quorum's key: "
		    "shares that fit the commitments would not open what is "
		    "encrypted to it");
	return 0;
}

/* The point of f(index), out of the commitments. */
static bool expected_point(
    const struct media_share_lock *lock, unsigned index, uint8_t ret_point[32])
{
	uint8_t x[SCALAR], moved[32];

	scalar_of(x, index);
	memcpy(ret_point, lock->commitments[lock->threshold - 1], 32);
	for (size_t i = lock->threshold - 1; i-- > 0;)
		if (crypto_scalarmult_ed25519_noclamp(moved, x, ret_point) !=
			0 ||
		    crypto_core_ed25519_add(
			ret_point, moved, lock->commitments[i]) != 0)
			return false;
	return true;
}

static bool is_below_order(const uint8_t scalar[SCALAR])
{
	unsigned borrow = 0;

	for (size_t i = 0; i < SCALAR; i++)
		borrow = ((unsigned)scalar[i] - order[i] - borrow) >> 8 & 1;
	return borrow == 1;
}

int media_share_check(const struct media_share_lock *lock,
    const struct media_share *share, struct err *err)
{
	uint8_t expected[32], is[32];

	if (share->index >= 1 && share->index <= MEDIA_SHARE_MAX &&
	    is_below_order(share->b) &&
	    expected_point(lock, share->index, expected) &&
	    crypto_scalarmult_ed25519_base_noclamp(is, share->b) == 0 &&
	    sodium_memcmp(expected, is, sizeof(is)) == 0)
		return 0;
	return err_set(err, ERR_VERIFY,
	    "share %u does not fit the commitments of the lock", share->index);
}

/* ---- recovering ---- */

/* Adds the share times its Lagrange coefficient at 0 to s->sum. */
static int add_term(struct secrets *s, const struct media_share_set *set,
    size_t n, size_t at, struct err *err)
{
	uint8_t mine[SCALAR], other[SCALAR], over[SCALAR], under[SCALAR];

	scalar_of(mine, set->shares[at].index);
	memcpy(s->term, set->shares[at].b, SCALAR);
	for (size_t i = 0; i < n; i++) {
		if (i == at)
			continue;
		scalar_of(other, set->shares[i].index);
		crypto_core_ed25519_scalar_sub(under, other, mine);
		if (crypto_core_ed25519_scalar_invert(under, under) != 0)
			return err_set(err, ERR_USAGE,
			    "share %u was given twice", set->shares[at].index);
		crypto_core_ed25519_scalar_mul(over, other, under);
		crypto_core_ed25519_scalar_mul(s->term, s->term, over);
	}
	crypto_core_ed25519_scalar_add(s->sum, s->sum, s->term);
	return 0;
}

/* The one s + j * L, j from 0 to 7, that is a clamped scalar. */
static bool unreduce(struct secrets *s)
{
	uint8_t found = 0;

	memcpy(s->wide, s->sum, SCALAR);
	for (unsigned j = 0; j < 8; j++) {
		uint8_t is = (uint8_t)(0u - is_clamped(s->wide));
		unsigned carry = 0;

		found |= is;
		for (size_t i = 0; i < SCALAR; i++) {
			s->identity[i] |= s->wide[i] & is;
			carry += (unsigned)s->wide[i] + order[i];
			s->wide[i] = (uint8_t)carry;
			carry >>= 8;
		}
	}
	return found != 0;
}

static int check_all(const struct media_share_lock *lock,
    const struct media_share_set *set, unsigned *ret_bad, struct err *err)
{
	unsigned bad = 0;
	int rc = media_share_check_lock(lock, err);

	for (size_t i = 0; i < set->n && rc == 0; i++) {
		rc = media_share_check(lock, &set->shares[i], err);
		bad = rc == 0 ? 0 : set->shares[i].index;
		for (size_t k = 0; k < i && rc == 0; k++)
			if (set->shares[k].index == set->shares[i].index)
				rc = err_set(err, ERR_USAGE,
				    "share %u was given twice",
				    set->shares[i].index);
	}
	if (ret_bad != NULL)
		*ret_bad = bad;
	return rc;
}

int media_share_recover(const struct media_share_lock *lock,
    const struct media_share_set *set, struct media_age_key_ring *ring,
    unsigned *ret_bad, struct err *err)
{
	uint8_t recipient[32];
	struct secrets *s = NULL;
	int rc = check_all(lock, set, ret_bad, err);

	if (rc == 0 && set->n < lock->threshold)
		rc = err_set(err, ERR_NOTFOUND,
		    "%zu share%s of %zu that are needed", set->n,
		    set->n == 1 ? "" : "s", lock->threshold);
	if (rc == 0 && ring->n == MEDIA_AGE_KEY_COUNT_MAX)
		rc = err_set(err, ERR_LIMIT, "too many identities");
	if (rc == 0)
		rc = secrets_new(&s, err);
	for (size_t i = 0; rc == 0 && i < lock->threshold; i++)
		rc = add_term(s, set, lock->threshold, i, err);
	if (rc == 0 && !unreduce(s))
		rc = err_set(err, ERR_VERIFY,
		    "the lock is false: no clamped key belongs to its shares");
	if (rc == 0) {
		media_age_key_of(recipient, s->identity);
		if (sodium_memcmp(recipient, lock->recipient, 32) != 0)
			rc = err_set(err, ERR_VERIFY,
			    "the lock is false: its shares make another key");
	}
	if (rc == 0)
		memcpy(ring->keys[ring->n++], s->identity, 32);
	sodium_free(s);
	return rc;
}

/* ---- as text ---- */

static void put_line(struct buf *out, const char *name, struct slice value)
{
	buf_puts(out, name);
	buf_puts(out, ": ");
	buf_put_slice(out, value);
	buf_putc(out, '\n');
}

void media_share_put(struct buf *out, const struct media_share_text *text)
{
	buf_puts(out, MAGIC "\n");
	put_line(out, "case", text->case_ref);
	put_line(out, "item", text->item);
	put_line(out, "quorum-key", text->quorum_key);
	put_line(out, "holder", text->holder);
	buf_printf(out, "index: %u\nshare: ", text->share.index);
	text_put_hex(out, text->share.b, sizeof(text->share.b));
	buf_putc(out, '\n');
}

static struct slice take_line(struct reader *reader, const char *name)
{
	reader_expect(reader, name);
	return reader_line(reader);
}

int media_share_parse(
    struct media_share_text *text, struct slice bytes, struct err *err)
{
	struct reader reader;
	unsigned long long index = 0;
	uint8_t key[MEDIA_AGE_KEY_SIZE];

	*text = (struct media_share_text){0};
	reader_init(&reader, bytes.p, bytes.n);
	reader_expect(&reader, MAGIC "\n");
	if (reader.failed)
		return err_set(
		    err, ERR_FORMAT, "it does not begin with \"" MAGIC "\"");
	text->case_ref = take_line(&reader, "case: ");
	text->item = take_line(&reader, "item: ");
	text->quorum_key = take_line(&reader, "quorum-key: ");
	text->holder = take_line(&reader, "holder: ");
	struct slice number = take_line(&reader, "index: ");
	struct slice hex = take_line(&reader, "share: ");
	if (!reader_is_at_end(&reader) ||
	    !text_is_line(text->case_ref, NULL, NULL) ||
	    text->case_ref.n == 0 || !text_is_identifier(text->item) ||
	    !text_is_identifier(text->holder) ||
	    media_age_key_parse(key, text->quorum_key, NULL) != 0 ||
	    !slice_to_u64(number, &index) || index < 1 ||
	    index > MEDIA_SHARE_MAX ||
	    !text_from_hex(text->share.b, sizeof(text->share.b), hex)) {
		mem_wipe(text, sizeof(*text));
		return err_set(err, ERR_FORMAT,
		    "a share has the lines case, item, quorum-key, holder, "
		    "index and share, and no other");
	}
	text->share.index = (unsigned)index;
	return 0;
}
