/*
 * mutants.c: room case with one rule off. COUNTERFOIL_OFF names the rule or
 * condition, COUNTERFOIL_ONLY the one test to run, and with COUNTERFOIL_ASKED
 * set every name that is asked for is printed, so that mutants.py knows which
 * test hangs on which.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

bool case_is_on(const char *rule);

bool case_is_on(const char *rule)
{
	const char *off = getenv("COUNTERFOIL_OFF");

	if (getenv("COUNTERFOIL_ASKED") != NULL)
		printf("# asked %s\n", rule);
	return off == NULL || strcmp(off, rule) != 0;
}

__attribute__((constructor)) static void choose_test(void)
{
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	cmocka_set_test_filter(getenv("COUNTERFOIL_ONLY"));
}
