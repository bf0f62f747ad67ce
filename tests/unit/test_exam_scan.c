/*
 * test_exam_scan.c: from bytes of an image, through boxes, to finds: what is
 * found, where, and that nothing depends on where a piece ends.
 */
#include "exam_scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EMAIL CAGE_HIT_FINDS(CAGE_HIT_EMAIL)

struct got {
	struct cage_hit *of;
	size_t n, cap;
	uint64_t done, stop_at;
	struct cage_scan_numbers numbers;
};

static char folder[64], path[128];

static int make(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/cf-scan-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/x.raw", folder);
	return 0;
}

static int clean(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(folder);
}

static void write_image(const void *bytes, size_t n)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, bytes, n), n);
	(void)close(fd);
}

static int take(void *cookie, const struct cage_hit *hit, struct err *err)
{
	struct got *got = cookie;

	(void)err;
	if (got->n == got->cap) {
		got->cap = got->cap * 2 + 64;
		got->of = realloc(got->of, got->cap * sizeof(*got->of));
		assert_non_null(got->of);
	}
	got->of[got->n++] = *hit;
	return 0;
}

static int note_progress(void *cookie, uint64_t done,
    const struct cage_scan_numbers *numbers, struct err *err)
{
	struct got *got = cookie;

	assert_true(done > got->done);
	got->done = done;
	got->numbers = *numbers;
	return got->stop_at > 0 && done >= got->stop_at
	    ? err_set(err, ERR_CONFLICT, "interrupted")
	    : 0;
}

static int scan_image(
    const char *image, uint64_t finds, uint64_t from, struct got *got)
{
	struct media_open media = {0};
	struct err err = {0};
	int rc = media_open(&media, image, &err);

	if (rc != 0)
		fail_msg("%s", err.message);
	const uint64_t length = media.foreign != NULL
	    ? cage_image_about(media.foreign)->available
	    : media.whole.length;
	const struct exam_scan_options o = {.image = &media,
	    .length = length,
	    .finds = finds,
	    .threads = 2,
	    .from = from,
	    .numbers = got->numbers,
	    .hit = take,
	    .progress = note_progress,
	    .cookie = got};

	rc = exam_scan_run(&o, &err);
	media_open_done(&media);
	if (rc != 0 && rc != ERR_CONFLICT)
		fail_msg("%s", err.message);
	return rc;
}

static const struct cage_hit *find(const struct got *got, const char *text)
{
	for (size_t i = 0; i < got->n; i++)
		if (strcmp(got->of[i].text, text) == 0)
			return &got->of[i];
	return NULL;
}

static void an_address_is_found_where_it_is(void **state)
{
	static uint8_t bytes[100000];
	struct got got = {0};

	(void)state;
	memcpy(bytes + 70000, "to anna.b@Example.ORG, now", 26);
	write_image(bytes, sizeof(bytes));
	assert_int_equal(scan_image(path, EMAIL, 0, &got), 0);
	assert_int_equal(got.n, 1);
	assert_string_equal(got.of[0].text, "anna.b@example.org");
	assert_string_equal(got.of[0].context, "to anna.b@Example.ORG, now");
	assert_int_equal(got.of[0].at, 70003);
	assert_int_equal(got.of[0].length, 18);
	assert_int_equal(got.of[0].coding, CAGE_HIT_UTF8);
	assert_int_equal(got.done, sizeof(bytes));
	free(got.of);
}

/* Each address lies across the border of two ranges once. */
static void nothing_is_lost_or_twice_at_a_border(void **state)
{
	static const char text[] = " user@company.com ";
	const size_t n = EXAM_SCAN_RANGE + 200000, length = sizeof(text) - 1;
	uint8_t *bytes = calloc(1, n);

	(void)state;
	assert_non_null(bytes);
	for (size_t shift = 0; shift <= length; shift += 3) {
		struct got got = {0};

		memset(bytes, '.', n);
		memcpy(bytes + EXAM_SCAN_RANGE - shift, text, length);
		write_image(bytes, n);
		assert_int_equal(scan_image(path, EMAIL, 0, &got), 0);
		assert_int_equal(got.n, 1);
		assert_string_equal(got.of[0].text, "user@company.com");
		assert_int_equal(got.of[0].at, EXAM_SCAN_RANGE - shift + 1);
		free(got.of);
	}
	free(bytes);
}

static void a_scan_goes_on_where_it_was_stopped(void **state)
{
	const size_t n = 4 * (size_t)EXAM_SCAN_RANGE + 1000;
	uint8_t *bytes = calloc(1, n);
	struct got whole = {0}, parts = {0};
	char text[40];

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i + 100 < n; i += 99991) {
		(void)snprintf(text, sizeof(text), "<u%zu@company.com>", i);
		memcpy(bytes + i, text, strlen(text));
	}
	write_image(bytes, n);
	assert_int_equal(scan_image(path, EMAIL, 0, &whole), 0);
	parts.stop_at = 1;
	while (scan_image(path, EMAIL, parts.done, &parts) != 0)
		parts.stop_at = parts.done + 1;
	assert_int_equal(parts.done, n);
	assert_int_equal(whole.n, parts.n);
	assert_int_equal(whole.n, (n - 101) / 99991 + 1);
	for (size_t i = 0; i < whole.n; i++)
		assert_string_equal(whole.of[i].text, parts.of[i].text);
	free(whole.of);
	free(parts.of);
	free(bytes);
}

/* ---- images with known truth ---- */

static const char *known(const char *name)
{
	static char full[4096];
	const char *images = getenv("COUNTERFOIL_IMAGES");

	(void)snprintf(full, sizeof(full), "%s/%s",
	    images != NULL ? images : "../../shared/data/images", name);
	if (access(full, R_OK) == 0)
		return full;
	(void)snprintf(full, sizeof(full), "../shared/data/images/%s", name);
	return access(full, R_OK) == 0 ? full : NULL;
}

static void all_addresses_of_email_test_are_found(void **state)
{
	const char *image = known("be/email_test.E01");
	static uint8_t seen[50000];
	struct got got = {0};
	size_t n = 0;

	(void)state;
	if (image == NULL) {
		print_message("# skipped: email_test.E01 is not here\n");
		skip();
	}
	memset(seen, 0, sizeof(seen));
	assert_int_equal(scan_image(image, EMAIL, 0, &got), 0);
	for (size_t i = 0; i < got.n; i++) {
		unsigned number;
		char rest[32];

		if (sscanf(got.of[i].text, "user%u@%31s", &number, rest) == 2 &&
		    strcmp(rest, "company.com") == 0 && number < 50000 &&
		    seen[number] == 0) {
			seen[number] = 1;
			n++;
		}
	}
	print_message("# email_test: %zu of 50000, %zu finds\n", n, got.n);
	assert_int_equal(n, 50000);
	free(got.of);
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct cage_hit *)a)->text,
	    ((const struct cage_hit *)b)->text);
}

/* Different ones, gaps aside. */
static size_t count_texts(struct got *got)
{
	size_t n = 0;

	qsort(got->of, got->n, sizeof(*got->of), compare);
	for (size_t i = 0; i < got->n; i++)
		if (got->of[i].kind != CAGE_HIT_GAP &&
		    (i == 0 ||
			strcmp(got->of[i].text, got->of[i - 1].text) != 0))
			n++;
	return n;
}

static void nested_documents_of_nps_emails_are_read(void **state)
{
	const char *image = known("be/nps-2010-emails.E01");
	struct got got = {0};

	(void)state;
	if (image == NULL) {
		print_message("# skipped: nps-2010-emails.E01 is not here\n");
		skip();
	}
	assert_int_equal(
	    scan_image(image, EMAIL | CAGE_HIT_ALL_CONTAINERS, 0, &got), 0);
	const size_t n = count_texts(&got);

	print_message(
	    "# nps-2010-emails: %zu addresses, %zu finds\n", n, got.n);
	assert_non_null(find(&got, "user_doc_pdf@microsoftword.com"));
	assert_non_null(find(&got, "user_docx_pdf@microsoftword.com"));
	free(got.of);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_address_is_found_where_it_is),
	    cmocka_unit_test(nothing_is_lost_or_twice_at_a_border),
	    cmocka_unit_test(a_scan_goes_on_where_it_was_stopped),
	    cmocka_unit_test(all_addresses_of_email_test_are_found),
	    cmocka_unit_test(nested_documents_of_nps_emails_are_read),
	};

	return cmocka_run_group_tests(tests, make, clean);
}
