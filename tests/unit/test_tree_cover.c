/*
 * test_tree_cover.c: every way of showing some chunks of small trees, against
 * what RFC 6962's own recursion says about which nodes are needed.
 */
#include "tree_cover.h"

#include "tree_chunk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define COUNT_TRIED 11
#define RUNS_MAX 8

static struct hash leaf_of(uint64_t i)
{
	char text[2] = {'a', (char)i};

	return hash_of(text, sizeof text);
}

static uint64_t split_of(uint64_t n)
{
	uint64_t k = 1;

	while (k * 2 < n)
		k *= 2;
	return k;
}

/* RFC 6962 section 2.1, as it is written there. */
static struct hash root_of(struct hash_run *run, uint64_t lo, uint64_t hi)
{
	if (lo == hi)
		return tree_empty_root();
	if (hi - lo == 1)
		return leaf_of(lo);
	const uint64_t middle = lo + split_of(hi - lo);
	const struct hash left = root_of(run, lo, middle);
	const struct hash right = root_of(run, middle, hi);
	return tree_node_hash(run, &left, &right);
}

static bool is_any_shown(unsigned shown, uint64_t lo, uint64_t hi)
{
	return (shown >> lo & ((1u << (hi - lo)) - 1)) != 0;
}

/* How many hashes nobody can work out from the chunks that are shown. */
static unsigned hashes_needed(unsigned shown, uint64_t lo, uint64_t hi)
{
	if (lo == hi)
		return 0;
	if (!is_any_shown(shown, lo, hi))
		return 1;
	if (hi - lo == 1)
		return 0;
	const uint64_t middle = lo + split_of(hi - lo);
	return hashes_needed(shown, lo, middle) +
	    hashes_needed(shown, middle, hi);
}

static size_t runs_of(
    struct tree_cover_run runs[RUNS_MAX], unsigned shown, uint64_t count)
{
	size_t n = 0;

	for (uint64_t i = 0; i < count; i++) {
		if (!(shown >> i & 1))
			continue;
		if (i > 0 && (shown >> (i - 1) & 1))
			runs[n - 1].end++;
		else
			runs[n++] = (struct tree_cover_run){i, i + 1};
	}
	return n;
}

static void check_piece(
    const struct tree_cover_piece *p, unsigned shown, uint64_t count)
{
	for (uint64_t i = p->first; i < p->end; i++)
		assert_int_equal(shown >> i & 1, p->is_shown);
	assert_true(p->end <= count);
	if (!p->is_rest) {
		assert_int_equal(p->end - p->first, UINT64_C(1) << p->level);
		assert_int_equal(p->first % (UINT64_C(1) << p->level), 0);
	} else {
		assert_false(p->is_shown);
		assert_int_equal(p->end, count);
	}
}

static void check_one(struct hash_run *run, unsigned shown, uint64_t count)
{
	struct tree_cover_run runs[RUNS_MAX];
	const size_t n = runs_of(runs, shown, count);
	struct tree_edge edge = {0};
	struct tree_cover cover;
	struct tree_cover_piece p;
	uint64_t at = 0;
	unsigned hidden = 0;

	tree_cover_start(&cover, runs, n, count);
	while (tree_cover_next(&cover, &p)) {
		assert_int_equal(p.first, at);
		at = p.end;
		check_piece(&p, shown, count);
		hidden += !p.is_shown;
		if (p.is_shown) {
			for (uint64_t i = p.first; i < p.end; i++) {
				const struct hash leaf = leaf_of(i);
				tree_edge_add(&edge, run, &leaf);
			}
		} else {
			const struct hash node = root_of(run, p.first, p.end);
			tree_cover_add_hidden(&edge, run, &p, &node);
		}
	}
	assert_int_equal(at, count);
	assert_int_equal(hidden, hashes_needed(shown, 0, count));
	const struct hash sum = tree_edge_root(&edge, run);
	const struct hash root = root_of(run, 0, count);
	assert_true(hash_is(&sum, &root));
}

static void every_choice_leads_to_the_root_with_the_fewest_hashes(void **state)
{
	struct hash_run *run = hash_new();

	(void)state;
	assert_non_null(run);
	for (uint64_t count = 0; count <= COUNT_TRIED; count++)
		for (unsigned shown = 0; shown < 1u << count; shown++)
			check_one(run, shown, count);
	hash_free(run);
}

/* Two seeds side by side could be one, unless their parent is over something
 * that is withheld. */
static void no_two_seeds_have_a_parent_that_could_stand_for_both(void **state)
{
	(void)state;
	for (unsigned shown = 1; shown < 1u << COUNT_TRIED; shown++) {
		struct tree_cover_run runs[RUNS_MAX];
		const size_t n = runs_of(runs, shown, COUNT_TRIED);
		struct tree_cover_piece p, before = {0};
		struct tree_cover cover;

		tree_cover_start(&cover, runs, n, COUNT_TRIED);
		while (tree_cover_next(&cover, &p)) {
			bool is_pair = p.is_shown && before.is_shown &&
			    before.end == p.first && before.level == p.level &&
			    (before.first >> p.level) % 2 == 0;
			assert_false(is_pair);
			before = p;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		every_choice_leads_to_the_root_with_the_fewest_hashes),
	    cmocka_unit_test(
		no_two_seeds_have_a_parent_that_could_stand_for_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
