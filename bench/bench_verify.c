/*
 * bench_verify.c: what note_check costs beside the library's bare
 * verification, over the text of an ordinary record; and what the check of a
 * public key costs once.
 *
 * The median of five runs, which take turns.
 */
#include "bench_tool.h"
#include "note.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNS 5
#define RUN_CHECKS 1500
#define TEXT_SIZE 800

struct signed_text {
	struct note_secret secret;
	char text[TEXT_SIZE];
	struct note_signature signature;
};

static bool by_note_check(const struct signed_text *s)
{
	const struct slice text = {s->text, TEXT_SIZE};

	return note_check(&s->secret.key, text, &s->signature, NULL) == 0;
}

static bool by_library(const struct signed_text *s)
{
	return crypto_sign_verify_detached(s->signature.bytes,
		   (const uint8_t *)s->text, TEXT_SIZE,
		   s->secret.key.public_key) == 0;
}

static bool by_key_check(const struct signed_text *s)
{
	return note_is_good_public_key(s->secret.key.public_key);
}

static double rate(
    bool (*check)(const struct signed_text *), const struct signed_text *s)
{
	double start = bench_tool_seconds();

	for (size_t i = 0; i < RUN_CHECKS; i++)
		if (!check(s))
			abort();
	return RUN_CHECKS / (bench_tool_seconds() - start);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	static struct signed_text s;
	double notes[RUNS], library[RUNS], keys[RUNS];
	struct err err = {0};

	note_key_setup();
	if (note_secret_new(&s.secret, slice_of("police.example"),
		NOTE_KEY_ED25519, &err) < 0) {
		fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	memset(s.text, 'x', TEXT_SIZE);
	if (note_sign_bytes(
		s.signature.bytes, &s.secret, s.text, TEXT_SIZE, NULL) != 0)
		return 1;
	s.signature.bytes_n = 64;
	s.signature.id = s.secret.key.id;
	s.signature.name = slice_of(s.secret.key.name);
	for (size_t i = 0; i < RUNS; i++) {
		notes[i] = rate(by_note_check, &s);
		library[i] = rate(by_library, &s);
		keys[i] = rate(by_key_check, &s);
	}
	qsort(notes, RUNS, sizeof(double), compare);
	qsort(library, RUNS, sizeof(double), compare);
	qsort(keys, RUNS, sizeof(double), compare);
	printf("note_check %.0f signatures/s\n", notes[RUNS / 2]);
	printf("crypto_sign_verify_detached %.0f signatures/s\n",
	    library[RUNS / 2]);
	printf("note_check/crypto_sign_verify_detached %.3f x\n",
	    notes[RUNS / 2] / library[RUNS / 2]);
	printf("note_is_good_public_key %.0f keys/s\n", keys[RUNS / 2]);
	note_secret_done(&s.secret);
	return 0;
}
