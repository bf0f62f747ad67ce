/*
 * test_media_age_vectors.c: the public age test vectors (C2SP/CCTV, age) of
 * X25519, headers, payloads and armor. For each: whether it opens, how it
 * fails, and what had come out by then.
 */
#include "buf.h"
#include "file.h"
#include "media_age.h"
#include "media_age_armor.h"
#include "text.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <cmocka.h>

#define VECTORS "tests/vectors/age-cctv.txt"
#define FILE_MAX (32u << 20)
#define VECTOR_COUNT 98

struct vector {
	struct slice name, expect, payload, file;
	bool is_compressed, is_armored;
	struct media_age_key_ring ring;
};

static int read_at(
    void *cookie, uint64_t offset, void *ret_bytes, size_t n, struct err *err)
{
	const struct slice *s = cookie;

	(void)err;
	assert_true(offset <= s->n && n <= s->n - offset);
	memcpy(ret_bytes, s->p + offset, n);
	return 0;
}

static int write_at(
    void *cookie, uint64_t offset, const void *bytes, size_t n, struct err *err)
{
	(void)err;
	assert_true(offset + n <= FILE_MAX);
	memcpy((char *)cookie + offset, bytes, n);
	return 0;
}

/* The text before the first empty line; sets v->file to what follows. */
static void read_head(struct vector *v, struct slice bytes)
{
	struct slice line;

	while ((line = slice_cut(&bytes, '\n')).n > 0) {
		struct slice key = slice_cut(&line, ':');
		struct slice value = slice_trim(line);

		if (slice_is_text(key, "expect"))
			v->expect = value;
		else if (slice_is_text(key, "payload"))
			v->payload = value;
		else if (slice_is_text(key, "compressed"))
			v->is_compressed = true;
		else if (slice_is_text(key, "armored"))
			v->is_armored = true;
		else if (slice_is_text(key, "identity"))
			assert_int_equal(
			    media_age_key_ring_add(&v->ring, value, NULL), 0);
	}
	v->file = bytes;
}

static void inflate_file(struct vector *v, struct buf *out)
{
	uLongf n = FILE_MAX;
	Bytef *plain = malloc(n);

	assert_int_equal(
	    uncompress(plain, &n, (const Bytef *)v->file.p, v->file.n), Z_OK);
	buf_put(out, plain, n);
	free(plain);
	v->file = buf_slice(out);
}

static const char *word_of(int code, bool is_open)
{
	switch (code) {
	case 0:
		return "success";
	case ERR_DENIED:
		return "no match";
	case ERR_VERIFY:
		return is_open ? "payload failure" : "HMAC failure";
	case ERR_UNSUPPORTED: /* of an unknown kind alone, or version */
		return "no match";
	default:
		return is_open ? "?" : "header failure";
	}
}

/* Reading one byte after the other must agree with reading all. */
static void compare_random_access(
    struct media_age *age, const char *plain, int code)
{
	uint64_t length = media_age_length(age);
	uint64_t at[] = {0, length / 2, length - 1};

	for (size_t i = 0; i < 3 && length > 0; i++) {
		char c;
		int rc = media_age_read(age, at[i], &c, 1, NULL);

		if (code == 0)
			assert_int_equal(rc, 0);
		else
			assert_true(rc == 0 || rc == ERR_VERIFY);
		if (rc == 0)
			assert_true(c == plain[at[i]]);
	}
}

static void try_vector(struct vector *v, char *plain)
{
	struct media_age *age = NULL;
	struct media_age_sink sink = {.write_at = write_at, .cookie = plain};
	struct buf bare;
	uint64_t good = 0;
	const char *got = "armor failure";
	int rc = 0;

	buf_init(&bare, FILE_MAX);
	if (v->is_armored)
		rc = media_age_armor_read(&bare, v->file, NULL);
	if (v->is_armored)
		v->file = buf_slice(&bare);
	struct media_age_source source = {read_at, &v->file, v->file.n};
	if (rc == 0) {
		rc = media_age_open(&age, &source, &v->ring, NULL);
		/* A payload without a chunk is seen when it is opened. */
		struct media_age_header header;
		bool is_cut = rc == ERR_VERIFY &&
		    media_age_header_parse(&header, v->file, NULL) == 0 &&
		    v->file.n < header.n + 32 && v->file.n >= header.n + 16;
		got = word_of(rc, is_cut);
		if (rc == ERR_UNSUPPORTED &&
		    !slice_starts_with(v->file, "age-encryption.org/v1\n"))
			got = "header failure";
	}
	if (rc == 0) {
		rc = media_age_read_all(age, &sink, NULL, &good, NULL);
		got = word_of(rc, true);
		compare_random_access(age, plain, rc);
	}
	if (!slice_is_text(v->expect, got))
		print_message("%.*s: %s, expected %.*s\n", SLICE_ARG(v->name),
		    got, SLICE_ARG(v->expect));
	assert_true(slice_is_text(v->expect, got));
	/* Armor is read whole before anything is opened: of what fails in it
	 * nothing comes out. */
	if (v->payload.p != NULL &&
	    !slice_is_text(v->expect, "armor failure")) {
		struct hash hash = hash_of(plain, (size_t)good);
		char hex[HASH_HEX_SIZE];

		hash_to_hex(hex, &hash);
		if (!slice_is_text(v->payload, hex))
			print_message("%.*s: other payload, %llu bytes\n",
			    SLICE_ARG(v->name), (unsigned long long)good);
		assert_true(slice_is_text(v->payload, hex));
	}
	media_age_close(age);
	buf_done(&bare);
}

static void every_public_vector_gives_what_it_should(void **state)
{
	static uint8_t bytes[64 << 10];
	struct buf all, base64, inflated;
	char *plain = malloc(FILE_MAX);
	size_t count = 0;

	(void)state;
	buf_init(&all, 1u << 20);
	buf_init(&base64, 64u << 10);
	buf_init(&inflated, FILE_MAX);
	assert_int_equal(file_read_user(&all, VECTORS, 1u << 20, NULL), 0);
	struct slice rest = buf_slice(&all);
	struct vector v = {0};
	while (rest.p != NULL) {
		struct slice line = slice_cut(&rest, '\n');

		if (line.n > 0 && line.p[0] != '#' &&
		    !slice_starts_with(line, "vector ")) {
			buf_put_slice(&base64, line);
			continue;
		}
		if (base64.n > 0) {
			size_t n;
			assert_true(text_from_base64(
			    bytes, sizeof(bytes), &n, buf_slice(&base64)));
			assert_int_equal(
			    media_age_key_ring_init(&v.ring, NULL), 0);
			read_head(&v, (struct slice){(char *)bytes, n});
			if (v.is_compressed)
				inflate_file(&v, &inflated);
			try_vector(&v, plain);
			media_age_key_ring_done(&v.ring);
			buf_clear(&base64);
			buf_clear(&inflated);
			count++;
		}
		v = (struct vector){0};
		if (slice_starts_with(line, "vector "))
			v.name = (struct slice){line.p + 7, line.n - 7};
	}
	assert_int_equal(count, VECTOR_COUNT);
	buf_done(&all);
	buf_done(&base64);
	buf_done(&inflated);
	free(plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_public_vector_gives_what_it_should),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
