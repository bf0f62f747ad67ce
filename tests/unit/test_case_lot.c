/*
 * test_case_lot.c: the arithmetic of a draw. Sizes and samples were worked out
 * by an independent program with whole numbers of any size.
 */
#include "case_lot.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define TICKETS 213

struct hat {
	char ids[TICKETS][8];
	struct case_ticket tickets[TICKETS];
};

/* B-0213 down to B-0001, so that sorting has something to do. */
static void fill(struct hat *hat)
{
	for (int i = 0; i < TICKETS; i++) {
		(void)snprintf(
		    hat->ids[i], sizeof(hat->ids[i]), "B-%04d", TICKETS - i);
		hat->tickets[i] =
		    (struct case_ticket){slice_of(hat->ids[i]), (uint32_t)i};
	}
	case_lot_sort(hat->tickets, TICKETS);
}

static void the_least_sample_is_exact(void **state)
{
	static const uint64_t known[][3] = {{1, 1, 1}, {3, 1, 3}, {10, 1, 10},
	    {10, 2, 8}, {10, 10, 1}, {20, 1, 19}, {20, 3, 12}, {59, 59, 1},
	    {60, 1, 57}, {213, 1, 203}, {213, 3, 134}, {213, 5, 96},
	    {213, 50, 11}, {5000, 10, 1294}, {100000, 60, 4869}};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		uint64_t N = known[i][0], D = known[i][1], n = known[i][2];

		assert_int_equal(case_lot_least_sample(N, D), n);
		assert_true(case_lot_is_least_sample(N, D, n));
		assert_false(case_lot_is_least_sample(N, D, n - 1));
		assert_false(case_lot_is_least_sample(N, D, n + 1));
	}
}

static void there_is_no_sample_of_nothing(void **state)
{
	(void)state;
	assert_int_equal(case_lot_least_sample(0, 0), 0);
	assert_int_equal(case_lot_least_sample(10, 0), 0);
	assert_int_equal(case_lot_least_sample(10, 11), 0);
	assert_false(case_lot_is_least_sample(10, 0, 0));
	assert_false(case_lot_is_least_sample(10, 11, 1));
}

static void a_population_is_its_sorted_ids(void **state)
{
	struct hat hat;
	char hex[HASH_HEX_SIZE];

	(void)state;
	fill(&hat);
	struct hash population = case_lot_population(hat.tickets, TICKETS);
	hash_to_hex(hex, &population);
	assert_string_equal(hex,
	    "fd1f02192263a507a6f8fc53773e7952"
	    "99c88396bc3e3bf177a78e7e72629438");
}

static void the_seed_draws_the_known_sample(void **state)
{
	static const char *const drawn[] = {
	    "B-0119", "B-0175", "B-0089", "B-0106", "B-0080", "B-0171"};
	struct hat hat;
	struct hash id = hash_of("draw", 4);
	struct hash secrets[] = {hash_of("one", 3), hash_of("two", 3)};
	struct hash seed = case_lot_seed(&id, secrets, 2);
	char hex[HASH_HEX_SIZE];

	(void)state;
	fill(&hat);
	hash_to_hex(hex, &seed);
	assert_string_equal(hex,
	    "a38869ff56e912cf6ed691133d32f6ec"
	    "4299de79704b20970f303831df28e260");
	assert_int_equal(
	    case_lot_draw(hat.tickets, TICKETS, 6, &seed, NULL), 0);
	for (size_t i = 0; i < 6; i++)
		assert_true(slice_is_text(hat.tickets[i].id, drawn[i]));
}

static void nobody_draws_more_than_there_are(void **state)
{
	struct hat hat;
	struct hash seed = hash_of("seed", 4);

	(void)state;
	fill(&hat);
	assert_int_not_equal(
	    case_lot_draw(hat.tickets, TICKETS, TICKETS + 1, &seed, NULL), 0);
}

/* One in three, 3000 times: each is drawn about 1000 times. */
static void every_ticket_is_as_likely(void **state)
{
	int drawn[3] = {0};

	(void)state;
	for (uint32_t i = 0; i < 3000; i++) {
		struct case_ticket three[] = {
		    {slice_of("a"), 0}, {slice_of("b"), 1}, {slice_of("c"), 2}};
		struct hash seed = hash_of(&i, sizeof(i));

		assert_int_equal(case_lot_draw(three, 3, 1, &seed, NULL), 0);
		drawn[three[0].item]++;
	}
	for (size_t i = 0; i < 3; i++)
		assert_in_range(drawn[i], 900, 1100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_least_sample_is_exact),
	    cmocka_unit_test(there_is_no_sample_of_nothing),
	    cmocka_unit_test(a_population_is_its_sorted_ids),
	    cmocka_unit_test(the_seed_draws_the_known_sample),
	    cmocka_unit_test(nobody_draws_more_than_there_are),
	    cmocka_unit_test(every_ticket_is_as_likely),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
