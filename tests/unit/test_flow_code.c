/*
 * test_flow_code.c: the symbols have the form that their standards give them.
 * That scanners read them is tested with a scanner (tests/cli/label.bats).
 */
#include "flow_code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define MODULES 11

static void has_the_bars_of_a_worked_example(void **state)
{
	/* "A": start B, 33, check (104 + 33) % 103 = 34, stop. */
	static const char bars[] = "11010010000"
				   "10100011000"
				   "10001011000"
				   "1100011101011";
	struct flow_code code;

	(void)state;
	assert_int_equal(flow_code_128(&code, slice_of("A"), NULL), 0);
	assert_int_equal(code.height, 1);
	assert_int_equal(code.width, sizeof(bars) - 1);
	for (size_t i = 0; i < code.width; i++)
		assert_int_equal(code.modules[i], bars[i] - '0');
	flow_code_done(&code);
}

/* Bars of every character: an even number of dark modules, 11 in all, each
 * begun by a bar and ended by a space, none like another. */
static void every_character_has_its_own_bars(void **state)
{
	unsigned seen[95] = {0};

	(void)state;
	for (int c = ' '; c <= '~'; c++) {
		char text[2] = {(char)c, '\0'};
		struct flow_code code;
		unsigned bits = 0, dark = 0;

		assert_int_equal(flow_code_128(&code, slice_of(text), NULL), 0);
		for (size_t i = 0; i < MODULES; i++) {
			bits = 2 * bits + code.modules[MODULES + i];
			dark += code.modules[MODULES + i];
		}
		assert_int_equal(dark % 2, 0);
		assert_int_equal(code.modules[MODULES], 1);
		assert_int_equal(code.modules[2 * MODULES - 1], 0);
		for (int k = ' '; k < c; k++)
			assert_int_not_equal(seen[k - ' '], bits);
		seen[c - ' '] = bits;
		flow_code_done(&code);
	}
}

static void a_qr_code_is_square_with_three_finders(void **state)
{
	static const char finder[] = "1111111100000110111011011101101110110000"
				     "011111111";
	struct flow_code code;

	(void)state;
	assert_int_equal(
	    flow_code_qr(&code, slice_of("PC-0007-D1*C"), NULL), 0);
	assert_int_equal(code.width, code.height);
	assert_int_equal(code.width % 4, 1);
	for (size_t y = 0; y < 7; y++)
		for (size_t x = 0; x < 7; x++) {
			int want = finder[y * 7 + x] - '0';
			size_t far = code.width - 7;
			assert_int_equal(
			    code.modules[y * code.width + x], want);
			assert_int_equal(
			    code.modules[y * code.width + far + x], want);
			assert_int_equal(
			    code.modules[(far + y) * code.width + x], want);
		}
	flow_code_done(&code);
}

static void refuses_what_it_cannot_hold(void **state)
{
	char text[FLOW_CODE_TEXT_MAX + 2];
	struct flow_code code;

	(void)state;
	memset(text, 'A', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(flow_code_128(&code, slice_of(text), NULL), ERR_USAGE);
	assert_int_equal(flow_code_qr(&code, slice_of(text), NULL), ERR_USAGE);
	assert_int_equal(flow_code_128(&code, slice_of(""), NULL), ERR_USAGE);
	assert_int_equal(flow_code_qr(&code, slice_of(""), NULL), ERR_USAGE);
	assert_int_equal(
	    flow_code_128(&code, slice_of("\xc3\xa4"), NULL), ERR_USAGE);
}

static void draws_runs_of_dark_modules(void **state)
{
	uint8_t modules[] = {1, 1, 0, 1, 0, 0, 1, 1};
	struct flow_code grid = {4, 2, modules};
	struct flow_code bars = {8, 1, modules};
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	flow_code_put_path(&grid, 1, &out);
	assert_non_null(
	    strstr(out.p, "\"M0 0h2v1h-2zM3 0h1v1h-1zM2 1h2v1h-2z\""));
	buf_clear(&out);
	flow_code_put_path(&bars, 30, &out);
	assert_non_null(
	    strstr(out.p, "\"M0 0h2v30h-2zM3 0h1v30h-1zM6 0h2v30h-2z\""));
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(has_the_bars_of_a_worked_example),
	    cmocka_unit_test(every_character_has_its_own_bars),
	    cmocka_unit_test(a_qr_code_is_square_with_three_finders),
	    cmocka_unit_test(refuses_what_it_cannot_hold),
	    cmocka_unit_test(draws_runs_of_dark_modules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
