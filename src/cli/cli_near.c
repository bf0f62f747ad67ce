/*
 * cli_near.c: edit distance (insert, delete, replace) in one row of numbers.
 *
 * Names longer than a row are never near: nobody mistypes 64 characters.
 */
#include "cli_near.h"

#include <stdint.h>

#define NAME_MAX_NEAR 64

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t distance_of(struct slice a, struct slice b)
{
	size_t row[NAME_MAX_NEAR + 1];

	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t changed =
			    diagonal + (a.p[i - 1] == b.p[j - 1] ? 0 : 1);
			diagonal = row[j];
			row[j] =
			    smaller(changed, smaller(row[j], row[j - 1]) + 1);
		}
	}
	return row[b.n];
}

void cli_near_start(struct cli_near *near, struct slice typed)
{
	/* A third of the letters may be wrong, and always one. */
	*near = (struct cli_near){
	    .typed = typed,
	    .distance = typed.n / 3 + 2,
	};
}

void cli_near_try(struct cli_near *near, struct slice name)
{
	if (name.n == 0 || name.n > NAME_MAX_NEAR ||
	    near->typed.n > NAME_MAX_NEAR)
		return;
	size_t distance = distance_of(near->typed, name);
	/* A name that was cut short is as near as one wrong letter. */
	if (near->typed.n >= 3 && name.n > near->typed.n &&
	    memcmp(name.p, near->typed.p, near->typed.n) == 0)
		distance = 1;
	if (distance < near->distance) {
		near->distance = distance;
		near->best = name;
	}
}
