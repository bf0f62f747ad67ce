/*
 * exam_name.h: whether two names can be one person's: "Schmidt, Anna", "A.
 * Schmidt" and "ANNA SCHMIDT" can, "Karl Schmidt" and "Anna Schmidt" cannot,
 * and a name in Cyrillic and one in Latin letters cannot be held against each
 * other. counterfoil-exposure(7) has the rules.
 */
#ifndef EXAM_NAME_H
#define EXAM_NAME_H

#include "slice.h"

#include <stdbool.h>
#include <stdint.h>

#define EXAM_NAME_WORDS_MAX 6 /* of a name; more are left out */

struct exam_name {
	uint8_t n; /* words; 0: no name in it */
	uint8_t script; /* of the first letter that has one */
	uint8_t initials; /* bits: words of one letter */
	uint32_t words[EXAM_NAME_WORDS_MAX]; /* what stands for each */
	uint32_t firsts[EXAM_NAME_WORDS_MAX]; /* their first letters */
};

enum exam_name_fit {
	EXAM_NAME_DIFFER,
	EXAM_NAME_UNKNOWN, /* nothing to compare */
	EXAM_NAME_AGREE
};

/* Any UTF-8. `seed` is one for all that are compared (map_hash). */
struct exam_name exam_name_of(struct slice text, const uint64_t seed[2]);

enum exam_name_fit exam_name_compare(
    const struct exam_name *a, const struct exam_name *b);

/* The same words, in whatever order. */
bool exam_name_is_same(const struct exam_name *a, const struct exam_name *b);

/* An address of a function or of a machine: info@, no-reply@, postmaster@, ...
 * `address` is an e-mail address in lower case. */
bool exam_name_is_role(struct slice address);

#endif
