/*
 * test_note_ed25519.c: which Ed25519 signatures and keys are accepted: the
 * vectors of RFC 8032, the edge cases of C2SP/CCTV, every encoding of a point
 * of small order, and an unrelated library as a second opinion.
 */
#include "note.h"
#include "text.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define CCTV "tests/vectors/ed25519-cctv.txt"

/* RFC 8032 section 7.1, tests 1 to 3. */
static const struct {
	const char *seed;
	const char *public_key;
	const char *message;
	size_t message_n;
	const char *signature;
} rfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
	0,
	"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb88"
	"21590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
	"\x72", 1,
	"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac"
	"1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
	"\xaf\x82", 2,
	"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9"
	"b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};
#define RFC8032_COUNT (sizeof(rfc8032) / sizeof(rfc8032[0]))

/* The eight points of small order, then their six other encodings. */
static const char *const small_order[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};
#define SMALL_ORDER_COUNT (sizeof(small_order) / sizeof(small_order[0]))

/* The key of RFC 8032's test 1 plus each point of order 2, 4 and 8. */
static const char *const mixed_order[] = {
    "16a567fe7d4ef5482ab4012c369bf8c5f11e8d0c2559dcda50fde59708f8aee5",
    "40c7570f4dd54835b9131184410ed4a0cc93e7d9ad053cbc6d07a62426999582",
    "ad38a8f0b22ab7ca46ecee7bbef12b5f336c182652fac34392f859dbd9666a7d",
    "3b5b475c4b82dd1572799fc546f4c6c03e478c6654aa4c7f945b347ea32af60d",
    "9158312a9a8d6e3b34c891d6d61444f8b8211c5117ebad15bdb0bd68b07e0245",
    "b2a4b8a3b47d22ea8d86603ab90b393fc1b87399ab55b3806ba4cb815cd509f2",
    "5ca7ced5657291c4cb376e2929ebbb0747dee3aee81452ea424f42974f81fdba",
};

static void from_hex(uint8_t *ret_bytes, size_t n, const char *hex)
{
	assert_true(text_from_hex(ret_bytes, n, (struct slice){hex, 2 * n}));
}

static void check_is(int want, const uint8_t key[32], const char *message,
    size_t n, const uint8_t signature[64])
{
	struct err err = {0};

	assert_int_equal(
	    note_check_bytes(key, message, n, signature, &err), want);
	assert_int_equal(err.code, want);
}

static int set_up(void **state)
{
	(void)state;
	note_key_setup();
	return 0;
}

/* Signs with the secret that is its cookie; flips a bit of what it was told. */
static int sign_elsewhere(void *cookie, const void *message, size_t n,
    uint8_t ret_signature[64], struct err *err)
{
	return note_sign_bytes(ret_signature, cookie, message, n, err);
}

static int sign_falsely(void *cookie, const void *message, size_t n,
    uint8_t ret_signature[64], struct err *err)
{
	int r = sign_elsewhere(cookie, message, n, ret_signature, err);

	ret_signature[7] ^= 1;
	return r;
}

static int sign_never(void *cookie, const void *message, size_t n,
    uint8_t ret_signature[64], struct err *err)
{
	(void)cookie;
	(void)message;
	(void)n;
	(void)ret_signature;
	return err_set(err, ERR_DENIED, "the token was pulled out");
}

static void a_token_signs_and_is_not_believed(void **state)
{
	struct note_token token = {.sign = sign_elsewhere};
	struct note_secret here, there;
	uint8_t want[64], got[64];

	(void)state;
	assert_int_equal(note_secret_new(&here, slice_of("x.example"),
			     NOTE_KEY_ED25519, NULL),
	    0);
	assert_int_equal(note_sign_bytes(want, &here, "abc", 3, NULL), 0);
	token.cookie = &here;
	assert_int_equal(
	    note_secret_from_token(&there, &here.key, &token, NULL), 0);
	assert_int_equal(note_sign_bytes(got, &there, "abc", 3, NULL), 0);
	assert_memory_equal(got, want, 64);
	there.token.sign = sign_falsely;
	assert_int_equal(
	    note_sign_bytes(got, &there, "abc", 3, NULL), ERR_VERIFY);
	there.token.sign = sign_never;
	assert_int_equal(
	    note_sign_bytes(got, &there, "abc", 3, NULL), ERR_DENIED);
	assert_memory_equal(got, want, 64);
	note_secret_done(&there);
	note_secret_done(&here);
}

static void signs_and_checks_as_rfc8032_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < RFC8032_COUNT; i++) {
		struct note_secret secret;
		uint8_t seed[32], want_key[32], want[64], got[64];
		from_hex(seed, 32, rfc8032[i].seed);
		from_hex(want_key, 32, rfc8032[i].public_key);
		from_hex(want, 64, rfc8032[i].signature);
		assert_int_equal(note_secret_from_seed(&secret, slice_of("x"),
				     NOTE_KEY_ED25519, seed, NULL),
		    0);
		assert_memory_equal(secret.key.public_key, want_key, 32);
		assert_int_equal(
		    note_sign_bytes(got, &secret, rfc8032[i].message,
			rfc8032[i].message_n, NULL),
		    0);
		assert_memory_equal(got, want, 64);
		assert_true(note_is_good_public_key(want_key));
		check_is(0, want_key, rfc8032[i].message, rfc8032[i].message_n,
		    want);
		note_secret_done(&secret);
	}
}

static void no_signature_with_one_bit_changed_is_accepted(void **state)
{
	uint8_t key[32], signature[64];

	(void)state;
	from_hex(key, 32, rfc8032[2].public_key);
	from_hex(signature, 64, rfc8032[2].signature);
	for (size_t bit = 0; bit < 512; bit++) {
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
		check_is(ERR_VERIFY, key, "\xaf\x82", 2, signature);
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t bit = 0; bit < 256; bit++) {
		key[bit / 8] ^= (uint8_t)(1 << bit % 8);
		check_is(ERR_VERIFY, key, "\xaf\x82", 2, signature);
		key[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	check_is(ERR_VERIFY, key, "\xaf\x83", 2, signature);
	check_is(ERR_VERIFY, key, "\xaf", 1, signature);
	check_is(0, key, "\xaf\x82", 2, signature);
}

static void s_has_one_spelling(void **state)
{
	static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63,
	    0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
	    0x14, [31] = 0x10};

	(void)state;
	for (size_t i = 0; i < RFC8032_COUNT; i++) {
		uint8_t key[32], signature[64];
		from_hex(key, 32, rfc8032[i].public_key);
		from_hex(signature, 64, rfc8032[i].signature);
		for (unsigned times = 1; times < 15; times++) {
			unsigned carry = 0;
			for (size_t j = 0; j < 32; j++) {
				carry += signature[32 + j] + order[j];
				signature[32 + j] = (uint8_t)carry;
				carry >>= 8;
			}
			check_is(ERR_VERIFY, key, rfc8032[i].message,
			    rfc8032[i].message_n, signature);
		}
	}
}

static void no_point_of_small_order_is_a_key(void **state)
{
	uint8_t key[32], signature[64];

	(void)state;
	from_hex(signature, 64, rfc8032[0].signature);
	for (size_t i = 0; i < SMALL_ORDER_COUNT; i++) {
		from_hex(key, 32, small_order[i]);
		assert_false(note_is_good_public_key(key));
		check_is(ERR_VERIFY, key, "", 0, signature);
	}
}

static void r_and_key_of_small_order_fulfil_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < SMALL_ORDER_COUNT; i++)
		for (size_t j = 0; j < SMALL_ORDER_COUNT; j++) {
			uint8_t key[32], signature[64] = {0};
			from_hex(key, 32, small_order[i]);
			from_hex(signature, 32, small_order[j]);
			check_is(ERR_VERIFY, key, "anything", 8, signature);
		}
}

static void no_key_with_a_small_component_is_good(void **state)
{
	uint8_t key[32];

	(void)state;
	for (size_t i = 0; i < sizeof(mixed_order) / sizeof(char *); i++) {
		from_hex(key, 32, mixed_order[i]);
		assert_false(note_is_good_public_key(key));
	}
}

static void no_bytes_off_the_curve_or_past_the_field_are_good(void **state)
{
	uint8_t key[32] = {2}; /* no x belongs to y = 2 */

	(void)state;
	assert_false(note_is_good_public_key(key));
	for (unsigned low = 0xed; low <= 0xff; low++)
		for (unsigned sign = 0; sign < 2; sign++) {
			memset(key, 0xff, sizeof(key));
			key[0] = (uint8_t)low;
			key[31] = sign ? 0xff : 0x7f;
			assert_false(note_is_good_public_key(key));
		}
}

struct vector {
	uint8_t key[32];
	uint8_t signature[64];
	char flags[64];
	char message[32];
};

static bool has(const struct vector *vector, const char *flag)
{
	return strstr(vector->flags, flag) != NULL;
}

/* Calls `each` with every vector; returns their number. */
static size_t read_vectors(
    void (*each)(const struct vector *, void *), void *cookie)
{
	FILE *file = fopen(CCTV, "r");
	char line[512], key[65], signature[129];
	size_t n = 0;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		struct vector vector;
		if (line[0] == '#')
			continue;
		assert_int_equal(sscanf(line, "%64s %128s %63s %31[^\n]", key,
				     signature, vector.flags, vector.message),
		    4);
		from_hex(vector.key, 32, key);
		from_hex(vector.signature, 64, signature);
		each(&vector, cookie);
		n++;
	}
	(void)fclose(file); /* only read */
	return n;
}

static void check_vector(const struct vector *vector, void *accepted)
{
	static const char *const refused[] = {
	    "lowA", "lowR", "nonA", "nonR", "compA", "residue"};
	bool want = true;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (has(vector, refused[i]))
			want = false;
	bool is_good = note_is_good_public_key(vector->key);
	bool is_signed =
	    note_check_bytes(vector->key, vector->message,
		strlen(vector->message), vector->signature, NULL) == 0;
	assert_int_equal(is_good && is_signed, want);
	*(size_t *)accepted += want;

	assert_int_equal(is_good,
	    !has(vector, "lowA") && !has(vector, "nonA") &&
		!has(vector, "compA"));
	/* What the check of a signature leaves to the check of the key. */
	assert_int_equal(is_signed,
	    !has(vector, "low") && !has(vector, "non") &&
		!has(vector, "residue"));
}

static void accepts_one_of_the_cctv_vectors(void **state)
{
	size_t accepted = 0;

	(void)state;
	assert_int_equal(read_vectors(check_vector, &accepted), 914);
	assert_int_equal(accepted, 1);
}

static bool libcrypto_accepts(const struct vector *vector)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(
	    EVP_PKEY_ED25519, NULL, vector->key, 32);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool is_true = key && ctx &&
	    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestVerify(ctx, vector->signature, 64,
		(const uint8_t *)vector->message, strlen(vector->message)) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return is_true;
}

static void compare_vector(const struct vector *vector, void *compared)
{
	if (has(vector, "low") || has(vector, "non"))
		return;
	int r = note_check_bytes(vector->key, vector->message,
	    strlen(vector->message), vector->signature, NULL);
	assert_int_equal(r == 0, libcrypto_accepts(vector));
	++*(size_t *)compared;
}

static void behind_the_checks_another_library_says_the_same(void **state)
{
	size_t compared = 0;

	(void)state;
	(void)read_vectors(compare_vector, &compared);
	assert_true(compared > 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(signs_and_checks_as_rfc8032_does),
	    cmocka_unit_test(no_signature_with_one_bit_changed_is_accepted),
	    cmocka_unit_test(s_has_one_spelling),
	    cmocka_unit_test(no_point_of_small_order_is_a_key),
	    cmocka_unit_test(a_token_signs_and_is_not_believed),
	    cmocka_unit_test(r_and_key_of_small_order_fulfil_nothing),
	    cmocka_unit_test(no_key_with_a_small_component_is_good),
	    cmocka_unit_test(no_bytes_off_the_curve_or_past_the_field_are_good),
	    cmocka_unit_test(accepts_one_of_the_cctv_vectors),
	    cmocka_unit_test(behind_the_checks_another_library_says_the_same),
	};

	return cmocka_run_group_tests_name("note_ed25519", tests, set_up, NULL);
}
