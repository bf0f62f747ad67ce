/*
 * test_exam_report.c: the public part has counts and nobody in it.
 */
#include "exam_planted.h"

static void small_counts_are_not_given(void **state)
{
	static const struct {
		uint64_t count;
		const char *text;
	} all[] = {{0, "0"}, {1, "1-4"}, {4, "1-4"}, {5, "5"}, {40, "40"}};
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		buf_clear(&out);
		exam_report_put_count(&out, all[i].count);
		assert_string_equal(out.p, all[i].text);
	}
	buf_done(&out);
}

static void sums_are_of_what_was_planted(void **state)
{
	struct planted p = planted_make();
	struct exam_report_sums sums;

	(void)state;
	assert_int_equal(exam_report_sum(&sums, &p.report, NULL), 0);
	assert_int_equal(sums.features[CAGE_HIT_EMAIL], PLANTED_NAMES + 1);
	assert_int_equal(sums.features[CAGE_HIT_IP], 2);
	assert_int_equal(sums.files_with_finds, 34);
	assert_int_equal(sums.people.people, PLANTED_NAMES);
	assert_int_equal(sums.people.names_alone, 1);
	assert_int_equal(sums.people.loose[CAGE_HIT_EMAIL], 1);
	planted_done(&p);
}

/* Nothing that was found stands in it, whatever it is. */
static void assert_tells_of_nobody(
    const struct planted *p, const struct buf *out)
{
	for (uint32_t i = 0; i < exam_feature_count(p->store); i++) {
		char text[CAGE_HIT_TEXT_MAX];
		struct exam_feature f = exam_feature_at(p->store, i);

		(void)snprintf(text, sizeof(text), "%.*s", SLICE_ARG(f.text));
		assert_null(strstr(out->p, text));
	}
	assert_null(strstr(out->p, "inbox"));
}

static void the_public_part_tells_of_nobody(void **state)
{
	struct planted p = planted_make();
	struct exam_report_sums sums;
	struct buf out;
	struct slice rest;

	(void)state;
	assert_int_equal(exam_report_sum(&sums, &p.report, NULL), 0);
	buf_init(&out, 1u << 20);
	exam_report_put_words(&out, &p.report, &sums);
	assert_int_equal(buf_check(&out, NULL), 0);
	assert_tells_of_nobody(&p, &out);
	assert_non_null(strstr(out.p, "        12  people with an address"));
	assert_non_null(strstr(out.p, "       1-4  identity papers"));
	rest = buf_slice(&out);
	while (rest.p != NULL)
		assert_true(slice_cut(&rest, '\n').n <= 80);
	buf_clear(&out);
	exam_report_put_json(&out, &p.report, &sums);
	assert_int_equal(buf_check(&out, NULL), 0);
	assert_tells_of_nobody(&p, &out);
	assert_non_null(strstr(out.p, "\"with-identifier\": 12"));
	assert_non_null(strstr(out.p, "\"papers\": \"1-4\""));
	assert_non_null(strstr(out.p, "\"passport\": \"1-4\""));
	assert_non_null(strstr(out.p, "\"unallocated\": 500000000"));
	buf_done(&out);
	planted_done(&p);
}

static void what_had_no_room_is_said(void **state)
{
	struct planted p = planted_make();
	struct exam_report_sums sums;
	struct buf out;

	(void)state;
	assert_int_equal(exam_report_sum(&sums, &p.report, NULL), 0);
	sums.left_out.hits[CAGE_HIT_URL] = 123456;
	buf_init(&out, 1u << 20);
	exam_report_put_words(&out, &p.report, &sums);
	assert_non_null(strstr(out.p, "123456 finds are counted nowhere"));
	buf_done(&out);
	planted_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(small_counts_are_not_given),
	    cmocka_unit_test(sums_are_of_what_was_planted),
	    cmocka_unit_test(the_public_part_tells_of_nobody),
	    cmocka_unit_test(what_had_no_room_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
