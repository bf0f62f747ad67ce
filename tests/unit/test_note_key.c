/*
 * test_note_key.c: names, verifier keys and key files: the vector of the C2SP
 * specification, golden key files, and every near miss of their spelling.
 */
#include "note_key.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define VKEY                                                                   \
	"example.com/"                                                         \
	"foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

/* The key whose seed is 00 01 02 ... 1f. */
#define POLICE                                                                 \
	"police.example+7e13b63e+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
#define HEAD "counterfoil-key/v1\n" POLICE "\n"
#define PLAIN HEAD "plain: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
#define SALT "oKGio6SlpqeoqaqrrK2urw=="
#define SEALED                                                                 \
	"sealed: QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXZXeNqpOXEqQUjTmAmmrbm80U7s7"  \
	"zcIMm42w2njm1lqeoHQjWbhE/7ce9Wln4QOYo\n"
#define LOCKED HEAD "argon2id: 1 8 " SALT "\n" SEALED
#define PASSPHRASE "correct horse"

static int set_up(void **state)
{
	(void)state;
	note_key_setup();
	note_key_setup();
	return 0;
}

static struct slice bytes(const char *p, size_t n)
{
	return (struct slice){p, n};
}

static int parse(const char *vkey)
{
	struct note_key key;
	struct err err = {0};
	int r = note_key_parse(&key, slice_of(vkey), &err);

	assert_int_equal(err.code, r);
	return r;
}

static void reads_and_writes_the_vector_of_the_specification(void **state)
{
	struct note_key key;
	struct buf out;
	char hex[NOTE_KEY_ID_HEX_SIZE];

	(void)state;
	assert_int_equal(note_key_parse(&key, slice_of(VKEY), NULL), 0);
	assert_string_equal(key.name, "example.com/foo");
	assert_int_equal(key.type, NOTE_KEY_ED25519);
	assert_int_equal(key.id, 0x530d903a);
	note_key_id_hex(hex, key.id);
	assert_string_equal(hex, "530d903a");
	note_key_id_hex(hex, 0x0a);
	assert_string_equal(hex, "0000000a");
	buf_init(&out, 1000);
	note_key_put(&out, &key);
	assert_int_equal(buf_check(&out, NULL), 0);
	assert_string_equal(out.p, VKEY);
	buf_done(&out);
}

static void no_verifier_key_with_one_byte_changed_is_read(void **state)
{
	char vkey[] = VKEY;

	(void)state;
	for (size_t i = 0; i < sizeof(vkey) - 1; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			vkey[i] = (char)(VKEY[i] ^ (1 << bit));
			assert_int_equal(parse(vkey), ERR_FORMAT);
			vkey[i] = VKEY[i];
		}
	for (size_t n = 0; n < sizeof(vkey) - 1; n++) {
		struct note_key key;
		assert_int_equal(
		    note_key_parse(&key, bytes(VKEY, n), NULL), ERR_FORMAT);
	}
	assert_int_equal(parse(VKEY "\n"), ERR_FORMAT);
	assert_int_equal(parse(VKEY "=="), ERR_FORMAT);
	assert_int_equal(parse(" " VKEY), ERR_FORMAT);
	assert_int_equal(parse(""), ERR_FORMAT);
	assert_int_equal(parse("++"), ERR_FORMAT);
}

static void an_id_belongs_to_name_type_and_key(void **state)
{
	struct note_key a, b, c;

	(void)state;
	assert_int_equal(note_key_parse(&a, slice_of(VKEY), NULL), 0);
	assert_int_equal(note_key_make(&b, slice_of("example.com/bar"), a.type,
			     a.public_key, NULL),
	    0);
	assert_int_equal(note_key_make(&c, slice_of(a.name),
			     NOTE_KEY_COSIGNATURE, a.public_key, NULL),
	    0);
	assert_true(a.id != b.id && a.id != c.id && b.id != c.id);
	assert_true(note_key_is_same_point(&a, &b));
	assert_true(note_key_is_same_point(&a, &c));
	assert_int_equal(note_key_parse(&b, slice_of(POLICE), NULL), 0);
	assert_false(note_key_is_same_point(&a, &b));
}

static void refuses_keys_that_are_not_of_prime_order(void **state)
{
	/* Of order 2; not canonical; of prime order plus a point of order 2;
	 * all with the ids that belong to them by the formula. */
	static const char *const points[] = {
	    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "16a567fe7d4ef5482ab4012c369bf8c5f11e8d0c2559dcda50fde59708f8aee5",
	};
	struct note_key key = {.id = 7};

	(void)state;
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		uint8_t point[32];
		assert_true(text_from_hex(point, 32, slice_of(points[i])));
		assert_int_equal(note_key_make(&key, slice_of("x"),
				     NOTE_KEY_ED25519, point, NULL),
		    ERR_FORMAT);
	}
	assert_int_equal(key.id, 7);
	assert_int_equal(parse("x+26ddf4c1+Aez////////////////////////////////"
			       "///////9/"),
	    ERR_FORMAT);
}

static void refuses_unknown_types(void **state)
{
	struct note_key key;

	(void)state;
	assert_int_equal(note_key_parse(&key, slice_of(VKEY), NULL), 0);
	for (unsigned type = 0; type < 256; type++) {
		struct note_key made;
		int r = note_key_make(
		    &made, slice_of("x"), (uint8_t)type, key.public_key, NULL);
		assert_int_equal(r,
		    type == NOTE_KEY_ED25519 || type == NOTE_KEY_COSIGNATURE
			? 0
			: ERR_FORMAT);
	}
}

static void names_have_no_space_of_any_kind(void **state)
{
	static const char *const good[] = {"a", "example.com/foo",
	    "\xd9\xbe\xd9\x84\xdb\x8c\xd8\xb3", "a\xe2\x80\x94z", "\xc2\xa1",
	    "\xe2\x80\x8b", "\xe3\x80\x81"};
	static const char *const bad[] = {"", " ", "a b", "a+b", "a\tb", "a\n",
	    "\x1f", "\xc2\x85", "\xc2\xa0z", "\xe1\x9a\x80", "a\xe2\x80\x80",
	    "\xe2\x80\x8a", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf",
	    "\xe2\x81\x9f", "a\xe3\x80\x80z", "\xff", "a\xc2"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(note_key_is_name(slice_of(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(note_key_is_name(slice_of(bad[i])));
	assert_false(note_key_is_name(bytes("a\0b", 3)));
}

static void a_key_of_ours_has_a_short_and_visible_name(void **state)
{
	struct note_key key;
	struct note_secret secret;
	char name[NOTE_KEY_NAME_MAX + 1];

	(void)state;
	memset(name, 'n', sizeof(name));
	assert_int_equal(
	    note_secret_new(&secret, bytes(name, NOTE_KEY_NAME_MAX),
		NOTE_KEY_ED25519, NULL),
	    0);
	assert_int_equal(strlen(secret.key.name), NOTE_KEY_NAME_MAX);
	assert_int_equal(note_key_make(&key, bytes(name, sizeof(name)),
			     NOTE_KEY_ED25519, secret.key.public_key, NULL),
	    ERR_FORMAT);
	assert_int_equal(note_key_make(&key, slice_of("a\xe2\x80\x8b"),
			     NOTE_KEY_ED25519, secret.key.public_key, NULL),
	    ERR_FORMAT);
	note_secret_done(&secret);
	note_secret_done(NULL);
}

static void new_keys_differ_and_seeds_repeat(void **state)
{
	struct note_secret a, b, c;

	(void)state;
	assert_int_equal(
	    note_secret_new(&a, slice_of("a"), NOTE_KEY_ED25519, NULL), 0);
	assert_int_equal(
	    note_secret_new(&b, slice_of("a"), NOTE_KEY_ED25519, NULL), 0);
	assert_int_equal(note_secret_from_seed(
			     &c, slice_of("a"), NOTE_KEY_ED25519, a.seed, NULL),
	    0);
	assert_false(note_key_is_same_point(&a.key, &b.key));
	assert_true(note_key_is_same_point(&a.key, &c.key));
	assert_int_equal(
	    note_secret_new(&b, slice_of("a b"), NOTE_KEY_ED25519, NULL),
	    ERR_FORMAT);
	note_secret_done(&a);
	for (size_t i = 0; i < sizeof(a.seed); i++)
		assert_int_equal(a.seed[i], 0);
}

static int open_file(const char *file, size_t n, const char *passphrase)
{
	struct note_secret secret;
	struct err err = {0};
	int r = note_key_file_parse(
	    &secret, bytes(file, n), slice_of(passphrase), &err);

	assert_int_equal(err.code, r);
	if (r == 0) {
		for (uint8_t i = 0; i < 32; i++)
			assert_int_equal(secret.seed[i], i);
		note_secret_done(&secret);
	}
	return r;
}

static int open_text(const char *file)
{
	return open_file(file, strlen(file), PASSPHRASE);
}

static void opens_the_golden_files(void **state)
{
	struct note_key key;
	bool is_locked;

	(void)state;
	assert_int_equal(open_text(PLAIN), 0);
	assert_int_equal(open_file(PLAIN, strlen(PLAIN), NULL), 0);
	assert_int_equal(open_text(LOCKED), 0);
	assert_int_equal(
	    note_key_file_peek(&key, &is_locked, slice_of(PLAIN), NULL), 0);
	assert_false(is_locked);
	assert_string_equal(key.name, "police.example");
	assert_int_equal(
	    note_key_file_peek(&key, &is_locked, slice_of(LOCKED), NULL), 0);
	assert_true(is_locked);
	assert_int_equal(key.id, 0x7e13b63e);
}

static void a_locked_file_opens_with_its_passphrase_only(void **state)
{
	(void)state;
	assert_int_equal(open_file(LOCKED, strlen(LOCKED), NULL), ERR_DENIED);
	assert_int_equal(open_file(LOCKED, strlen(LOCKED), ""), ERR_DENIED);
	assert_int_equal(
	    open_file(LOCKED, strlen(LOCKED), "correct horsf"), ERR_DENIED);
	assert_int_equal(
	    open_file(LOCKED, strlen(LOCKED), PASSPHRASE " "), ERR_DENIED);
}

static void writes_what_it_reads(void **state)
{
	struct note_secret secret, again;
	struct buf out;

	(void)state;
	assert_int_equal(note_key_file_parse(
			     &secret, slice_of(PLAIN), (struct slice){0}, NULL),
	    0);
	buf_init(&out, NOTE_KEY_FILE_MAX);
	assert_int_equal(
	    note_key_file_put(&out, &secret, (struct slice){0}, NULL), 0);
	assert_string_equal(out.p, PLAIN);

	/* The file is authenticated from its own first byte. */
	size_t start = out.n;
	assert_int_equal(
	    note_key_file_put(&out, &secret, slice_of(PASSPHRASE), NULL), 0);
	struct slice locked = bytes(out.p + start, out.n - start);
	assert_true(slice_starts_with(locked, HEAD "argon2id: 2 65536 "));
	assert_int_equal(
	    note_key_file_parse(&again, locked, slice_of(PASSPHRASE), NULL), 0);
	assert_memory_equal(&secret.seed, &again.seed, 32);
	assert_int_equal(
	    note_key_file_parse(&again, locked, slice_of("wrong"), NULL),
	    ERR_DENIED);
	buf_wipe(&out);
	note_secret_done(&secret);
	note_secret_done(&again);
}

static void an_empty_passphrase_locks_nothing(void **state)
{
	struct note_secret secret;
	struct buf out;

	(void)state;
	assert_int_equal(
	    note_secret_new(&secret, slice_of("a"), NOTE_KEY_ED25519, NULL), 0);
	buf_init(&out, NOTE_KEY_FILE_MAX);
	assert_int_equal(
	    note_key_file_put(&out, &secret, slice_of(""), NULL), ERR_USAGE);
	assert_int_equal(out.n, 0);
	buf_done(&out);
	buf_init(&out, 100);
	assert_int_equal(
	    note_key_file_put(&out, &secret, (struct slice){0}, NULL),
	    ERR_LIMIT);
	buf_wipe(&out);
	buf_init(&out, 100);
	assert_int_equal(
	    note_key_file_put(&out, &secret, slice_of(PASSPHRASE), NULL),
	    ERR_LIMIT);
	buf_wipe(&out);
	note_secret_done(&secret);
}

static void assert_refused(int r)
{
	assert_true(r == ERR_FORMAT || r == ERR_LIMIT || r == ERR_DENIED);
}

static void no_altered_file_opens(void **state)
{
	static const char *const files[] = {PLAIN, LOCKED};

	(void)state;
	for (size_t f = 0; f < 2; f++) {
		char file[512];
		size_t n = strlen(files[f]);
		memcpy(file, files[f], n);
		for (size_t i = 0; i < n; i++)
			for (unsigned bit = 0; bit < 8; bit++) {
				file[i] = (char)(files[f][i] ^ (1 << bit));
				assert_refused(open_file(file, n, PASSPHRASE));
				file[i] = files[f][i];
			}
		for (size_t i = 0; i < n; i++)
			assert_refused(open_file(file, i, PASSPHRASE));
		file[n] = '\n';
		assert_int_equal(
		    open_file(file, n + 1, PASSPHRASE), ERR_FORMAT);
		file[n] = '\0';
		assert_int_equal(
		    open_file(file, n + 1, PASSPHRASE), ERR_FORMAT);
	}
}

static void a_key_file_has_one_spelling(void **state)
{
	static const char *const files[] = {
	    "",
	    "\n",
	    HEAD,
	    HEAD "plain: \n",
	    HEAD "\n" SEALED,
	    "counterfoil-key/v2\n" POLICE "\n",
	    "counterfoil-key/v1\r\n" POLICE "\n",
	    HEAD "plain:  AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
	    HEAD "plain: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n",
	    HEAD "plain: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==\n",
	    HEAD "plain: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\r\n",
	    HEAD "plain: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
	    PLAIN SEALED,
	    LOCKED "\n",
	    HEAD "argon2id: 1 8 " SALT "\n",
	    HEAD "argon2id: 01 8 " SALT "\n" SEALED,
	    HEAD "argon2id: 1 08 " SALT "\n" SEALED,
	    HEAD "argon2id: +1 8 " SALT "\n" SEALED,
	    HEAD "argon2id: 1  8 " SALT "\n" SEALED,
	    HEAD "argon2id: 1 8 " SALT " \n" SEALED,
	    HEAD "argon2id: 1 8\n" SEALED,
	    HEAD "argon2id: 1\n" SEALED,
	    HEAD "argon2id: \n" SEALED,
	    HEAD "argon2id: 0 8 " SALT "\n" SEALED,
	    HEAD "argon2id: 1 7 " SALT "\n" SEALED,
	    HEAD "argon2id: 18446744073709551617 8 " SALT "\n" SEALED,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		assert_int_equal(open_text(files[i]), ERR_FORMAT);
}

static void costly_files_are_refused_before_any_work(void **state)
{
	struct note_key key = {.id = 7};
	bool is_locked = false;

	(void)state;
	assert_int_equal(
	    open_text(HEAD "argon2id: 17 8 " SALT "\n" SEALED), ERR_LIMIT);
	assert_int_equal(
	    open_text(HEAD "argon2id: 1 1048577 " SALT "\n" SEALED), ERR_LIMIT);
	assert_int_equal(
	    open_text(HEAD "argon2id: 18446744073709551615 "
			   "18446744073709551615 " SALT "\n" SEALED),
	    ERR_LIMIT);
	assert_int_equal(
	    note_key_file_peek(&key, &is_locked,
		slice_of(HEAD "argon2id: 17 8 " SALT "\n" SEALED), NULL),
	    ERR_LIMIT);
	assert_int_equal(key.id, 7);
	assert_false(is_locked);

	char file[NOTE_KEY_FILE_MAX + 1];
	memset(file, 'x', sizeof(file));
	assert_int_equal(open_file(file, sizeof(file), PASSPHRASE), ERR_LIMIT);
	assert_int_equal(
	    open_file(file, sizeof(file) - 1, PASSPHRASE), ERR_FORMAT);
}

static void a_seed_under_a_foreign_name_is_refused(void **state)
{
	(void)state;
	assert_int_equal(
	    open_text("counterfoil-key/v1\n" VKEY "\nplain: "
		      "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"),
	    ERR_FORMAT);
	assert_int_equal(open_text("counterfoil-key/v1\n" VKEY
				   "\nargon2id: 1 8 " SALT "\n" SEALED),
	    ERR_DENIED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_and_writes_the_vector_of_the_specification),
	    cmocka_unit_test(no_verifier_key_with_one_byte_changed_is_read),
	    cmocka_unit_test(an_id_belongs_to_name_type_and_key),
	    cmocka_unit_test(refuses_keys_that_are_not_of_prime_order),
	    cmocka_unit_test(refuses_unknown_types),
	    cmocka_unit_test(names_have_no_space_of_any_kind),
	    cmocka_unit_test(a_key_of_ours_has_a_short_and_visible_name),
	    cmocka_unit_test(new_keys_differ_and_seeds_repeat),
	    cmocka_unit_test(opens_the_golden_files),
	    cmocka_unit_test(a_locked_file_opens_with_its_passphrase_only),
	    cmocka_unit_test(writes_what_it_reads),
	    cmocka_unit_test(an_empty_passphrase_locks_nothing),
	    cmocka_unit_test(no_altered_file_opens),
	    cmocka_unit_test(a_key_file_has_one_spelling),
	    cmocka_unit_test(costly_files_are_refused_before_any_work),
	    cmocka_unit_test(a_seed_under_a_foreign_name_is_refused),
	};

	return cmocka_run_group_tests_name("note_key", tests, set_up, NULL);
}
