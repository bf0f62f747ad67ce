/*
 * test_exam_feature.c: each thing is kept once, with its counts, files and
 * first places; entries and links; and what has no room is counted.
 */
#include "exam_box.h"
#include "exam_table.h"

#include <stdlib.h>

#define MANY 500000

static void keeps_each_once_and_counts_all(void **state)
{
	struct exam_feature_store *store = box_store(0);

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		struct cage_hit mail =
		    box_hit(CAGE_HIT_EMAIL, "anna@example.org", i);
		/* The same text of another kind is another feature. */
		struct cage_hit url =
		    box_hit(CAGE_HIT_URL, "anna@example.org", i);

		box_add(store, &mail, i % 7);
		if (i % 2 == 0)
			box_add(store, &url, EXAM_OWNER_NO_FILE);
	}
	assert_int_equal(exam_feature_seal(store, NULL), 0);
	assert_int_equal(exam_feature_count(store), 2);
	struct exam_feature f = exam_feature_at(
	    store, box_find(store, CAGE_HIT_EMAIL, "anna@example.org"));
	assert_int_equal(f.kind, CAGE_HIT_EMAIL);
	assert_true(slice_is_text(f.text, "anna@example.org"));
	assert_int_equal(f.hits, 1000);
	assert_int_equal(f.files, 7);
	f = exam_feature_at(
	    store, box_find(store, CAGE_HIT_URL, "anna@example.org"));
	assert_int_equal(f.hits, 500);
	assert_int_equal(f.files, 0);
	assert_int_equal(
	    box_find(store, CAGE_HIT_IP, "anna@example.org"), EXAM_TABLE_NONE);
	exam_feature_free(store);
}

static void collect(void *cookie, uint32_t file)
{
	uint64_t *seen = cookie;

	assert_true(file < 64 && (*seen >> file & 1) == 0);
	*seen |= UINT64_C(1) << file;
}

/* Against arrays that simply remember everything. */
static void agrees_with_a_list_of_random_hits(void **state)
{
	enum {
		TEXTS = 97,
		HITS = 30000
	};
	struct exam_feature_store *store = box_store(0);
	static uint32_t hits[TEXTS];
	static uint64_t files[TEXTS];

	(void)state;
	srand(7);
	for (int i = 0; i < HITS; i++) {
		int t = rand() % TEXTS, file = rand() % 64;
		char text[40];

		(void)snprintf(text, sizeof(text), "+49301%06d", t);
		struct cage_hit hit =
		    box_hit(CAGE_HIT_PHONE, text, (uint64_t)i);
		bool is_file = rand() % 3 != 0;
		box_add(
		    store, &hit, is_file ? (uint32_t)file : EXAM_OWNER_NO_FILE);
		hits[t]++;
		if (is_file)
			files[t] |= UINT64_C(1) << file;
	}
	assert_int_equal(exam_feature_seal(store, NULL), 0);
	assert_int_equal(exam_feature_count(store), TEXTS);
	for (int t = 0; t < TEXTS; t++) {
		char text[40];
		uint64_t seen = 0;

		(void)snprintf(text, sizeof(text), "+49301%06d", t);
		uint32_t at = box_find(store, CAGE_HIT_PHONE, text);
		struct exam_feature f = exam_feature_at(store, at);
		exam_feature_files(store, at, collect, &seen);
		assert_int_equal(f.hits, hits[t]);
		assert_true(seen == files[t]);
		assert_int_equal(f.files, __builtin_popcountll(files[t]));
	}
	exam_feature_free(store);
}

static struct cage_hit random_hit(void)
{
	struct cage_hit hit = box_hit(CAGE_HIT_EMAIL, "a@b.example", 0);

	hit.at = (uint64_t)rand() << (rand() % 32);
	hit.length = (uint32_t)rand() % 100000;
	hit.coding = (enum cage_hit_coding)(1 + rand() % 5);
	hit.role = (enum cage_hit_role)(rand() % CAGE_HIT_ROLES);
	hit.depth = (uint32_t)rand() % (CAGE_HIT_DEPTH_MAX + 1);
	for (uint32_t i = 0; i < hit.depth; i++) {
		hit.steps[i].container =
		    (enum cage_hit_container)(1 + rand() % 9);
		hit.steps[i].at = (uint64_t)rand() << (rand() % 33);
	}
	(void)snprintf(hit.context, sizeof(hit.context), "seen %d", rand());
	return hit;
}

static void first_places_come_back_as_they_were(void **state)
{
	struct cage_hit hits[EXAM_FEATURE_PLACES_MAX + 20];
	struct exam_feature_where where[EXAM_FEATURE_PLACES_MAX + 20];
	struct exam_feature_place places[EXAM_FEATURE_PLACES_MAX];
	struct exam_feature_store *store = box_store(0);
	const size_t count = sizeof(hits) / sizeof(hits[0]);

	(void)state;
	srand(3);
	for (size_t i = 0; i < count; i++) {
		hits[i] = random_hit();
		where[i].owning = (enum exam_owning)(rand() % EXAM_OWNER_COUNT);
		bool has_file = where[i].owning == EXAM_OWNER_FILE ||
		    where[i].owning == EXAM_OWNER_SLACK;
		where[i].file =
		    has_file ? (uint32_t)rand() % 5 : EXAM_OWNER_NO_FILE;
		where[i].is_in_file = rand() % 2 == 0;
		assert_int_equal(
		    exam_feature_add(store, &hits[i], &where[i], NULL), 0);
		/* Others lie between them. */
		for (int k = rand() % 2000; k > 0; k--) {
			struct cage_hit other =
			    box_hit(CAGE_HIT_URL, "https://x.example/", 1);
			(void)snprintf(other.text, sizeof(other.text),
			    "https://x.example/%zu/%d", i, k);
			box_add(store, &other, 1);
		}
	}
	assert_int_equal(exam_feature_seal(store, NULL), 0);
	assert_int_equal(
	    exam_feature_places(store, 0, places), EXAM_FEATURE_PLACES_MAX);
	for (size_t i = 0; i < EXAM_FEATURE_PLACES_MAX; i++) {
		const struct exam_feature_place *p = &places[i];

		assert_true(p->at == hits[i].at);
		assert_int_equal(p->length, hits[i].length);
		assert_int_equal(p->coding, hits[i].coding);
		assert_int_equal(p->role, hits[i].role);
		assert_int_equal(p->depth, hits[i].depth);
		assert_int_equal(p->where.owning, where[i].owning);
		assert_int_equal(p->where.file, where[i].file);
		assert_int_equal(p->where.is_in_file, where[i].is_in_file);
		for (uint32_t k = 0; k < p->depth; k++) {
			assert_int_equal(
			    p->steps[k].container, hits[i].steps[k].container);
			assert_true(p->steps[k].at == hits[i].steps[k].at);
		}
		/* Of the first alone. */
		if (i == 0)
			assert_true(slice_is_text(p->context, hits[0].context));
		else
			assert_null(p->context.p);
	}
	exam_feature_free(store);
}

static void what_stood_in_one_entry_stays_together(void **state)
{
	struct exam_feature_store *store = box_store(0);

	(void)state;
	for (int scan = 0; scan < 2; scan++) {
		/* In any order, and another scan has the same numbers. */
		box_put(store, 1, 1, 2, CAGE_HIT_RECEIVER, CAGE_HIT_EMAIL,
		    "karl@example.org");
		box_put(store, 1, 1, 1, CAGE_HIT_SENDER, CAGE_HIT_NAME,
		    "Anna Schmidt");
		box_put(store, 1, 1, 2, CAGE_HIT_RECEIVER, CAGE_HIT_NAME,
		    "Karl Meier");
		box_put(store, 1, 1, 1, CAGE_HIT_SENDER, CAGE_HIT_EMAIL,
		    "anna@example.org");
		box_put(store, 1, 1, 0, CAGE_HIT_PLAIN, CAGE_HIT_POSITION,
		    "52.51630 13.37770");
		assert_int_equal(exam_feature_end_scan(store, NULL), 0);
	}
	/* A relative in the entry of whom it is a relative of. */
	box_put(store, 2, 0, 1, CAGE_HIT_OWNER, CAGE_HIT_NAME, "Eva Lund");
	box_put(store, 2, 0, 1, CAGE_HIT_RELATIVE, CAGE_HIT_NAME, "Tom Lund");
	assert_int_equal(exam_feature_seal(store, NULL), 0);
	assert_int_equal(exam_feature_entry_count(store), 4);
	struct exam_feature_entry e = exam_feature_entry_at(store, 0);
	assert_int_equal(e.n, 2);
	assert_int_equal(e.seen, 2);
	assert_int_equal(e.roles, 1u << CAGE_HIT_SENDER);
	assert_true(e.is_near_position);
	assert_false(e.is_near_key);
	assert_false(exam_feature_entry_at(store, 1).is_near_position);
	assert_int_equal(exam_feature_link_count(store), 2);
	struct exam_feature_link l = exam_feature_link_at(store, 0);
	assert_int_equal(l.how, EXAM_FEATURE_SENT);
	assert_int_equal(l.from, 0);
	assert_int_equal(l.to, 1);
	assert_int_equal(l.seen, 2);
	assert_int_equal(
	    exam_feature_link_at(store, 1).how, EXAM_FEATURE_RELATIVE);
	exam_feature_free(store);
}

static void many_receivers_are_not_all_paired(void **state)
{
	struct exam_feature_store *store = box_store(0);
	const uint32_t receivers = 2000;

	(void)state;
	box_put(store, 1, 1, 1, CAGE_HIT_SENDER, CAGE_HIT_EMAIL,
	    "list@example.org");
	for (uint32_t i = 0; i < receivers; i++) {
		char text[40];

		(void)snprintf(text, sizeof(text), "r%u@example.org", i);
		box_put(store, 1, 1, i + 2, CAGE_HIT_RECEIVER, CAGE_HIT_EMAIL,
		    text);
	}
	assert_int_equal(exam_feature_seal(store, NULL), 0);
	assert_int_equal(exam_feature_link_count(store), EXAM_FEATURE_SENT_MAX);
	assert_true(exam_feature_left_out(store).links >= 1000);
	exam_feature_free(store);
}

/* Five million take ten times of this. */
static void many_fit_into_their_memory(void **state)
{
	struct exam_feature_store *store = box_store(0);
	char text[40];

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		(void)snprintf(
		    text, sizeof(text), "p%07x@example.org", i * 2654435761u);
		struct cage_hit hit = box_hit(CAGE_HIT_EMAIL, text,
		    UINT64_C(40000000000) + i * UINT64_C(500));
		box_add(store, &hit, i / 100);
	}
	assert_int_equal(exam_feature_seal(store, NULL), 0);
	assert_int_equal(exam_feature_count(store), MANY);
	print_message(
	    "# %u features in %zu bytes\n", MANY, exam_feature_bytes(store));
	assert_true(exam_feature_bytes(store) <= 31u * 1000 * 1000);
	exam_feature_free(store);
}

static void what_has_no_room_is_counted(void **state)
{
	const size_t max = 8u << 20;
	struct exam_feature_store *store = box_store(max);
	uint64_t kept = 0;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		char text[40];

		(void)snprintf(text, sizeof(text), "+49%09u", i / 2);
		struct cage_hit hit = box_hit(CAGE_HIT_PHONE, text, i);
		hit.entry = hit.record = 1 + i % 1000;
		box_add(store, &hit, i % 1000);
		if (i % 1000 == 999)
			assert_int_equal(exam_feature_end_scan(store, NULL), 0);
	}
	assert_int_equal(exam_feature_seal(store, NULL), 0);
	assert_true(exam_feature_bytes(store) <= max);
	for (uint32_t i = 0; i < exam_feature_count(store); i++)
		kept += exam_feature_at(store, i).hits;
	struct exam_feature_left_out left = exam_feature_left_out(store);
	assert_true(left.hits[CAGE_HIT_PHONE] > 0 && left.entries > 0);
	assert_int_equal(kept + left.hits[CAGE_HIT_PHONE], MANY);
	exam_feature_free(store);
}

static void what_cannot_be_a_hit_is_refused(void **state)
{
	struct exam_feature_store *store = box_store(0);
	const struct exam_feature_where where = {EXAM_OWNER_FILE, 1, false};
	struct cage_hit good = box_hit(CAGE_HIT_EMAIL, "a@b.example", 1), hit;

	(void)state;
	hit = good;
	hit.kind = (enum cage_hit_kind)0;
	assert_int_equal(
	    exam_feature_add(store, &hit, &where, NULL), ERR_FORMAT);
	hit.kind = CAGE_HIT_KINDS;
	assert_int_equal(
	    exam_feature_add(store, &hit, &where, NULL), ERR_FORMAT);
	hit = good;
	hit.depth = CAGE_HIT_DEPTH_MAX + 1;
	assert_int_equal(
	    exam_feature_add(store, &hit, &where, NULL), ERR_FORMAT);
	hit = good;
	memset(hit.text, 'a', sizeof(hit.text));
	assert_int_equal(
	    exam_feature_add(store, &hit, &where, NULL), ERR_FORMAT);
	hit = good;
	memcpy(hit.text, "a\nb", 4);
	assert_int_equal(
	    exam_feature_add(store, &hit, &where, NULL), ERR_FORMAT);
	hit = good;
	memcpy(hit.context, "\xff", 2);
	assert_int_equal(
	    exam_feature_add(store, &hit, &where, NULL), ERR_FORMAT);
	hit = good;
	hit.text[0] = '\0';
	assert_int_equal(
	    exam_feature_add(store, &hit, &where, NULL), ERR_FORMAT);
	const struct exam_feature_where none = {
	    EXAM_OWNER_SLACK, EXAM_OWNER_NO_FILE, false};
	assert_int_equal(
	    exam_feature_add(store, &good, &none, NULL), ERR_FORMAT);
	assert_int_equal(exam_feature_seal(store, NULL), 0);
	assert_int_equal(exam_feature_count(store), 0);
	exam_feature_free(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keeps_each_once_and_counts_all),
	    cmocka_unit_test(agrees_with_a_list_of_random_hits),
	    cmocka_unit_test(first_places_come_back_as_they_were),
	    cmocka_unit_test(what_stood_in_one_entry_stays_together),
	    cmocka_unit_test(many_receivers_are_not_all_paired),
	    cmocka_unit_test(many_fit_into_their_memory),
	    cmocka_unit_test(what_has_no_room_is_counted),
	    cmocka_unit_test(what_cannot_be_a_hit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
