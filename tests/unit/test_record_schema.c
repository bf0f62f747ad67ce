/*
 * test_record_schema.c: the table of kinds and fields: what it says about
 * withholding, the digest of every kind's rows, and the one spelling of a
 * value of each type with its near misses.
 */
#include "record_box.h"

#include "hash.h"
#include "note_key.h"

#include <stdlib.h>

static int set_up(void **state)
{
	(void)state;
	note_key_setup();
	return 0;
}

/* ---- kinds and names ---- */

static void finds_every_kind_by_its_name(void **state)
{
	(void)state;
	for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
		const struct record_schema *schema =
		    record_schema_of((enum record_kind)kind);

		assert_int_equal(schema->kind, kind);
		assert_ptr_equal(
		    record_schema_find(slice_of(schema->name)), schema);
	}
}

static void knows_no_other_kind(void **state)
{
	static const char *const names[] = {
	    "", "Case", "cas", "cases", "hand-over", " case", "case "};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_null(record_schema_find(slice_of(names[i])));
}

static void finds_every_field_by_its_name(void **state)
{
	(void)state;
	for (int i = 0; i < RECORD_F_NONE; i++) {
		const char *name =
		    record_schema_field_name((enum record_name)i);

		assert_int_equal(record_schema_field_find(slice_of(name)), i);
	}
	assert_int_equal(
	    record_schema_field_find(slice_of("no-such")), RECORD_F_NONE);
}

static void every_kind_begins_with_the_same_header(void **state)
{
	static const enum record_name names[] = {RECORD_F_CASE, RECORD_F_AT,
	    RECORD_F_SIGNER, RECORD_F_LATE, RECORD_F_AS_OF,
	    RECORD_F_OFFER_EXPIRES};
	size_t n;
	const struct record_field *header = record_schema_header(&n);

	(void)state;
	assert_int_equal(n, sizeof(names) / sizeof(names[0]));
	for (size_t i = 0; i < n; i++)
		assert_int_equal(header[i].name, names[i]);
}

static void no_kind_has_a_name_twice(void **state)
{
	(void)state;
	for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
		const struct record_schema *s =
		    record_schema_of((enum record_kind)kind);

		for (size_t i = 0; i < s->field_count; i++)
			assert_ptr_equal(
			    record_schema_field(s, false, s->fields[i].name),
			    &s->fields[i]);
		for (size_t i = 0; i < s->block_field_count; i++)
			assert_ptr_equal(record_schema_field(
					     s, true, s->block_fields[i].name),
			    &s->block_fields[i]);
	}
}

static void custody_kinds_carry_a_checkpoint(void **state)
{
	static const bool is_custody[RECORD_KIND_COUNT] = {
	    [RECORD_SEIZURE] = true,
	    [RECORD_HANDOVER] = true,
	    [RECORD_HANDLING] = true,
	    [RECORD_INSPECTION] = true,
	    [RECORD_INCIDENT] = true,
	    [RECORD_MOVE] = true,
	    [RECORD_IMAGE] = true,
	    [RECORD_LOCK] = true,
	    [RECORD_UNLOCK] = true,
	    [RECORD_EXAMINATION] = true,
	    [RECORD_DISCLOSURE] = true,
	    [RECORD_RELEASE] = true,
	    [RECORD_DISPOSAL] = true,
	};

	(void)state;
	for (int i = 0; i < RECORD_KIND_COUNT; i++)
		assert_int_equal(
		    record_schema_of((enum record_kind)i)->is_custody,
		    is_custody[i]);
}

/* ---- what may be withheld ---- */

static void withholds_serials_places_persons_and_remarks(void **state)
{
	static const enum record_name names[] = {RECORD_F_SERIAL,
	    RECORD_F_PLACE, RECORD_F_GIVEN_BY, RECORD_F_RECEIVED_BY,
	    RECORD_F_SPEAKER, RECORD_F_ABOUT, RECORD_F_REMARK};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_true(record_schema_is_withholdable(names[i]));
}

static void what_a_rule_or_a_finding_reads_is_open(void **state)
{
	static const enum record_name names[] = {RECORD_F_CASE, RECORD_F_AT,
	    RECORD_F_SIGNER, RECORD_F_LATE, RECORD_F_AS_OF,
	    RECORD_F_OFFER_EXPIRES, RECORD_F_LOG, RECORD_F_CLOCK,
	    RECORD_F_POLICY_HOLDER, RECORD_F_WITNESS_KEY,
	    RECORD_F_WITNESS_QUORUM, RECORD_F_RED_LINE, RECORD_F_LIFT,
	    RECORD_F_REQUIRE, RECORD_F_PARTY, RECORD_F_SIDE, RECORD_F_ORG,
	    RECORD_F_ROLE, RECORD_F_KEY, RECORD_F_ACTS_FOR, RECORD_F_BASIS,
	    RECORD_F_SINCE, RECORD_F_UNTIL, RECORD_F_DOCUMENT, RECORD_F_SAID_BY,
	    RECORD_F_SAID, RECORD_F_PART, RECORD_F_POPULATION, RECORD_F_TYPE,
	    RECORD_F_INSIDE, RECORD_F_OPENED, RECORD_F_BAY, RECORD_F_SEAL,
	    RECORD_F_SEAL_TYPE, RECORD_F_MARK, RECORD_F_TELLTALE,
	    RECORD_F_FOUND_LATE, RECORD_F_ITEMS, RECORD_F_TAKEN_BY,
	    RECORD_F_TAKEN_FROM, RECORD_F_AUTHORITY_SIGNATURE,
	    RECORD_F_OWNER_SIGNATURE, RECORD_F_WITNESS, RECORD_F_WITNESS_SAW,
	    RECORD_F_ANNOUNCED, RECORD_F_COUNTED, RECORD_F_PHOTOGRAPHED,
	    RECORD_F_FROM, RECORD_F_TO, RECORD_F_ON_BEHALF_OF,
	    RECORD_F_RECEIVER, RECORD_F_COUNTED_BY_GIVER,
	    RECORD_F_COUNTED_BY_RECEIVER, RECORD_F_STATE, RECORD_F_CUSTODIAN,
	    RECORD_F_PRESENT_THROUGHOUT, RECORD_F_ACTION, RECORD_F_INTO,
	    RECORD_F_OUT_OF, RECORD_F_INSPECTOR, RECORD_F_ALSO_IN,
	    RECORD_F_SEEN, RECORD_F_FOUND, RECORD_F_ASSERTS, RECORD_F_RECIPIENT,
	    RECORD_F_CONCERNS, RECORD_F_PART_OF, RECORD_F_COUNT,
	    RECORD_F_CAPTURE, RECORD_F_CLAIM, RECORD_F_SOURCE,
	    RECORD_F_INFORMATION, RECORD_F_FORM, RECORD_F_PERIOD_FROM,
	    RECORD_F_PERIOD_TO, RECORD_F_ADDRESSEE, RECORD_F_QUESTION,
	    RECORD_F_ANSWER, RECORD_F_GIVEN_TO, RECORD_F_WHAT, RECORD_F_OLD_KEY,
	    RECORD_F_LOST, RECORD_F_COMPROMISED_SINCE, RECORD_F_ISSUER,
	    RECORD_F_FROM_PAPER_BY, RECORD_F_PERMITS, RECORD_F_ORDER,
	    RECORD_F_EXAMINER, RECORD_F_HOST, RECORD_F_DERIVED_FROM,
	    RECORD_F_POPULATION_SIZE, RECORD_F_DETECTS, RECORD_F_SAMPLE,
	    RECORD_F_COMMIT, RECORD_F_DRAW, RECORD_F_SECRET, RECORD_F_THRESHOLD,
	    RECORD_F_HOLDER, RECORD_F_PLAINTEXT, RECORD_F_REMAINING_COPY,
	    RECORD_F_AGAINST, RECORD_F_CORRECTS, RECORD_F_OF_ITEM,
	    RECORD_F_FIELD, RECORD_F_OCCURRENCE, RECORD_F_VALUE,
	    RECORD_F_STARTED, RECORD_F_FINISHED, RECORD_F_LENGTH,
	    RECORD_F_PASSES};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (record_schema_is_withholdable(names[i]))
			fail_msg("%s can be withheld",
			    record_schema_field_name(names[i]));
}

/* ---- golden rows ---- */

static void put_rows(
    struct buf *out, const struct record_field *fields, size_t n, char mark)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%c%s %u %s\n", mark,
		    record_schema_field_name(fields[i].name), fields[i].flags,
		    fields[i].choices ? fields[i].choices : "-");
}

static void check_rows(enum record_kind kind, const char *digest)
{
	const struct record_schema *s = record_schema_of(kind);
	char hex[HASH_HEX_SIZE];
	struct buf rows;

	buf_init(&rows, 65536);
	put_rows(&rows, s->fields, s->field_count, ' ');
	put_rows(&rows, s->block_fields, s->block_field_count, '+');
	struct hash hash = hash_of(rows.p, rows.n);
	hash_to_hex(hex, &hash);
	hex[16] = 0;
	if (strcmp(hex, digest) != 0)
		fail_msg("%s: the rows changed: %s", s->name, hex);
	buf_done(&rows);
}

/* A changed digest is a changed format: old ledgers must still parse. */
static void rows_of_every_kind_are_as_they_were(void **state)
{
	static const char *const digests[RECORD_KIND_COUNT] = {
	    [RECORD_CASE] = "9a64cf5a46a98bc0",
	    [RECORD_JOIN] = "3c95790f53af442e",
	    [RECORD_POLICY] = "008ebace3a5f02a5",
	    [RECORD_RELATION] = "43fea3d3299e4bad",
	    [RECORD_LIST] = "6fd2fe56fb511bb9",
	    [RECORD_SEIZURE] = "91ddff6ee7499346",
	    [RECORD_HANDOVER] = "4eca0eedc037f512",
	    [RECORD_HANDLING] = "4f1a618b0176972b",
	    [RECORD_INSPECTION] = "e08cd5ba60ae7af5",
	    [RECORD_CLAIM] = "7b4e9fee77f0bedf",
	    [RECORD_ASSESSMENT] = "599b865d97222ed2",
	    [RECORD_QUESTION] = "8fbb2df4d0e73840",
	    [RECORD_ANSWER] = "9a3c9e647c4f1ed4",
	    [RECORD_INCIDENT] = "3a858c8a54671733",
	    [RECORD_CORRECTION] = "d51e54a30ccb9fc0",
	    [RECORD_DISPOSAL] = "318aa11fb411c25e",
	    [RECORD_RELEASE] = "413a40d580cccdf1",
	    [RECORD_OBJECTION] = "2ba494e3e887d62b",
	    [RECORD_DISCLOSURE] = "a03330e85c1f800b",
	    [RECORD_EXAMINATION] = "3d886acae9b21396",
	    [RECORD_UNLOCK] = "e8ab38b70487c4fb",
	    [RECORD_LOCK] = "19524f2c882b942d",
	    [RECORD_IMAGE] = "88acb89c91a530b8",
	    [RECORD_DRAW_REVEAL] = "adecb4e61bcf0c18",
	    [RECORD_DRAW] = "6ccae2befefd37ab",
	    [RECORD_ORDER] = "f40c8de3b808444e",
	    [RECORD_MOVE] = "5ce2d34a806a6f62",
	    [RECORD_KEY] = "39d96904c32b1288",
	};

	(void)state;
	for (int i = 0; i < RECORD_KIND_COUNT; i++)
		check_rows((enum record_kind)i, digests[i]);
}

/* ---- values ---- */

static bool is_good(
    enum record_type type, const char *choices, struct slice value)
{
	struct record_field field = {.type = type, .choices = choices};
	const char *why = NULL;
	bool is = record_schema_value_is_good(&field, value, &why);

	assert_int_equal(is, why == NULL);
	return is;
}

static void accept(enum record_type type, const char *value)
{
	if (!is_good(type, "yes no partly", slice_of(value)))
		fail_msg("refused: \"%s\"", value);
}

static void refuse(enum record_type type, const char *value)
{
	if (is_good(type, "yes no partly", slice_of(value)))
		fail_msg("accepted: \"%s\"", value);
}

#define EACH(type, what, ...)                                                  \
	do {                                                                   \
		static const char *const each_[] = {__VA_ARGS__};              \
		for (size_t i_ = 0; i_ < sizeof(each_) / sizeof(each_[0]);     \
		     i_++)                                                     \
			what(RECORD_T_##type, each_[i_]);                      \
	} while (0)

static void no_type_accepts_nothing_at_all(void **state)
{
	(void)state;
	for (int type = 0; type <= RECORD_T_NOT_TAKEN; type++) {
		refuse((enum record_type)type, "");
		assert_false(
		    is_good((enum record_type)type, "yes", (struct slice){0}));
	}
}

static void a_case_is_a_name_and_32_lower_case_digits(void **state)
{
	(void)state;
	EACH(CASE_REF, accept, BOX_REF, "K-7#ffffffffffffffffffffffffffffffff");
	EACH(CASE_REF, refuse, "seizure.example",
	    "#00112233445566778899aabbccddeeff", "seizure.example#",
	    "seizure.example#00112233445566778899aabbccddeef",
	    "seizure.example#00112233445566778899aabbccddeeff0",
	    "seizure.example#00112233445566778899AABBCCDDEEFF",
	    "seizure.example.#00112233445566778899aabbccddeeff",
	    "seizure.example #00112233445566778899aabbccddeeff");
}

static void a_time_is_utc_to_the_second(void **state)
{
	(void)state;
	EACH(TIME, accept, "2023-06-21T09:40:00Z", "1970-01-01T00:00:00Z",
	    "9999-12-31T23:59:59Z", "2024-02-29T00:00:00Z");
	EACH(TIME, refuse, "2023-06-21", "2023-06-21T09:40:00",
	    "2023-06-21T09:40Z", "2023-06-21 09:40:00Z", "2023-06-21t09:40:00Z",
	    "2023-06-21T09:40:00z", "2023-06-21T09:40:00.0Z",
	    "2023-06-21T09:40:00+00:00", "2023-02-29T00:00:00Z",
	    "2023-13-01T00:00:00Z", "2023-00-01T00:00:00Z",
	    "2023-06-31T00:00:00Z", "2023-06-00T00:00:00Z",
	    "2023-06-21T24:00:00Z", "2023-06-21T09:60:00Z",
	    "2023-06-21T09:40:60Z", "1969-12-31T23:59:59Z",
	    "10000-01-01T00:00:00Z", " 2023-06-21T09:40:00Z",
	    "2023-06-21T09:40:00Z ");
}

static void a_due_date_is_a_date_or_a_time(void **state)
{
	(void)state;
	EACH(DUE, accept, "2023-07-10", "2023-07-10T12:00:00Z");
	EACH(DUE, refuse, "2023-7-10", "2023-07-32", "2023-02-29",
	    "2023-07-10T", "2023-07-10T24:00:00Z", "10 July 2023");
}

static void a_signer_is_a_party_and_8_lower_case_digits(void **state)
{
	(void)state;
	EACH(SIGNER, accept, "police.example 7d3c1f09", "a/b-c 00000000");
	EACH(SIGNER, refuse, "police.example", "police.example 7D3C1F09",
	    "police.example 7d3c1f0", "police.example 7d3c1f090",
	    "police.example  7d3c1f09", ".police 7d3c1f09", " 7d3c1f09",
	    "police.example 7d3c1f09 ");
}

static void a_checkpoint_is_a_size_and_one_root(void **state)
{
	(void)state;
	EACH(AS_OF, accept, "0 " BOX_ROOT, "14 " BOX_ROOT);
	EACH(AS_OF, refuse, "14", "014 " BOX_ROOT, "14  " BOX_ROOT,
	    "-1 " BOX_ROOT, "14 " BOX_ROOT " ",
	    "14 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	    "14 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=",
	    "14 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
	    "9223372036854775808 " BOX_ROOT);
}

static void a_name_has_only_letters_digits_and_three_signs(void **state)
{
	char longest[66];

	(void)state;
	memset(longest, 'a', sizeof(longest));
	longest[64] = 0;
	accept(RECORD_T_ID, longest);
	longest[64] = 'a';
	longest[65] = 0;
	refuse(RECORD_T_ID, longest);
	EACH(ID, accept, "a", "7", "B-0007", "PC-0007-D1",
	    "prosecutor.example/evidence-room", "a--b", "a.-b", "A.z/9");
	EACH(ID, refuse, "a.", "a/", "a-", ".a", "/a", "-a", "a..b", "a//b",
	    "a b", "a_b", "a:b", "a#b", "a+b", "\xc3\xa9", "a\xc3\xa9z", "a\tb",
	    " a", "a ");
}

static void a_count_is_decimal_without_leading_zeros(void **state)
{
	(void)state;
	EACH(COUNT, accept, "0", "1", "213", "9223372036854775807");
	EACH(COUNT, refuse, "00", "01", "+1", "-1", " 1", "1 ", "1.0", "0x1",
	    "1e3", "9223372036854775808", "18446744073709551616",
	    "99999999999999999999999");
}

static void a_digest_is_64_lower_case_digits(void **state)
{
	(void)state;
	accept(RECORD_T_HASH, BOX_HASH);
	accept(RECORD_T_RECORD, BOX_HASH);
	EACH(HASH, refuse, BOX_HASH "0", BOX_HASH " ",
	    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeef",
	    "00112233445566778899AABBCCDDEEFF"
	    "00112233445566778899AABBCCDDEEFF",
	    "g0112233445566778899aabbccddeeff00112233445566778899aabbccddeef"
	    "f");
}

static void a_key_has_the_id_of_its_name_and_point(void **state)
{
	(void)state;
	accept(RECORD_T_VKEY, BOX_VKEY);
	EACH(VKEY, refuse,
	    "example.com/"
	    "fooo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    "example.com/"
	    "foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    "example.com/"
	    "foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2l",
	    "example.com/foo+530d903a", "example.com/foo");
}

static void free_text_is_escaped_and_has_no_outer_space(void **state)
{
	(void)state;
	EACH(TEXT, accept, "a", "two words", "a\\nb", "a\\\\b",
	    "\xd9\x86\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae", "a: b", "~");
	EACH(TEXT, refuse, " a", "a ", " ", "a\\", "a\\tb", "a\nb", "a\\Nb",
	    "\\", "\xff", "\xc0\x80", "\xed\xa0\x80");
}

static void a_choice_is_one_whole_word(void **state)
{
	(void)state;
	EACH(CHOICE, accept, "yes", "no", "partly");
	EACH(CHOICE, refuse, "ye", "Yes", "yes no", "part", "yes ", " ");
}

static void a_part_lies_within_its_whole(void **state)
{
	(void)state;
	EACH(PART, accept, "1/1", "2/5", "5/5", "9999/9999");
	EACH(PART, refuse, "0/1", "6/5", "1", "1/", "/1", "01/2", "1/02",
	    "1/10000", "1 /2", "1/2/3", "-1/2");
}

static void a_bay_is_empty_or_not_opened(void **state)
{
	(void)state;
	EACH(BAY, accept, "2 empty", "left-1 not-opened");
	EACH(BAY, refuse, "2", "empty", "2 full", "2  empty", "2 empty ",
	    "2 not opened");
}

static void an_addressee_has_a_due_date(void **state)
{
	(void)state;
	EACH(ADDRESSEE, accept, "police.example due 2023-07-10",
	    "police.example due 2023-07-10T12:00:00Z");
	EACH(ADDRESSEE, refuse, "police.example", "police.example due",
	    "police.example due ", "police.example until 2023-07-10",
	    "police.example 2023-07-10", "police. due 2023-07-10",
	    "police.example due 2023-07-32");
}

static void a_field_to_open_is_one_that_can_be_withheld(void **state)
{
	(void)state;
	EACH(FIELD, accept, "serial", "place", "remark");
	EACH(FIELD, refuse, "seal", "case", "no-such", "serial~");
}

static void a_requirement_names_a_kind_and_its_field(void **state)
{
	(void)state;
	EACH(REQUIRE, accept, "handover purpose", "list serial");
	EACH(REQUIRE, refuse, "handover", "handover serial", "purpose handover",
	    "hand-over purpose", "handover  purpose", "handover purpose ");
}

static void a_tally_counts_one_kind_of_item(void **state)
{
	(void)state;
	EACH(TALLY, accept, "0 drive", "213 computer", "1 package");
	EACH(TALLY, refuse, "213", "computer", "213 computers", "0213 drive",
	    "213  drive", "-1 drive", "213 drive ");
}

static void a_telltale_is_a_counter_and_its_reading(void **state)
{
	(void)state;
	EACH(TELLTALE, accept, "power-on-hours 5120", "power-cycles 0");
	EACH(TELLTALE, refuse, "power-on-hours", "power-on-hours x",
	    "power on hours 5", "power-on-hours 05", "5120");
}

static void also_in_is_none_or_a_case(void **state)
{
	(void)state;
	EACH(ALSO_IN, accept, "none", BOX_REF);
	EACH(ALSO_IN, refuse, "None", "seizure.example", "none ");
}

static void what_was_not_taken_has_a_reason(void **state)
{
	(void)state;
	EACH(NOT_TAKEN, accept, "B-1 it was wet", "B-1 wet");
	EACH(NOT_TAKEN, refuse, "B-1", "B-1 ", "B-1  wet", ".B wet");
}

/* long: one line a test */
int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_every_kind_by_its_name),
	    cmocka_unit_test(knows_no_other_kind),
	    cmocka_unit_test(finds_every_field_by_its_name),
	    cmocka_unit_test(every_kind_begins_with_the_same_header),
	    cmocka_unit_test(no_kind_has_a_name_twice),
	    cmocka_unit_test(custody_kinds_carry_a_checkpoint),
	    cmocka_unit_test(withholds_serials_places_persons_and_remarks),
	    cmocka_unit_test(what_a_rule_or_a_finding_reads_is_open),
	    cmocka_unit_test(rows_of_every_kind_are_as_they_were),
	    cmocka_unit_test(no_type_accepts_nothing_at_all),
	    cmocka_unit_test(a_case_is_a_name_and_32_lower_case_digits),
	    cmocka_unit_test(a_time_is_utc_to_the_second),
	    cmocka_unit_test(a_due_date_is_a_date_or_a_time),
	    cmocka_unit_test(a_signer_is_a_party_and_8_lower_case_digits),
	    cmocka_unit_test(a_checkpoint_is_a_size_and_one_root),
	    cmocka_unit_test(a_name_has_only_letters_digits_and_three_signs),
	    cmocka_unit_test(a_count_is_decimal_without_leading_zeros),
	    cmocka_unit_test(a_digest_is_64_lower_case_digits),
	    cmocka_unit_test(a_key_has_the_id_of_its_name_and_point),
	    cmocka_unit_test(free_text_is_escaped_and_has_no_outer_space),
	    cmocka_unit_test(a_choice_is_one_whole_word),
	    cmocka_unit_test(a_part_lies_within_its_whole),
	    cmocka_unit_test(a_bay_is_empty_or_not_opened),
	    cmocka_unit_test(an_addressee_has_a_due_date),
	    cmocka_unit_test(a_field_to_open_is_one_that_can_be_withheld),
	    cmocka_unit_test(a_requirement_names_a_kind_and_its_field),
	    cmocka_unit_test(a_tally_counts_one_kind_of_item),
	    cmocka_unit_test(a_telltale_is_a_counter_and_its_reading),
	    cmocka_unit_test(also_in_is_none_or_a_case),
	    cmocka_unit_test(what_was_not_taken_has_a_reason),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
