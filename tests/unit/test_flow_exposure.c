/*
 * test_flow_exposure.c: the page of details loads and runs nothing, escapes
 * what comes from evidence and keeps its direction to itself.
 */
#include "exam_planted.h"
#include "flow_exposure.h"

#include <stdlib.h>

static void make(const struct planted *p, struct buf *out)
{
	struct exam_report_sums sums;

	buf_init(out, FLOW_EXPOSURE_MAX);
	assert_int_equal(exam_report_sum(&sums, &p->report, NULL), 0);
	assert_int_equal(flow_exposure_put(&p->report, &sums, out, NULL), 0);
}

/* Every tag is one of ours, closed where it must be. */
static void assert_well_formed(const struct buf *page)
{
	static const char *const empty[] = {"meta", "rect", "!DOCTYPE"};
	static const char *const all[] = {"html", "head", "title", "style",
	    "body", "main", "header", "section", "h1", "h2", "h3", "h4", "p",
	    "ul", "li", "b", "strong", "bdi", "code", "span", "a", "figure",
	    "figcaption", "svg", "text", "table", "thead", "tbody", "tr", "th",
	    "td"};
	char open[64][16];
	size_t depth = 0;

	for (const char *at = page->p; (at = strchr(at, '<')) != NULL; at++) {
		bool is_end = at[1] == '/';
		const char *name = at + 1 + is_end;
		size_t n = strcspn(name, " />\n");
		bool is_empty = false;

		assert_true(n > 0 && n < sizeof(open[0]));
		const char *end = strchr(name, '>');
		assert_non_null(end);
		for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
			is_empty = is_empty ||
			    (strlen(empty[i]) == n &&
				memcmp(empty[i], name, n) == 0);
		if (is_empty)
			continue;
		bool is_ours = false;
		for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
			is_ours = is_ours ||
			    (strlen(all[i]) == n &&
				memcmp(all[i], name, n) == 0);
		assert_true(is_ours);
		if (is_end) {
			assert_true(depth > 0);
			depth--;
			assert_true(strlen(open[depth]) == n &&
			    memcmp(open[depth], name, n) == 0);
		} else {
			assert_true(depth < 64);
			memcpy(open[depth], name, n);
			open[depth++][n] = '\0';
		}
	}
	assert_int_equal(depth, 0);
}

static void foreign_text_is_data(void **state)
{
	struct planted p = planted_make();
	struct buf page;

	(void)state;
	make(&p, &page);
	assert_well_formed(&page);
	assert_null(strstr(page.p, "<script"));
	assert_null(strstr(page.p, "<img"));
	assert_null(strstr(page.p, "<b>bold"));
	assert_null(strstr(page.p, "<anna>"));
	assert_non_null(
	    strstr(page.p, "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>"));
	assert_non_null(strstr(page.p,
	    "<bdi>\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d "
	    "\xd7\x9b\xd7\x94\xd7\x9f</bdi>"));
	assert_non_null(strstr(page.p, "<bdi>/pictures/&lt;b&gt;.jpg</bdi>"));
	buf_done(&page);
	planted_done(&p);
}

static void it_loads_and_runs_nothing(void **state)
{
	struct planted p = planted_make();
	struct buf page;

	(void)state;
	make(&p, &page);
	assert_non_null(strstr(page.p, "default-src 'none'"));
	assert_null(strstr(page.p, "@import"));
	/* url(...) stands in no style and no attribute. */
	assert_null(strstr(page.p, "url("));
	/* The only links are to parts of the page. */
	for (const char *at = page.p; (at = strstr(at, "href=")) != NULL; at++)
		assert_memory_equal(at, "href=\"#p", 8);
	buf_done(&page);
	planted_done(&p);
}

static void the_most_exposed_stands_first(void **state)
{
	struct planted p = planted_make();
	struct buf page;

	(void)state;
	make(&p, &page);
	assert_non_null(
	    strstr(page.p, "<h3 id=\"p1\">1. <bdi>Anna Schmidt</bdi></h3>"));
	assert_non_null(strstr(page.p, "names as a relative"));
	assert_non_null(strstr(page.p, "<bdi>loose@example.org</bdi>"));
	buf_done(&page);
	planted_done(&p);
}

static void nobody_is_a_page_too(void **state)
{
	struct planted p = {.store = box_store(0)};
	struct buf page;

	(void)state;
	assert_int_equal(exam_feature_seal(p.store, NULL), 0);
	assert_int_equal(exam_people_new(&p.people, p.store, NULL), 0);
	p.report = (struct exam_report){.store = p.store,
	    .people = p.people,
	    .image = slice_of("</title><b>.raw")};
	make(&p, &page);
	assert_well_formed(&page);
	assert_non_null(strstr(page.p, "Nobody was found."));
	buf_done(&page);
	planted_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(foreign_text_is_data),
	    cmocka_unit_test(it_loads_and_runs_nothing),
	    cmocka_unit_test(the_most_exposed_stands_first),
	    cmocka_unit_test(nobody_is_a_page_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
