/*
 * test_media_age_stream.c: what is written to several opens for each of them,
 * and with the stock `age` too.
 */
#include "media_age.h"
#include "media_age_stream.h"
#include "mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define CHUNK MEDIA_AGE_CHUNK_SIZE
#define PEOPLE 3

static struct media_age_key_ring ring; /* PEOPLE, and a stranger */
static uint8_t recipients[PEOPLE][MEDIA_AGE_KEY_SIZE];

static int set_up(void **state)
{
	(void)state;
	assert_int_equal(media_age_key_ring_init(&ring, NULL), 0);
	for (int i = 0; i <= PEOPLE; i++)
		mem_random(ring.keys[i], MEDIA_AGE_KEY_SIZE);
	for (int i = 0; i < PEOPLE; i++)
		media_age_key_of(recipients[i], ring.keys[i]);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	media_age_key_ring_done(&ring);
	return 0;
}

struct file {
	struct buf bytes;
	bool is_full;
};

static int write_at(
    void *cookie, uint64_t offset, const void *bytes, size_t n, struct err *err)
{
	struct file *f = cookie;

	if (f->is_full)
		return err_set(err, ERR_IO, "no space left");
	assert_int_equal(offset, f->bytes.n); /* in order */
	buf_put(&f->bytes, bytes, n);
	return buf_check(&f->bytes, err);
}

/* `n` bytes in pieces of `piece`. */
static void seal(struct file *f, const char *text, size_t n, size_t piece)
{
	struct media_age_sink sink = {.write_at = write_at, .cookie = f};
	struct media_age_stream *s = NULL;
	struct hash hash, expected;
	uint64_t size = 0;

	buf_init(&f->bytes, 1u << 20);
	assert_int_equal(media_age_stream_new(&s,
			     (const uint8_t(*)[MEDIA_AGE_KEY_SIZE])recipients,
			     PEOPLE, &sink, NULL),
	    0);
	for (size_t at = 0; at < n; at += piece)
		assert_int_equal(media_age_stream_put(s, text + at,
				     n - at < piece ? n - at : piece, NULL),
		    0);
	assert_int_equal(media_age_stream_end(s, &hash, &size, NULL), 0);
	media_age_stream_free(s);
	assert_int_equal(size, f->bytes.n);
	expected = hash_of(f->bytes.p, f->bytes.n);
	assert_true(hash_is(&hash, &expected));
}

static char *make_text(size_t n)
{
	char *text = malloc(n + 1);

	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		text[i] = (char)('a' + (i * 7 + i / 251) % 26);
	text[n] = '\0';
	return text;
}

static void each_recipient_opens_it_and_nobody_else(void **state)
{
	static const size_t sizes[] = {
	    0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *text = make_text(sizes[i]);
		struct file f = {0};
		struct buf plain;

		seal(&f, text, sizes[i], 1000);
		buf_init(&plain, 1u << 20);
		for (int who = 0; who <= PEOPLE; who++) {
			struct media_age_key_ring one = {1, &ring.keys[who]};

			buf_clear(&plain);
			int rc = media_age_open_text(
			    buf_slice(&f.bytes), &one, 1u << 20, &plain, NULL);
			assert_int_equal(rc, who < PEOPLE ? 0 : ERR_DENIED);
			if (rc == 0)
				assert_true(slice_is(buf_slice(&plain),
				    (struct slice){plain.n > 0 ? text : plain.p,
					sizes[i]}));
		}
		buf_done(&plain);
		buf_done(&f.bytes);
		free(text);
	}
}

static void it_is_not_taken_for_a_lock(void **state)
{
	struct media_age_header header;
	struct file f = {0};

	(void)state;
	seal(&f, "x", 1, 1);
	assert_int_equal(
	    media_age_header_parse(&header, buf_slice(&f.bytes), NULL), 0);
	assert_int_equal(header.x25519_count, PEOPLE);
	assert_int_equal(media_age_header_is_single(&header, NULL), ERR_VERIFY);
	buf_done(&f.bytes);
}

static void what_is_not_ended_does_not_open(void **state)
{
	struct file f = {0};
	struct media_age_sink sink = {.write_at = write_at, .cookie = &f};
	struct media_age_stream *s = NULL;
	struct media_age_key_ring one = {1, ring.keys};
	char *text = make_text(3 * CHUNK);
	struct buf plain;

	(void)state;
	buf_init(&f.bytes, 1u << 20);
	buf_init(&plain, 1u << 20);
	assert_int_equal(media_age_stream_new(&s,
			     (const uint8_t(*)[MEDIA_AGE_KEY_SIZE])recipients,
			     PEOPLE, &sink, NULL),
	    0);
	assert_int_equal(media_age_stream_put(s, text, 3 * CHUNK, NULL), 0);
	media_age_stream_free(s);
	assert_int_equal(media_age_open_text(
			     buf_slice(&f.bytes), &one, 1u << 20, &plain, NULL),
	    ERR_VERIFY);
	buf_done(&plain);
	buf_done(&f.bytes);
	free(text);
}

static void errors_are_passed_on(void **state)
{
	static uint8_t many[MEDIA_AGE_HEADER_RECIPIENTS_MAX + 1]
			   [MEDIA_AGE_KEY_SIZE];
	const uint8_t(*all)[MEDIA_AGE_KEY_SIZE] =
	    (const uint8_t(*)[MEDIA_AGE_KEY_SIZE])many;
	struct file f = {.is_full = true};
	struct media_age_sink sink = {.write_at = write_at, .cookie = &f};
	struct media_age_stream *s = NULL;

	(void)state;
	assert_int_equal(
	    media_age_stream_new(&s, all, 0, &sink, NULL), ERR_USAGE);
	assert_int_equal(media_age_stream_new(&s, all,
			     MEDIA_AGE_HEADER_RECIPIENTS_MAX + 1, &sink, NULL),
	    ERR_USAGE);
	assert_int_equal(
	    media_age_stream_new(&s, all, 1, &sink, NULL), ERR_FORMAT);
	memcpy(many[0], recipients[0], MEDIA_AGE_KEY_SIZE);
	assert_int_equal(media_age_stream_new(&s, all, 1, &sink, NULL), ERR_IO);
}

static void write_file(const char *path, const void *bytes, size_t n)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

/* `age -d` as Debian has it: 0, or what it says of a stranger. */
static int run_age(const char *identity, const char *sealed, const char *plain)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		(void)close(STDERR_FILENO); /* a stranger is told there */
		execlp("age", "age", "-d", "-i", identity, "-o", plain, sealed,
		    (char *)NULL);
		_exit(127);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static uint32_t polymod(const uint8_t *values, size_t n)
{
	static const uint32_t gen[5] = {
	    0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
	uint32_t chk = 1;

	for (size_t i = 0; i < n; i++) {
		uint32_t top = chk >> 25;

		chk = (chk & 0x1ffffff) << 5 ^ values[i];
		for (int k = 0; k < 5; k++)
			if (top >> k & 1)
				chk ^= gen[k];
	}
	return chk;
}

/* Bech32 of an identity, in capitals, as age-keygen writes it. */
static void put_identity(struct buf *out, const uint8_t key[32])
{
	static const char hrp[] = "age-secret-key-";
	static const char set[] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
	uint8_t v[128];
	size_t n = 0, h = sizeof(hrp) - 1;
	unsigned bits = 0, acc = 0;

	for (size_t i = 0; i < h; i++)
		v[n++] = (uint8_t)hrp[i] >> 5;
	v[n++] = 0;
	for (size_t i = 0; i < h; i++)
		v[n++] = (uint8_t)hrp[i] & 31;
	size_t data = n;
	for (size_t i = 0; i < 32; i++) {
		acc = (acc << 8 | key[i]) & 0xfff;
		for (bits += 8; bits >= 5; bits -= 5)
			v[n++] = acc >> (bits - 5) & 31;
	}
	v[n++] = acc << (5 - bits) & 31;
	size_t end = n;
	for (size_t i = 0; i < 6; i++)
		v[n++] = 0;
	uint32_t sum = polymod(v, n) ^ 1;
	for (size_t i = 0; i < 6; i++)
		v[end + i] = sum >> (5 * (5 - i)) & 31;
	buf_puts(out, "AGE-SECRET-KEY-1");
	for (size_t i = data; i < n; i++)
		buf_putc(out, set[v[i]]);
	buf_putc(out, '\n');
}

static void stock_age_opens_it_for_each(void **state)
{
	char folder[] = "/tmp/age-stream-XXXXXX", path[3][64];
	char *text = make_text(2 * CHUNK + 77), *read = malloc(4 * CHUNK);
	struct file f = {0};

	(void)state;
	if (access("/usr/bin/age", X_OK) != 0) {
		free(text);
		free(read);
		skip(); /* `age` is not here */
	}
	assert_non_null(mkdtemp(folder));
	for (int i = 0; i < 3; i++)
		(void)snprintf(path[i], sizeof(path[i]), "%s/%d", folder, i);
	seal(&f, text, 2 * CHUNK + 77, 65537);
	write_file(path[0], f.bytes.p, f.bytes.n);
	for (int who = 0; who <= PEOPLE; who++) {
		struct buf line;

		buf_init(&line, 200);
		put_identity(&line, ring.keys[who]);
		write_file(path[1], line.p, line.n);
		buf_done(&line);
		int rc = run_age(path[1], path[0], path[2]);
		if (who == PEOPLE) {
			assert_int_not_equal(rc, 0);
			continue;
		}
		assert_int_equal(rc, 0);
		FILE *file = fopen(path[2], "rb");
		assert_non_null(file);
		assert_int_equal(
		    fread(read, 1, 4 * CHUNK, file), 2 * CHUNK + 77);
		assert_memory_equal(read, text, 2 * CHUNK + 77);
		(void)fclose(file);
		assert_int_equal(unlink(path[2]), 0);
	}
	assert_int_equal(unlink(path[0]) | unlink(path[1]), 0);
	assert_int_equal(rmdir(folder), 0);
	buf_done(&f.bytes);
	free(text);
	free(read);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_recipient_opens_it_and_nobody_else),
	    cmocka_unit_test(it_is_not_taken_for_a_lock),
	    cmocka_unit_test(what_is_not_ended_does_not_open),
	    cmocka_unit_test(errors_are_passed_on),
	    cmocka_unit_test(stock_age_opens_it_for_each),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
