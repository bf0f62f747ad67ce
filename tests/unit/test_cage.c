/*
 * test_cage.c: what a program believes of its box, told by one that lies
 * (tests/fault/lying_box.c). Its evidence says how.
 */
#include "cage_box.h"
#include "cage_image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lying_case.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MEGABYTE (1u << 20)

static struct lying_case lying;
static uint8_t *bytes;
static struct cage_image_damage *damage;

static int make(void **state)
{
	(void)state;
	bytes = malloc(MEGABYTE);
	damage = malloc(sizeof(*damage));
	return bytes && damage ? lying_case_make(&lying) : -1;
}

static int clean(void **state)
{
	(void)state;
	free(bytes);
	free(damage);
	return lying_case_clean(&lying);
}

/* A second, so that a slow machine is no lie. */
static int open_lie(const char *lie, struct cage_image **ret_image, int *ret_fd,
    struct err *err)
{
	struct cage_image_options o = lying_case_options(&lying, lie, ret_fd);

	o.has_file_systems = false;
	return cage_image_new(ret_image, &o, err);
}

static bool is_pattern(uint64_t at, size_t n, const char *lie)
{
	for (size_t i = 0; i < n; i++)
		if (bytes[i] != (uint8_t)(at + i + strlen(lie)))
			return false;
	return true;
}

static void an_honest_box_is_believed(void **state)
{
	struct cage_image *image, *again;
	struct err err = {0};
	int fd;

	(void)state;
	if (open_lie("honest", &image, &fd, &err) != 0)
		fail_msg("%s", err.message);
	assert_int_equal(cage_image_about(image)->length, MEGABYTE);
	assert_int_equal(
	    cage_image_read(image, 0, MEGABYTE, bytes, damage, &err), 0);
	assert_int_equal(damage->n, 0);
	assert_true(is_pattern(0, MEGABYTE, "honest"));
	assert_int_equal(cage_image_again(&again, image, &err), 0);
	assert_int_equal(
	    cage_image_read(again, 5000, 100, bytes, damage, &err), 0);
	assert_true(is_pattern(5000, 100, "honest"));
	cage_image_free(again);
	cage_image_free(image);
	(void)close(fd);
}

static void a_lie_about_the_image_is_refused(void **state)
{
	static const char *const lies[] = {"format", "flags", "length",
	    "declared", "available", "bad-count", "chunk-none", "chunk-large",
	    "sector"};

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct cage_image *image;
		struct err err = {0};
		int fd;

		if (open_lie(lies[i], &image, &fd, &err) != ERR_FORMAT)
			fail_msg("%s: %s", lies[i], err.message);
		assert_non_null(strstr(err.message, "x.E01: the box's answer"));
		(void)close(fd);
	}
}

/* Each spoils what was asked for, and then another box goes on. */
static void a_lie_about_bytes_spoils_only_them(void **state)
{
	static const struct {
		const char *lie, *why;
	} lies[] = {
	    {"entry-before", "a range that was not asked for"},
	    {"entry-beyond", "a range that was not asked for"},
	    {"entry-around", "a range that was not asked for"},
	    {"entry-empty", "a range that was not asked for"},
	    {"entry-twice", "a range that was not asked for"},
	    {"entry-file", "a place that no file has"},
	    {"count", "a count"},
	    {"count-just", "a count"},
	    {"short", "10 bytes"},
	    {"long", "641 bytes"},
	    {"version", "another version"},
	    {"kind", "another question"},
	    {"number", "another question"},
	    {"code", "a code that there is not"},
	    {"code-false", "a code that there is not"},
	    {"file", "a file that it was not given"},
	    {"text-long", "a text that is no line"},
	    {"text-control", "a text that is no line"},
	    {"text-utf8", "a text that is no line"},
	    {"hang", "did not answer in 1 seconds"},
	    {"crash", "crashed (signal 6)"},
	    {"exit", "ended by itself (status 3)"},
	    {"close", "ended"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct cage_image *image;
		struct err err = {0};
		int fd;

		if (open_lie(lies[i].lie, &image, &fd, &err) != 0)
			fail_msg("%s: %s", lies[i].lie, err.message);
		if (cage_image_read(image, 512, 100, bytes, damage, &err) !=
			ERR_FORMAT ||
		    strstr(err.message, lies[i].why) == NULL ||
		    strstr(err.message, "bytes 512 to 611 of the medium") ==
			NULL)
			fail_msg("%s: %s", lies[i].lie, err.message);
		/* Nothing that a terminal would obey. */
		assert_null(strchr(err.message, '\033'));
		lying_case_set(&lying, "honest");
		err = (struct err){0};
		if (cage_image_read(image, 512, 100, bytes, damage, &err) != 0)
			fail_msg("%s: %s", lies[i].lie, err.message);
		assert_true(is_pattern(512, 100, "honest"));
		cage_image_free(image);
		(void)close(fd);
	}
}

static void answers_that_nobody_asked_for_are_no_answers(void **state)
{
	struct cage_image *image;
	struct err err = {0};
	int fd;

	(void)state;
	assert_int_equal(open_lie("flood", &image, &fd, &err), 0);
	assert_int_equal(
	    cage_image_read(image, 0, 100, bytes, damage, &err), 0);
	assert_int_equal(
	    cage_image_read(image, 100, 100, bytes, damage, &err), ERR_FORMAT);
	assert_non_null(strstr(err.message, "another question"));
	cage_image_free(image);
	(void)close(fd);
}

/* The table says one thing and then another: what is believed was checked. */
static void what_changes_behind_the_answer_is_never_believed(void **state)
{
	unsigned believed = 0, refused = 0;

	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		struct cage_image *image;
		struct err err = {0};
		int fd;

		assert_int_equal(open_lie("changing", &image, &fd, &err), 0);
		for (unsigned i = 0; i < 200; i++) {
			if (cage_image_read(
				image, i, 100, bytes, damage, NULL) != 0) {
				refused++;
				break;
			}
			believed++;
			assert_int_equal(damage->n, 1);
			assert_int_equal(damage->of[0].at, i);
			assert_int_equal(damage->of[0].length, 1);
		}
		cage_image_free(image);
		(void)close(fd);
	}
	print_message("# %u believed, %u refused\n", believed, refused);
	assert_true(believed + refused > 0);
}

static void a_place_that_crashes_is_narrowed_down(void **state)
{
	struct cage_image *image;
	struct err err = {0};
	int fd;

	(void)state;
	assert_int_equal(open_lie("crash-there", &image, &fd, &err), 0);
	if (cage_image_read(image, 0, MEGABYTE, bytes, damage, &err) != 0)
		fail_msg("%s", err.message);
	assert_int_equal(damage->n, 1);
	assert_int_equal(damage->of[0].at, 4 * 65536);
	assert_int_equal(damage->of[0].length, 65536);
	assert_non_null(strstr(damage->text, "crashed (signal 6)"));
	for (size_t i = 0; i < 65536; i++)
		assert_int_equal(bytes[4 * 65536 + i], 0);
	memset(bytes + MEGABYTE - 10, 0, 10);
	assert_int_equal(cage_image_read(image, MEGABYTE - 10, 10,
			     bytes + MEGABYTE - 10, damage, &err),
	    0);
	assert_int_equal(bytes[MEGABYTE - 1],
	    (uint8_t)(MEGABYTE - 1 + strlen("crash-there")));
	cage_image_free(image);
	(void)close(fd);
}

static void another_box_must_say_the_same(void **state)
{
	struct cage_image *image;
	struct err err = {0};
	int fd;

	(void)state;
	assert_int_equal(open_lie("crash", &image, &fd, &err), 0);
	assert_int_equal(
	    cage_image_read(image, 0, 100, bytes, damage, NULL), ERR_FORMAT);
	lying_case_set(&lying, "bad");
	assert_int_equal(
	    cage_image_read(image, 0, 100, bytes, damage, &err), ERR_FORMAT);
	assert_non_null(strstr(err.message, "other things of this image"));
	cage_image_free(image);
	(void)close(fd);
}

static void the_losses_end(void **state)
{
	struct cage_image *image;
	struct err err = {0};
	unsigned tries = 0;
	int fd;

	(void)state;
	assert_int_equal(open_lie("exit", &image, &fd, &err), 0);
	do {
		err = (struct err){0};
		assert_int_equal(
		    cage_image_read(image, 0, 100, bytes, damage, &err),
		    ERR_FORMAT);
		assert_true(++tries < 100);
	} while (strstr(err.message, "no more of it is read") == NULL);
	assert_true(tries > CAGE_IMAGE_LOSSES_MAX);
	lying_case_set(&lying, "honest");
	assert_int_equal(
	    cage_image_read(image, 0, 100, bytes, damage, &err), ERR_FORMAT);
	cage_image_free(image);
	(void)close(fd);
}

static void lists_and_places_are_checked(void **state)
{
	static char names[CAGE_WIRE_NAMES_MAX][CAGE_WIRE_NAME];
	struct cage_image *image;
	struct err err = {0};
	char place[100];
	uint32_t n;
	size_t count;
	int fd;

	(void)state;
	assert_int_equal(open_lie("bad", &image, &fd, &err), 0);
	assert_int_equal(
	    cage_image_bad(image, 0, 0, damage->of, &n, &err), ERR_FORMAT);
	cage_image_say_place(image, 10, 10, place, sizeof(place));
	assert_string_equal(place, "x.E01, where cannot be said");
	cage_image_free(image);
	(void)close(fd);
	err = (struct err){0};
	assert_int_equal(open_lie("names", &image, &fd, &err), 0);
	assert_int_equal(
	    cage_image_names(image, names, &count, &err), ERR_DENIED);
	cage_image_free(image);
	(void)close(fd);
}

static void damage_is_in_a_file_that_is_there(void **state)
{
	static const char *const lies[] = {
	    "flaw-count", "flaw-nowhere", "flaw-beyond"};
	struct cage_image *image;
	struct err err = {0};
	char text[200];
	bool is_there;
	int fd;

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		assert_int_equal(open_lie(lies[i], &image, &fd, &err), 0);
		assert_int_equal(cage_image_flaw(image, 0, text, sizeof(text),
				     &is_there, &err),
		    ERR_FORMAT);
		assert_false(is_there);
		cage_image_free(image);
		(void)close(fd);
	}
	assert_int_equal(open_lie("flaw", &image, &fd, &err), 0);
	assert_int_equal(
	    cage_image_flaw(image, 0, text, sizeof(text), &is_there, &err), 0);
	assert_true(is_there);
	assert_string_equal(text, " of x.E01, bytes 0 to 0");
	cage_image_free(image);
	(void)close(fd);
}

static void a_name_is_one_of_the_own_folder(void **state)
{
	static const char *const bad[] = {"", "/", "a/b", "/etc/passwd", "..",
	    ".", "a\nb", "\x1b[2J", "\xff", "a\xe2\x80\xae"};
	char name[CAGE_WIRE_NAME];
	uint8_t raw[CAGE_WIRE_NAME] = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		raw[0] = (uint8_t)strlen(bad[i]);
		memcpy(raw + 1, bad[i], strlen(bad[i]));
		assert_int_equal(
		    cage_wire_take_name(name, raw, NULL), ERR_DENIED);
	}
	memcpy(raw,
	    "\x05"
	    "a\0b.x",
	    6);
	assert_int_equal(cage_wire_take_name(name, raw, NULL), ERR_DENIED);
	memcpy(raw, "\x08x-01.raw", 9);
	assert_int_equal(cage_wire_take_name(name, raw, NULL), 0);
	assert_string_equal(name, "x-01.raw");
}

static void a_box_gets_only_what_is_open_for_reading(void **state)
{
	struct cage_box *box;
	int fds[2];

	(void)state;
	fds[0] = open(lying.evidence, O_RDWR);
	struct cage_box_options o = {.program = lying.program,
	    .fds = fds,
	    .n = 1,
	    .format = CAGE_WIRE_E01};

	assert_int_equal(cage_box_new(&box, &o, NULL), ERR_USAGE);
	(void)close(fds[0]);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(cage_box_new(&box, &o, NULL), ERR_USAGE);
	(void)close(fds[0]);
	(void)close(fds[1]);
	fds[0] = open("/tmp", O_RDONLY | O_DIRECTORY);
	assert_int_equal(cage_box_new(&box, &o, NULL), ERR_USAGE);
	(void)close(fds[0]);
	fds[0] = open(lying.evidence, O_RDONLY);
	o.program = "/no/such/program";
	assert_int_equal(cage_box_new(&box, &o, NULL), ERR_NOTFOUND);
	o.program = "/bin/true"; /* it ends without a word */
	assert_int_equal(cage_box_new(&box, &o, NULL), ERR_FORMAT);
	(void)close(fds[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_honest_box_is_believed),
	    cmocka_unit_test(a_lie_about_the_image_is_refused),
	    cmocka_unit_test(a_lie_about_bytes_spoils_only_them),
	    cmocka_unit_test(answers_that_nobody_asked_for_are_no_answers),
	    cmocka_unit_test(what_changes_behind_the_answer_is_never_believed),
	    cmocka_unit_test(a_place_that_crashes_is_narrowed_down),
	    cmocka_unit_test(another_box_must_say_the_same),
	    cmocka_unit_test(the_losses_end),
	    cmocka_unit_test(lists_and_places_are_checked),
	    cmocka_unit_test(damage_is_in_a_file_that_is_there),
	    cmocka_unit_test(a_name_is_one_of_the_own_folder),
	    cmocka_unit_test(a_box_gets_only_what_is_open_for_reading),
	};

	return cmocka_run_group_tests(tests, make, clean);
}
