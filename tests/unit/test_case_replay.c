/*
 * test_case_replay.c: what is done in fewer steps gives the same: many leaves
 * at once, custody that goes on from where it stood, a finding by several
 * threads. Random histories, with late records and strangers among them.
 */
#include "buf.h"
#include "case_addressee.h"
#include "case_finding.h"
#include "case_internal.h"
#include "case_state.h"
#include "made_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#define MACHINE_MAX (16 * 1024 * 1024)
#define TRIALS 60

static const size_t thread_counts[] = {1, 2, 5};
#define THREAD_COUNTS (sizeof(thread_counts) / sizeof(thread_counts[0]))

static void make(struct made_case *made, size_t records, uint64_t seed)
{
	const struct made_plan plan = {
	    .records = records,
	    .packages = 7,
	    .seed = seed,
	    .commit = 3,
	    .mischief = 80,
	    .is_signed = true,
	};

	made_case_init(made, &plan);
}

static int add_one_by_one(
    struct case_state *state, const struct made_case *made, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < made->count && rc == 0; i++)
		rc = case_state_add(state, made->leaves[i], err);
	return rc;
}

static void expect_same_leaves(
    const struct case_state *a, const struct case_state *b)
{
	size_t n = case_state_leaf_count(a);
	struct hash root_a = case_state_root(a, n);
	struct hash root_b = case_state_root(b, n);

	assert_int_equal(case_state_leaf_count(b), n);
	assert_true(hash_is(&root_a, &root_b));
	for (size_t i = 0; i < n; i++) {
		const struct case_leaf *x = case_state_leaf(a, i);
		const struct case_leaf *y = case_state_leaf(b, i);

		assert_int_equal(x->standing, y->standing);
		assert_int_equal(x->rule, y->rule);
		assert_int_equal(x->as_of_size, y->as_of_size);
		assert_true(slice_is(x->about, y->about));
		assert_int_equal(case_state_find_leaf(b, &x->id), i);
	}
}

static void put_machine(const struct case_state *state,
    const struct made_case *made, struct buf *out)
{
	struct case_finding finding;
	struct err err = {0};

	if (case_finding_make(
		&finding, state, made->question, made->end, NULL, &err) != 0)
		fail_msg("%s", err.message);
	buf_init(out, MACHINE_MAX);
	case_finding_put_machine(&finding, out);
	assert_int_equal(buf_check(out, NULL), 0);
	case_finding_done(&finding);
}

static void expect_same_finding(const struct case_state *a,
    const struct case_state *b, const struct made_case *made)
{
	struct buf of_a, of_b;

	put_machine(a, made, &of_a);
	put_machine(b, made, &of_b);
	assert_true(slice_is(buf_slice(&of_a), buf_slice(&of_b)));
	buf_done(&of_a);
	buf_done(&of_b);
}

static void all_at_once_gives_what_one_by_one_gives(void **unused)
{
	struct made_case made;
	struct err err = {0};

	(void)unused;
	make(&made, 1700, 1); /* more than three batches */
	struct case_state *one = case_state_new();
	assert_int_equal(add_one_by_one(one, &made, &err), 0);
	for (size_t t = 0; t < THREAD_COUNTS; t++) {
		struct case_state *all = case_state_new();
		assert_int_equal(case_state_add_all(all, made.leaves,
				     made.count, thread_counts[t], &err),
		    0);
		expect_same_leaves(one, all);
		expect_same_finding(one, all, &made);
		case_state_free(all);
	}
	case_state_free(one);
	made_case_done(&made);
}

static void parts_of_a_ledger_can_be_added_one_after_the_other(void **unused)
{
	struct made_case made;
	struct err err = {0};

	(void)unused;
	make(&made, 700, 2);
	struct case_state *one = case_state_new();
	struct case_state *parts = case_state_new();
	assert_int_equal(add_one_by_one(one, &made, &err), 0);
	for (size_t at = 0; at < made.count;) {
		size_t n = made.count - at < 150 ? made.count - at : 150;
		assert_int_equal(
		    case_state_add_all(parts, made.leaves + at, n, 2, &err), 0);
		at += n;
		if (at < made.count)
			assert_int_equal(
			    case_state_add(parts, made.leaves[at++], &err), 0);
	}
	expect_same_leaves(one, parts);
	case_state_free(one);
	case_state_free(parts);
	made_case_done(&made);
}

static uint64_t random_below(uint64_t *seed, uint64_t below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (*seed >> 33) % below;
}

/* Something else in one byte of a leaf, or two leaves that change places. */
static void spoil(struct made_case *made, uint64_t *seed)
{
	size_t i = random_below(seed, made->count);
	struct slice leaf = made->leaves[i];

	if (random_below(seed, 8) == 0) {
		size_t k = random_below(seed, made->count);
		made->leaves[i] = made->leaves[k];
		made->leaves[k] = leaf;
		return;
	}
	char *p = made->bytes + (leaf.p - made->bytes);
	p[random_below(seed, leaf.n)] ^= (char)(1 << random_below(seed, 7));
}

/* Is it refused? */
static bool expect_same_refusal(const struct made_case *made, size_t threads)
{
	struct case_state *one = case_state_new();
	struct case_state *all = case_state_new();
	struct err err_one = {0}, err_all = {0};
	int rc = add_one_by_one(one, made, &err_one);

	assert_int_equal(case_state_add_all(
			     all, made->leaves, made->count, threads, &err_all),
	    rc);
	assert_int_equal(err_one.code, err_all.code);
	assert_string_equal(err_one.message, err_all.message);
	if (rc == 0)
		expect_same_leaves(one, all);
	case_state_free(one);
	case_state_free(all);
	return rc != 0;
}

static void a_false_ledger_is_refused_in_the_same_words(void **unused)
{
	uint64_t seed = 3;
	size_t false_count = 0;

	(void)unused;
	for (size_t i = 0; i < TRIALS; i++) {
		struct made_case made;
		/* Some of them longer than a batch. */
		make(&made, i % 10 == 0 ? 900 : 120, i);
		for (uint64_t n = 1 + random_below(&seed, 3); n > 0; n--)
			spoil(&made, &seed);
		false_count += expect_same_refusal(
		    &made, thread_counts[i % THREAD_COUNTS]);
		made_case_done(&made);
	}
	/* A leaf may change places with itself, or a bit be flipped back. */
	assert_in_range(false_count, TRIALS - TRIALS / 10, TRIALS);
}

/* A record of the middle that nothing but its signature speaks against. */
static void a_false_signature_is_found_among_good_ones(void **unused)
{
	struct made_case made;
	struct err err = {0};

	(void)unused;
	make(&made, 900, 5);
	struct slice leaf = made.leaves[600];
	char *last = made.bytes + (leaf.p - made.bytes) + leaf.n - 20;
	*last = *last == 'A' ? 'B' : 'A';
	struct case_state *state = case_state_new();
	assert_int_equal(
	    case_state_add_all(state, made.leaves, made.count, 2, &err),
	    ERR_VERIFY);
	assert_non_null(strstr(err.message, "leaf 600, "));
	assert_non_null(strstr(err.message, "did not sign this text"));
	case_state_free(state);
	made_case_done(&made);
}

/* Only whoever asks for it gets a state in which a signature was not looked
 * at, and what is taken from that state is checked. The false one is in the
 * last leaf, which no later record cites. */
static void an_unverified_state_proves_nothing(void **unused)
{
	struct made_case made;

	(void)unused;
	make(&made, 300, 5);
	struct slice leaf = made.leaves[made.count - 1];
	char *last = made.bytes + (leaf.p - made.bytes) + leaf.n - 20;
	*last = *last == 'A' ? 'B' : 'A';
	struct case_state *unverified = case_state_new();
	struct case_state *copy = case_state_new();
	assert_int_equal(case_state_add_all_unverified(
			     unverified, made.leaves, made.count, 2, NULL),
	    0);
	assert_int_equal(
	    case_state_add_from(copy, unverified, made.count, 2, NULL),
	    ERR_VERIFY);
	case_state_free(unverified);
	case_state_free(copy);
	made_case_done(&made);
}

static void a_state_can_be_taken_from_another(void **unused)
{
	struct made_case made;
	struct err err = {0};

	(void)unused;
	make(&made, 600, 6);
	struct case_state *one = case_state_new();
	struct case_state *copy = case_state_new();
	assert_int_equal(add_one_by_one(one, &made, &err), 0);
	assert_int_equal(
	    case_state_add_from(copy, one, made.count, 2, &err), 0);
	expect_same_leaves(one, copy);
	expect_same_finding(one, copy, &made);
	case_state_free(one);
	case_state_free(copy);
	made_case_done(&made);
}

/* Leaves that come until one cannot be had. */
struct broken_supply {
	const struct made_case *made;
	size_t at, end;
};

static int next_until_broken(
    void *cookie, struct slice *ret_leaves, size_t n, struct err *err)
{
	struct broken_supply *supply = cookie;

	for (size_t i = 0; i < n; i++) {
		if (supply->at == supply->end)
			return err_set(err, ERR_IO, "the disk is gone");
		ret_leaves[i] = supply->made->leaves[supply->at++];
	}
	return 0;
}

static int add_from_broken(
    const struct made_case *made, size_t end, size_t threads, struct err *err)
{
	struct broken_supply broken = {.made = made, .end = end};
	const struct case_supply supply = {next_until_broken, &broken};
	struct case_state *state = case_state_new();
	int rc =
	    case_state_add_supply(state, &supply, made->count, threads, err);

	case_state_free(state);
	return rc;
}

static void a_supply_that_ends_too_early_is_told(void **unused)
{
	static const size_t ends[] = {0, 1, 511, 512, 513, 1300, 1699};
	struct made_case made;

	(void)unused;
	make(&made, 1700, 7);
	for (size_t e = 0; e < sizeof(ends) / sizeof(ends[0]); e++)
		for (size_t t = 0; t < THREAD_COUNTS; t++) {
			struct err err = {0};
			assert_int_equal(add_from_broken(&made, ends[e],
					     thread_counts[t], &err),
			    ERR_IO);
			assert_string_equal(err.message, "the disk is gone");
		}
	made_case_done(&made);
}

/* A false leaf of a batch that could be had comes before what could not. */
static void a_false_leaf_is_told_before_a_missing_one(void **unused)
{
	struct made_case made;

	(void)unused;
	make(&made, 1700, 8);
	struct slice leaf = made.leaves[700];
	char *last = made.bytes + (leaf.p - made.bytes) + leaf.n - 20;
	*last = *last == 'A' ? 'B' : 'A';
	for (size_t t = 0; t < THREAD_COUNTS; t++) {
		struct err err = {0};
		assert_int_equal(
		    add_from_broken(&made, 1300, thread_counts[t], &err),
		    ERR_VERIFY);
		assert_non_null(strstr(err.message, "leaf 700"));
	}
	made_case_done(&made);
}

static void expect_addressees_of(const struct case_state *state,
    uint32_t question, int64_t time, const struct case_asked *asked,
    size_t *ret_n)
{
	struct case_finding f;
	struct err err = {0};

	assert_int_equal(
	    case_finding_make(&f, state, question, time, NULL, &err), 0);
	for (size_t i = 0; i < f.addressee_count; i++) {
		const struct case_addressee *a = &f.addressees[i];
		const struct case_addressee *b = &asked[i].addressee;

		assert_int_equal(asked[i].question, question);
		assert_int_equal(asked[i].recipient, f.recipient);
		assert_true(slice_is(a->name, b->name));
		assert_int_equal(a->party, b->party);
		assert_int_equal(a->due, b->due);
		assert_int_equal(a->status, b->status);
		assert_int_equal(a->days, b->days);
		assert_int_equal(a->answer, b->answer);
		assert_int_equal(a->extension, b->extension);
	}
	*ret_n = f.addressee_count;
	case_finding_done(&f);
}

/* One walk through the ledger says of every question what its finding says. */
static void everybody_asked_is_known_without_a_finding(void **unused)
{
	struct case_addressee_list list = {0};
	struct made_case made;
	struct err err = {0};
	size_t at = 0, given = 0, n;

	(void)unused;
	make(&made, 1700, 9);
	struct case_state *state = case_state_new();
	assert_int_equal(
	    case_state_add_all(state, made.leaves, made.count, 2, &err), 0);
	assert_int_equal(case_addressee_all(&list, state, made.end, &err), 0);
	for (uint32_t i = 0; i < case_state_leaf_count(state); i++) {
		const struct case_leaf *leaf = case_state_leaf(state, i);
		if (leaf->kind != RECORD_QUESTION ||
		    leaf->standing != CASE_GOOD)
			continue;
		expect_addressees_of(state, i, made.end, &list.asked[at], &n);
		at += n;
	}
	for (size_t i = 0; i < list.n; i++)
		given += list.asked[i].addressee.status == CASE_ANSWER_GIVEN;
	assert_int_equal(at, list.n);
	assert_true(given > 0 && given < list.n);
	case_addressee_done(&list);
	case_state_free(state);
	made_case_done(&made);
}

static void expect_same_custody(struct case_state *state, uint32_t item)
{
	uint32_t next = (uint32_t)case_state_leaf_count(state);
	struct case_custody kept;
	struct case_custody walked =
	    case_custody_walk(state, item, INT64_MAX, next);

	assert_true(case_custody_at_end(state, item, INT64_MAX, next, &kept));
	assert_memory_equal(
	    &kept.holders, &walked.holders, sizeof(kept.holders));
	assert_int_equal(kept.is_open, walked.is_open);
}

/* Does anything in the whole timeline come from this leaf or a later one? */
static bool is_since(
    const struct case_state *state, uint32_t item, uint64_t leaf)
{
	struct case_event *events = NULL;
	size_t cap = 0, n = 0;
	bool is = false;

	assert_int_equal(
	    case_state_timeline(state, item, &events, &cap, &n, NULL), 0);
	for (size_t i = 0; i < n; i++)
		is = is || events[i].leaf >= leaf;
	free(events);
	return is;
}

static void custody_goes_on_as_if_walked_through_again(void **unused)
{
	uint64_t seed = 9;

	(void)unused;
	for (uint64_t trial = 0; trial < 8; trial++) {
		struct made_case made;
		struct err err = {0};
		make(&made, 400, 100 + trial);
		struct case_state *state = case_state_new();
		for (size_t i = 0; i < made.count; i++) {
			assert_int_equal(case_state_add_all_unverified(state,
					     &made.leaves[i], 1, 1, &err),
			    0);
			size_t n = case_state_item_count(state);
			for (uint32_t k = 0; k < n; k++) {
				uint64_t leaf = random_below(&seed, i + 2);
				expect_same_custody(state, k);
				assert_int_equal(
				    case_custody_is_since(state, k, leaf),
				    is_since(state, k, leaf));
			}
		}
		case_state_free(state);
		made_case_done(&made);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_supply_that_ends_too_early_is_told),
	    cmocka_unit_test(a_false_leaf_is_told_before_a_missing_one),
	    cmocka_unit_test(everybody_asked_is_known_without_a_finding),
	    cmocka_unit_test(all_at_once_gives_what_one_by_one_gives),
	    cmocka_unit_test(
		parts_of_a_ledger_can_be_added_one_after_the_other),
	    cmocka_unit_test(a_false_ledger_is_refused_in_the_same_words),
	    cmocka_unit_test(a_false_signature_is_found_among_good_ones),
	    cmocka_unit_test(an_unverified_state_proves_nothing),
	    cmocka_unit_test(a_state_can_be_taken_from_another),
	    cmocka_unit_test(custody_goes_on_as_if_walked_through_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
