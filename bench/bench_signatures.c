/*
 * bench_signatures.c: see bench_signatures.h. Everything is taken apart before
 * the clock starts.
 */
#include "bench_signatures.h"

#include "bench_tool.h"
#include "crew.h"
#include "note.h"

#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 64

struct signature {
	struct slice text;
	uint8_t bytes[64];
	uint8_t key[32];
};

struct signatures {
	size_t n;
	struct signature *all;
	atomic_bool is_false;
};

static void check_chunk(void *cookie, size_t chunk)
{
	struct signatures *s = cookie;

	for (size_t i = chunk * CHUNK; i < s->n && i < (chunk + 1) * CHUNK;
	     i++) {
		const struct signature *one = &s->all[i];
		if (crypto_sign_verify_detached(one->bytes,
			(const uint8_t *)one->text.p, one->text.n,
			one->key) != 0)
			atomic_store(&s->is_false, true);
	}
}

static void take_leaf(
    struct signatures *s, const struct case_state *state, uint32_t leaf)
{
	size_t n;
	const uint32_t *signers = case_state_signers(state, leaf, &n);
	struct err err = {0};
	struct note note;

	bench_tool_must(
	    note_parse(
		&note, case_state_note(case_state_leaf(state, leaf)), &err),
	    &err);
	for (size_t k = 0; k < n && k < 2; k++) {
		struct signature *one = &s->all[s->n++];
		one->text = note.text;
		memcpy(one->bytes, note.signatures[k].bytes, 64);
		memcpy(one->key,
		    case_state_party_key(state, signers[k])->public_key, 32);
	}
}

struct bench_signatures bench_signatures_measure(
    const struct case_state *state, size_t first, size_t end)
{
	struct signatures s = {0};

	s.all = calloc((end - first) * 2, sizeof(*s.all));
	if (s.all == NULL)
		exit(1);
	for (size_t i = first; i < end; i++)
		take_leaf(&s, state, (uint32_t)i);
	double wall = bench_tool_seconds(), cpu = bench_tool_cpu_seconds();
	crew_run(0, (s.n + CHUNK - 1) / CHUNK, check_chunk, &s);
	struct bench_signatures result = {.n = s.n,
	    .wall = bench_tool_seconds() - wall,
	    .cpu = bench_tool_cpu_seconds() - cpu};
	free(s.all);
	if (atomic_load(&s.is_false))
		exit(1);
	return result;
}
