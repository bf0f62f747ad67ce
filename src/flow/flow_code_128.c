/*
 * flow_code_128.c: Code 128 (ISO/IEC 15417): a table of bars and a check sum.
 *
 * Each row holds the widths of three bars and three spaces in turn, 11 modules
 * in all; the stop has a bar more. Code set B alone is written: it has all of
 * printable ASCII, and identifiers are short. docs/decisions/0020 says why
 * there is no library.
 */
#include "flow_code.h"

#include "mem.h"

#define START_B 104
#define MODULES 11
#define STOP "2331112"
#define STOP_MODULES 13

static const char widths[][7] = {
    "212222",
    "222122",
    "222221",
    "121223",
    "121322",
    "131222",
    "122213",
    "122312",
    "132212",
    "221213",
    "221312",
    "231212",
    "112232",
    "122132",
    "122231",
    "113222",
    "123122",
    "123221",
    "223211",
    "221132",
    "221231",
    "213212",
    "223112",
    "312131",
    "311222",
    "321122",
    "321221",
    "312212",
    "322112",
    "322211",
    "212123",
    "212321",
    "232121",
    "111323",
    "131123",
    "131321",
    "112313",
    "132113",
    "132311",
    "211313",
    "231113",
    "231311",
    "112133",
    "112331",
    "132131",
    "113123",
    "113321",
    "133121",
    "313121",
    "211331",
    "231131",
    "213113",
    "213311",
    "213131",
    "311123",
    "311321",
    "331121",
    "312113",
    "312311",
    "332111",
    "314111",
    "221411",
    "431111",
    "111224",
    "111422",
    "121124",
    "121421",
    "141122",
    "141221",
    "112214",
    "112412",
    "122114",
    "122411",
    "142112",
    "142211",
    "241211",
    "221114",
    "413111",
    "241112",
    "134111",
    "111242",
    "121142",
    "121241",
    "114212",
    "124112",
    "124211",
    "411212",
    "421112",
    "421211",
    "212141",
    "214121",
    "412121",
    "111143",
    "111341",
    "131141",
    "114113",
    "114311",
    "411113",
    "411311",
    "113141",
    "114131",
    "311141",
    "411131",
    "211412",
    "211214",
    "211232",
};

/* Bars and spaces in turn from *at on. */
static void draw(struct flow_code *code, const char *pattern)
{
	bool is_dark = true;

	for (; *pattern != '\0'; pattern++, is_dark = !is_dark)
		for (int n = *pattern - '0'; n > 0; n--)
			code->modules[code->width++] = is_dark;
}

int flow_code_128(
    struct flow_code *ret_code, struct slice text, struct err *err)
{
	struct flow_code code = {.height = 1};
	size_t sum = START_B;

	if (text.n == 0 || text.n > FLOW_CODE_TEXT_MAX)
		return err_set(err, ERR_USAGE,
		    "a code holds 1 to %d characters", FLOW_CODE_TEXT_MAX);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < ' ' || text.p[i] > '~')
			return err_set(err, ERR_USAGE,
			    "Code 128 holds letters, digits and signs of "
			    "ASCII; take a QR code");
	code.modules = mem_new((text.n + 2) * MODULES + STOP_MODULES, 1);
	if (code.modules == NULL)
		return err_nomem(err);
	draw(&code, widths[START_B]);
	for (size_t i = 0; i < text.n; i++) {
		size_t value = (size_t)(text.p[i] - ' ');
		draw(&code, widths[value]);
		sum += (i + 1) * value;
	}
	draw(&code, widths[sum % 103]);
	draw(&code, STOP);
	*ret_code = code;
	return 0;
}
