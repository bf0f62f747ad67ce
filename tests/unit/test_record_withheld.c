/*
 * test_record_withheld.c: a commitment is the digest that findings section 1
 * describes, made here by hand; and a reveal opens that one value of that one
 * record and no other.
 */
#include "record_box.h"

#include "hash.h"
#include "record_draft.h"
#include "record_withheld.h"
#include "text.h"

#include <stdlib.h>

#define HEADER BOX_HEADER("list")
#define SALT_HEX "000102030405060708090a0b0c0d0e0f"

static const uint8_t salt[RECORD_SALT_SIZE] = {
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/* The formula, written down a second time. */
static void commit(char ret_hex[HASH_HEX_SIZE], const char *header,
    const char *item, const char *name, int occurrence, const char *value)
{
	struct hash header_hash = hash_of(header, strlen(header)), all;
	char hex[HASH_HEX_SIZE], bytes[1024];

	hash_to_hex(hex, &header_hash);
	int n = snprintf(bytes, sizeof(bytes),
	    "counterfoil-withheld/v1\n%s\n%s\n%s\n%d\n", hex, item, name,
	    occurrence);
	memcpy(bytes + n, salt, sizeof(salt));
	memcpy(bytes + n + sizeof(salt), value, strlen(value));
	all = hash_of(bytes, (size_t)n + sizeof(salt) + strlen(value));
	hash_to_hex(ret_hex, &all);
}

/* A list with two serial numbers and two remarks; B-2 shows its serial. */
static void put_list(struct buf *out, const char *header, const char *serial)
{
	char hex[HASH_HEX_SIZE];

	buf_printf(out, "%spart: 1/1\npopulation: " BOX_HASH "\n", header);
	commit(hex, header, "B-1", "serial", 1, serial);
	buf_printf(out, "item: B-1\n  type: drive\n  serial~: %s\n", hex);
	commit(hex, header, "B-1", "remark", 1, "wet");
	buf_printf(out, "  remark~: %s\n", hex);
	buf_puts(out, "item: B-2\n  type: drive\n  serial: S-2\n");
	commit(hex, header, "B-2", "remark", 1, "wet");
	buf_printf(out, "  remark~: %s\n", hex);
}

struct box {
	struct buf text;
	struct record record;
	struct record_reveal reveal; /* opens the serial of B-1 */
};

static void box_init(struct box *box, const char *header, const char *serial)
{
	struct err err = {0};

	*box = (struct box){0};
	buf_init(&box->text, RECORD_TEXT_MAX);
	put_list(&box->text, header, serial);
	if (record_parse(&box->record, buf_slice(&box->text), &err) != 0)
		fail_msg("%s", err.message);
	box->reveal = (struct record_reveal){.record_id = box->record.id,
	    .item = slice_of("B-1"),
	    .name = RECORD_F_SERIAL,
	    .occurrence = 1,
	    .value = slice_of(serial)};
	memcpy(box->reveal.salt, salt, sizeof(salt));
}

static void box_done(struct box *box)
{
	record_done(&box->record);
	buf_done(&box->text);
}

static int check(const struct box *box)
{
	struct err err = {0};
	int rc = record_withheld_check(&box->record, &box->reveal, &err);

	assert_int_equal(err.code, rc);
	return rc;
}

/* ---- the formula ---- */

static void commits_to_a_value_of_an_item(void **state)
{
	char hex[HASH_HEX_SIZE], expected[HASH_HEX_SIZE];
	struct hash made = record_withheld_commit(slice_of(HEADER),
	    slice_of("B-1"), RECORD_F_SERIAL, 1, salt, slice_of("WD-123"));

	(void)state;
	hash_to_hex(hex, &made);
	commit(expected, HEADER, "B-1", "serial", 1, "WD-123");
	assert_string_equal(hex, expected);
}

static void commits_to_a_value_of_the_record(void **state)
{
	char hex[HASH_HEX_SIZE], expected[HASH_HEX_SIZE];
	struct hash made = record_withheld_commit(slice_of(HEADER),
	    slice_of("-"), RECORD_F_PLACE, 12, salt, slice_of("a road"));

	(void)state;
	hash_to_hex(hex, &made);
	commit(expected, HEADER, "-", "place", 12, "a road");
	assert_string_equal(hex, expected);
}

static void a_commitment_is_as_it_was(void **state)
{
	char hex[HASH_HEX_SIZE];
	struct hash made = record_withheld_commit(slice_of(HEADER),
	    slice_of("B-1"), RECORD_F_SERIAL, 1, salt, slice_of("WD-123"));

	(void)state;
	hash_to_hex(hex, &made);
	assert_string_equal(hex,
	    "cbca74b5279548a73bbd0d7b6e7a4f4098bc3982d5ce821e1924a8d0ca628805");
}

/* What a draft writes is what the formula says, over the text through its last
 * signer line; the reveal beside it has the salt. */
static void a_draft_commits_by_the_formula(void **state)
{
	struct record_draft *draft = record_draft_new(RECORD_INSPECTION);
	struct record record = {0};
	struct record_reveal reveal;
	struct buf text, reveals;

	(void)state;
	buf_init(&text, RECORD_TEXT_MAX);
	buf_init(&reveals, RECORD_TEXT_MAX);
	assert_int_equal(
	    record_draft_set_text(draft, RECORD_F_PLACE, "a road", NULL) |
		record_draft_set_text(draft, RECORD_F_CASE, BOX_REF, NULL) |
		record_draft_set_text(
		    draft, RECORD_F_AT, "2023-06-21T09:40:00Z", NULL) |
		record_draft_set_text(
		    draft, RECORD_F_SIGNER, "police.example 7d3c1f09", NULL) |
		record_draft_set_text(
		    draft, RECORD_F_AS_OF, "14 " BOX_ROOT, NULL) |
		record_draft_set_text(
		    draft, RECORD_F_CUSTODIAN, "police.example", NULL) |
		record_draft_write(draft, &text, &reveals, NULL),
	    0);
	assert_int_equal(record_parse(&record, buf_slice(&text), NULL), 0);
	assert_int_equal(record_withheld_parse(&reveal,
			     (struct slice){reveals.p, reveals.n - 1}, NULL),
	    0);
	assert_true(slice_is_text(reveal.value, "a road"));
	assert_true(slice_is_text(reveal.item, "-"));
	struct hash made = record_withheld_commit(
	    slice_of(BOX_HEADER("inspection")), slice_of("-"), RECORD_F_PLACE,
	    1, reveal.salt, slice_of("a road"));
	const struct record_value *v =
	    record_next(&record, NULL, RECORD_F_PLACE, NULL);
	char hex[HASH_HEX_SIZE];
	hash_to_hex(hex, &made);
	assert_true(slice_is_text(v->value, hex));
	record_done(&record);
	buf_done(&text);
	buf_done(&reveals);
	record_draft_free(draft);
}

/* ---- reveals that hold ---- */

static void a_reveal_opens_its_value(void **state)
{
	struct box box;

	(void)state;
	box_init(&box, HEADER, "WD-123");
	assert_int_equal(check(&box), 0);
	box_done(&box);
}

/* ---- reveals that do not ---- */

static void refuses_a_reveal_of_another_record(void **state)
{
	struct box box, other;

	(void)state;
	box_init(&box, HEADER, "WD-123");
	box_init(&other, HEADER, "WD-124");
	box.reveal.record_id = other.record.id;
	assert_int_equal(check(&box), ERR_VERIFY);
	box_done(&other);
	box_done(&box);
}

/* The commitment copied into a record with another header. */
static void refuses_a_reveal_whose_header_is_another(void **state)
{
	struct box box;
	char *at;
	char hex[HASH_HEX_SIZE];

	(void)state;
	box_init(&box, HEADER BOX_ROOM, "WD-123");
	assert_int_equal(check(&box), 0);
	commit(hex, HEADER, "B-1", "serial", 1, "WD-123");
	at = strstr(box.text.p, "serial~: ") + strlen("serial~: ");
	memcpy(at, hex, 64);
	assert_int_equal(
	    record_parse(&box.record, buf_slice(&box.text), NULL), 0);
	box.reveal.record_id = box.record.id;
	assert_int_equal(check(&box), ERR_VERIFY);
	box_done(&box);
}

static void refuses_a_reveal_of_another_item(void **state)
{
	struct box box;

	(void)state;
	box_init(&box, HEADER, "WD-123");
	box.reveal.name = RECORD_F_REMARK;
	box.reveal.value = slice_of("wet");
	assert_int_equal(check(&box), 0);
	box.reveal.item = slice_of("B-2");
	assert_int_equal(check(&box), 0);
	/* The commitment of B-1's remark stands under B-2. */
	char *one = strstr(box.text.p, "remark~: ");
	char *two = strstr(one + 1, "remark~: ");
	memcpy(two, one, 9 + 64);
	assert_int_equal(
	    record_parse(&box.record, buf_slice(&box.text), NULL), 0);
	box.reveal.record_id = box.record.id;
	assert_int_equal(check(&box), ERR_VERIFY);
	box_done(&box);
}

static void refuses_a_reveal_of_no_item_of_the_record(void **state)
{
	struct box box;

	(void)state;
	box_init(&box, HEADER, "WD-123");
	box.reveal.item = slice_of("B-3");
	assert_int_equal(check(&box), ERR_VERIFY);
	box.reveal.item = slice_of("-");
	assert_int_equal(check(&box), ERR_VERIFY);
	box.reveal.item = slice_of("b-1");
	assert_int_equal(check(&box), ERR_VERIFY);
	box_done(&box);
}

static void refuses_a_reveal_of_another_field(void **state)
{
	struct box box;

	(void)state;
	box_init(&box, HEADER, "WD-123");
	box.reveal.name = RECORD_F_REMARK;
	assert_int_equal(check(&box), ERR_VERIFY);
	box.reveal.name = RECORD_F_PLACE;
	assert_int_equal(check(&box), ERR_VERIFY);
	box.reveal.name = RECORD_F_URL;
	assert_int_equal(check(&box), ERR_VERIFY);
	box_done(&box);
}

static void refuses_a_reveal_of_another_occurrence(void **state)
{
	struct box box;

	(void)state;
	box_init(&box, HEADER, "WD-123");
	box.reveal.occurrence = 2;
	assert_int_equal(check(&box), ERR_VERIFY);
	box.reveal.occurrence = 0;
	assert_int_equal(check(&box), ERR_VERIFY);
	box_done(&box);
}

static void refuses_a_reveal_with_another_salt(void **state)
{
	struct box box;

	(void)state;
	box_init(&box, HEADER, "WD-123");
	for (size_t i = 0; i < RECORD_SALT_SIZE; i++) {
		box.reveal.salt[i] ^= 1;
		assert_int_equal(check(&box), ERR_VERIFY);
		box.reveal.salt[i] ^= 1;
	}
	assert_int_equal(check(&box), 0);
	box_done(&box);
}

static void refuses_a_reveal_with_another_value(void **state)
{
	static const char *const values[] = {
	    "WD-124", "WD-12", "WD-1234", "wd-123", " WD-123", "WD-123 "};
	struct box box;

	(void)state;
	box_init(&box, HEADER, "WD-123");
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		box.reveal.value = slice_of(values[i]);
		assert_int_equal(check(&box), ERR_VERIFY);
	}
	box_done(&box);
}

static void refuses_a_reveal_of_an_open_field(void **state)
{
	struct box box;

	(void)state;
	box_init(&box, HEADER, "WD-123");
	box.reveal.item = slice_of("B-2");
	box.reveal.value = slice_of("S-2");
	assert_int_equal(check(&box), ERR_VERIFY);
	box_done(&box);
}

/* What could not have stood on the open line was not withheld either. */
static void refuses_a_value_that_its_field_does_not_allow(void **state)
{
	static const char *const values[] = {
	    "two\\tabs", "outer space ", "\xe2\x80\xaeWD"};
	struct box box;

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		box_init(&box, HEADER, values[i]);
		assert_int_equal(check(&box), ERR_VERIFY);
		box_done(&box);
	}
}

/* ---- the line ---- */

#define LINE BOX_HASH " B-1 serial 1 " SALT_HEX " WD 123"

static int parse_line(const char *line)
{
	struct record_reveal reveal = {.occurrence = 77};
	struct err err = {0};
	int rc = record_withheld_parse(&reveal, slice_of(line), &err);

	assert_int_equal(err.code, rc);
	if (rc != 0)
		assert_int_equal(reveal.occurrence, 77);
	return rc;
}

static void a_line_has_six_parts_the_last_with_spaces(void **state)
{
	struct record_reveal reveal;

	(void)state;
	assert_int_equal(
	    record_withheld_parse(&reveal, slice_of(LINE), NULL), 0);
	assert_true(slice_is_text(reveal.item, "B-1"));
	assert_int_equal(reveal.name, RECORD_F_SERIAL);
	assert_int_equal(reveal.occurrence, 1);
	assert_memory_equal(reveal.salt, salt, sizeof(salt));
	assert_true(slice_is_text(reveal.value, "WD 123"));
}

static void a_line_is_written_as_it_is_read(void **state)
{
	struct record_reveal reveal;
	struct buf out;

	(void)state;
	buf_init(&out, 1024);
	assert_int_equal(
	    record_withheld_parse(&reveal, slice_of(LINE), NULL), 0);
	record_withheld_put(&out, &reveal);
	assert_true(slice_is_text(buf_slice(&out), LINE "\n"));
	buf_done(&out);
}

static void refuses_a_line_with_a_bad_part(void **state)
{
	static const char *const lines[] = {"", BOX_HASH,
	    BOX_HASH " B-1 serial 1 " SALT_HEX,
	    BOX_HASH "0 B-1 serial 1 " SALT_HEX " x",
	    BOX_HASH " B-1. serial 1 " SALT_HEX " x",
	    BOX_HASH " -- serial 1 " SALT_HEX " x",
	    BOX_HASH " B-1 no-such 1 " SALT_HEX " x",
	    BOX_HASH " B-1 serial~ 1 " SALT_HEX " x",
	    BOX_HASH " B-1 serial 0 " SALT_HEX " x",
	    BOX_HASH " B-1 serial 01 " SALT_HEX " x",
	    BOX_HASH " B-1 serial 4294967296 " SALT_HEX " x",
	    BOX_HASH " B-1 serial 1 " SALT_HEX "00 x",
	    BOX_HASH " B-1 serial 1 000102030405060708090A0B0C0D0E0F x",
	    BOX_HASH " B-1 serial 1 " SALT_HEX " a\nb",
	    BOX_HASH " B-1 serial 1 " SALT_HEX " a\xe2\x80\xae",
	    BOX_HASH "  B-1 serial 1 " SALT_HEX " x", " " LINE};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (parse_line(lines[i]) != ERR_FORMAT)
			fail_msg("accepted: %s", lines[i]);
}

static void a_changed_byte_of_a_line_never_opens_the_value(void **state)
{
	struct box box;
	struct buf line;

	(void)state;
	box_init(&box, HEADER, "WD-123");
	buf_init(&line, 1024);
	record_withheld_put(&line, &box.reveal);
	for (size_t i = 0; i < line.n - 1; i++) {
		for (int bit = 0; bit < 8; bit++) {
			struct slice bytes = {line.p, line.n - 1};
			int rc;

			line.p[i] = (char)(line.p[i] ^ (1 << bit));
			rc = record_withheld_parse(&box.reveal, bytes, NULL);
			if (rc == 0)
				rc = check(&box);
			assert_true(rc == ERR_FORMAT || rc == ERR_VERIFY);
			line.p[i] = (char)(line.p[i] ^ (1 << bit));
		}
	}
	buf_done(&line);
	box_done(&box);
}

/* long: one line a test */
int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(commits_to_a_value_of_an_item),
	    cmocka_unit_test(commits_to_a_value_of_the_record),
	    cmocka_unit_test(a_commitment_is_as_it_was),
	    cmocka_unit_test(a_draft_commits_by_the_formula),
	    cmocka_unit_test(a_reveal_opens_its_value),
	    cmocka_unit_test(refuses_a_reveal_of_another_record),
	    cmocka_unit_test(refuses_a_reveal_whose_header_is_another),
	    cmocka_unit_test(refuses_a_reveal_of_another_item),
	    cmocka_unit_test(refuses_a_reveal_of_no_item_of_the_record),
	    cmocka_unit_test(refuses_a_reveal_of_another_field),
	    cmocka_unit_test(refuses_a_reveal_of_another_occurrence),
	    cmocka_unit_test(refuses_a_reveal_with_another_salt),
	    cmocka_unit_test(refuses_a_reveal_with_another_value),
	    cmocka_unit_test(refuses_a_reveal_of_an_open_field),
	    cmocka_unit_test(refuses_a_value_that_its_field_does_not_allow),
	    cmocka_unit_test(a_line_has_six_parts_the_last_with_spaces),
	    cmocka_unit_test(a_line_is_written_as_it_is_read),
	    cmocka_unit_test(refuses_a_line_with_a_bad_part),
	    cmocka_unit_test(a_changed_byte_of_a_line_never_opens_the_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
