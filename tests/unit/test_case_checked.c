/*
 * test_case_checked.c: signatures that were checked before the place in the
 * ledger was known give the same ledger, and never a wider one.
 */
#include "case_box.h"

#include "case_checked.h"
#include "case_refusal.h"
#include "record_leaf.h"

#define DAY(day) BOX_JULY(day, "09:00:00")
#define STATEMENT "what: damage\nitem: D-9\n"

struct pair {
	struct case_box box;
	struct case_state *other; /* the same leaves but the last */
	struct case_checked checked; /* of the last one */
	struct slice leaf;
};

static struct slice leaf_of(const struct case_state *state, size_t i)
{
	return case_state_leaf(state, i)->bytes;
}

static int set_up(void **state)
{
	struct pair *pair = calloc(1, sizeof(*pair));
	struct record_leaf parts;

	box_story(&pair->box);
	box_add(
	    &pair->box, RECORD_INCIDENT, DAY(06), "room.example", STATEMENT);
	struct case_state *from = pair->box.f->state;
	size_t last = case_state_leaf_count(from) - 1;
	pair->other = case_state_new();
	for (size_t i = 0; i < last; i++)
		assert_int_equal(
		    case_state_add(pair->other, leaf_of(from, i), NULL), 0);
	pair->leaf = leaf_of(from, last);
	assert_int_equal(record_leaf_parse(&parts, pair->leaf, NULL), 0);
	assert_int_equal(
	    case_checked_parse(&pair->checked, parts.note, NULL), 0);
	*state = pair;
	return 0;
}

static int tear_down(void **state)
{
	struct pair *pair = *state;

	case_checked_done(&pair->checked);
	case_state_free(pair->other);
	box_done(&pair->box);
	free(pair);
	return 0;
}

static void check(struct pair *pair)
{
	bool is_party = false;

	assert_int_equal(case_checked_find_keys(&pair->checked, pair->other,
			     box_when(DAY(06)), &is_party, NULL),
	    0);
	assert_true(is_party);
	assert_int_equal(case_checked_verify(&pair->checked, NULL), 0);
}

static void expect_refused(struct pair *pair, const char *why)
{
	size_t n = case_state_leaf_count(pair->other);
	struct err err = {0};

	assert_int_equal(
	    case_checked_add(&pair->checked, pair->other, pair->leaf, &err),
	    ERR_VERIFY);
	assert_non_null(strstr(err.message, why));
	assert_int_equal(case_state_leaf_count(pair->other), n);
}

/* The leaf that one more record makes of the same story. */
static void add_to_other(struct pair *pair, const char *signers,
    const char *fields, struct case_box *ret_box)
{
	box_story(ret_box);
	box_add(ret_box, RECORD_KEY, DAY(05), signers, fields);
	assert_int_equal(case_state_add(pair->other,
			     leaf_of(ret_box->f->state,
				 case_state_leaf_count(ret_box->f->state) - 1),
			     NULL),
	    0);
}

static void a_leaf_checked_before_gives_the_same_ledger(void **state)
{
	struct pair *pair = *state;
	const struct case_state *a = pair->box.f->state;
	size_t n = case_state_leaf_count(a);

	check(pair);
	assert_int_equal(
	    case_checked_add(&pair->checked, pair->other, pair->leaf, NULL), 0);
	struct hash root_a = case_state_root(a, n);
	struct hash root_b = case_state_root(pair->other, n);
	assert_true(hash_is(&root_a, &root_b));
	assert_int_equal(case_state_leaf(a, n - 1)->standing,
	    case_state_leaf(pair->other, n - 1)->standing);
}

static void a_key_revoked_after_the_check_is_refused(void **state)
{
	struct pair *pair = *state;
	struct case_box box = {0};

	check(pair);
	add_to_other(pair, "room.example",
	    "party: room.example\naction: revoke\nold-key: @\n", &box);
	expect_refused(pair, "revoked");
	case_state_free(pair->other);
	pair->other = case_state_new();
	box_done(&box);
}

static void a_key_replaced_after_the_check_is_refused(void **state)
{
	struct pair *pair = *state;
	struct case_box box = {0};

	check(pair);
	add_to_other(pair, "room.example room.example+2 police.example",
	    "party: room.example\naction: rotate\nold-key: @\nkey: @+2\n",
	    &box);
	expect_refused(pair, "revoked");
	case_state_free(pair->other);
	pair->other = case_state_new();
	box_done(&box);
}

static void a_key_other_than_the_one_checked_with_is_refused(void **state)
{
	struct pair *pair = *state;

	check(pair);
	pair->checked.keys[0][7] ^= 1;
	expect_refused(pair, "did not sign this text");
}

static void the_same_text_twice_is_refused(void **state)
{
	struct pair *pair = *state;

	check(pair);
	assert_int_equal(
	    case_checked_add(&pair->checked, pair->other, pair->leaf, NULL), 0);
	expect_refused(pair, "double");
}

static void a_changed_signature_is_found(void **state)
{
	struct pair *pair = *state;
	struct err err = {0};

	pair->checked.signatures[0][3] ^= 4;
	assert_int_equal(case_checked_find_keys(&pair->checked, pair->other,
			     box_when(DAY(06)), NULL, NULL),
	    0);
	assert_int_equal(case_checked_verify(&pair->checked, &err), ERR_VERIFY);
	assert_non_null(strstr(err.message, "room.example did not sign"));
}

static void a_stranger_has_no_key(void **state)
{
	struct pair *pair = *state;
	struct case_state *empty = case_state_new();

	assert_int_equal(
	    case_state_add(empty, leaf_of(pair->box.f->state, 0), NULL), 0);
	pair->checked.record.signers[0].party = slice_of("nobody.example");
	assert_int_equal(case_checked_find_keys(&pair->checked, empty,
			     box_when(DAY(06)), NULL, NULL),
	    ERR_VERIFY);
	case_state_free(empty);
}

static void a_refusal_names_the_text_and_the_rule(void **state)
{
	struct pair *pair = *state;
	struct note_secret log;
	struct buf note;
	struct note parsed;
	struct err err = {0};

	buf_init(&note, CASE_REFUSAL_MAX);
	case_refusal_put_false(&note, &pair->checked.record,
	    slice_of("as-of: another history"), box_when(DAY(06)));
	fixture_case_secret(&log, FIXTURE_CASE_LOG, NOTE_KEY_ED25519);
	assert_int_equal(case_refusal_sign(&note, &log, &err), 0);
	assert_int_equal(note_parse(&parsed, buf_slice(&note), &err), 0);
	assert_int_equal(note_check(&log.key, parsed.text,
			     note_find(&parsed, &log.key), &err),
	    0);
	assert_true(slice_starts_with(
	    parsed.text, "counterfoil-refusal/v1 as-of\ncase: "));
	assert_non_null(strstr(note.p, "\nwords: another history\n"));
	note_secret_done(&log);
	buf_done(&note);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(a_leaf_checked_before_gives_the_same_ledger),
	    CASE(a_key_revoked_after_the_check_is_refused),
	    CASE(a_key_replaced_after_the_check_is_refused),
	    CASE(a_key_other_than_the_one_checked_with_is_refused),
	    CASE(the_same_text_twice_is_refused),
	    CASE(a_changed_signature_is_found),
	    CASE(a_stranger_has_no_key),
	    CASE(a_refusal_names_the_text_and_the_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
