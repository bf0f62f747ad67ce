/*
 * test_media_age.c: age files written and read: sizes at the borders of chunks,
 * every byte altered, every cut, ranges, and headers that are not ours.
 */
#include "media_age.h"
#include "media_age_chunk.h"
#include "mem.h"
#include "tree.h"
#include "tree_chunk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define CHUNK MEDIA_AGE_CHUNK_SIZE
#define HEAD_SIZE 184 /* version, stanza, MAC and nonce */
#define BIG (5u * 64 * CHUNK) /* several batches */

struct store {
	uint8_t *p;
	uint64_t n;
	uint64_t fail_at; /* reading from here on fails; 0: never */
	uint64_t first, last; /* what was read: first and last byte */
};

static int read_at(
    void *cookie, uint64_t offset, void *ret_bytes, size_t n, struct err *err)
{
	struct store *s = cookie;

	assert_true(offset <= s->n && n <= s->n - offset);
	if (s->fail_at != 0 && offset + n > s->fail_at)
		return err_set(err, ERR_IO, "a bad sector");
	memcpy(ret_bytes, s->p + offset, n);
	return 0;
}

static int write_at(
    void *cookie, uint64_t offset, const void *bytes, size_t n, struct err *err)
{
	struct store *s = cookie;

	if (offset + n > s->n)
		return err_set(err, ERR_IO, "no space left");
	memcpy(s->p + offset, bytes, n);
	return 0;
}

static struct store store_new(uint64_t n)
{
	struct store s = {.p = malloc((size_t)n + 1), .n = n};

	for (uint64_t i = 0; i < n; i++)
		s.p[i] = (uint8_t)(i * 31 + i / 251);
	return s;
}

static struct media_age_key_ring ring;
static uint8_t recipient[32];

static int set_up(void **state)
{
	(void)state;
	assert_int_equal(media_age_key_ring_init(&ring, NULL), 0);
	mem_random(ring.keys[0], 32);
	ring.n = 1;
	media_age_key_of(recipient, ring.keys[0]);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	media_age_key_ring_done(&ring);
	return 0;
}

static struct media_age_source source_of(struct store *s)
{
	return (struct media_age_source){read_at, s, s->n};
}

static struct store seal(
    struct store *plain, struct hash *hash_plain, struct hash *hash_sealed)
{
	struct store out = store_new(media_age_sealed_size(plain->n));
	struct media_age_source source = source_of(plain);
	struct media_age_sink sink = {.write_at = write_at, .cookie = &out};
	struct media_age_hashes hashes = {
	    .plain = hash_plain, .sealed = hash_sealed};

	assert_int_equal(
	    media_age_seal(&source, recipient, &sink, &hashes, NULL), 0);
	return out;
}

/* What reading all of it says; the plaintext in *ret_plain. */
static int open_all(struct store *sealed, struct store *ret_plain)
{
	struct media_age_source source = source_of(sealed);
	struct media_age *age = NULL;
	int rc = media_age_open(&age, &source, &ring, NULL);

	*ret_plain = (struct store){0};
	if (rc == 0) {
		*ret_plain = store_new(media_age_length(age));
		struct media_age_sink sink = {
		    .write_at = write_at, .cookie = ret_plain};
		rc = media_age_read_all(age, &sink, NULL, NULL, NULL);
		int again = media_age_check_end(age, NULL);
		if (rc == 0)
			assert_int_equal(again, 0);
	}
	media_age_close(age);
	return rc;
}

static void what_is_sealed_opens_at_every_border_of_chunks(void **state)
{
	const uint64_t sizes[] = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK,
	    4 * CHUNK, 4 * CHUNK + 1, 64 * CHUNK - 1, 64 * CHUNK,
	    64 * CHUNK + 1, BIG + 12345};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct store plain = store_new(sizes[i]), back;
		struct hash a, b;
		struct store sealed = seal(&plain, &a, &b);
		struct hash c = hash_of(plain.p, (size_t)plain.n);
		struct hash d = hash_of(sealed.p, (size_t)sealed.n);

		assert_true(hash_is(&a, &c));
		assert_true(hash_is(&b, &d));
		assert_int_equal(open_all(&sealed, &back), 0);
		assert_int_equal(back.n, plain.n);
		assert_memory_equal(back.p, plain.p, (size_t)plain.n);
		struct media_age_source source = source_of(&sealed);
		assert_int_equal(media_age_check_single(&source, NULL), 0);
		free(plain.p);
		free(sealed.p);
		free(back.p);
	}
}

/* Computed by tree_chunk alone, chunk by chunk. */
static struct hash root_of(const struct store *s, const struct tree_seed *seed)
{
	struct hash_run *run = hash_new();
	uint64_t count = tree_chunk_count(s->n);
	struct tree_edge edge = {0};

	for (uint64_t i = 0; i < count; i++) {
		uint8_t salt[1][TREE_CHUNK_SALT_SIZE];

		assert_int_equal(
		    tree_chunk_salts(seed, count, i, 1, salt, NULL), 0);
		struct hash leaf = tree_chunk_leaf(
		    run, salt[0], s->p + i * CHUNK, tree_chunk_length(s->n, i));
		tree_edge_add(&edge, run, &leaf);
	}
	struct hash root = tree_edge_root(&edge, run);
	hash_free(run);
	return root;
}

/* Of what goes in and of what comes out, whole files of both. */
static void the_root_is_worked_out_both_ways(void **state)
{
	const uint64_t sizes[] = {0, 1, CHUNK, 17 * CHUNK + 5, BIG + 12345};
	const struct tree_seed seed = {{7}};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct store plain = store_new(sizes[i]);
		struct store out = store_new(media_age_sealed_size(plain.n));
		struct store back = store_new(plain.n);
		struct hash want = root_of(&plain, &seed), root, sealed, whole;
		struct media_age_source source = source_of(&plain);
		struct media_age_sink sink = {
		    .write_at = write_at, .cookie = &out};
		struct media_age_hashes hashes = {.plain = &whole,
		    .sealed = &sealed,
		    .seed = &seed,
		    .root = &root};
		struct media_age *age = NULL;

		assert_int_equal(
		    media_age_seal(&source, recipient, &sink, &hashes, NULL),
		    0);
		assert_true(hash_is(&root, &want));
		struct hash of_file = hash_of(out.p, (size_t)out.n);
		assert_true(hash_is(&sealed, &of_file));
		root = sealed = whole = (struct hash){{0}};
		source = source_of(&out);
		sink.cookie = &back;
		assert_int_equal(media_age_open(&age, &source, &ring, NULL), 0);
		assert_int_equal(
		    media_age_read_all(age, &sink, &hashes, NULL, NULL), 0);
		media_age_close(age);
		struct hash of_plain = hash_of(plain.p, (size_t)plain.n);
		assert_true(hash_is(&root, &want));
		assert_true(hash_is(&sealed, &of_file));
		assert_true(hash_is(&whole, &of_plain));
		free(plain.p);
		free(out.p);
		free(back.p);
	}
}

static void no_byte_can_be_altered(void **state)
{
	struct store plain = store_new(CHUNK + 100), back;
	struct store sealed = seal(&plain, NULL, NULL);

	(void)state;
	for (uint64_t i = 0; i < sealed.n;
	     i += i < HEAD_SIZE + 40 || i > sealed.n - 40 ? 1 : 997) {
		sealed.p[i] ^= 1;
		int rc = open_all(&sealed, &back);
		sealed.p[i] ^= 1;
		free(back.p);
		assert_int_not_equal(rc, 0);
		if (i >= HEAD_SIZE - 16)
			assert_int_equal(rc, ERR_VERIFY);
	}
	free(plain.p);
	free(sealed.p);
}

static void no_cut_is_taken_for_the_end(void **state)
{
	struct store plain = store_new(3 * CHUNK), back;
	struct store sealed = seal(&plain, NULL, NULL);
	uint64_t whole = sealed.n;

	(void)state;
	for (uint64_t border = HEAD_SIZE; border <= whole;
	     border += MEDIA_AGE_CHUNK_SEALED)
		for (int64_t by = -20; by <= 20; by++) {
			uint64_t n = border + (uint64_t)by;
			struct media_age *age = NULL;
			char c;

			if (n >= whole)
				continue;
			sealed.n = n;
			int rc = open_all(&sealed, &back);
			free(back.p);
			assert_true(rc == ERR_VERIFY || rc == ERR_FORMAT);
			struct media_age_source source = source_of(&sealed);
			if (media_age_open(&age, &source, &ring, NULL) == 0)
				assert_int_equal(
				    media_age_read(age, 0, &c, 1, NULL),
				    ERR_VERIFY);
			media_age_close(age);
		}
	free(plain.p);
	free(sealed.p);
}

/* Chunks that trade places, and chunks of another file. */
static void chunks_stay_where_they_were_written(void **state)
{
	struct store plain = store_new(3 * CHUNK), back;
	struct store a = seal(&plain, NULL, NULL), b = seal(&plain, NULL, NULL);
	uint8_t *kept = malloc(MEDIA_AGE_CHUNK_SEALED);

	(void)state;
	memcpy(kept, a.p + HEAD_SIZE, MEDIA_AGE_CHUNK_SEALED);
	memcpy(a.p + HEAD_SIZE, b.p + HEAD_SIZE, MEDIA_AGE_CHUNK_SEALED);
	assert_int_equal(open_all(&a, &back), ERR_VERIFY);
	free(back.p);
	memcpy(a.p + HEAD_SIZE, a.p + HEAD_SIZE + MEDIA_AGE_CHUNK_SEALED,
	    MEDIA_AGE_CHUNK_SEALED);
	memcpy(a.p + HEAD_SIZE + MEDIA_AGE_CHUNK_SEALED, kept,
	    MEDIA_AGE_CHUNK_SEALED);
	assert_int_equal(open_all(&a, &back), ERR_VERIFY);
	free(back.p);
	free(kept);
	free(plain.p);
	free(a.p);
	free(b.p);
}

static void a_range_needs_only_its_own_chunks(void **state)
{
	struct store plain = store_new(20 * CHUNK + 7);
	struct store sealed = seal(&plain, NULL, NULL);
	struct media_age_source source = source_of(&sealed);
	struct media_age *age = NULL;
	uint8_t *got = malloc(3 * CHUNK);

	(void)state;
	/* All but the chunks 9 to 11 and the last is destroyed. */
	for (uint64_t i = 0; i < 20; i++)
		if (i < 9 || i > 11)
			memset(
			    sealed.p + HEAD_SIZE + i * MEDIA_AGE_CHUNK_SEALED,
			    0xee, MEDIA_AGE_CHUNK_SEALED);
	assert_int_equal(media_age_open(&age, &source, &ring, NULL), 0);
	assert_int_equal(media_age_length(age), plain.n);
	uint64_t at = 9 * CHUNK + 10;
	assert_int_equal(media_age_read(age, at, got, 2 * CHUNK, NULL), 0);
	assert_memory_equal(got, plain.p + at, 2 * CHUNK);
	assert_int_equal(media_age_read(age, plain.n - 3, got, 3, NULL), 0);
	assert_memory_equal(got, plain.p + plain.n - 3, 3);
	assert_int_equal(
	    media_age_read(age, at, got, 3 * CHUNK, NULL), ERR_VERIFY);
	assert_int_equal(media_age_read(age, plain.n, got, 0, NULL), 0);
	assert_int_equal(media_age_read(age, plain.n, got, 1, NULL), ERR_LIMIT);
	assert_int_equal(
	    media_age_read(age, UINT64_MAX, got, 2, NULL), ERR_LIMIT);
	media_age_close(age);
	free(got);
	free(plain.p);
	free(sealed.p);
}

static void what_was_good_before_the_damage_is_said(void **state)
{
	struct store plain = store_new(100 * CHUNK);
	struct store sealed = seal(&plain, NULL, NULL), back;
	struct media_age_source source = source_of(&sealed);
	struct media_age *age = NULL;
	uint64_t good;
	struct err err = {0};

	(void)state;
	sealed.p[HEAD_SIZE + 70ull * MEDIA_AGE_CHUNK_SEALED] ^= 1;
	assert_int_equal(media_age_open(&age, &source, &ring, NULL), 0);
	back = store_new(plain.n);
	struct media_age_sink sink = {.write_at = write_at, .cookie = &back};
	assert_int_equal(
	    media_age_read_all(age, &sink, NULL, &good, &err), ERR_VERIFY);
	assert_int_equal(good, 70 * CHUNK);
	assert_memory_equal(back.p, plain.p, (size_t)good);
	assert_non_null(strstr(err.message, "4587520"));
	media_age_close(age);
	free(plain.p);
	free(sealed.p);
	free(back.p);
}

static void errors_of_reading_and_writing_are_passed_on(void **state)
{
	struct store plain = store_new(70 * CHUNK);
	struct store out = store_new(media_age_sealed_size(plain.n));
	struct media_age_source source = source_of(&plain);
	struct media_age_sink sink = {.write_at = write_at, .cookie = &out};
	struct media_age_hashes none = {0};
	struct err err = {0};

	(void)state;
	plain.fail_at = 66 * CHUNK;
	assert_int_equal(
	    media_age_seal(&source, recipient, &sink, &none, &err), ERR_IO);
	assert_string_equal(err.message, "a bad sector");
	plain.fail_at = 0;
	out.n -= 1;
	err = (struct err){0};
	assert_int_equal(
	    media_age_seal(&source, recipient, &sink, &none, &err), ERR_IO);
	assert_string_equal(err.message, "no space left");
	free(plain.p);
	free(out.p);
}

static int header_is_single(const char *text)
{
	struct media_age_header header;
	int rc = media_age_header_parse(&header, slice_of(text), NULL);

	return rc != 0 ? rc : media_age_header_is_single(&header, NULL);
}

#define VERSION "age-encryption.org/v1\n"
#define STANZA                                                                 \
	"-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc\n"              \
	"hjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FLE\n"
#define OTHER "-> grease\n\n"
#define MAC "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"

static void a_lock_has_one_recipient(void **state)
{
	(void)state;
	assert_int_equal(header_is_single(VERSION STANZA MAC), 0);
	assert_int_equal(
	    header_is_single(VERSION STANZA STANZA MAC), ERR_VERIFY);
	assert_int_equal(
	    header_is_single(VERSION STANZA OTHER MAC), ERR_VERIFY);
	assert_int_equal(
	    header_is_single(VERSION OTHER STANZA MAC), ERR_VERIFY);
	assert_int_equal(header_is_single(VERSION OTHER MAC), ERR_VERIFY);
	assert_int_equal(header_is_single(VERSION MAC), ERR_FORMAT);
	assert_int_equal(header_is_single(VERSION STANZA), ERR_FORMAT);
	assert_int_equal(
	    header_is_single(VERSION STANZA "-> scrypt AAAA 18\n\n" MAC),
	    ERR_FORMAT);
}

static void a_foreign_kind_is_refused_by_its_name(void **state)
{
	struct media_age_header header;
	uint8_t key[16];
	struct err err = {0};

	(void)state;
	assert_int_equal(
	    media_age_header_parse(&header,
		slice_of(VERSION "-> ssh-ed25519 AAAA BBBB\n\n" MAC), NULL),
	    0);
	assert_int_equal(
	    media_age_header_open(&header, &ring, key, &err), ERR_UNSUPPORTED);
	assert_non_null(strstr(err.message, "ssh-ed25519"));
}

static void keys_have_one_spelling(void **state)
{
	/* The example of C2SP age.md. */
	static const char text[] =
	    "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
	static const char identity[] =
	    "# a comment\n\nAGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJ"
	    "ZGFPYYSJZGFPYYSJZGFPQ4EGAEX\n";
	struct media_age_key_ring two;
	uint8_t key[32], of[32];
	char changed[sizeof(text)];
	struct buf out;

	(void)state;
	assert_int_equal(media_age_key_parse(key, slice_of(text), NULL), 0);
	buf_init(&out, 100);
	media_age_key_put(&out, key);
	assert_string_equal(out.p, text);
	buf_done(&out);
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(changed, text, sizeof(text));
			changed[i] = (char)(changed[i] ^ 1 << bit);
			assert_int_equal(
			    media_age_key_parse(of, slice_of(changed), NULL),
			    ERR_FORMAT);
		}
	assert_int_equal(media_age_key_ring_init(&two, NULL), 0);
	assert_int_equal(
	    media_age_key_ring_add(&two, slice_of(identity), NULL), 0);
	media_age_key_of(of, two.keys[0]);
	assert_memory_equal(of, key, 32);
	assert_int_equal(
	    media_age_key_ring_add(&two, slice_of("# none\n"), NULL),
	    ERR_NOTFOUND);
	assert_int_equal(
	    media_age_key_ring_add(&two, slice_of(text), NULL), ERR_FORMAT);
	assert_int_equal(media_age_key_ring_add(
			     &two, slice_of("AGE-PLUGIN-YUBIKEY-1QQQ"), NULL),
	    ERR_UNSUPPORTED);
	assert_int_equal(two.n, 1);
	media_age_key_ring_done(&two);
}

static void texts_are_sealed_and_opened_in_memory(void **state)
{
	struct buf sealed, plain;

	(void)state;
	buf_init(&sealed, 4096);
	buf_init(&plain, 4096);
	assert_int_equal(media_age_seal_text(
			     slice_of("a share\n"), recipient, &sealed, NULL),
	    0);
	assert_int_equal(
	    media_age_open_text(buf_slice(&sealed), &ring, 100, &plain, NULL),
	    0);
	assert_string_equal(plain.p, "a share\n");
	assert_int_equal(
	    media_age_open_text(buf_slice(&sealed), &ring, 7, &plain, NULL),
	    ERR_LIMIT);
	buf_done(&sealed);
	buf_done(&plain);
}

static void nobody_encrypts_to_a_point_of_small_order(void **state)
{
	uint8_t both[2][32] = {{0}};
	struct buf out;
	uint8_t file_key[16] = {0};

	(void)state;
	buf_init(&out, 4096);
	assert_int_equal(media_age_header_put(&out, (const uint8_t(*)[32])both,
			     1, file_key, NULL),
	    ERR_FORMAT);
	buf_clear(&out);
	memcpy(both[0], recipient, 32);
	assert_int_equal(media_age_header_put(&out, (const uint8_t(*)[32])both,
			     2, file_key, NULL),
	    ERR_FORMAT);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_sealed_opens_at_every_border_of_chunks),
	    cmocka_unit_test(the_root_is_worked_out_both_ways),
	    cmocka_unit_test(no_byte_can_be_altered),
	    cmocka_unit_test(no_cut_is_taken_for_the_end),
	    cmocka_unit_test(chunks_stay_where_they_were_written),
	    cmocka_unit_test(a_range_needs_only_its_own_chunks),
	    cmocka_unit_test(what_was_good_before_the_damage_is_said),
	    cmocka_unit_test(errors_of_reading_and_writing_are_passed_on),
	    cmocka_unit_test(a_lock_has_one_recipient),
	    cmocka_unit_test(a_foreign_kind_is_refused_by_its_name),
	    cmocka_unit_test(keys_have_one_spelling),
	    cmocka_unit_test(texts_are_sealed_and_opened_in_memory),
	    cmocka_unit_test(nobody_encrypts_to_a_point_of_small_order),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
