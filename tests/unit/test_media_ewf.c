/*
 * E01s that were tampered with, and the names of their files.
 */
#include "media_ewf_read.h"
#include "media_ewf_write.h"
#include "media_internal.h"
#include "media_name.h"
#include "media_open.h"

#include "buf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

#define LENGTH 100000

static char folder[64];
static uint8_t medium[LENGTH + 512];
static uint8_t *image; /* in one segment */
static size_t image_n;
static size_t flaw_count; /* of the image that was read last */
static struct media_ewf_flaw flaw; /* its first one */

static void put_image(const char *base, uint32_t group)
{
	struct media_ewf_write_options o = {
	    .length = LENGTH, .group_chunks = group};
	const struct media_ranges bad = {0};
	struct media_hash_set hashes = {0};
	struct media_ewf_write *write;
	struct media_ewf_pack *pack;
	uint8_t stored[MEDIA_EWF_STORED_MAX(MEDIA_EWF_CHUNK)];
	struct err err = {0};
	size_t n = LENGTH / 512 * 512 + 512;

	assert_int_equal(
	    media_out_new(&o.out, MEDIA_NAME_E01, &base, 1, false, &err), 0);
	assert_int_equal(media_ewf_write_new(&write, &o, &err), 0);
	assert_int_equal(media_ewf_pack_new(&pack, &err), 0);
	assert_int_equal(media_ewf_write_begin(write, &err), 0);
	for (size_t at = 0; at < n; at += MEDIA_EWF_CHUNK) {
		size_t here =
		    n - at < MEDIA_EWF_CHUNK ? n - at : MEDIA_EWF_CHUNK;
		bool is_packed;
		size_t size =
		    media_ewf_pack_chunk(pack, at / MEDIA_EWF_CHUNK % 3,
			medium + at, here, stored, &is_packed);

		assert_int_equal(media_ewf_write_chunk(write, stored, size,
				     is_packed, &bad, &err),
		    0);
	}
	hashes.of[MEDIA_HASH_MD5].is_there = true;
	hashes.of[MEDIA_HASH_MD5].b[0] = 1;
	assert_int_equal(media_ewf_write_finish(write, &hashes, &bad, &err), 0);
	assert_int_equal(media_out_publish(o.out, &err), 0);
	media_ewf_write_free(write);
	media_ewf_pack_free(pack);
	media_out_free(o.out);
}

static int make(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH; i++)
		medium[i] = (uint8_t)(i < 50000 ? i * i >> 7 : i / 1000);
	(void)snprintf(folder, sizeof(folder), "/tmp/cf-ewf-XXXXXX");
	if (mkdtemp(folder) == NULL || chdir(folder) != 0)
		return -1;
	put_image("x", 2);
	int fd = open("x.E01", O_RDONLY);
	image_n = (size_t)lseek(fd, 0, SEEK_END);
	image = malloc(image_n);
	return pread(fd, image, image_n, 0) == (ssize_t)image_n &&
		close(fd) == 0
	    ? 0
	    : -1;
}

static int clean(void **state)
{
	(void)state;
	free(image);
	return unlink("x.E01") == 0 && chdir("/") == 0 && rmdir(folder) == 0
	    ? 0
	    : -1;
}

/* 0: all read and as written; a code: refused; 1: read and otherwise. */
static int read_image(const uint8_t *bytes, size_t n, struct err *err)
{
	static const char *const names[] = {"x.E01"};
	static uint8_t got[LENGTH];
	struct slice memory = {(const char *)bytes, n};
	struct media_file file = media_file_of_memory(&memory);
	struct media_ewf_read *read;
	int rc = media_ewf_read_new(&read, &file, names, 1, false, err);

	if (rc != 0)
		return rc;
	const struct media_ewf_flaw *flaws;
	assert_int_equal(
	    media_ewf_read_flaws(read, &flaws, &flaw_count, err), 0);
	for (size_t i = 0; i < flaw_count; i++)
		assert_true(flaws[i].segment == 0 && flaws[i].n > 0 &&
		    flaws[i].at + flaws[i].n <= n);
	flaw = flaw_count > 0 ? flaws[0] : (struct media_ewf_flaw){0};
	rc = media_ewf_read_at(read, 0, got, LENGTH, err);
	if (rc == 0 && memcmp(got, medium, LENGTH) != 0)
		rc = 1;
	media_ewf_read_free(read);
	return rc;
}

static void no_changed_byte_changes_what_is_read(void **state)
{
	unsigned refused = 0, flawed = 0, unseen = 0;

	(void)state;
	assert_int_equal(read_image(image, image_n, NULL), 0);
	assert_int_equal(flaw_count, 0);
	for (size_t i = 0; i < image_n; i += i < 6000 ? 1 : 7) {
		struct err err = {0};

		image[i] ^= 0x20;
		int rc = read_image(image, image_n, &err);
		image[i] ^= 0x20;
		if (rc != 0 && rc != ERR_FORMAT)
			fail_msg("byte %zu: %d", i, rc);
		if (rc == 0 && flaw_count == 0)
			unseen++;
		if (rc == 0 && flaw_count > 0 &&
		    (flaw.at > i || flaw.at + flaw.n <= i))
			fail_msg("byte %zu: %s", i, flaw.what);
		refused += rc != 0;
		flawed += rc == 0;
	}
	assert_true(refused > 1000 && flawed > 500);
	/* The last byte that deflate makes has bits that mean nothing: of three
	 * headers, and of chunks. */
	assert_true(unseen <= 6);
}

static void a_file_that_is_cut_off_is_refused(void **state)
{
	(void)state;
	for (size_t n = 0; n < image_n; n += n < 6000 ? 1 : 13)
		assert_int_equal(read_image(image, n, NULL), ERR_FORMAT);
}

static void bytes_behind_the_end_are_a_flaw(void **state)
{
	uint8_t *longer = calloc(1, image_n + 1);
	struct err err = {0};

	(void)state;
	memcpy(longer, image, image_n);
	assert_int_equal(read_image(longer, image_n + 1, &err), 0);
	assert_int_equal(flaw_count, 1);
	assert_int_equal(flaw.at, image_n);
	assert_int_equal(flaw.n, 1);
	assert_string_equal(flaw.what, "what lies behind the last section");
	free(longer);
}

static size_t find(const char *type, size_t from)
{
	for (size_t i = from; i + 16 < image_n; i++)
		if (memcmp(image + i, type, strlen(type) + 1) == 0)
			return i;
	fail();
	return 0;
}

static void one_damaged_table_is_mended_by_the_other(void **state)
{
	size_t table = find("table", 0) + MEDIA_EWF_DESCRIPTOR;
	size_t table2 = find("table2", 0) + MEDIA_EWF_DESCRIPTOR;
	struct err err = {0};

	(void)state;
	for (size_t i = 0; i < MEDIA_EWF_TABLE_HEADER + 12; i++) {
		image[table + i] ^= 1;
		assert_int_equal(read_image(image, image_n, NULL), 0);
		image[table2 + i] ^= 1;
		assert_int_equal(read_image(image, image_n, &err), ERR_FORMAT);
		image[table + i] ^= 1;
		assert_int_equal(read_image(image, image_n, NULL), 0);
		image[table2 + i] ^= 1;
	}
	assert_non_null(strstr(err.message, "x.E01, byte"));
}

static void a_damaged_chunk_is_named_and_spoils_no_other(void **state)
{
	static const char *const names[] = {"x.E01"};
	struct slice memory = {(const char *)image, image_n};
	struct media_file file = media_file_of_memory(&memory);
	struct media_ewf_read *read;
	struct media_ewf_place place;
	uint8_t got[512];
	struct err err = {0};
	char want[64];

	(void)state;
	assert_int_equal(
	    media_ewf_read_new(&read, &file, names, 1, false, &err), 0);
	assert_int_equal(media_ewf_read_place(read, 1, &place, &err), 0);
	image[place.at + place.n / 2] ^= 1;
	assert_int_equal(
	    media_ewf_read_at(read, 40000, got, 512, &err), ERR_FORMAT);
	(void)snprintf(want, sizeof(want), "x.E01, byte %llu, chunk 1",
	    (unsigned long long)place.at);
	assert_non_null(strstr(err.message, want));
	assert_int_equal(media_ewf_read_at(read, 0, got, 512, NULL), 0);
	assert_memory_equal(got, medium, 512);
	assert_int_equal(media_ewf_read_at(read, 70000, got, 512, NULL), 0);
	assert_memory_equal(got, medium + 70000, 512);
	media_ewf_read_free(read);
	image[place.at + place.n / 2] ^= 1;
}

static void segments_have_the_names_that_others_give_them(void **state)
{
	static const struct {
		uint64_t number;
		const char *name;
	} names[] = {{1, "x.E01"}, {99, "x.E99"}, {100, "x.EAA"},
	    {101, "x.EAB"}, {125, "x.EAZ"}, {126, "x.EBA"}, {775, "x.EZZ"},
	    {776, "x.FAA"}, {14971, "x.ZZZ"}};
	struct buf name;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		buf_init(&name, 100);
		int rc = media_name_put(
		    &name, "x", MEDIA_NAME_E01, names[i].number, NULL);
		if (names[i].number > MEDIA_NAME_E01_MAX)
			assert_int_equal(rc, ERR_LIMIT);
		else
			assert_string_equal(name.p, names[i].name);
		buf_done(&name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_changed_byte_changes_what_is_read),
	    cmocka_unit_test(a_file_that_is_cut_off_is_refused),
	    cmocka_unit_test(bytes_behind_the_end_are_a_flaw),
	    cmocka_unit_test(one_damaged_table_is_mended_by_the_other),
	    cmocka_unit_test(a_damaged_chunk_is_named_and_spoils_no_other),
	    cmocka_unit_test(segments_have_the_names_that_others_give_them),
	};

	return cmocka_run_group_tests(tests, make, clean);
}
