/*
 * test_hash.c: SHA-256 with the FIPS 180-4 example values, HMAC-SHA256 with
 * those of RFC 4231; linked once with each backend.
 */
#include "hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#define HEX_EMPTY                                                              \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define HEX_ABC                                                                \
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define HEX_MILLION_A                                                          \
	"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

static void assert_hash(struct hash hash, const char *hex)
{
	char text[HASH_HEX_SIZE];

	hash_to_hex(text, &hash);
	assert_string_equal(text, hex);
}

static void hashes_the_published_examples(void **state)
{
	(void)state;
	assert_hash(hash_of("", 0), HEX_EMPTY);
	assert_hash(hash_of(NULL, 0), HEX_EMPTY);
	assert_hash(hash_of("abc", 3), HEX_ABC);
	assert_hash(
	    hash_of(
		"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56),
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void hashes_message_after_message_with_one_run(void **state)
{
	struct hash_run *run = hash_new();

	(void)state;
	assert_non_null(run);
	for (unsigned i = 0; i < 3; i++) {
		hash_start(run);
		hash_update(run, "a", 1);
		hash_update(run, NULL, 0);
		hash_update(run, "bc", 2);
		assert_hash(hash_finish(run), HEX_ABC);
		hash_start(run);
		assert_hash(hash_finish(run), HEX_EMPTY);
	}
	hash_free(run);
}

static void forgets_a_message_that_was_not_finished(void **state)
{
	struct hash_run *run = hash_new();

	(void)state;
	assert_non_null(run);
	hash_start(run);
	hash_update(run, "junk", 4);
	hash_start(run);
	hash_update(run, "abc", 3);
	assert_hash(hash_finish(run), HEX_ABC);
	hash_free(run);
	hash_free(NULL);
}

static void hashes_a_long_message_in_odd_pieces(void **state)
{
	struct hash_run *run = hash_new();
	char piece[997];
	size_t left = 1000000;

	(void)state;
	assert_non_null(run);
	memset(piece, 'a', sizeof piece);
	hash_start(run);
	while (left > 0) {
		const size_t n = left < sizeof piece ? left : sizeof piece;

		hash_update(run, piece, n);
		left -= n;
	}
	assert_hash(hash_finish(run), HEX_MILLION_A);
	hash_free(run);
}

/* HMAC fills short keys up with zero bytes, so that RFC 4231's keys can be
 * given as 32 bytes. */
static void makes_the_published_codes_with_one_context(void **state)
{
	struct hash_mac *mac = hash_mac_new();
	const uint8_t jefe[HASH_SIZE] = "Jefe";
	uint8_t eleven[HASH_SIZE] = {0};

	(void)state;
	assert_non_null(mac);
	memset(eleven, 0x0b, 20);
	for (unsigned i = 0; i < 2; i++) {
		assert_hash(hash_mac_of(mac, eleven, "Hi There", 8),
		    "b0344c61d8db38535ca8afceaf0bf12b"
		    "881dc200c9833da726e9376c2e32cff7");
		assert_hash(
		    hash_mac_of(mac, jefe, "what do ya want for nothing?", 28),
		    "5bdcc146bf60754e6a042426089575c7"
		    "5a003f089d2739839dec58b964ec3843");
	}
	hash_mac_free(mac);
	hash_mac_free(NULL);
}

static void reads_exactly_one_spelling(void **state)
{
	const struct hash abc = hash_of("abc", 3);
	const struct hash empty = hash_of("", 0);
	struct hash hash;

	(void)state;
	assert_true(hash_from_hex(&hash, slice_of(HEX_ABC)));
	assert_true(hash_is(&hash, &abc));
	assert_false(hash_is(&hash, &empty));
	assert_false(hash_from_hex(&hash, slice_of(HEX_ABC "0")));
	assert_false(hash_from_hex(&hash,
	    slice_of("BA7816BF8F01CFEA414140DE"
		     "5DAE2223B00361A396177A9CB410FF61F20015AD")));
	assert_true(hash_is(&hash, &abc));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hashes_the_published_examples),
	    cmocka_unit_test(hashes_message_after_message_with_one_run),
	    cmocka_unit_test(forgets_a_message_that_was_not_finished),
	    cmocka_unit_test(hashes_a_long_message_in_odd_pieces),
	    cmocka_unit_test(makes_the_published_codes_with_one_context),
	    cmocka_unit_test(reads_exactly_one_spelling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
