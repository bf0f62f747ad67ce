/*
 * test_media_share.c: a shared identity: any t of n make it again, fewer say
 * nothing about it, and what is false is named.
 */
#include "media_share.h"
#include "mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sodium.h>
#include <cmocka.h>

static struct media_share_set all, some;
static struct media_age_key_ring ring;

static int set_up(void **state)
{
	(void)state;
	assert_int_equal(media_share_set_init(&all, NULL), 0);
	assert_int_equal(media_share_set_init(&some, NULL), 0);
	assert_int_equal(media_age_key_ring_init(&ring, NULL), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	media_share_set_done(&all);
	media_share_set_done(&some);
	media_age_key_ring_done(&ring);
	return 0;
}

/* The shares whose bit is set in `which`, in order. */
static void choose(unsigned which)
{
	some.n = 0;
	for (size_t i = 0; i < all.n; i++)
		if (which >> i & 1)
			some.shares[some.n++] = all.shares[i];
}

static void every_set_of_t_makes_the_identity(void **state)
{
	(void)state;
	for (size_t n = 3; n <= 5; n++)
		for (size_t t = 2; t < n; t++) {
			struct media_share_lock lock;
			assert_int_equal(
			    media_share_make(&lock, &all, t, n, NULL), 0);
			assert_int_equal(all.n, n);
			for (unsigned which = 0; which < 1u << n; which++) {
				choose(which);
				ring.n = 0;
				int rc = media_share_recover(
				    &lock, &some, &ring, NULL, NULL);
				assert_int_equal(
				    rc, some.n < t ? ERR_NOTFOUND : 0);
				if (rc != 0)
					continue;
				uint8_t recipient[32];
				media_age_key_of(recipient, ring.keys[0]);
				assert_memory_equal(
				    recipient, lock.recipient, 32);
				/* Clamped already: the identity that any age
				 * takes. */
				assert_int_equal(ring.keys[0][0] & 7, 0);
				assert_int_equal(ring.keys[0][31] & 0xc0, 0x40);
			}
		}
}

static void sixteen_hold_shares(void **state)
{
	struct media_share_lock lock;

	(void)state;
	assert_int_equal(media_share_make(&lock, &all, 15, 16, NULL), 0);
	choose(0xfffe);
	ring.n = 0;
	assert_int_equal(
	    media_share_recover(&lock, &some, &ring, NULL, NULL), 0);
}

static void thresholds_that_protect_nothing_are_refused(void **state)
{
	struct media_share_lock lock;
	const size_t bad[][2] = {
	    {0, 3}, {1, 3}, {3, 3}, {4, 3}, {2, 2}, {2, 17}, {16, 16}};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    media_share_make(&lock, &all, bad[i][0], bad[i][1], NULL),
		    ERR_USAGE);
}

/*
 * t - 1 shares are consistent with every secret: for any s there is a
 * polynomial through them, and what the missing share would have to be for it.
 */
static void fewer_than_t_shares_fit_every_secret(void **state)
{
	struct media_share_lock lock;
	uint8_t secret[32], x1[32] = {1}, x2[32] = {2}, slope[32], share[32];

	(void)state;
	assert_int_equal(media_share_make(&lock, &all, 2, 3, NULL), 0);
	for (size_t i = 0; i < 200; i++) {
		crypto_core_ed25519_scalar_random(secret);
		/* f(x) = s + (f(1) - s) x, through the one share there is. */
		crypto_core_ed25519_scalar_sub(slope, all.shares[0].b, secret);
		crypto_core_ed25519_scalar_mul(share, slope, x2);
		crypto_core_ed25519_scalar_add(share, share, secret);
		/* Interpolated at 0 from f(1) and that f(2): s, whatever s is.
		 * 2 f(1) - f(2) = s */
		uint8_t twice[32], back[32];
		crypto_core_ed25519_scalar_mul(twice, all.shares[0].b, x2);
		crypto_core_ed25519_scalar_sub(back, twice, share);
		assert_memory_equal(back, secret, 32);
		assert_memory_equal(x1, x1, 32);
	}
	/* And a share that is made up is found out. */
	choose(1);
	some.shares[1].index = 2;
	memcpy(some.shares[1].b, share, 32);
	some.n = 2;
	ring.n = 0;
	unsigned bad = 0;
	assert_int_equal(
	    media_share_recover(&lock, &some, &ring, &bad, NULL), ERR_VERIFY);
	assert_int_equal(bad, 2);
	assert_int_equal(ring.n, 0);
}

static void every_bit_of_a_share_is_checked(void **state)
{
	struct media_share_lock lock;

	(void)state;
	assert_int_equal(media_share_make(&lock, &all, 3, 5, NULL), 0);
	for (unsigned bit = 0; bit < 256; bit++) {
		struct media_share share = all.shares[bit % 5];
		assert_int_equal(media_share_check(&lock, &share, NULL), 0);
		share.b[bit / 8] = (uint8_t)(share.b[bit / 8] ^ 1 << bit % 8);
		assert_int_equal(
		    media_share_check(&lock, &share, NULL), ERR_VERIFY);
		choose(7);
		some.shares[1] = share;
		unsigned bad = 0;
		if (share.index != 2)
			continue;
		assert_int_equal(
		    media_share_recover(&lock, &some, &ring, &bad, NULL),
		    ERR_VERIFY);
		assert_int_equal(bad, 2);
	}
	struct media_share share = all.shares[0];
	share.index = 2;
	assert_int_equal(media_share_check(&lock, &share, NULL), ERR_VERIFY);
	share.index = 0;
	assert_int_equal(media_share_check(&lock, &share, NULL), ERR_VERIFY);
	share.index = 17;
	assert_int_equal(media_share_check(&lock, &share, NULL), ERR_VERIFY);
}

/* The same number spelled otherwise: f(i) + L. */
static void a_share_is_below_the_order(void **state)
{
	static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63,
	    0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
	    0x14, [31] = 0x10};
	struct media_share_lock lock;

	(void)state;
	assert_int_equal(media_share_make(&lock, &all, 2, 3, NULL), 0);
	struct media_share share = all.shares[0];
	unsigned carry = 0;
	for (size_t i = 0; i < 32; i++) {
		carry += (unsigned)share.b[i] + order[i];
		share.b[i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(media_share_check(&lock, &share, NULL), ERR_VERIFY);
}

static void shares_of_another_lock_and_doubles_are_refused(void **state)
{
	struct media_share_lock lock, other;
	unsigned bad = 0;

	(void)state;
	assert_int_equal(media_share_make(&other, &some, 2, 3, NULL), 0);
	assert_int_equal(media_share_make(&lock, &all, 2, 3, NULL), 0);
	all.shares[2] = some.shares[2];
	choose(6);
	assert_int_equal(
	    media_share_recover(&lock, &some, &ring, &bad, NULL), ERR_VERIFY);
	assert_int_equal(bad, 3);
	choose(1);
	some.shares[1] = some.shares[0];
	some.n = 2;
	assert_int_equal(
	    media_share_recover(&lock, &some, &ring, &bad, NULL), ERR_USAGE);
}

static void commitments_belong_to_the_recipient(void **state)
{
	struct media_share_lock lock, changed;

	(void)state;
	assert_int_equal(media_share_make(&lock, &all, 3, 5, NULL), 0);
	assert_int_equal(media_share_check_lock(&lock, NULL), 0);
	changed = lock;
	changed.recipient[0] ^= 1;
	assert_int_equal(media_share_check_lock(&changed, NULL), ERR_VERIFY);
	changed = lock;
	memcpy(changed.commitments[0], lock.commitments[1], 32);
	assert_int_equal(media_share_check_lock(&changed, NULL), ERR_VERIFY);
	/* The point at infinity, one of order 2, one that is not canonical, and
	 * none. */
	static const uint8_t points[][32] = {{1}, {0},
	    {0xec, [1 ... 30] = 0xff, 0x7f}, {0xee, [1 ... 30] = 0xff, 0x7f},
	    {2}};
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		changed = lock;
		memcpy(changed.commitments[2], points[i], 32);
		assert_int_equal(
		    media_share_check_lock(&changed, NULL), ERR_VERIFY);
	}
	changed = lock;
	changed.threshold = 1;
	assert_int_equal(media_share_check_lock(&changed, NULL), ERR_VERIFY);
}

/* f(0) whose seven sums are all no clamped scalar: a false lock, whose shares
 * all fit. */
static void a_lock_without_a_clamped_key_is_false(void **state)
{
	struct media_share_lock lock = {.threshold = 2};
	uint8_t a[2][32], x[32] = {0}, u[32];
	unsigned refused = 0;

	(void)state;
	for (unsigned round = 0; round < 40; round++) {
		crypto_core_ed25519_scalar_random(a[0]);
		crypto_core_ed25519_scalar_random(a[1]);
		for (size_t i = 0; i < 2; i++)
			assert_int_equal(crypto_scalarmult_ed25519_base_noclamp(
					     lock.commitments[i], a[i]),
			    0);
		assert_int_equal(crypto_sign_ed25519_pk_to_curve25519(
				     u, lock.commitments[0]),
		    0);
		memcpy(lock.recipient, u, 32);
		some.n = 2;
		for (unsigned i = 0; i < 2; i++) {
			x[0] = (uint8_t)(i + 1);
			some.shares[i].index = i + 1;
			crypto_core_ed25519_scalar_mul(
			    some.shares[i].b, a[1], x);
			crypto_core_ed25519_scalar_add(
			    some.shares[i].b, some.shares[i].b, a[0]);
		}
		unsigned bad = 99;
		ring.n = 0;
		int rc = media_share_recover(&lock, &some, &ring, &bad, NULL);
		assert_int_equal(bad, 0);
		assert_true(rc == 0 || rc == ERR_VERIFY);
		refused += rc == ERR_VERIFY;
	}
	/* One of two is expected to have none. */
	assert_true(refused > 5 && refused < 35);
}

static void a_share_has_one_spelling(void **state)
{
	static const char text[] =
	    "counterfoil-share/v1\n"
	    "case: seizure.example#0123\n"
	    "item: PC-0001-D1-I1\n"
	    "quorum-key: age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn7"
	    "3equnujwj\n"
	    "holder: court.example\n"
	    "index: 2\n"
	    "share: "
	    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e0f"
	    "\n";
	struct media_share_text t;
	struct buf out;
	char changed[sizeof(text) + 1];

	(void)state;
	assert_int_equal(media_share_parse(&t, slice_of(text), NULL), 0);
	assert_int_equal(t.share.index, 2);
	assert_true(slice_is_text(t.holder, "court.example"));
	buf_init(&out, MEDIA_SHARE_TEXT_MAX);
	media_share_put(&out, &t);
	assert_string_equal(out.p, text);
	buf_done(&out);
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		assert_int_equal(
		    media_share_parse(&t, (struct slice){text, i}, NULL),
		    ERR_FORMAT);
	memcpy(changed, text, sizeof(text));
	changed[sizeof(text) - 1] = '\n';
	changed[sizeof(text)] = '\0';
	assert_int_equal(
	    media_share_parse(&t, slice_of(changed), NULL), ERR_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_set_of_t_makes_the_identity),
	    cmocka_unit_test(sixteen_hold_shares),
	    cmocka_unit_test(thresholds_that_protect_nothing_are_refused),
	    cmocka_unit_test(fewer_than_t_shares_fit_every_secret),
	    cmocka_unit_test(every_bit_of_a_share_is_checked),
	    cmocka_unit_test(a_share_is_below_the_order),
	    cmocka_unit_test(shares_of_another_lock_and_doubles_are_refused),
	    cmocka_unit_test(commitments_belong_to_the_recipient),
	    cmocka_unit_test(a_lock_without_a_clamped_key_is_false),
	    cmocka_unit_test(a_share_has_one_spelling),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
