/*
 * test_record.c: a record's text has one spelling: what parses is put together
 * again byte for byte, and every near miss of the form is refused.
 */
#include "record_box.h"

#include "note_key.h"

#include <stdlib.h>

#define HANDOVER                                                               \
	BOX_BY_TWO("handover")                                                 \
	"from: police.example\n"                                               \
	"to: prosecutor.example/evidence-room\n"                               \
	"counted-by-giver: 2\n"                                                \
	"counted-by-receiver: 2\n"                                             \
	"item: B-1\n"                                                          \
	"  seal: 451001\n"                                                     \
	"  state: intact\n"                                                    \
	"item: B-2\n"                                                          \
	"  telltale: power-on-hours 5120\n"                                    \
	"  telltale: power-cycles 12\n"

static int set_up(void **state)
{
	(void)state;
	note_key_setup();
	return 0;
}

static int parse_bytes(struct slice text)
{
	struct record record = {0};
	struct err err = {0};
	int rc = record_parse(&record, text, &err);

	assert_int_equal(err.code, rc);
	record_done(&record);
	return rc;
}

static void accept(const char *text)
{
	if (parse_bytes(slice_of(text)) != 0)
		fail_msg("refused:\n%s", text);
}

static void refuse(const char *text)
{
	int rc = parse_bytes(slice_of(text));

	if (rc != ERR_FORMAT)
		fail_msg("%d for:\n%s", rc, text);
}

/* The first `from` in `text` replaced; free() it. */
static char *with(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	char *out = NULL;

	assert_non_null(at);
	assert_true(asprintf(&out, "%.*s%s%s", (int)(at - text), text, to,
			at + strlen(from)) >= 0);
	return out;
}

static void accept_with(const char *text, const char *from, const char *to)
{
	char *changed = with(text, from, to);

	accept(changed);
	free(changed);
}

static void refuse_with(const char *text, const char *from, const char *to)
{
	char *changed = with(text, from, to);

	refuse(changed);
	free(changed);
}

/* Parses, and puts together again what was parsed. */
static void expect_same(struct slice text)
{
	struct record record = {0};
	struct err err = {0};
	struct buf again;

	buf_init(&again, RECORD_TEXT_MAX + 1);
	if (record_parse(&record, text, &err) != 0)
		fail_msg("%s", err.message);
	box_join(&again, &record);
	assert_true(slice_is(buf_slice(&again), text));
	buf_done(&again);
	record_done(&record);
}

/* ---- one spelling ---- */

static void shortest_of_its_kind_comes_back_byte_for_byte(void **state)
{
	const enum record_kind *kind = *state;

	expect_same(slice_of(box_shortest[*kind]));
}

static void longest_of_its_kind_comes_back_byte_for_byte(void **state)
{
	const enum record_kind *kind = *state;
	struct buf text;

	buf_init(&text, RECORD_TEXT_MAX);
	box_put_longest(&text, *kind);
	expect_same(buf_slice(&text));
	buf_done(&text);
}

static void is_refused_without_any_of_its_lines(void **state)
{
	const enum record_kind *kind = *state;
	const char *text = box_shortest[*kind];
	struct slice rest = slice_of(text);

	if (*kind == RECORD_HANDOVER)
		return; /* one signer is a record too: the next test */
	while (rest.n > 0) {
		struct buf without;
		struct slice line = slice_cut(&rest, '\n');

		buf_init(&without, RECORD_TEXT_MAX);
		buf_put(&without, text, (size_t)(line.p - text));
		buf_put_slice(&without, rest);
		refuse(without.n > 0 ? without.p : "");
		buf_done(&without);
	}
}

static void id_is_the_digest_of_the_text_with_its_last_line_feed(void **state)
{
	struct record record = {0};
	char hex[HASH_HEX_SIZE];

	(void)state;
	assert_int_equal(record_parse(&record, slice_of(HANDOVER), NULL), 0);
	hash_to_hex(hex, &record.id);
	assert_string_equal(hex,
	    "6d7f49f0e39cdebb5befe98d009fad9a3102a7a05f339684cb3d9cf57ca0f09a");
	struct hash id = record_id_of(slice_of(HANDOVER));
	assert_true(hash_is(&id, &record.id));
	record_done(&record);
}

static void a_record_is_read_into_again_and_again(void **state)
{
	struct record record = {0};

	(void)state;
	for (int i = 0; i < RECORD_KIND_COUNT; i++) {
		struct slice text = slice_of(box_shortest[i]);

		assert_int_equal(
		    record_parse(&record, slice_of("nothing"), NULL),
		    ERR_FORMAT);
		assert_int_equal(record_parse(&record, text, NULL), 0);
		assert_int_equal(record.schema->kind, i);
	}
	record_done(&record);
}

/* ---- what is found in it ---- */

static void finds_values_by_name(void **state)
{
	struct record r = {0};
	uint64_t count = 0;
	int64_t when = 0;

	(void)state;
	assert_int_equal(record_parse(&r, slice_of(HANDOVER), NULL), 0);
	assert_true(slice_is_text(r.case_ref, BOX_REF));
	assert_int_equal(r.at, 1687340400);
	assert_int_equal(r.signer_count, 2);
	assert_int_equal(r.signers[0].key_id, 0x7d3c1f09);
	assert_true(slice_is_text(
	    r.signers[1].party, "prosecutor.example/evidence-room"));
	assert_true(record_is_signed_by(&r, slice_of("police.example")));
	assert_false(record_is_signed_by(&r, slice_of("police")));
	assert_true(
	    slice_is_text(record_get(&r, RECORD_F_FROM), "police.example"));
	assert_null(record_get(&r, RECORD_F_WITNESS).p);
	assert_false(record_has(&r, RECORD_F_WITNESS));
	assert_true(record_get_count(&r, RECORD_F_COUNTED_BY_GIVER, &count));
	assert_int_equal(count, 2);
	assert_true(record_get_time(&r, RECORD_F_OFFER_EXPIRES, &when));
	assert_int_equal(when, 1687370400);
	record_done(&r);
}

static void finds_values_of_a_block_apart_from_the_others(void **state)
{
	struct record r = {0};

	(void)state;
	assert_int_equal(record_parse(&r, slice_of(HANDOVER), NULL), 0);
	assert_int_equal(r.block_count, 2);
	const struct record_block *one = &r.blocks[0], *two = &r.blocks[1];
	assert_true(slice_is_text(two->id, "B-2"));
	assert_true(
	    slice_is_text(record_block_get(&r, one, RECORD_F_SEAL), "451001"));
	assert_null(record_block_get(&r, two, RECORD_F_SEAL).p);
	assert_null(record_get(&r, RECORD_F_SEAL).p);
	record_done(&r);
}

static void numbers_what_repeats_from_one_within_its_block(void **state)
{
	struct record r = {0};
	const struct record_value *v = NULL;
	uint32_t n = 0;

	(void)state;
	assert_int_equal(record_parse(&r, slice_of(HANDOVER), NULL), 0);
	while (
	    (v = record_next(&r, &r.blocks[1], RECORD_F_TELLTALE, v)) != NULL)
		assert_int_equal(v->occurrence, ++n);
	assert_int_equal(n, 2);
	assert_null(record_next(&r, &r.blocks[0], RECORD_F_TELLTALE, NULL));
	record_done(&r);
}

static void reads_the_checkpoint_that_the_signers_knew(void **state)
{
	struct record r = {0};
	struct hash root, zero = {{0}};
	uint64_t size = 0;

	(void)state;
	assert_int_equal(record_parse(&r, slice_of(HANDOVER), NULL), 0);
	assert_true(record_get_as_of(&r, &size, &root));
	assert_int_equal(size, 14);
	assert_true(hash_is(&root, &zero));
	record_done(&r);
}

static void a_date_ends_or_begins_with_its_day(void **state)
{
	struct record r = {0};
	int64_t when = 0;
	char *text = with(box_shortest[RECORD_CLAIM], "said: 2023-07-03\n",
	    "said: 2023-07-03\nsince: 2023-07-03\n"
	    "until: 2023-07-03T00:00:01Z\n");

	(void)state;
	assert_int_equal(record_parse(&r, slice_of(text), NULL), 0);
	assert_true(record_get_time(&r, RECORD_F_SAID, &when));
	assert_int_equal(when, 1688428800);
	assert_true(record_get_start(&r, RECORD_F_SINCE, &when));
	assert_int_equal(when, 1688428800 - 86400);
	assert_true(record_get_start(&r, RECORD_F_UNTIL, &when));
	assert_int_equal(when, 1688428800 - 86399);
	assert_false(record_get_start(&r, RECORD_F_COUNT, &when));
	record_done(&r);
	free(text);
}

static void a_withheld_value_is_there_and_is_not_read(void **state)
{
	struct record r = {0};
	char *text = with(HANDOVER,
	    "counted-by-giver:", "given-by~: " BOX_HASH "\ncounted-by-giver:");

	(void)state;
	assert_int_equal(record_parse(&r, slice_of(text), NULL), 0);
	assert_true(record_has(&r, RECORD_F_GIVEN_BY));
	assert_null(record_get(&r, RECORD_F_GIVEN_BY).p);
	record_done(&r);
	free(text);
}

static void block_bytes_are_all_that_stands_from_the_first_block(void **state)
{
	struct record r = {0};

	(void)state;
	assert_int_equal(record_parse(&r, slice_of(HANDOVER), NULL), 0);
	assert_true(slice_is_text(
	    record_block_bytes(&r), strstr(HANDOVER, "item: B-1")));
	assert_int_equal(
	    record_parse(&r, slice_of(box_shortest[RECORD_LIST]), NULL), 0);
	assert_int_equal(record_block_bytes(&r).n, 0);
	record_done(&r);
}

static void header_ends_after_the_last_signer(void **state)
{
	struct record r = {0};

	(void)state;
	assert_int_equal(record_parse(&r, slice_of(HANDOVER), NULL), 0);
	assert_int_equal(
	    r.header_n, strstr(HANDOVER, "as-of: ") - &HANDOVER[0]);
	record_done(&r);
}

/* ---- the first line ---- */

static void refuses_a_text_of_another_type(void **state)
{
	(void)state;
	refuse_with(
	    HANDOVER, "counterfoil-record/v1 ", "counterfoil-refusal/v1 ");
	refuse_with(
	    HANDOVER, "counterfoil-record/v1 ", "counterfoil-record/v2 ");
	refuse_with(
	    HANDOVER, "counterfoil-record/v1 ", " counterfoil-record/v1 ");
	refuse_with(HANDOVER, "counterfoil-record/v1 ",
	    "\xef\xbb\xbf"
	    "counterfoil-record/v1 ");
	refuse("");
	refuse("\n");
}

static void refuses_an_unknown_kind(void **state)
{
	(void)state;
	refuse_with(HANDOVER, "v1 handover", "v1 transfer");
	refuse_with(HANDOVER, "v1 handover", "v1 handover ");
	refuse_with(HANDOVER, "v1 handover", "v1  handover");
	refuse_with(HANDOVER, "v1 handover", "v1 Handover");
}

/* ---- lines and their order ---- */

static void refuses_fields_in_another_order(void **state)
{
	(void)state;
	refuse_with(HANDOVER,
	    "from: police.example\nto: prosecutor.example/evidence-room\n",
	    "to: prosecutor.example/evidence-room\nfrom: police.example\n");
	refuse_with(HANDOVER, BOX_AT BOX_POLICE, BOX_POLICE BOX_AT);
	refuse_with(HANDOVER, BOX_AS_OF BOX_EXPIRES, BOX_EXPIRES BOX_AS_OF);
	refuse_with(HANDOVER, "  seal: 451001\n  state: intact\n",
	    "  state: intact\n  seal: 451001\n");
}

static void refuses_a_header_field_below_the_header(void **state)
{
	(void)state;
	refuse_with(
	    HANDOVER, "from: ", "from: police.example\nlate: x\nfrom: ");
	refuse_with(box_shortest[RECORD_CLAIM], "said: ", BOX_POLICE "said: ");
}

static void refuses_a_field_that_stands_twice(void **state)
{
	(void)state;
	refuse_with(HANDOVER, "from: police.example\n",
	    "from: police.example\nfrom: police.example\n");
	refuse_with(HANDOVER, BOX_AT, BOX_AT BOX_AT);
	refuse_with(HANDOVER, "case: " BOX_REF "\n",
	    "case: " BOX_REF "\ncase: " BOX_REF "\n");
	refuse_with(
	    HANDOVER, "  seal: 451001\n", "  seal: 451001\n  seal: 451002\n");
}

static void refuses_a_field_twice_once_open_and_once_withheld(void **state)
{
	(void)state;
	refuse_with(HANDOVER, "counted-by-giver:",
	    "given-by: A. B.\ngiven-by~: " BOX_HASH "\ncounted-by-giver:");
}

static void keeps_what_repeats_together(void **state)
{
	(void)state;
	accept_with(HANDOVER, "counted-by-giver:",
	    "witness: a.example\nwitness: b.example\ncounted-by-giver:");
	refuse_with(HANDOVER, "counted-by-giver: 2\n",
	    "witness: a.example\ncounted-by-giver: 2\nwitness: b.example\n");
}

static void refuses_an_unknown_field(void **state)
{
	(void)state;
	refuse_with(HANDOVER, "from: ", "courier: x\nfrom: ");
	refuse_with(HANDOVER, "  seal: ", "  colour: red\n  seal: ");
	refuse_with(HANDOVER, "from: ", "From: ");
}

static void refuses_a_field_of_another_kind(void **state)
{
	(void)state;
	refuse_with(HANDOVER,
	    "counted-by-giver:", "asserts: received\ncounted-by-giver:");
	refuse_with(
	    HANDOVER, "  seal: 451001\n", "  seal: 451001\n  seal-type: tag\n");
}

static void refuses_a_block_field_at_record_level(void **state)
{
	(void)state;
	refuse_with(HANDOVER, "item: B-1\n", "seal: 451001\nitem: B-1\n");
}

static void refuses_a_field_of_the_record_within_a_block(void **state)
{
	(void)state;
	refuse_with(
	    HANDOVER, "  seal: 451001\n", "  seal: 451001\n  purpose: x\n");
}

static void refuses_an_indented_line_outside_a_block(void **state)
{
	(void)state;
	refuse_with(HANDOVER, "from: ", "  from: ");
	refuse_with(HANDOVER, "item: B-1\n", "  seal: 451001\nitem: B-1\n");
	refuse_with(box_shortest[RECORD_CLAIM], "said: ", "  said: ");
}

static void refuses_a_field_of_the_record_after_its_blocks(void **state)
{
	(void)state;
	refuse_with(HANDOVER, "item: B-2\n", "purpose: x\nitem: B-2\n");
	refuse(HANDOVER "remark: x\n");
	refuse_with(HANDOVER, "  state: intact\n", "state: intact\n");
}

static void refuses_any_other_indent_than_two_spaces(void **state)
{
	(void)state;
	refuse_with(HANDOVER, "  seal: ", " seal: ");
	refuse_with(HANDOVER, "  seal: ", "   seal: ");
	refuse_with(HANDOVER, "  seal: ", "\tseal: ");
	refuse_with(HANDOVER, "item: B-1\n", "  item: B-1\n");
}

static void refuses_a_block_in_a_kind_without_blocks(void **state)
{
	(void)state;
	refuse(BOX_HEADER("policy") "item: B-1\n");
}

static void refuses_an_empty_line(void **state)
{
	(void)state;
	refuse_with(HANDOVER, "from: ", "\nfrom: ");
	refuse_with(HANDOVER, "item: B-1", "\nitem: B-1");
	refuse(HANDOVER "\n");
	refuse_with(HANDOVER, "from: ", "  \nfrom: ");
}

static void refuses_a_line_that_is_not_name_colon_space_value(void **state)
{
	(void)state;
	refuse_with(HANDOVER, "from: ", "from:");
	refuse_with(HANDOVER, "from: ", "from : ");
	refuse_with(HANDOVER, "from: ", "from:  ");
	refuse_with(HANDOVER, "from: ", "from ");
	refuse_with(HANDOVER, "from: ", ": ");
	refuse_with(HANDOVER, "from: police.example\n", "from: \n");
	refuse_with(
	    HANDOVER, "from: police.example\n", "from: police.example \n");
	refuse_with(
	    HANDOVER, "from: police.example\n", "from: police.example\r\n");
}

static void refuses_a_last_line_without_line_feed(void **state)
{
	(void)state;
	assert_int_equal(
	    parse_bytes((struct slice){HANDOVER, sizeof(HANDOVER) - 2}),
	    ERR_FORMAT);
}

static void refuses_a_nul_byte(void **state)
{
	static const char text[] = BOX_HEADER("policy") "reason: a\0b\n";

	(void)state;
	assert_int_equal(
	    parse_bytes((struct slice){text, sizeof(text) - 1}), ERR_FORMAT);
}

/* ---- required fields ---- */

static void refuses_a_missing_required_field_of_a_block(void **state)
{
	(void)state;
	accept(BOX_HEADER("list") "part: 1/1\npopulation: " BOX_HASH
				  "\nitem: B-1\n  type: drive\n");
	refuse(BOX_HEADER("list") "part: 1/1\npopulation: " BOX_HASH
				  "\nitem: B-1\n");
	refuse(BOX_HEADER("list") "part: 1/1\npopulation: " BOX_HASH
				  "\nitem: B-1\nitem: B-2\n  type: drive\n");
	refuse(BOX_HEADER("list") "part: 1/1\npopulation: " BOX_HASH
				  "\nitem: B-1\n  make: x\n");
}

static void refuses_a_withheld_field_where_none_may_be(void **state)
{
	(void)state;
	refuse_with(HANDOVER, "from: police.example", "from~: " BOX_HASH);
	refuse_with(HANDOVER, "at: 2023-06-21T09:40:00Z", "at~: " BOX_HASH);
	refuse_with(HANDOVER, "  seal: 451001", "  seal~: " BOX_HASH);
	refuse_with(HANDOVER, "item: B-1", "item~: " BOX_HASH);
}

static void refuses_a_commitment_that_is_no_digest(void **state)
{
	(void)state;
	accept(HANDOVER "  remark~: " BOX_HASH "\n");
	refuse(HANDOVER "  remark~: A. B.\n");
	refuse(HANDOVER "  remark~: " BOX_HASH "0\n");
	refuse(HANDOVER "  remark~: "
			"00112233445566778899AABBCCDDEEFF"
			"00112233445566778899AABBCCDDEEFF\n");
	refuse(HANDOVER "  remark~~: " BOX_HASH "\n");
	refuse(HANDOVER "  ~: " BOX_HASH "\n");
}

/* ---- the header's conditions ---- */

static void a_genesis_names_no_case_and_all_others_do(void **state)
{
	(void)state;
	refuse_with(
	    box_shortest[RECORD_CASE], BOX_AT, "case: " BOX_REF "\n" BOX_AT);
	refuse_with(box_shortest[RECORD_POLICY], "case: " BOX_REF "\n", "");
}

static void only_custody_records_carry_a_checkpoint(void **state)
{
	(void)state;
	refuse_with(HANDOVER, BOX_AS_OF, "");
	refuse_with(
	    box_shortest[RECORD_CLAIM], "asserts: ", BOX_AS_OF "asserts: ");
}

static void an_offer_expires_where_two_sign_and_only_there(void **state)
{
	(void)state;
	refuse_with(HANDOVER, BOX_EXPIRES, "");
	refuse_with(HANDOVER, BOX_ROOM, "");
	accept_with(HANDOVER, BOX_ROOM BOX_AS_OF BOX_EXPIRES, BOX_AS_OF);
	refuse_with(
	    box_shortest[RECORD_CLAIM], "asserts: ", BOX_EXPIRES "asserts: ");
}

static void refuses_a_signer_named_twice(void **state)
{
	(void)state;
	refuse_with(HANDOVER, BOX_POLICE, BOX_POLICE BOX_POLICE);
	refuse_with(HANDOVER, BOX_POLICE,
	    BOX_POLICE "signer: police.example 00000001\n");
}

static void takes_sixteen_signers_and_no_more(void **state)
{
	struct buf text;

	(void)state;
	for (int n = 16; n <= 17; n++) {
		buf_init(&text, RECORD_TEXT_MAX);
		buf_puts(
		    &text, BOX_LINE("policy") "case: " BOX_REF "\n" BOX_AT);
		for (int i = 0; i < n; i++)
			buf_printf(&text, "signer: s-%d.example %08x\n", i, i);
		assert_int_equal(
		    parse_bytes(buf_slice(&text)), n == 16 ? 0 : ERR_FORMAT);
		buf_done(&text);
	}
}

static void refuses_a_text_longer_than_its_limit(void **state)
{
	static const char head[] = BOX_HEADER("policy") "reason: ";
	char *text = malloc(RECORD_TEXT_MAX + 1);

	(void)state;
	assert_non_null(text);
	memset(text, 'a', RECORD_TEXT_MAX + 1);
	memcpy(text, head, sizeof(head) - 1);
	text[RECORD_TEXT_MAX - 1] = '\n';
	assert_int_equal(parse_bytes((struct slice){text, RECORD_TEXT_MAX}), 0);
	text[RECORD_TEXT_MAX - 1] = 'a';
	text[RECORD_TEXT_MAX] = '\n';
	assert_int_equal(
	    parse_bytes((struct slice){text, RECORD_TEXT_MAX + 1}), ERR_LIMIT);
	free(text);
}

/* ---- names, counts, times ---- */

static void refuses_two_blocks_of_one_id(void **state)
{
	(void)state;
	refuse_with(HANDOVER, "item: B-2\n", "item: B-1\n");
	refuse(HANDOVER "item: B-1\n");
}

static void refuses_two_blocks_whose_ids_differ_only_in_case(void **state)
{
	(void)state;
	refuse_with(HANDOVER, "item: B-2\n", "item: b-1\n");
	refuse(HANDOVER "item: A-1\nitem: a-1\n");
}

static void refuses_a_block_with_a_bad_name(void **state)
{
	static const char *const names[] = {"B-1.", "B-1/", "B-1-", ".B-1",
	    "/B-1", "-B-1", "B..1", "B//1", "B 1", "B_1", "B:1", "B\xc3\xa9",
	    "B-1 "};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		refuse_with(HANDOVER, "B-1", names[i]);
}

static void refuses_a_party_with_a_bad_name(void **state)
{
	static const char *const names[] = {"police.", "police/", "police..x",
	    "police//x", ".police", "pol ice", "pol_ice"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char line[64];

		(void)snprintf(line, sizeof(line), "from: %s\n", names[i]);
		refuse_with(HANDOVER, "from: police.example\n", line);
		(void)snprintf(
		    line, sizeof(line), "signer: %s 7d3c1f09\n", names[i]);
		refuse_with(HANDOVER, BOX_POLICE, line);
	}
}

static void refuses_a_count_with_leading_zeros_or_a_sign(void **state)
{
	static const char *const counts[] = {
	    "02", "00", "+2", "-2", "2.0", "0x2", "two", "9223372036854775808"};

	(void)state;
	accept_with(HANDOVER, "counted-by-giver: 2", "counted-by-giver: 0");
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		char line[64];

		(void)snprintf(
		    line, sizeof(line), "counted-by-giver: %s", counts[i]);
		refuse_with(HANDOVER, "counted-by-giver: 2", line);
	}
}

static void refuses_a_time_that_is_none_or_spelled_otherwise(void **state)
{
	static const char *const times[] = {"2023-06-21", "2023-06-21T09:40Z",
	    "2023-06-21T09:40:00", "2023-06-21 09:40:00Z",
	    "2023-06-21T09:40:60Z", "2023-06-21T24:00:00Z",
	    "2023-02-29T09:40:00Z", "2023-06-21T09:40:00+02:00",
	    "1969-12-31T23:59:59Z", "20230621T094000Z"};

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		refuse_with(HANDOVER, "2023-06-21T09:40:00Z", times[i]);
}

/* ---- characters ---- */

static size_t put_utf8(char out[5], uint32_t c)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (size_t i = n; i-- > 1; c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(n == 1 ? c : marks[n] | c);
	out[n] = 0;
	return n;
}

/* Into a record-level text, and into one of a block. */
static int parse_character(uint32_t c)
{
	char utf8[5], text[2048];
	size_t n = put_utf8(utf8, c);
	int rc[2];

	for (int i = 0; i < 2; i++) {
		int at = snprintf(text, sizeof(text),
		    i == 0 ? BOX_BY_TWO("handover") "from: a.example\nto: "
						    "b.example\npurpose: a"
			   : HANDOVER "  remark: a");
		memcpy(text + at, utf8, n);
		(void)snprintf(text + at + n, sizeof(text) - (size_t)at - n,
		    i == 0 ? "b\ncounted-by-giver: 1\n" : "b\n");
		size_t end = strlen(text + at + n) + (size_t)at + n;
		rc[i] = parse_bytes((struct slice){text, end});
	}
	assert_int_equal(rc[0], rc[1]);
	return rc[0];
}

static void refuse_characters(uint32_t first, uint32_t last)
{
	for (uint32_t c = first; c <= last; c++)
		if (parse_character(c) != ERR_FORMAT)
			fail_msg("accepted: U+%04X", c);
}

static void refuses_c0_controls(void **state)
{
	(void)state;
	refuse_characters(0x00, 0x1f);
}

static void refuses_c1_controls(void **state)
{
	(void)state;
	refuse_characters(0x80, 0x9f);
}

static void refuses_the_arabic_letter_mark(void **state)
{
	(void)state;
	refuse_characters(0x061c, 0x061c);
}

static void refuses_the_zero_width_space(void **state)
{
	(void)state;
	refuse_characters(0x200b, 0x200b);
}

static void refuses_direction_marks(void **state)
{
	(void)state;
	refuse_characters(0x200e, 0x200f);
}

static void refuses_separators_and_direction_overrides(void **state)
{
	(void)state;
	refuse_characters(0x2028, 0x202e);
}

static void refuses_the_word_joiner(void **state)
{
	(void)state;
	refuse_characters(0x2060, 0x2060);
}

static void refuses_direction_isolates(void **state)
{
	(void)state;
	refuse_characters(0x2066, 0x2069);
}

static void refuses_the_byte_order_mark(void **state)
{
	(void)state;
	refuse_characters(0xfeff, 0xfeff);
}

static void accepts_the_characters_beside_them(void **state)
{
	static const uint32_t good[] = {0x20, 0x7e, 0xa0, 0x061b, 0x061d,
	    0x200a, 0x200c, 0x200d, 0x2010, 0x2027, 0x202f, 0x205f, 0x2061,
	    0x2065, 0x206a, 0xfefe, 0xff00, 0x10000, 0x10ffff};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (parse_character(good[i]) != 0)
			fail_msg("refused: U+%04X", good[i]);
}

static void refuses_what_is_not_utf8(void **state)
{
	static const char *const bad[] = {"\x80", "\xc3", "\xc0\xaf",
	    "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char line[64];

		(void)snprintf(
		    line, sizeof(line), "purpose: a%sb\ncounted-by", bad[i]);
		refuse_with(HANDOVER, "counted-by", line);
	}
}

static void keeps_escapes_as_they_stand(void **state)
{
	(void)state;
	accept_with(HANDOVER, "counted-by-giver",
	    "purpose: a\\nb \\\\ c\ncounted-by-giver");
	refuse_with(
	    HANDOVER, "counted-by-giver", "purpose: a\\tb\ncounted-by-giver");
	refuse_with(
	    HANDOVER, "counted-by-giver", "purpose: a\\\ncounted-by-giver");
}

/* ---- changed bytes ---- */

/* What still parses is another record, with another id and one spelling. */
static void expect_refused_or_other(struct slice text, const struct hash *id)
{
	struct record record = {0};
	struct buf again;
	int rc = record_parse(&record, text, NULL);

	if (rc == 0) {
		buf_init(&again, RECORD_TEXT_MAX);
		box_join(&again, &record);
		assert_true(slice_is(buf_slice(&again), text));
		assert_false(hash_is(&record.id, id));
		buf_done(&again);
	} else {
		assert_int_equal(rc, ERR_FORMAT);
	}
	record_done(&record);
}

static void a_changed_byte_never_keeps_the_id(void **state)
{
	char text[] = HANDOVER;
	struct hash id = record_id_of(slice_of(HANDOVER));

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		for (int bit = 0; bit < 8; bit++) {
			text[i] = (char)(text[i] ^ (1 << bit));
			expect_refused_or_other(
			    (struct slice){text, sizeof(text) - 1}, &id);
			text[i] = (char)(text[i] ^ (1 << bit));
		}
	}
}

static void a_text_cut_short_never_keeps_the_id(void **state)
{
	static const char text[] = HANDOVER;
	struct hash id = record_id_of(slice_of(HANDOVER));

	(void)state;
	for (size_t n = 0; n < sizeof(text) - 1; n++)
		expect_refused_or_other((struct slice){text, n}, &id);
}

static void neighbouring_lines_swapped_never_keep_the_id(void **state)
{
	struct hash id = record_id_of(slice_of(HANDOVER));
	struct slice rest = slice_of(HANDOVER);
	struct slice line = slice_cut(&rest, '\n');

	(void)state;
	while (rest.n > 0) {
		struct buf text;
		struct slice head = {HANDOVER, 0}, next;

		head.n = sizeof(HANDOVER) - 1 - rest.n - line.n - 1;
		next = slice_cut(&rest, '\n');
		buf_init(&text, RECORD_TEXT_MAX);
		buf_put_slice(&text, head);
		buf_printf(
		    &text, "%.*s\n%.*s\n", SLICE_ARG(next), SLICE_ARG(line));
		buf_put_slice(&text, rest);
		assert_int_equal(text.n, sizeof(HANDOVER) - 1);
		expect_refused_or_other(buf_slice(&text), &id);
		buf_done(&text);
		line = next;
	}
}

#define OF_KIND(f, kind)                                                       \
	{                                                                      \
#f "_" #kind, f, NULL, NULL, &kinds[RECORD_##kind]             \
	}
#define OF_EACH_KIND(f)                                                        \
	OF_KIND(f, CASE), OF_KIND(f, JOIN), OF_KIND(f, POLICY),                \
	    OF_KIND(f, RELATION), OF_KIND(f, LIST), OF_KIND(f, SEIZURE),       \
	    OF_KIND(f, HANDOVER), OF_KIND(f, HANDLING),                        \
	    OF_KIND(f, INSPECTION), OF_KIND(f, CLAIM), OF_KIND(f, ASSESSMENT), \
	    OF_KIND(f, QUESTION), OF_KIND(f, ANSWER), OF_KIND(f, INCIDENT)

/* long: one line a test */
int main(void)
{
	static enum record_kind kinds[RECORD_KIND_COUNT];
	const struct CMUnitTest tests[] = {
	    OF_EACH_KIND(shortest_of_its_kind_comes_back_byte_for_byte),
	    OF_EACH_KIND(longest_of_its_kind_comes_back_byte_for_byte),
	    OF_EACH_KIND(is_refused_without_any_of_its_lines),
	    cmocka_unit_test(
		id_is_the_digest_of_the_text_with_its_last_line_feed),
	    cmocka_unit_test(a_record_is_read_into_again_and_again),
	    cmocka_unit_test(finds_values_by_name),
	    cmocka_unit_test(finds_values_of_a_block_apart_from_the_others),
	    cmocka_unit_test(numbers_what_repeats_from_one_within_its_block),
	    cmocka_unit_test(reads_the_checkpoint_that_the_signers_knew),
	    cmocka_unit_test(a_date_ends_or_begins_with_its_day),
	    cmocka_unit_test(a_withheld_value_is_there_and_is_not_read),
	    cmocka_unit_test(
		block_bytes_are_all_that_stands_from_the_first_block),
	    cmocka_unit_test(header_ends_after_the_last_signer),
	    cmocka_unit_test(refuses_a_text_of_another_type),
	    cmocka_unit_test(refuses_an_unknown_kind),
	    cmocka_unit_test(refuses_fields_in_another_order),
	    cmocka_unit_test(refuses_a_header_field_below_the_header),
	    cmocka_unit_test(refuses_a_field_that_stands_twice),
	    cmocka_unit_test(refuses_a_field_twice_once_open_and_once_withheld),
	    cmocka_unit_test(keeps_what_repeats_together),
	    cmocka_unit_test(refuses_an_unknown_field),
	    cmocka_unit_test(refuses_a_field_of_another_kind),
	    cmocka_unit_test(refuses_a_block_field_at_record_level),
	    cmocka_unit_test(refuses_a_field_of_the_record_within_a_block),
	    cmocka_unit_test(refuses_an_indented_line_outside_a_block),
	    cmocka_unit_test(refuses_a_field_of_the_record_after_its_blocks),
	    cmocka_unit_test(refuses_any_other_indent_than_two_spaces),
	    cmocka_unit_test(refuses_a_block_in_a_kind_without_blocks),
	    cmocka_unit_test(refuses_an_empty_line),
	    cmocka_unit_test(refuses_a_line_that_is_not_name_colon_space_value),
	    cmocka_unit_test(refuses_a_last_line_without_line_feed),
	    cmocka_unit_test(refuses_a_nul_byte),
	    cmocka_unit_test(refuses_a_missing_required_field_of_a_block),
	    cmocka_unit_test(refuses_a_withheld_field_where_none_may_be),
	    cmocka_unit_test(refuses_a_commitment_that_is_no_digest),
	    cmocka_unit_test(a_genesis_names_no_case_and_all_others_do),
	    cmocka_unit_test(only_custody_records_carry_a_checkpoint),
	    cmocka_unit_test(an_offer_expires_where_two_sign_and_only_there),
	    cmocka_unit_test(refuses_a_signer_named_twice),
	    cmocka_unit_test(takes_sixteen_signers_and_no_more),
	    cmocka_unit_test(refuses_a_text_longer_than_its_limit),
	    cmocka_unit_test(refuses_two_blocks_of_one_id),
	    cmocka_unit_test(refuses_two_blocks_whose_ids_differ_only_in_case),
	    cmocka_unit_test(refuses_a_block_with_a_bad_name),
	    cmocka_unit_test(refuses_a_party_with_a_bad_name),
	    cmocka_unit_test(refuses_a_count_with_leading_zeros_or_a_sign),
	    cmocka_unit_test(refuses_a_time_that_is_none_or_spelled_otherwise),
	    cmocka_unit_test(refuses_c0_controls),
	    cmocka_unit_test(refuses_c1_controls),
	    cmocka_unit_test(refuses_the_arabic_letter_mark),
	    cmocka_unit_test(refuses_the_zero_width_space),
	    cmocka_unit_test(refuses_direction_marks),
	    cmocka_unit_test(refuses_separators_and_direction_overrides),
	    cmocka_unit_test(refuses_the_word_joiner),
	    cmocka_unit_test(refuses_direction_isolates),
	    cmocka_unit_test(refuses_the_byte_order_mark),
	    cmocka_unit_test(accepts_the_characters_beside_them),
	    cmocka_unit_test(refuses_what_is_not_utf8),
	    cmocka_unit_test(keeps_escapes_as_they_stand),
	    cmocka_unit_test(a_changed_byte_never_keeps_the_id),
	    cmocka_unit_test(a_text_cut_short_never_keeps_the_id),
	    cmocka_unit_test(neighbouring_lines_swapped_never_keep_the_id),
	};

	for (int i = 0; i < RECORD_KIND_COUNT; i++)
		kinds[i] = (enum record_kind)i;
	return cmocka_run_group_tests(tests, set_up, NULL);
}
