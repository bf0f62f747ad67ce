/*
 * test_record_draft.c: fields in any order come out as one canonical text that
 * always parses, with withheld fields as commitments and their reveals beside
 * it.
 */
#include "record_box.h"

#include "note_key.h"
#include "record_draft.h"
#include "record_withheld.h"

#include <stdlib.h>

#define ROUNDS 40

static int set_up(void **state)
{
	(void)state;
	note_key_setup();
	return 0;
}

static void set(
    struct record_draft *draft, enum record_name name, const char *value)
{
	struct err err = {0};

	if (record_draft_set_text(draft, name, value, &err) != 0)
		fail_msg("%s", err.message);
}

static void block(struct record_draft *draft, const char *id)
{
	assert_int_equal(record_draft_block(draft, slice_of(id), NULL), 0);
}

static struct record_draft *new_list(void)
{
	struct record_draft *draft = record_draft_new(RECORD_LIST);

	assert_non_null(draft);
	set(draft, RECORD_F_POPULATION, BOX_HASH);
	set(draft, RECORD_F_SIGNER, "police.example 7d3c1f09");
	set(draft, RECORD_F_PART, "1/1");
	set(draft, RECORD_F_AT, "2023-06-21T09:40:00Z");
	set(draft, RECORD_F_CASE, BOX_REF);
	return draft;
}

static void expect_text(const struct record_draft *draft, const char *text)
{
	struct err err = {0};
	struct buf out;

	buf_init(&out, RECORD_TEXT_MAX);
	if (record_draft_write(draft, &out, NULL, &err) != 0)
		fail_msg("%s", err.message);
	assert_string_equal(out.p, text);
	buf_done(&out);
}

static void expect_refused(
    const struct record_draft *draft, int code, const char *about)
{
	struct err err = {0};
	struct buf out;

	buf_init(&out, RECORD_TEXT_MAX);
	assert_int_equal(record_draft_write(draft, &out, NULL, &err), code);
	assert_int_equal(err.code, code);
	if (strstr(err.message, about) == NULL)
		fail_msg("\"%s\" does not name %s", err.message, about);
	buf_done(&out);
}

/* ---- order ---- */

static void fields_come_out_in_the_order_of_the_table(void **state)
{
	struct record_draft *draft = new_list();

	(void)state;
	block(draft, "B-1");
	set(draft, RECORD_F_SEAL, "451001");
	set(draft, RECORD_F_TYPE, "package");
	block(draft, "PC-1");
	set(draft, RECORD_F_INSIDE, "B-1");
	set(draft, RECORD_F_TYPE, "computer");
	expect_text(draft,
	    BOX_HEADER("list") "part: 1/1\n"
			       "population: " BOX_HASH "\n"
			       "item: B-1\n"
			       "  type: package\n"
			       "  seal: 451001\n"
			       "item: PC-1\n"
			       "  type: computer\n"
			       "  inside: B-1\n");
	record_draft_free(draft);
}

static void what_repeats_keeps_the_order_in_which_it_was_set(void **state)
{
	struct record_draft *draft = new_list();

	(void)state;
	block(draft, "D-1");
	set(draft, RECORD_F_TELLTALE, "power-on-hours 2");
	set(draft, RECORD_F_TYPE, "drive");
	set(draft, RECORD_F_TELLTALE, "power-cycles 1");
	expect_text(draft,
	    BOX_HEADER("list") "part: 1/1\n"
			       "population: " BOX_HASH "\n"
			       "item: D-1\n"
			       "  type: drive\n"
			       "  telltale: power-on-hours 2\n"
			       "  telltale: power-cycles 1\n");
	record_draft_free(draft);
}

static void numbers_and_times_are_written_in_their_one_spelling(void **state)
{
	struct record_draft *draft = record_draft_new(RECORD_CASE);

	(void)state;
	assert_int_equal(
	    record_draft_set_count(draft, RECORD_F_WITNESS_QUORUM, 2, NULL), 0);
	assert_int_equal(
	    record_draft_set_time(draft, RECORD_F_AT, 1687340400, NULL), 0);
	set(draft, RECORD_F_SIGNER, "police.example 7d3c1f09");
	set(draft, RECORD_F_NAME, "seizure.example");
	set(draft, RECORD_F_LOG, BOX_VKEY);
	set(draft, RECORD_F_POLICY_HOLDER, "police.example");
	expect_text(draft,
	    BOX_LINE("case") BOX_AT BOX_POLICE "name: seizure.example\n"
					       "log: " BOX_VKEY "\n"
					       "policy-holder: police.example\n"
					       "witness-quorum: 2\n");
	record_draft_free(draft);
}

/* ---- what always parses ---- */

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

static void set_value(
    struct record_draft *draft, const struct record_field *field, unsigned n)
{
	struct err err = {0};
	struct buf value;

	buf_init(&value, 4096);
	box_value(&value, field, n);
	if (record_draft_set(draft, field->name, buf_slice(&value), &err) != 0)
		fail_msg("%s", err.message);
	buf_done(&value);
}

/* Each field at random, required ones always, in a random order. */
static void set_fields(struct record_draft *draft,
    const struct record_field *fields, size_t n, uint32_t *seed)
{
	size_t start = next_random(seed) % (n + 1);

	for (size_t i = 0; i < n; i++) {
		const struct record_field *f = &fields[(start + i) % n];
		bool is_repeated = f->flags & RECORD_REPEATED;
		unsigned times = next_random(seed) % (is_repeated ? 4 : 2);

		if (times == 0 && (f->flags & RECORD_REQUIRED))
			times = 1;
		for (unsigned k = 1; k <= times; k++)
			set_value(draft, f, k);
	}
}

static void set_header(struct record_draft *draft, uint32_t *seed)
{
	const struct record_schema *s = record_draft_schema(draft);

	if (next_random(seed) % 2)
		set(draft, RECORD_F_LATE, "the road was closed");
	set(draft, RECORD_F_SIGNER, "police.example 7d3c1f09");
	if (next_random(seed) % 2) {
		set(draft, RECORD_F_SIGNER, "room.example 11ab92f4");
		if (s->is_custody)
			set(draft, RECORD_F_OFFER_EXPIRES,
			    "2023-06-21T18:00:00Z");
	}
	if (s->is_custody)
		set(draft, RECORD_F_AS_OF, "14 " BOX_ROOT);
	set(draft, RECORD_F_AT, "2023-06-21T09:40:00Z");
	if (s->kind != RECORD_CASE)
		set(draft, RECORD_F_CASE, BOX_REF);
}

static struct record_draft *random_draft(enum record_kind kind, uint32_t seed)
{
	struct record_draft *draft = record_draft_new(kind);
	const struct record_schema *s = record_draft_schema(draft);
	char id[16];

	set_fields(draft, s->fields, s->field_count, &seed);
	set_header(draft, &seed);
	for (unsigned i = next_random(&seed) % 4; i > 0; i--) {
		if (s->block == RECORD_F_NONE)
			break;
		(void)snprintf(id, sizeof(id), "B-%u", i);
		block(draft, id);
		set_fields(draft, s->block_fields, s->block_field_count, &seed);
	}
	return draft;
}

/* As many reveals as commitments, and each opens one. */
static void expect_reveals(const struct record *record, struct slice reveals)
{
	size_t withheld = 0, opened = 0;

	for (size_t i = 0; i < record->value_count; i++)
		withheld += record->values[i].is_withheld;
	while (reveals.n > 0) {
		struct record_reveal reveal;
		struct err err = {0};
		struct slice line = slice_cut(&reveals, '\n');

		assert_int_equal(record_withheld_parse(&reveal, line, &err), 0);
		if (record_withheld_check(record, &reveal, &err) != 0)
			fail_msg("%s", err.message);
		opened++;
	}
	assert_int_equal(opened, withheld);
}

static void whatever_is_written_parses(void **state)
{
	const enum record_kind *kind = *state;
	struct record record = {0};
	struct buf text, again, reveals;

	buf_init(&text, RECORD_TEXT_MAX);
	buf_init(&again, RECORD_TEXT_MAX);
	buf_init(&reveals, 4 * RECORD_TEXT_MAX);
	for (uint32_t seed = 0; seed < ROUNDS; seed++) {
		struct record_draft *draft = random_draft(*kind, seed);
		struct err err = {0};

		buf_clear(&text);
		buf_clear(&again);
		buf_clear(&reveals);
		if (record_draft_write(draft, &text, &reveals, &err) != 0 ||
		    record_parse(&record, buf_slice(&text), &err) != 0)
			fail_msg("seed %u: %s", seed, err.message);
		box_join(&again, &record);
		assert_true(slice_is(buf_slice(&again), buf_slice(&text)));
		expect_reveals(&record, buf_slice(&reveals));
		record_draft_free(draft);
	}
	record_done(&record);
	buf_done(&text);
	buf_done(&again);
	buf_done(&reveals);
}

static void writing_twice_gives_the_same_bytes(void **state)
{
	struct record_draft *draft = random_draft(RECORD_INSPECTION, 7);
	struct buf text[2], reveals[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		buf_init(&text[i], RECORD_TEXT_MAX);
		buf_init(&reveals[i], RECORD_TEXT_MAX);
		assert_int_equal(
		    record_draft_write(draft, &text[i], &reveals[i], NULL), 0);
	}
	assert_true(slice_is(buf_slice(&text[0]), buf_slice(&text[1])));
	assert_true(slice_is(buf_slice(&reveals[0]), buf_slice(&reveals[1])));
	for (int i = 0; i < 2; i++) {
		buf_done(&text[i]);
		buf_done(&reveals[i]);
	}
	record_draft_free(draft);
}

static void a_text_is_appended_to_what_is_there(void **state)
{
	struct record_draft *draft = new_list();
	struct buf out;

	(void)state;
	buf_init(&out, RECORD_TEXT_MAX);
	buf_puts(&out, "before\n");
	block(draft, "D-1");
	set(draft, RECORD_F_TYPE, "drive");
	set(draft, RECORD_F_SERIAL, "WD-1");
	assert_int_equal(record_draft_write(draft, &out, NULL, NULL), 0);
	assert_int_equal(
	    strncmp(out.p, "before\ncounterfoil-record/v1 ", 29), 0);
	buf_done(&out);
	record_draft_free(draft);
}

/* ---- withholding ---- */

static void withholds_by_default_and_opens_what_the_policy_opens(void **state)
{
	struct record_draft *draft = new_list();
	struct buf text;

	(void)state;
	buf_init(&text, RECORD_TEXT_MAX);
	block(draft, "D-1");
	set(draft, RECORD_F_TYPE, "drive");
	set(draft, RECORD_F_SERIAL, "WD-1");
	set(draft, RECORD_F_PLACE, "a road");
	record_draft_open(draft, RECORD_F_SERIAL);
	assert_int_equal(record_draft_write(draft, &text, NULL, NULL), 0);
	assert_non_null(strstr(text.p, "\n  serial: WD-1\n"));
	assert_non_null(strstr(text.p, "\n  place~: "));
	assert_null(strstr(text.p, "a road"));
	buf_done(&text);
	record_draft_free(draft);
}

static void equal_values_have_commitments_that_differ(void **state)
{
	struct record_draft *draft = new_list();
	struct record record = {0};
	struct buf text;

	(void)state;
	buf_init(&text, RECORD_TEXT_MAX);
	for (int i = 0; i < 2; i++) {
		block(draft, i == 0 ? "D-1" : "D-2");
		set(draft, RECORD_F_TYPE, "drive");
		set(draft, RECORD_F_SERIAL, "none visible");
	}
	assert_int_equal(record_draft_write(draft, &text, NULL, NULL), 0);
	assert_int_equal(record_parse(&record, buf_slice(&text), NULL), 0);
	assert_false(slice_is(
	    record_next(&record, &record.blocks[0], RECORD_F_SERIAL, NULL)
		->value,
	    record_next(&record, &record.blocks[1], RECORD_F_SERIAL, NULL)
		->value));
	record_done(&record);
	buf_done(&text);
	record_draft_free(draft);
}

/* ---- what is refused at once ---- */

static int try_set(struct record_draft *draft, enum record_name name,
    const char *value, const char *about)
{
	struct err err = {0};
	int rc = record_draft_set_text(draft, name, value, &err);

	assert_int_equal(err.code, rc);
	if (rc != 0 && strstr(err.message, about) == NULL)
		fail_msg("\"%s\" does not name %s", err.message, about);
	return rc;
}

static void refuses_a_field_that_the_kind_has_not(void **state)
{
	struct record_draft *draft = new_list();

	(void)state;
	assert_int_equal(
	    try_set(draft, RECORD_F_QUOTE, "x", "quote"), ERR_USAGE);
	assert_int_equal(try_set(draft, RECORD_F_SEAL, "1", "seal"), ERR_USAGE);
	block(draft, "B-1");
	assert_int_equal(
	    try_set(draft, RECORD_F_PART, "1/1", "part"), ERR_USAGE);
	record_draft_free(draft);
}

static void refuses_a_value_that_its_field_does_not_allow(void **state)
{
	struct record_draft *draft = new_list();

	(void)state;
	block(draft, "B-1");
	assert_int_equal(
	    try_set(draft, RECORD_F_TYPE, "box", "type"), ERR_USAGE);
	assert_int_equal(
	    try_set(draft, RECORD_F_MAKE, " x", "make"), ERR_USAGE);
	assert_int_equal(
	    try_set(draft, RECORD_F_MAKE, "a\nb", "make"), ERR_USAGE);
	assert_int_equal(
	    try_set(draft, RECORD_F_MAKE, "a\\tb", "make"), ERR_USAGE);
	assert_int_equal(try_set(draft, RECORD_F_MAKE, "", "make"), ERR_USAGE);
	record_draft_free(draft);
}

static void refuses_a_second_value_where_one_is_allowed(void **state)
{
	struct record_draft *draft = new_list();

	(void)state;
	assert_int_equal(
	    try_set(draft, RECORD_F_PART, "1/2", "part"), ERR_USAGE);
	block(draft, "B-1");
	set(draft, RECORD_F_TYPE, "drive");
	assert_int_equal(
	    try_set(draft, RECORD_F_TYPE, "drive", "type"), ERR_USAGE);
	block(draft, "B-2");
	assert_int_equal(try_set(draft, RECORD_F_TYPE, "drive", ""), 0);
	record_draft_free(draft);
}

static void refuses_two_blocks_of_one_id(void **state)
{
	struct record_draft *draft = new_list();

	(void)state;
	block(draft, "B-1");
	assert_int_equal(
	    record_draft_block(draft, slice_of("B-1"), NULL), ERR_USAGE);
	assert_int_equal(
	    record_draft_block(draft, slice_of("b-1"), NULL), ERR_USAGE);
	record_draft_free(draft);
}

static void refuses_a_block_with_a_bad_name(void **state)
{
	struct record_draft *draft = new_list();

	(void)state;
	assert_int_equal(
	    record_draft_block(draft, slice_of("B 1"), NULL), ERR_USAGE);
	assert_int_equal(
	    record_draft_block(draft, slice_of(""), NULL), ERR_USAGE);
	record_draft_free(draft);
}

static void refuses_a_block_in_a_kind_without_blocks(void **state)
{
	struct record_draft *draft = record_draft_new(RECORD_CLAIM);

	(void)state;
	assert_int_equal(
	    record_draft_block(draft, slice_of("B-1"), NULL), ERR_USAGE);
	record_draft_free(draft);
}

static void knows_what_is_set_in_the_newest_block(void **state)
{
	struct record_draft *draft = new_list();

	(void)state;
	assert_true(record_draft_has(draft, RECORD_F_PART));
	assert_false(record_draft_has(draft, RECORD_F_FOUND_LATE));
	block(draft, "B-1");
	assert_false(record_draft_has(draft, RECORD_F_PART));
	assert_false(record_draft_has(draft, RECORD_F_TYPE));
	set(draft, RECORD_F_TYPE, "drive");
	assert_true(record_draft_has(draft, RECORD_F_TYPE));
	record_draft_free(draft);
}

static void replaces_a_value_of_the_record(void **state)
{
	struct record_draft *draft = new_list();

	(void)state;
	assert_int_equal(
	    record_draft_replace(draft, RECORD_F_PART, "2/2", NULL), 0);
	assert_int_equal(
	    record_draft_replace(draft, RECORD_F_FOUND_LATE, "x", NULL),
	    ERR_USAGE);
	expect_text(
	    draft, BOX_HEADER("list") "part: 2/2\npopulation: " BOX_HASH "\n");
	record_draft_free(draft);
}

/* ---- what is refused when written ---- */

static void names_a_required_field_that_is_missing(void **state)
{
	struct record_draft *draft = record_draft_new(RECORD_CLAIM);

	(void)state;
	expect_refused(draft, ERR_USAGE, "at");
	set(draft, RECORD_F_AT, "2023-06-21T09:40:00Z");
	expect_refused(draft, ERR_USAGE, "signer");
	set(draft, RECORD_F_SIGNER, "police.example 7d3c1f09");
	expect_refused(draft, ERR_USAGE, "asserts");
	set(draft, RECORD_F_ASSERTS, "received");
	expect_refused(draft, ERR_USAGE, "said");
	record_draft_free(draft);
}

static void names_a_required_field_that_an_item_lacks(void **state)
{
	struct record_draft *draft = new_list();

	(void)state;
	block(draft, "B-1");
	set(draft, RECORD_F_TYPE, "drive");
	block(draft, "B-2");
	expect_refused(draft, ERR_USAGE, "type of B-2");
	record_draft_free(draft);
}

static void a_text_that_is_too_long_is_a_limit(void **state)
{
	struct record_draft *draft = new_list();
	char id[16];

	(void)state;
	for (int i = 0; i < 4000; i++) {
		(void)snprintf(id, sizeof(id), "B-%d", i);
		block(draft, id);
		set(draft, RECORD_F_TYPE, "drive");
	}
	expect_refused(draft, ERR_LIMIT, "");
	record_draft_free(draft);
}

static void free_accepts_nothing(void **state)
{
	(void)state;
	record_draft_free(NULL);
}

#define OF_KIND(f, kind)                                                       \
	{                                                                      \
#f "_" #kind, f, NULL, NULL, &kinds[RECORD_##kind]             \
	}

/* long: one line a test */
int main(void)
{
	static enum record_kind kinds[RECORD_KIND_COUNT];
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields_come_out_in_the_order_of_the_table),
	    cmocka_unit_test(what_repeats_keeps_the_order_in_which_it_was_set),
	    cmocka_unit_test(
		numbers_and_times_are_written_in_their_one_spelling),
	    OF_KIND(whatever_is_written_parses, CASE),
	    OF_KIND(whatever_is_written_parses, JOIN),
	    OF_KIND(whatever_is_written_parses, POLICY),
	    OF_KIND(whatever_is_written_parses, RELATION),
	    OF_KIND(whatever_is_written_parses, LIST),
	    OF_KIND(whatever_is_written_parses, SEIZURE),
	    OF_KIND(whatever_is_written_parses, HANDOVER),
	    OF_KIND(whatever_is_written_parses, HANDLING),
	    OF_KIND(whatever_is_written_parses, INSPECTION),
	    OF_KIND(whatever_is_written_parses, CLAIM),
	    OF_KIND(whatever_is_written_parses, ASSESSMENT),
	    OF_KIND(whatever_is_written_parses, QUESTION),
	    OF_KIND(whatever_is_written_parses, ANSWER),
	    OF_KIND(whatever_is_written_parses, INCIDENT),
	    cmocka_unit_test(writing_twice_gives_the_same_bytes),
	    cmocka_unit_test(a_text_is_appended_to_what_is_there),
	    cmocka_unit_test(
		withholds_by_default_and_opens_what_the_policy_opens),
	    cmocka_unit_test(equal_values_have_commitments_that_differ),
	    cmocka_unit_test(refuses_a_field_that_the_kind_has_not),
	    cmocka_unit_test(refuses_a_value_that_its_field_does_not_allow),
	    cmocka_unit_test(refuses_a_second_value_where_one_is_allowed),
	    cmocka_unit_test(refuses_two_blocks_of_one_id),
	    cmocka_unit_test(refuses_a_block_with_a_bad_name),
	    cmocka_unit_test(refuses_a_block_in_a_kind_without_blocks),
	    cmocka_unit_test(knows_what_is_set_in_the_newest_block),
	    cmocka_unit_test(replaces_a_value_of_the_record),
	    cmocka_unit_test(names_a_required_field_that_is_missing),
	    cmocka_unit_test(names_a_required_field_that_an_item_lacks),
	    cmocka_unit_test(a_text_that_is_too_long_is_a_limit),
	    cmocka_unit_test(free_accepts_nothing),
	};

	for (int i = 0; i < RECORD_KIND_COUNT; i++)
		kinds[i] = (enum record_kind)i;
	return cmocka_run_group_tests(tests, set_up, NULL);
}
